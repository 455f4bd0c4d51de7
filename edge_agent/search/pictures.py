"""Query pictures, fetched by `outbound` and read by `media`."""

import asyncio
import ipaddress
from dataclasses import replace
from urllib.parse import urlsplit

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Refused
from edge_agent.media import PictureLimits, check_picture, decode_picture
from edge_agent.outbound import FetchLimits, fetch_picture
from edge_agent.outbound.addresses import may_connect


class QueryPictures:
    """Reads pictures that come from outside, under limits.

    Args:
        limits: what is decoded at all.
        fetch: how far the box goes for a picture behind an address; as many bytes as `limits`.
    """

    def __init__(self, limits: PictureLimits, fetch: FetchLimits) -> None:
        self._limits = limits
        self._fetch = replace(fetch, max_bytes=min(fetch.max_bytes, limits.max_bytes))

    def size(self, data: bytes) -> tuple[int, int]:
        """Width and height before any rotation, from the header alone.

        Raises:
            Refused: no picture, or not of a known format.
            TooLarge: more bytes or pixels than are decoded.
        """
        header = check_picture(data, self._limits)
        return header.width, header.height

    async def decode(self, data: bytes) -> Image:
        """Decode, upright, on another thread; raises as `size`, and `Refused` when damaged."""
        return await asyncio.to_thread(decode_picture, data, self._limits)

    def check_address(self, url: str) -> None:
        """Refuse what can be told without asking anybody; names are judged when fetching.

        Raises:
            Refused: not http(s), no host, a user in it, or an address inside.
        """
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise Refused("the address is malformed", field="url") from error
        if parts.scheme not in ("http", "https"):
            raise Refused("the address must start with http:// or https://", field="url")
        if not host or parts.username or parts.password:
            raise Refused("the address must name a host, and no user", field="url")
        if not self._may_be_asked(host):
            raise Refused("the address points into a private network", field="url")

    async def fetch(self, url: str) -> bytes:
        """Fetch a picture; raises as `outbound.fetch_picture`."""
        return await fetch_picture(url, self._fetch)

    def _may_be_asked(self, host: str) -> bool:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return host != "localhost" or bool(self._fetch.allowed_networks)
        return may_connect(host, self._fetch.allowed_networks)
