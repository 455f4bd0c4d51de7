"""The HTTP port itself: bytes on a connection to the server that the daemon runs."""

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent import dashboard
from edge_agent.cloud_api.entrance import Entrance
from edge_agent.rest_api.app import make_app
from tests.fuzz.draw import Draw
from tests.fuzz.target import Judge, Target
from tests.integration.rest_api.house import BEARER, open_house
from tests.support.cloud_box import make_door
from tests.support.https import own_certificate, serving, trusting
from tests.support.remembering import opened_box

QUIET_S = 0.02
"""A connection on which nothing comes for so long has said what it had to say."""

LINES = [
    b"GET / HTTP/1.1", b"POST / HTTP/1.1", b"GET /v1/tracks HTTP/1.1", b"GET /healthz HTTP/1.0",
    b"POST /v1/picture-searches HTTP/1.1", b"GET /router/rest?method=x HTTP/1.1", b"Host: box",
    b"POST /router/rest HTTP/1.1", b"GET /?Action=x&Signature=y HTTP/1.1", b"Connection: close",
    b"Transfer-Encoding: chunked", b"Content-Length: 5", b"Content-Length: -1", b"5\r\nhello",
    b"Content-Type: application/json", b"Content-Type: application/x-www-form-urlencoded",
    b"Expect: 100-continue", b"Upgrade: websocket",
    b"Authorization: " + BEARER["Authorization"].encode(), b" folded: x", b"PRI * HTTP/2.0",
    b"0\r\n", b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]  # fmt: skip
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n")
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)


def sent_bytes(draw: Draw) -> bytes:
    """Lines that mean something, with anything between them."""
    if draw.below(8) == 0:
        return draw.rest()
    lines = [
        draw.one_of(LINES) if draw.byte() % 8 else draw.raw(draw.byte())
        for _ in range(draw.below(16))
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + draw.rest()


def judge_answers(received: bytes) -> None:
    """Whatever comes back is HTTP, no fault of the box, and JSON where it says so."""
    while received and received[0] not in (0x15, 0x16):  # a record of TLS is an answer, too
        head = _ANSWER.match(received)
        assert head, received[:200]
        status = int(head[1])
        assert status < 500 or status == 503, received[:2000]
        length = _LENGTH.search(head[2])
        size = int(length[1]) if length and status != 304 else 0
        body, received = received[head.end() : head.end() + size], received[head.end() + size :]
        if b"application/json" in head[2].lower() and len(body) == size and size:
            json.loads(body)
        if length is None and status != 100:
            return  # the rest belongs to this answer, in a way of its own


async def exchange(port: int, data: bytes, trust: ssl.SSLContext | None = None) -> bytes:
    """Send bytes on a connection of their own; returns what came back until silence."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
    received = b""
    try:
        writer.write(data)
        while True:
            async with asyncio.timeout(QUIET_S if received else 2 * QUIET_S):
                piece = await reader.read(65536)
            if not piece:
                return received
            received += piece
    except (TimeoutError, ConnectionError):
        return received
    finally:
        writer.transport.abort()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Judge]:
    """The whole application, served; the same bytes are sent in plain and behind TLS."""
    async with open_house(folder / "house") as house, opened_box(folder / "box") as box:
        app = make_app(house.parts, house.options, ahead=Entrance(make_door(box)[0]))
        app.router.routes.extend(dashboard.routes())
        trust = trusting(own_certificate(folder / "house"))
        async with serving(app, house.options, house.certificate) as port:

            async def judge(data: bytes) -> None:
                sent = sent_bytes(Draw(data))
                for received in await asyncio.gather(
                    exchange(port, sent), exchange(port, sent, trust)
                ):
                    judge_answers(received)

            yield judge


TARGET = Target("http", opened)
