"""Fetching a picture that somebody gave the address of.

Standard library only, because the address that was judged must be the one that is connected to:
a client that resolves the name once more can be led inside by a name server that answers
differently the second time. Every redirect is judged like the first address; everything
together has one deadline; what comes is counted while it comes.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

from edge_agent.domain.errors import AgentError, Refused, TooLarge, Unavailable
from edge_agent.media.addresses import may_connect

_PORTS = {"http": 80, "https": 443}
_MOVED = frozenset((301, 302, 303, 307, 308))
_OK = 200
_HEAD_LIMIT = 32 * 1024
_PIECE = 64 * 1024
_ASK = (
    "Accept: image/*\r\nAccept-Encoding: identity\r\nUser-Agent: edge-agent\r\n"
    "Connection: close\r\n"
)

Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolve(host: str, port: int) -> list[str]:
    """Ask the machine's resolver for the addresses of a host.

    Raises:
        OSError: it has none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(place[4][0]) for place in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How far the box goes for a picture.

    Attributes:
        seconds: for everything together, redirects included.
        max_bytes: of the picture.
        redirects: followed at the most.
        allowed_networks: networks in CIDR form that are not public and yet allowed, such as the
            store's own recorder.
        resolve: from host and port to addresses.
    """

    seconds: float = 10.0
    max_bytes: int = 50_000_000
    redirects: int = 3
    allowed_networks: tuple[str, ...] = ()
    resolve: Resolve = field(default=resolve, repr=False)


@dataclass(frozen=True, slots=True)
class _Place:
    scheme: str
    host: str
    port: int
    target: str

    @property
    def name(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


async def fetch_picture(url: str, limits: FetchLimits | None = None) -> bytes:
    """Get the bytes behind an http or https address; whether they are a picture is not judged.

    Raises:
        Refused: the address is not allowed, leads to one that is not, or has no picture.
        TooLarge: there is more than allowed.
        Unavailable: the host is away, too slow, or not who it should be.
    """
    limits = limits or FetchLimits()
    try:
        async with asyncio.timeout(limits.seconds):
            return await _follow(url, limits)
    except TimeoutError:
        message = f"the picture's host took longer than {limits.seconds:g} s"
        raise Unavailable(message) from None
    except ssl.SSLError as error:
        raise Unavailable(f"the picture's host is not who it should be: {error.reason}") from error
    except (OSError, asyncio.IncompleteReadError) as error:
        raise Unavailable(f"the picture's host is away: {error}") from error


async def _follow(url: str, limits: FetchLimits) -> bytes:
    for _ in range(limits.redirects + 1):
        place = _place(url)
        address = await _judged(place, limits)
        answer = await _get(place, address, limits)
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url, answer)
    raise Refused(f"the address leads on more than {limits.redirects} times", field="url")


def _place(url: str) -> _Place:
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
    return _Place(parts.scheme, host, port or _PORTS[parts.scheme], target)


async def _judged(place: _Place, limits: FetchLimits) -> str:
    """The one address to connect to; all that the name has must be allowed."""
    addresses = await limits.resolve(place.host, place.port)
    if not addresses:
        raise Unavailable("the picture's host has no address")
    if not all(may_connect(address, limits.allowed_networks) for address in addresses):
        raise Refused("the address points into a private network", field="url")
    return addresses[0]


async def _get(place: _Place, address: str, limits: FetchLimits) -> bytes | str:
    """The body, or where it has moved to."""
    secure = ssl.create_default_context() if place.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        address,
        place.port,
        ssl=secure,
        server_hostname=place.host if secure else None,
        limit=_HEAD_LIMIT,
    )
    try:
        writer.write(f"GET {place.target} HTTP/1.1\r\nHost: {place.name}\r\n{_ASK}\r\n".encode())
        await writer.drain()
        status, headers = await _head(reader)
        if status in _MOVED and "location" in headers:
            return headers["location"]
        if status != _OK:
            raise Refused(f"the picture's host answered {status}", field="url")
        return await _body(reader, headers, limits.max_bytes)
    finally:
        writer.transport.abort()


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.LimitOverrunError:
        raise _nonsense() from None
    first, *lines = head.rstrip().split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():  # noqa: PLR2004
        raise _nonsense()
    pairs = (line.partition(":") for line in lines)
    return int(words[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, headers: dict[str, str], most: int) -> bytes:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _nonsense()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader, most)
    length = headers.get("content-length")
    if length is None:
        return await _until_close(reader, most)
    if not length.isdigit():
        raise _nonsense()
    if int(length) > most:
        raise _too_large(most)
    return await reader.readexactly(int(length))


async def _until_close(reader: asyncio.StreamReader, most: int) -> bytes:
    body = bytearray()
    while piece := await reader.read(_PIECE):
        body += piece
        if len(body) > most:
            raise _too_large(most)
    return bytes(body)


async def _chunks(reader: asyncio.StreamReader, most: int) -> bytes:
    body = bytearray()
    while True:
        try:
            size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        except (ValueError, asyncio.LimitOverrunError):
            raise _nonsense() from None
        if size < 0 or len(body) + size > most:
            raise _too_large(most)
        if size == 0:
            return bytes(body)
        body += await reader.readexactly(size)
        await reader.readexactly(2)


def _too_large(most: int) -> AgentError:
    return TooLarge(f"behind the address are more than {most} bytes", field="url")


def _nonsense() -> AgentError:
    return Refused("the picture's host does not speak HTTP as it should", field="url")
