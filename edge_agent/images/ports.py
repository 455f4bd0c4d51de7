"""What instances need of the house, each as narrow as its use."""

from typing import Protocol

from edge_agent.domain.detection import Image
from edge_agent.domain.image_item import Look


class PictureInfo(Protocol):
    """What is said about the models in use."""

    @property
    def picture_model(self) -> str:
        """The stamp on vectors of pictures."""

    @property
    def picture_floor(self) -> float:
        """Cosine similarity of two pictures that have nothing to do with each other."""


class PictureEyes(Protocol):
    """Looks at pictures of anything."""

    @property
    def info(self) -> PictureInfo:
        """What is said about the models in use."""

    async def look_at_picture(self, image: Image) -> Look:
        """The vector of a picture, and the things in it."""


class PictureDecoder(Protocol):
    """Decodes pictures of strangers."""

    def check(self, data: bytes) -> None:
        """Judge a picture by its header."""

    async def decode(self, data: bytes) -> Image:
        """Decode a picture."""
