"""One HTTP request and its answer, with an address that was judged."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.outbound.addresses import may_connect

_PORTS = {"http": 80, "https": 443}
_HEAD_LIMIT = 32 * 1024
_HEADERS = "Accept-Encoding: identity\r\nUser-Agent: edge-agent\r\nConnection: close\r\n"

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""From host and port to addresses."""


async def resolve(host: str, port: int) -> list[str]:
    """Ask the machine's resolver for the addresses of a host.

    Raises:
        OSError: it has none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads.

    Attributes:
        target: path and query, quoted.
    """

    scheme: str
    host: str
    port: int
    target: str

    @property
    def name(self) -> str:
        """What stands in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answered:
    """The head of an answer, and where its body comes from."""

    status: int
    headers: dict[str, str]
    body: asyncio.StreamReader


def place_of(url: str) -> Place:
    """Read an http or https address.

    Raises:
        Refused: it is none.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
        port = parts.port
    except ValueError as error:  # UnicodeError is one
        raise Refused("the address is malformed", field="url") from error
    if parts.scheme not in _PORTS:
        raise Refused("the address must start with http:// or https://", field="url")
    if not host or parts.username or parts.password:
        raise Refused("the address must name a host, and no user", field="url")
    target = quote(parts.path or "/", safe="/%:=&~+!$,;'@()*")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:=&~+!$,;'@()*?[]")
    return Place(parts.scheme, host, port or _PORTS[parts.scheme], target)


async def judged(place: Place, allowed_networks: Sequence[str], look_up: Resolve) -> str:
    """The one address to connect to; all that the name has must be allowed.

    Raises:
        Refused: one of them is not.
        Unavailable: it has none.
        OSError: nobody can tell.
    """
    addresses = await look_up(place.host, place.port)
    if not addresses:
        raise Unavailable(f"{place.host} has no address")
    if not all(may_connect(address, allowed_networks) for address in addresses):
        raise Refused("the address points into a private network", field="url")
    return addresses[0]


@asynccontextmanager
async def asked(
    method: str,
    place: Place,
    address: str,
    *,
    headers: str = "",
    body: bytes = b"",
    context: ssl.SSLContext | None = None,
) -> AsyncIterator[Answered]:
    r"""Send a request; the connection is dropped where the block ends.

    Args:
        method: GET or POST.
        place: where to.
        address: the judged one that is connected to.
        headers: more header lines, each with its \r\n.
        body: of the request.
        context: for https; None takes what the machine trusts.

    Raises:
        Refused: the answer is not HTTP.
        OSError, asyncio.IncompleteReadError: the host is away or hung up; `ssl.SSLError`: it is
            not who it should be.
    """
    secure = (context or ssl.create_default_context()) if place.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        address,
        place.port,
        ssl=secure,
        server_hostname=place.host if secure else None,
        limit=_HEAD_LIMIT,
    )
    try:
        head = f"{method} {place.target} HTTP/1.1\r\nHost: {place.name}\r\n{_HEADERS}{headers}\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        yield await _head(reader)
    finally:
        writer.transport.abort()


def nonsense() -> Refused:
    """The error for an answer that is not HTTP as it should be."""
    return Refused("the host does not speak HTTP as it should", field="url")


async def _head(reader: asyncio.StreamReader) -> Answered:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise nonsense() from None
    first, *lines = head.rstrip().split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():  # noqa: PLR2004
        raise nonsense()
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return Answered(int(words[1]), headers, reader)
