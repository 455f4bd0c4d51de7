"""What the people in view wear and carry, picture by picture.

Only the pictures that are kept are read, one to three of a track. More were measured, up to every
frame, and told no better on the whole; docs/models.md has the figures.
"""

import logging
from typing import Protocol

from edge_agent.domain.attributes import Attributes
from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.worn import Worn
from edge_agent.runtime.counters import Counter
from edge_agent.tracking.impression import Impression
from edge_agent.vision.vision import PackInfo

log = logging.getLogger(__name__)


class Reader(Protocol):
    """What is needed of vision."""

    @property
    def info(self) -> PackInfo:
        """Names the models, and what they tell."""

    async def attributes(self, image: Image, xyxy: Floats) -> Attributes | None:
        """What the people of (n, 4) boxes wear; None where the pack cannot tell."""


class Impressions:
    """The impression of everybody whose track is open.

    Args:
        reader: reads pictures.
        failed: counts pictures that could not be read, as part `attributes`.
    """

    def __init__(self, reader: Reader, failed: Counter) -> None:
        self._reader = reader
        self._failed = failed
        self._open: dict[str, Impression] = {}

    async def after(
        self, track: str, crop: Image, xyxy: Floats, quality: float
    ) -> tuple[Worn, ...]:
        """What is said of somebody after one more picture.

        A failing model costs what the picture would have told, never the track.

        Args:
            track: id of the person's.
            crop: (h, w, 3) uint8 BGR.
            xyxy: (4,) the body in pixels of `crop`.
            quality: of the body, 0 to 1.
        """
        offered = self._reader.info.attributes
        if not offered:
            return ()
        impression = self._open.setdefault(track, Impression())
        try:
            seen = await self._reader.attributes(crop, xyxy[None])
        except Unavailable as error:
            self._failed.add(part="attributes")
            log.error("a picture of track %s tells nothing: %s", track, error)  # noqa: TRY400 - expected
        else:
            if seen is not None:
                impression.add(seen, quality)
        return impression.said(offered)

    def let_go(self, track: str) -> None:
        """Forget the impression of somebody who has left."""
        self._open.pop(track, None)
