"""Pictures that come from outside, as searches need them: sized, decoded, fetched, under limits."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Refused
from edge_agent.media import (
    FetchLimits,
    PictureLimits,
    check_picture,
    decode_picture,
    fetch_picture,
)
from edge_agent.media.addresses import may_connect


class OutsidePictures:
    """Reads and fetches query pictures; a picture is judged by its header before it is decoded."""

    def __init__(self, limits: PictureLimits, fetch: FetchLimits) -> None:
        self._limits = limits
        self._fetch = fetch

    def size(self, data: bytes) -> tuple[int, int]:
        """Width and height as the decoded picture will have them.

        Raises:
            Refused: no picture, or not of a known format.
            TooLarge: more bytes or pixels than are decoded.
        """
        header = check_picture(data, self._limits)
        return header.width, header.height

    async def decode(self, data: bytes) -> Image:
        """Decode on a thread; raises as `size`, and `Refused` for a damaged picture."""
        return await asyncio.to_thread(decode_picture, data, self._limits)

    def check_address(self, url: str) -> None:
        """Refuse at once what needs no resolver to be refused; `fetch` judges the rest.

        Raises:
            Refused: not http(s), no host, or an address that points inward.
        """
        try:
            parts = urlsplit(url)
            host = parts.hostname
        except ValueError:
            raise Refused("url is no address", field="url") from None
        if parts.scheme not in ("http", "https") or not host:
            raise Refused("url must begin with http:// or https:// and name a host", field="url")
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return  # a name; where it points shows when it is fetched
        if not may_connect(host, self._fetch.allowed_networks):
            raise Refused(f"url points to {host}, which is not a public address", field="url")

    async def fetch(self, url: str) -> bytes:
        """Fetch a picture; raises as `media.fetch_picture`."""
        return await fetch_picture(url, self._fetch)
