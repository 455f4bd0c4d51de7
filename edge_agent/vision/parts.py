"""What `Vision` is put together from, whoever runs its networks: the box or a library."""

from typing import Protocol

from edge_agent.domain.attributes import Attributes
from edge_agent.domain.detection import Bodies, Faces, Floats, Image, Seen


class FaceDetector(Protocol):
    """Finds faces; may be called from several threads."""

    def detect(self, image: Image) -> Faces:
        """Faces in the pixels of `image`, the best first."""


class BodyDetector(Protocol):
    """Finds bodies; may be called from several threads."""

    def detect(self, image: Image, least: float | None = None) -> Bodies:
        """Bodies in the pixels of `image`, the best first.

        Args:
            image: (h, w, 3) uint8.
            least: bodies below this score are left out; None takes the pack's threshold.
        """


class PeopleDetector(Protocol):
    """Finds faces and bodies of one frame; may be called from several threads."""

    def detect(self, image: Image, least_body: float | None = None) -> Seen:
        """Faces and bodies in the pixels of `image`, the best first.

        Args:
            image: (h, w, 3) uint8.
            least_body: bodies below this score are left out; None takes the pack's threshold.
        """


class FaceEmbedder(Protocol):
    """Turns faces into vectors; may be called from several threads."""

    def embed(self, image: Image, landmarks: Floats) -> Floats:
        """(n, d) unit rows for (n, 5, 2) landmarks in pixels of `image`."""


class BodyEmbedder(Protocol):
    """Turns bodies into vectors; may be called from several threads."""

    def embed(self, image: Image, xyxy: Floats) -> Floats:
        """(n, d) unit rows for (n, 4) boxes in pixels of `image`."""


class AttributeReader(Protocol):
    """Says what people wear and carry; may be called from several threads."""

    def look(self, image: Image, xyxy: Floats) -> Attributes:
        """Attributes of (n, 4) boxes in pixels of `image`."""
