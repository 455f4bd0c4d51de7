"""Plain http: what it opens, where the rest is sent, and that no token gets in by it."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import BaseRoute

from edge_agent import dashboard
from edge_agent.cloud_api.entrance import Entrance
from edge_agent.rest_api.app import make_app
from edge_agent.rest_api.options import HttpOptions, Plain
from edge_agent.rest_api.plain import CODE, ToHttps
from edge_agent.storage.jobs import unfinished_jobs
from tests.integration.cloud_api.test_signed_requests import rpc
from tests.integration.rest_api.house import (
    BEARER,
    METRICS_KEY,
    TOKEN,
    House,
    a_jpeg,
    open_house,
    remember_track,
)
from tests.integration.rest_api.test_serve import raw, served
from tests.support.cloud_box import make_door
from tests.support.remembering import opened_box

OPEN = {"/healthz", "/readyz", "/router/rest"}
"""What plain http opens to everybody; `/` and files under /media only to the signed."""

HERE = "127.0.0.1:8800"


@asynccontextmanager
async def whole_door(house: House, folder: Path, **tuned: Any) -> AsyncIterator[FastAPI]:
    """Every route that a box has, put together as the daemon does."""
    options = HttpOptions(token=TOKEN, metrics_key=METRICS_KEY, **tuned)
    async with opened_box(folder) as box:
        app = make_app(house.parts, options, ahead=Entrance(make_door(box)[0]))
        app.router.routes.extend(dashboard.routes())
        yield app


def asking(app: FastAPI, scheme: str = "http", host: str = HERE) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://{host}")


def every_route(routes: Iterable[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Each path, its parameters filled in, with each of its methods."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from every_route(inner.routes)
        elif not isinstance(route, ToHttps):
            path = getattr(route, "path")  # noqa: B009 - a route without one shall fail here
            filled = "/".join("0" * 32 if "{" in part else part for part in path.split("/"))
            for method in sorted(getattr(route, "methods", None) or {"GET", "POST"}):
                yield method, filled


async def test_every_route_is_open_on_purpose_or_sent_to_https(
    house: House, tmp_path: Path
) -> None:
    async with (
        whole_door(house, tmp_path / "cloud") as app,
        asking(app) as plain,
        asking(app, "https") as secure,
    ):
        found = list(every_route(app.router.routes))
        known = {"/", "/v1/status", "/metrics", "/openapi.json", "/favicon.ico"}
        assert known <= {path for _, path in found}
        for method, path in found:
            answer = await plain.request(method, path, headers=BEARER)
            if path in OPEN or (method, path) == ("POST", "/"):
                assert answer.status_code != 308, (method, path)
                continue
            assert answer.status_code == 308, (method, path)
            assert answer.headers["location"] == f"https://{HERE}{path}"
            assert (await secure.request(method, path)).status_code != 308, (method, path)


async def test_a_route_that_somebody_adds_is_closed_to_plain_http(house: House) -> None:
    async def added() -> str:
        return "here"

    house.app.add_api_route("/added", added)
    async with asking(house.app) as plain, asking(house.app, "https") as secure:
        assert (await plain.get("/added")).status_code == 308
        assert (await plain.get("/nowhere")).status_code == 308
        assert (await secure.get("/added")).text == '"here"'


async def test_the_answer_says_why_and_where(house: House) -> None:
    async with asking(house.app) as plain:
        answer = await plain.post("/v1/picture-searches?limit=5&kinds=face", content=b"{}")
    address = f"https://{HERE}/v1/picture-searches?limit=5&kinds=face"
    assert answer.headers["location"] == address
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["error"]["code"] == CODE
    assert "Location" in body["error"]["message"]
    assert "replace" not in body["error"]["message"]
    assert body["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/tracks", BEARER),
        ("/metrics", {"Authorization": f"Bearer {METRICS_KEY}"}),
        (f"/metrics?key={METRICS_KEY}", {}),
        (f"/media/pictures/{'0' * 32}", BEARER),
        (f"/media/pictures/{'0' * 32}?f=1", BEARER),
    ],
)
async def test_a_token_that_was_readable_on_the_way_opens_nothing(
    house: House, caplog: pytest.LogCaptureFixture, path: str, headers: dict[str, str]
) -> None:
    async with asking(house.app) as plain:
        answer = await plain.get(path, headers=headers)
    assert answer.status_code == 308
    assert "replace it" in answer.json()["error"]["message"]
    assert "with a token" in caplog.text
    assert TOKEN not in caplog.text + answer.text
    assert METRICS_KEY not in caplog.text + answer.text


async def test_the_token_does_not_help_a_link_over_plain_http(house: House) -> None:
    track = await remember_track(house, "door", 1_760_000_000_000, face=None, body=a_jpeg(1))
    async with asking(house.app, "https") as secure:
        link = (await secure.get(f"/v1/tracks/{track}", headers=BEARER)).json()["body"]["url"]
    forged = link[:-4] + "0000"
    async with asking(house.app) as plain:
        assert (await plain.get(link)).content == a_jpeg(1)
        for wrong in (forged, link.partition("&")[0], f"{urlsplit(link).path}?s=", f"{link}0"):
            assert (await plain.get(wrong, headers=BEARER)).status_code == 403


async def test_signed_requests_are_answered_and_the_page_is_not(
    house: House, tmp_path: Path
) -> None:
    async with (
        whole_door(house, tmp_path / "cloud") as app,
        asking(app) as plain,
        asking(app, "https") as secure,
    ):
        signed = await plain.get("/", params=rpc({"Action": "Nothing"}))
        assert (signed.status_code, signed.json()["Code"]) == (404, "InvalidAction.NotFound")
        assert (await plain.get("/")).status_code == 308
        assert (await secure.get("/")).headers["content-type"].startswith("text/html")


async def test_behind_a_proxy_everything_may_be_plain(house: House, tmp_path: Path) -> None:
    async with whole_door(house, tmp_path / "cloud", plain=Plain.ALL) as app, asking(app) as plain:
        assert (await plain.get("/v1/status", headers=BEARER)).status_code == 200
        assert (await plain.get("/")).headers["content-type"].startswith("text/html")
        assert (await plain.get("/nowhere")).status_code == 404


@pytest.mark.parametrize(
    ("host", "leads_to"),
    [
        ("127.0.0.1:8800", "https://127.0.0.1:8800/v1/status"),
        ("localhost:9000", "https://localhost:9000/v1/status"),  # a port that leads here
        ("LOCALHOST", "https://LOCALHOST:4711/v1/status"),
        ("[::1]:8800", "https://[::1]:8800/v1/status"),
        ("box-1:8800", "https://box-1:8800/v1/status"),
        ("stranger.example:8800", "https://192.0.2.7:4711/v1/status"),
        ("localhost:99999", "https://localhost/v1/status"),
        ("localhost@stranger.example", "https://192.0.2.7:4711/v1/status"),
        ("localhost:8800:1", "https://192.0.2.7:4711/v1/status"),
        ("", "https://192.0.2.7:4711/v1/status"),
    ],
)
async def test_a_host_is_believed_only_where_the_certificate_is_good_for_it(
    house: House, host: str, leads_to: str
) -> None:
    assert await location(house.app, host=host) == leads_to


async def test_strangers_are_sent_to_the_public_address(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "cloud"
    async with whole_door(house, folder, public_address="https://box.example") as app:
        assert await location(app, host="stranger.example") == "https://box.example/v1/status"
        assert await location(app, host="localhost:8800") == "https://localhost:8800/v1/status"
    async with whole_door(house, folder, public_address="http://box.example") as app:
        assert await location(app, host="stranger.example") == "https://192.0.2.7:4711/v1/status"


@pytest.mark.parametrize("target", ["http://stranger.example/", "@stranger.example/", "*", ".s.e/"])
async def test_a_target_that_is_no_path_does_not_change_the_host(house: House, target: str) -> None:
    assert await location(house.app, raw_path=target.encode()) == "https://127.0.0.1:8800/"


@settings(max_examples=200, deadline=None)
@given(host=st.text(st.characters(max_codepoint=255)), path=st.binary(max_size=30))
def test_whatever_is_asked_leads_here(host: str, path: bytes) -> None:
    gate = ToHttps(lambda name: name == "box", "")
    scope = scope_of(host, b"/" + path.translate(None, bytes(range(33)) + bytes(range(127, 256))))
    found = urlsplit(gate._location(scope))
    assert (found.scheme, found.hostname in {"box", "192.0.2.7"}, found.username) == (
        "https", True, None,
    )  # fmt: skip


def scope_of(host: str, raw_path: bytes) -> dict[str, Any]:
    return {
        "type": "http", "scheme": "http", "method": "GET", "http_version": "1.1",
        "path": raw_path.decode(), "raw_path": raw_path, "query_string": b"",
        "headers": [(b"host", host.encode("latin-1"))], "server": ("192.0.2.7", 4711),
    }  # fmt: skip


async def location(app: FastAPI, host: str = HERE, raw_path: bytes = b"/v1/status") -> str:
    """Where a request with these bytes in its head is sent."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope_of(host, raw_path), receive, send)
    assert sent[0]["status"] == 308
    return str(dict(sent[0]["headers"])[b"location"], "latin-1")


@pytest.mark.parametrize("closing", ["", "Connection: close\r\n"])
async def test_a_body_is_read_to_its_end_before_the_answer(tmp_path: Path, closing: str) -> None:
    """Else the connection is reset under a client that is still sending, and the answer is lost."""
    head = (
        f"POST /v1/picture-searches HTTP/1.1\r\nHost: box-1\r\n{closing}"
        "Content-Type: image/jpeg\r\nContent-Length: 5000000\r\n\r\n"
    )
    async with open_house(tmp_path) as house, served(house) as port, raw(port) as (reader, writer):
        writer.write(head.encode() + bytes(5_000_000))
        await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 308 ")
        body = await reader.readuntil(b"}")
        assert CODE.encode() in body
        assert await unfinished_jobs(house.store) == []


async def test_who_waits_for_leave_to_send_a_body_is_not_made_to(tmp_path: Path) -> None:
    head = (
        "POST /v1/picture-searches HTTP/1.1\r\nHost: box-1\r\nExpect: 100-continue\r\n"
        "Content-Type: image/jpeg\r\nContent-Length: 5000000\r\n\r\n"
    )
    async with open_house(tmp_path) as house, served(house) as port, raw(port) as (reader, writer):
        writer.write(head.encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 308 ")


async def test_browsers_are_held_to_https_only_where_they_trust_the_certificate(
    tmp_path: Path,
) -> None:
    async with open_house(tmp_path) as house:
        for strict, scheme, said in (
            (False, "https", None), (True, "https", "max-age=2592000"), (True, "http", None),
        ):  # fmt: skip
            options = HttpOptions(token=TOKEN, metrics_key=METRICS_KEY, strict=strict)
            async with asking(make_app(house.parts, options), scheme) as client:
                answer = await client.get("/healthz")
            assert answer.headers.get("strict-transport-security") == said


async def test_a_redirect_is_followed_by_a_client_that_trusts_the_box(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, served(house) as port:
        process = await asyncio.create_subprocess_exec(
            "curl", "--silent", "--location", "--cacert", str(tmp_path / "tls/certificate.pem"),
            f"http://127.0.0.1:{port}/v1/status",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, _ = await process.communicate()
    assert json.loads(said)["error"]["code"] == "not_authorised"
