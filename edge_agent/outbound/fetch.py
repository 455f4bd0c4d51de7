"""Fetching a picture that somebody gave the address of.

Every redirect is judged like the first address; everything together has one deadline; what comes is
counted while it comes.
"""

import asyncio
import ssl
from dataclasses import dataclass, field
from urllib.parse import urljoin

from edge_agent.domain.errors import AgentError, Refused, TooLarge, Unavailable
from edge_agent.outbound.exchange import Place, Resolve, asked, judged, nonsense, place_of, resolve

_MOVED = frozenset((301, 302, 303, 307, 308))
_OK = 200
_PIECE = 64 * 1024


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
        place = place_of(url)
        address = await judged(place, limits.allowed_networks, limits.resolve)
        answer = await _get(place, address, limits)
        if isinstance(answer, bytes):
            return answer
        url = urljoin(url, answer)
    raise Refused(f"the address leads on more than {limits.redirects} times", field="url")


async def _get(place: Place, address: str, limits: FetchLimits) -> bytes | str:
    """The body, or where it has moved to."""
    async with asked("GET", place, address, headers="Accept: image/*\r\n") as answer:
        if answer.status in _MOVED and "location" in answer.headers:
            return answer.headers["location"]
        if answer.status != _OK:
            raise Refused(f"the picture's host answered {answer.status}", field="url")
        return await _body(answer.body, answer.headers, limits.max_bytes)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str], most: int) -> bytes:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise nonsense()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return await _chunks(reader, most)
    length = headers.get("content-length")
    if length is None:
        return await _until_close(reader, most)
    if not length.isdigit():
        raise nonsense()
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
            raise nonsense() from None
        if size < 0 or len(body) + size > most:
            raise _too_large(most)
        if size == 0:
            return bytes(body)
        body += await reader.readexactly(size)
        await reader.readexactly(2)


def _too_large(most: int) -> AgentError:
    return TooLarge(f"behind the address are more than {most} bytes", field="url")
