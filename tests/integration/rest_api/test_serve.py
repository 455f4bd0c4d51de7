"""The door on a real port: starting, stopping, and clients that misbehave."""

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.responses import StreamingResponse

from edge_agent.domain.errors import Unavailable
from edge_agent.rest_api.options import HttpOptions
from edge_agent.rest_api.serve import _listen, serve
from edge_agent.runtime.counters import Counters
from edge_agent.storage.jobs import unfinished_jobs
from tests.integration.rest_api.house import BEARER, METRICS_KEY, TOKEN, House, open_house
from tests.support.https import own_certificate, serving, trusting

SEARCH = "/v1/picture-searches"


@asynccontextmanager
async def served(house: House) -> AsyncIterator[int]:
    """Serve the house's door on a free port; yields the port."""
    async with serving(house.app, house.options, house.certificate, house.parts.counters) as port:
        yield port


@asynccontextmanager
async def asking(house: House, port: int) -> AsyncIterator[httpx.AsyncClient]:
    """A client that trusts the house's certificate."""
    trust = trusting(own_certificate(house.store.folder))
    async with httpx.AsyncClient(base_url=f"https://127.0.0.1:{port}", verify=trust) as client:
        yield client


@asynccontextmanager
async def raw(
    port: int, trust: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection for bytes of the test's own; encrypted where there is something to trust."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def test_it_answers_on_the_port_it_tells(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, served(house) as port, asking(house, port) as client:
        answer = await client.get("/v1/status", headers=BEARER)
        assert answer.json()["store"] == "harbour"
        assert "server" not in answer.headers


async def test_the_second_write_of_an_answer_is_not_held_back(tmp_path: Path) -> None:
    undelayed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        undelayed.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with open_house(tmp_path) as house:
        listener = _listen(house.options)
        async with await asyncio.start_server(connected, sock=listener), raw(_port(listener)):
            assert await undelayed


def _port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


async def test_fifty_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    head = (
        f"POST {SEARCH} HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: image/jpeg\r\nContent-Length: 52428800\r\n\r\n"
    )
    async with open_house(tmp_path) as house, served(house) as port, raw(port) as (reader, writer):
        writer.write(head.encode())
        assert b"413" in await reader.readline()


async def test_a_body_of_unknown_length_is_refused_once_it_is_too_large(tmp_path: Path) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(50):
            yield bytes(1 << 20)

    async with open_house(tmp_path) as house, served(house) as port, asking(house, port) as client:
        headers = {**BEARER, "Content-Type": "image/jpeg"}
        answer = await client.post(SEARCH, headers=headers, content=chunks(), timeout=30)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
        assert await unfinished_jobs(house.store) == []


async def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    head = (
        f"POST {SEARCH} HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: image/jpeg\r\nContent-Length: 10\r\n\r\nabc"
    )
    async with (
        open_house(tmp_path, request_s=0.2) as house,
        served(house) as port,
        raw(port) as (reader, writer),
    ):
        writer.write(head.encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 408 ")


async def test_an_answer_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    async with open_house(tmp_path, request_s=0.2) as house:

        async def slow() -> None:
            await asyncio.Event().wait()

        house.app.add_api_route("/slow", slow)
        async with served(house) as port, asking(house, port) as client:
            answer = await client.get("/slow")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "expired")


async def test_a_head_that_drips_is_cut_off(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path, header_s=0.3) as house,
        served(house) as port,
        raw(port) as (reader, writer),
    ):
        writer.write(b"GET / HTTP/1.1\r\n")
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "expired"


async def test_what_is_not_http_is_told_so(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, served(house) as port, raw(port) as (reader, writer):
        writer.write(b"\x17\x03\x01 hello\r\n\r\n")
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "bad_request"


async def test_one_connection_too_many_is_told_so(tmp_path: Path) -> None:
    async with (
        open_house(tmp_path, connections=1) as house,
        served(house) as port,
        raw(port) as (_, first),
    ):
        first.write(b"GET /healthz")
        await first.drain()
        for trust in (None, trusting(own_certificate(tmp_path))):
            async with raw(port, trust) as (reader, writer):
                writer.write(b"G")  # who says nothing has not said in which protocol to answer
                assert (await reader.read()).startswith(b"HTTP/1.1 503 ")


async def test_more_requests_at_once_than_allowed_are_busy(tmp_path: Path) -> None:
    async with open_house(tmp_path, in_flight=1) as house:
        begun, free = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            begun.set()
            await free.wait()

        house.app.add_api_route("/slow", slow)
        async with (
            served(house) as port,
            asking(house, port) as client,
            asyncio.TaskGroup() as group,
        ):
            first = group.create_task(client.get("/slow"))
            await begun.wait()
            refused = await client.get("/healthz")
            free.set()
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "busy")
        assert first.result().status_code == 200


async def test_a_client_that_leaves_does_no_harm(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, served(house) as port:
        async with raw(port) as (_, writer):
            writer.write(
                f"POST {SEARCH} HTTP/1.1\r\nHost: box\r\nAuthorization: Bearer {TOKEN}\r\n"
                "Content-Type: image/jpeg\r\nContent-Length: 10\r\n\r\nabc".encode()
            )
            await writer.drain()
        async with asking(house, port) as client:
            assert (await client.get("/healthz")).status_code == 200


async def test_a_running_answer_ends_before_the_box_does(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        begun = asyncio.Event()

        async def parts() -> AsyncIterator[bytes]:
            yield b"first "
            begun.set()
            await asyncio.sleep(0.2)
            yield b"last"

        async def slow() -> StreamingResponse:
            return StreamingResponse(parts())

        house.app.add_api_route("/slow", slow)
        async with contextlib.AsyncExitStack() as stack:
            group = await stack.enter_async_context(asyncio.TaskGroup())
            async with served(house) as port:
                client = await stack.enter_async_context(asking(house, port))
                asked = group.create_task(client.get("/slow"))
                await begun.wait()
        assert asked.result().text == "first last"


async def test_an_answer_without_end_does_not_keep_the_box(tmp_path: Path) -> None:
    async with open_house(tmp_path, shutdown_s=1) as house:
        begun = asyncio.Event()

        async def slow() -> None:
            begun.set()
            await asyncio.Event().wait()

        house.app.add_api_route("/slow", slow)
        async with (
            served(house) as port,
            raw(port, trusting(own_certificate(tmp_path))) as (
                _,
                writer,
            ),
        ):
            writer.write(b"GET /slow HTTP/1.1\r\nHost: box\r\n\r\n")
            await begun.wait()


async def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, served(house) as port:
        options = HttpOptions(port=port, token=TOKEN, metrics_key=METRICS_KEY)
        with pytest.raises(Unavailable, match=rf"127\.0\.0\.1:{port}.*http\.port"):
            await serve(house.app, options, house.certificate.context, Counters())
