"""Telling a host something: one POST, nothing of the answer but its status."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.outbound.exchange import Resolve, asked, judged, place_of, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLimits:
    """How far the box goes to tell somebody something.

    Attributes:
        seconds: for everything together.
        plain: whether http will do.
        allowed_networks: networks in CIDR form that are not public and yet allowed.
        context: who is trusted over https; None takes what the machine trusts.
        resolve: from host and port to addresses.
    """

    seconds: float = 10.0
    plain: bool = False
    allowed_networks: tuple[str, ...] = ()
    context: ssl.SSLContext | None = field(default=None, repr=False)
    resolve: Resolve = field(default=resolve, repr=False)


async def post(url: str, body: bytes, headers: Mapping[str, str], limits: PostLimits) -> int:
    """Send a body; redirects are not followed, for what was signed was meant for one address.

    Args:
        url: where to.
        body: what.
        headers: more of them, in ASCII and without line breaks.
        limits: how far to go.

    Returns:
        The status of the answer.

    Raises:
        Refused: the address is not allowed, or what answers is not HTTP.
        Unavailable: the host is away, too slow, or not who it should be.
    """
    place = place_of(url)
    if place.scheme != "https" and not limits.plain:
        raise Refused("the address must start with https://", field="url")
    lines = {**headers, "Content-Length": str(len(body))}
    written = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    try:
        async with asyncio.timeout(limits.seconds):
            address = await judged(place, limits.allowed_networks, limits.resolve)
            sent = asked("POST", place, address, headers=written, body=body, context=limits.context)
            async with sent as answer:
                return answer.status
    except TimeoutError:
        raise Unavailable(f"{place.name} took longer than {limits.seconds:g} s") from None
    except ssl.SSLError as error:
        raise Unavailable(f"{place.name} is not who it should be: {error.reason}") from error
    except (OSError, asyncio.IncompleteReadError) as error:
        raise Unavailable(f"{place.name} is away: {error}") from error
