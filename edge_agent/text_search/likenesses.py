"""How well a text as a whole describes bodies, by an image-text model where one is installed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part
from edge_agent.index import Matches, VectorIndex, Where
from edge_agent.runtime.one_thread import OneThread

MOST = 2_000
"""Tracks that are taken as candidates because their pictures fit the text best."""


class Info(Protocol):
    """What is said about the models in use."""

    @property
    def image_text_model(self) -> str | None:
        """The stamp on vectors that texts are held against; None without such a model."""

    @property
    def described(self) -> tuple[float, float]:
        """Cosine similarities of a picture and a text: nothing in common, described well."""


class Eyes(Protocol):
    """Reads texts off the event loop; raises `Unavailable` when the model fails."""

    @property
    def info(self) -> Info:
        """What is said about the models in use."""

    async def embed_text(self, text: str) -> Floats | None:
        """(d,) of length 1; None without an image-text model."""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text that pictures can be held against.

    Attributes:
        model: the stamp of pictures' vectors that it can be held against.
        vector: (d,) of length 1.
        low: cosine similarity whose likeness is 0.
        high: cosine similarity whose likeness is 1.
    """

    model: str
    vector: Floats
    low: float
    high: float


class Likenesses:
    """Holds texts against the bodies of tracks.

    Args:
        index: holds their vectors.
        thread: the index's own.
        eyes: read texts.
    """

    def __init__(self, index: VectorIndex, thread: OneThread, eyes: Eyes) -> None:
        self._index = index
        self._thread = thread
        self._eyes = eyes

    @property
    def there(self) -> bool:
        """Whether there is a model for it."""
        return self._eyes.info.image_text_model is not None

    async def read(self, text: str) -> Text | None:
        """Turn a text into a vector; None without a model.

        Raises:
            Unavailable: the model fails.
        """
        model, vector = self._eyes.info.image_text_model, await self._eyes.embed_text(text)
        if model is None or vector is None:
            return None
        low, high = self._eyes.info.described
        return Text(model, vector, low, high)

    async def best(self, text: Text, where: Where) -> dict[str, float]:
        """The tracks under a filter that a text describes best, with a likeness above 0."""
        return await self._asked(text, where, MOST, text.low)

    async def of(self, text: Text, tracks: Collection[str]) -> dict[str, float]:
        """The likeness of each of these tracks that has a vector, 0 to 1."""
        if not tracks:
            return {}
        where = Where(only_tracks=frozenset(tracks))
        return await self._asked(text, where, len(tracks), -1.0)

    async def _asked(self, text: Text, where: Where, k: int, threshold: float) -> dict[str, float]:
        def search() -> Matches:
            return self._index.search(
                text.vector,
                part=Part.BODY,
                model=text.model,
                where=where,
                k=k,
                threshold=threshold,
            )

        found = await self._thread.call(search)
        span = text.high - text.low
        return {
            track: min(max((score - text.low) / span, 0.0), 1.0)
            for track, score in zip(found.tracks, found.scores.tolist(), strict=True)
        }
