"""The REST door: every route with anything in its path, its query and its body."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI

from edge_agent.domain.risk_task import RiskCriteria
from edge_agent.runtime.clock import SystemClock
from edge_agent.tasks import NewTask
from tests.fuzz.draw import Draw
from tests.fuzz.target import Judge, Target
from tests.integration.rest_api.house import (
    BEARER,
    METRICS_KEY,
    House,
    a_jpeg,
    open_house,
    remember_clip,
    remember_track,
    write_clip,
)

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
TYPES = ["application/json", "image/jpeg", "multipart/form-data; boundary=b", "text/plain", ""]
HEADERS = ["Range", "If-None-Match", "Idempotency-Key", "Accept", "If-Range", "Expect"]
RANGES = ["bytes=0-", "bytes=5-2", "bytes=-1", "bytes=0-0,2-3", "bytes=999999999-", "sheep=1-2"]
Exchange = tuple[int, dict[str, str], bytes]


class RestRequests:
    """Makes ASGI requests out of bytes.

    Args:
        app: the door, which says what routes and names there are.
        known: values that mean something to it.
    """

    def __init__(self, app: FastAPI, known: list[str]) -> None:
        self._known = [*known, *RANGES]
        document = app.openapi()
        self._routes = [
            (path, method.upper()) for path, one in document["paths"].items() for method in one
        ]
        self._names = _names(document)

    def scope(self, draw: Draw) -> tuple[dict[str, Any], bytes]:
        """A request for a route of the door, or for something like it."""
        pattern, own = draw.one_of(self._routes)
        method = own if draw.byte() % 8 else draw.one_of(METHODS)
        path = re.sub(r"\{[^}]+\}", lambda _: draw.value(self._known), pattern)
        pairs = [
            (draw.one_of(self._names) if draw.byte() % 8 else draw.text(), draw.value(self._known))
            for _ in range(draw.few())
        ]
        headers = self._headers(draw)
        body = b"" if method == "GET" else draw.document(self._names, self._known)
        raw = quote(path, safe="/%").encode()
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
        return {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "https", "path": path, "raw_path": raw, "query_string": query.encode(),
            "root_path": "", "headers": headers, "client": ("192.0.2.1", 1), "server": ("box", 443),
        }, body  # fmt: skip

    def _headers(self, draw: Draw) -> list[tuple[bytes, bytes]]:
        kept = {"host": "box", "content-type": draw.one_of(TYPES)}
        if draw.byte() % 8:
            kept |= {name.lower(): value for name, value in BEARER.items()}
        for _ in range(draw.below(3)):
            kept[draw.one_of(HEADERS).lower()] = draw.value(self._known)
        return [
            (name.encode(), value.encode("latin-1", "replace").translate(None, b"\r\n\x00"))
            for name, value in kept.items()
        ]


def _names(document: dict[str, Any]) -> list[str]:
    """Every name that parameters and bodies of the door have."""
    found = {one["name"] for path in document["paths"].values() for operation in path.values()
             for one in operation.get("parameters", ())}  # fmt: skip
    for schema in document.get("components", {}).get("schemas", {}).values():
        found |= set(schema.get("properties", {}))
    return sorted(found)


async def ask(app: FastAPI, scope: dict[str, Any], body: bytes) -> Exchange:
    """One request through the whole application: status, headers, body."""
    status, headers, answer = 0, dict[str, str](), b""
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, headers, answer
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            answer += message.get("body", b"")

    await app(scope, receive, send)
    return status, headers, answer


def judge_exchange(exchange: Exchange, method: str) -> None:
    """An answer is one, is no fault of the box, and what calls itself JSON is JSON."""
    status, headers, body = exchange
    assert 200 <= status < 500 or status == 503, exchange
    if "json" in headers.get("content-type", "") and method != "HEAD":
        json.loads(body)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Judge]:
    """A door with a clip, tracks and a task behind it."""
    async with open_house(folder / "state") as house:
        known = await _furnish(house)
        requests = RestRequests(house.app, known)

        async def judge(data: bytes) -> None:
            scope, body = requests.scope(Draw(data))
            judge_exchange(await ask(house.app, scope, body), scope["method"])

        yield judge


async def _furnish(house: House) -> list[str]:
    """Remember a clip, two tracks and a task; returns what requests may name."""
    now_ms = SystemClock().now_ms()
    clip = house.store.clips / "fuzz.mp4"
    write_clip(clip, seconds=1)
    fragment = await remember_clip(house, clip, now_ms - 60_000)
    for camera in ("door", "till"):
        await remember_track(house, camera, now_ms - 50_000, face=a_jpeg(1), body=a_jpeg(2))
    await house.parts.tasks.create(NewTask(id="case", criteria=RiskCriteria()), asker="fuzz")
    rows = await house.store.rows("SELECT id FROM picture")
    links = house.parts.links
    pictures = [str(row["id"]) for row in rows]
    return [
        *house.tracks, fragment, *pictures, links.picture(pictures[0]), links.clip(fragment),
        "case", "door", "till", "face", "body", "open", METRICS_KEY, str(now_ms), "10",
    ]  # fmt: skip


TARGET = Target("rest", opened)
