"""What memory asks vision of a picture before it is stored."""

import logging
from collections.abc import Awaitable
from typing import Protocol

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Marks, Track
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.pipeline.impressions import Reader
from edge_agent.pipeline.update import Look
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counter
from edge_agent.vision.vision import PackInfo

log = logging.getLogger(__name__)


class Embedder(Reader, Protocol):
    """What memory needs of vision."""

    async def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        """(n, 5, 2) landmarks to (n, d) unit rows."""

    async def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        """(n, 4) boxes to (n, d) unit rows."""

    async def embed_pictures(self, image: Image, xyxy: Floats | None = None) -> Floats | None:
        """(n, 4) boxes to (n, d) unit rows for texts; None without an image-text model."""


class Embedding:
    """Makes the vectors of looks.

    Args:
        embedder: the models.
        clock: for the ids of vectors.
        failed: counts pictures that got no vector, by part.
    """

    def __init__(self, embedder: Embedder, clock: Clock, failed: Counter) -> None:
        self._embedder = embedder
        self._clock = clock
        self._failed = failed

    async def vectors_of(self, track: Track, look: Look) -> list[StoredVector]:
        """Embed a look; a failing model costs its vector and raises an alarm, never the track."""
        made = [await self._tried(track, look.part.value, self._embed(look))]
        if look.part is Part.BODY and self._embedder.info.image_text_model is not None:
            made.append(await self._tried(track, "image_text", self._describe(look)))
        return [
            StoredVector(
                id=new_id(self._clock.now_ms()),
                track=track.id,
                camera=track.camera,
                at_ms=look.at_ms,
                quality=look.quality,
                vector=vector,
            )
            for vector in made
            if vector is not None
        ]

    async def _tried(self, track: Track, what: str, making: Awaitable[Vector]) -> Vector | None:
        try:
            return await making
        except Unavailable as error:
            self._failed.add(part=what)
            log.error("track %s is kept without its %s vector: %s", track.id, what, error)  # noqa: TRY400 - expected
            return None

    async def _embed(self, look: Look) -> Vector:
        if look.landmarks is None:
            rows = await self._embedder.embed_bodies(look.crop, look.xyxy[None])
            return Vector(look.part, self._embedder.info.body_model, rows[0])
        rows = await self._embedder.embed_faces(look.crop, look.landmarks[None])
        return Vector(look.part, self._embedder.info.face_model, rows[0])

    async def _describe(self, look: Look) -> Vector:
        """The vector that texts are held against."""
        model = self._embedder.info.image_text_model
        rows = await self._embedder.embed_pictures(look.crop, look.xyxy[None])
        if model is None or rows is None:
            raise AssertionError("asked of a pack without an image-text model")
        return Vector(look.part, model, rows[0])


def marks_of(look: Look, info: PackInfo) -> Marks:
    """Where the part lies in the picture of a look, and which of the pack's models found it."""
    return Marks(
        xyxy=_rounded(look.xyxy),
        landmarks=() if look.landmarks is None else _rounded(look.landmarks),
        detector=info.body_detector if look.landmarks is None else info.face_detector,
    )


def _rounded(pixels: Floats) -> tuple[float, ...]:
    """To a tenth of a pixel, which a vector hardly knows of."""
    return tuple(round(float(value), 1) for value in pixels.ravel())
