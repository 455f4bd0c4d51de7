"""Fetching from real local servers, which the test allows by network."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from edge_agent.domain.errors import Refused, TooLarge, Unavailable
from edge_agent.outbound import FetchLimits, fetch_picture
from tests.support.certificates import write_own_certificate

LOCAL = FetchLimits(allowed_networks=("127.0.0.0/8",), seconds=5, max_bytes=100_000)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
Handler = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def server(handler: Handler, secure: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            await handler(request, writer)
            await writer.drain()
        writer.close()

    running = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=secure)
    try:
        yield running.sockets[0].getsockname()[1]
    finally:
        running.close()


def answering(answer: bytes) -> Handler:
    async def handler(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return handler


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"picture"),
        b"HTTP/1.0 200 OK\r\n\r\npicture",
        CHUNKED + b"4\r\npict\r\n3;x=y\r\nure\r\n0\r\n\r\n",
    ],
    ids=["length", "close", "chunked"],
)
async def test_a_picture_is_fetched_however_it_is_sent(answer: bytes) -> None:
    async with server(answering(answer)) as port:
        assert await fetch_picture(f"http://127.0.0.1:{port}/a b?c=d", LOCAL) == b"picture"


async def test_the_request_names_the_host_and_the_quoted_path() -> None:
    heard = []

    async def handler(request: str, writer: asyncio.StreamWriter) -> None:
        heard.append(request)
        writer.write(ok(b"x"))

    async with server(handler) as port:
        await fetch_picture(f"http://localhost:{port}/a b/ä?q=1 2#top", replaced(LOCAL))
        assert heard[0].startswith("GET /a%20b/%C3%A4?q=1%202 HTTP/1.1\r\n")
        assert f"Host: localhost:{port}\r\n" in heard[0]


def replaced(limits: FetchLimits, *addresses: str) -> FetchLimits:
    """The same limits with a name server that answers these, one answer after the other."""
    answers = list(addresses or ("127.0.0.1",))

    async def resolve(_host: str, _port: int) -> list[str]:
        await asyncio.sleep(0)
        return [answers.pop(0)]

    return FetchLimits(
        allowed_networks=limits.allowed_networks,
        seconds=limits.seconds,
        max_bytes=limits.max_bytes,
        resolve=resolve,
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data",
        "http://192.168.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://127.1/",
        "http://[::ffff:10.0.0.1]/",
    ],
)
async def test_inward_addresses_are_refused(url: str) -> None:
    with pytest.raises(Refused, match="private") as refused:
        await fetch_picture(url)
    assert refused.value.field == "url"


@pytest.mark.parametrize(
    "url",
    ["ftp://host/x", "file:///etc/passwd", "http://", "http://u:p@host/", "x", "http://h:999999/"],
)
async def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        await fetch_picture(url)


async def test_a_name_is_asked_once_and_that_answer_is_connected_to() -> None:
    async with server(answering(ok(b"x"))) as port:
        limits = replaced(LOCAL, "127.0.0.1", "192.168.0.1")
        assert await fetch_picture(f"http://picture.example:{port}/", limits) == b"x"


async def test_a_redirect_is_followed_and_judged_again() -> None:
    async with server(answering(ok(b"x"))) as port:
        move = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/\r\n\r\n" % port
        inward = b"HTTP/1.1 302 Found\r\nLocation: http://192.168.0.1/\r\n\r\n"
        async with server(answering(move)) as moved, server(answering(inward)) as trap:
            assert await fetch_picture(f"http://127.0.0.1:{moved}/", LOCAL) == b"x"
            with pytest.raises(Refused, match="private"):
                await fetch_picture(f"http://127.0.0.1:{trap}/", LOCAL)


async def test_redirects_end() -> None:
    async with server(answering(b"HTTP/1.1 301 Moved\r\nLocation: /again\r\n\r\n")) as port:
        with pytest.raises(Refused, match="leads on"):
            await fetch_picture(f"http://127.0.0.1:{port}/", LOCAL)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + bytes(100_001),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186A1\r\n" + bytes(100),
    ],
)
async def test_too_much_is_refused(answer: bytes) -> None:
    async with server(answering(answer)) as port:
        with pytest.raises(TooLarge):
            await fetch_picture(f"http://127.0.0.1:{port}/", LOCAL)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_picture_answer_is_refused(answer: bytes) -> None:
    async with server(answering(answer)) as port:
        with pytest.raises(Refused):
            await fetch_picture(f"http://127.0.0.1:{port}/", LOCAL)


async def test_a_host_that_hangs_or_breaks_off_is_unavailable() -> None:
    quick = FetchLimits(allowed_networks=LOCAL.allowed_networks, seconds=0.3)
    stop = asyncio.Event()

    async def hang(_: str, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        await writer.drain()
        await stop.wait()

    async with server(hang) as port:
        with pytest.raises(Unavailable, match="longer than"):
            await fetch_picture(f"http://127.0.0.1:{port}/", quick)
        stop.set()
    short = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
    async with server(answering(short)) as port:
        with pytest.raises(Unavailable):
            await fetch_picture(f"http://127.0.0.1:{port}/", LOCAL)
    with pytest.raises(Unavailable):
        await fetch_picture("http://127.0.0.1:1/", LOCAL)


async def test_a_host_with_a_certificate_of_its_own_making_is_not_believed(tmp_path: Path) -> None:
    async with server(answering(ok(b"x")), own_certificate(tmp_path / "pair.pem")) as port:
        with pytest.raises(Unavailable, match="not who it should be"):
            await fetch_picture(f"https://localhost:{port}/", replaced(LOCAL))


def own_certificate(pair: Path) -> ssl.SSLContext:
    write_own_certificate(pair)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    return context
