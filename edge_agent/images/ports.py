"""What instances need of the house, each as narrow as its use."""

from collections.abc import Mapping
from typing import Protocol

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.image_item import Look


class PictureInfo(Protocol):
    """What is said about the models in use."""

    @property
    def picture_model(self) -> str:
        """The stamp on vectors of pictures."""

    @property
    def picture_floors(self) -> Mapping[str, float]:
        """By the stamps of all models that look at pictures, the one in use first.

        The cosine similarity of two pictures that have nothing to do with each other.
        """

    @property
    def described(self) -> tuple[float, float]:
        """Cosine similarities of a picture and a text: nothing in common, described well."""


class PictureEyes(Protocol):
    """Looks at pictures of anything."""

    @property
    def info(self) -> PictureInfo:
        """What is said about the models in use."""

    async def look_at_picture(self, image: Image) -> Look:
        """The vector of a picture, and the things in it."""

    async def look_at_kept(self, picture: Image) -> Look:
        """The same when nobody else wants the models."""

    async def embed_text(self, text: str) -> Floats | None:
        """(d,) of length 1, to be held against the vectors of pictures; None without a model."""


class PictureDecoder(Protocol):
    """Decodes pictures of strangers."""

    def check(self, data: bytes) -> None:
        """Judge a picture by its header."""

    async def decode(self, data: bytes) -> Image:
        """Decode a picture."""
