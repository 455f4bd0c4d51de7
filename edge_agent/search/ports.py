"""What searches need of others, as narrow as they need it."""

from typing import Protocol

from edge_agent.domain.detection import Floats, Image, Seen
from edge_agent.vision import PackInfo


class Eyes(Protocol):
    """Looks at pictures off the event loop; every method raises `Unavailable` when it fails."""

    @property
    def info(self) -> PackInfo:
        """Which models look, and from which similarity on two of their vectors match."""

    async def detect_query(self, image: Image) -> Seen:
        """Find the people in an uploaded picture."""

    async def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        """(n, d) unit rows for (n, 5, 2) landmarks."""

    async def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        """(n, d) unit rows for (n, 4) boxes."""


class Pictures(Protocol):
    """Reads pictures that come from outside."""

    def size(self, data: bytes) -> tuple[int, int]:
        """Width and height before any rotation, from the header alone.

        Raises:
            Refused: no picture, or not of a known format.
            TooLarge: more pixels than are decoded.
        """

    async def decode(self, data: bytes) -> Image:
        """Decode, upright, off the event loop; raises as `size`, and `Refused` when damaged."""

    def check_address(self, url: str) -> None:
        """Refuse an address that is not http(s) or points inward by its own words."""

    async def fetch(self, url: str) -> bytes:
        """Fetch a picture.

        Raises:
            Refused: the address points inward or what is there is no answer.
            TooLarge: what is there is larger than allowed.
            Unavailable: nobody answered in time.
        """
