"""Is the picture any good? A camera can be up and blind."""

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.ingest.fault import Fault, Patience
from edge_agent.ingest.source import PictureWatchOptions

LOOK_EVERY_MS = 500
"""Nothing it looks for is over within half a second."""

BLACK_BELOW = 30.0
"""Mean luma; black is 16 in video range and 0 in full range, noise comes on top."""

FLAT_BELOW = 3.0
"""Standard deviation of luma over the picture: a lens behind a hand, a cap or a wall."""


class PictureWatch:
    """Notices a black, a covered and a frozen picture, and when that is over."""

    def __init__(self, options: PictureWatchOptions) -> None:
        self._black = Patience("black", options.dark_s * 1000)
        self._covered = Patience("covered", options.dark_s * 1000)
        self._frozen = Patience("frozen", options.frozen_s * 1000)
        self._last: Floats | None = None
        self._looked_ms = 0

    def look(self, cells: Floats, at_ms: int) -> list[Fault]:
        """Take the next picture's cells (`luma_cells`) and its wall time; say what changed."""
        if 0 <= at_ms - self._looked_ms < LOOK_EVERY_MS:
            return []
        self._looked_ms = at_ms
        flat = float(cells.std()) < FLAT_BELOW
        black = flat and float(cells.mean()) < BLACK_BELOW
        still = self._last is not None and np.array_equal(self._last, cells)
        self._last = cells
        return [
            *self._black.judge(at_ms, is_so=black),
            *self._covered.judge(at_ms, is_so=flat and not black),
            *self._frozen.judge(at_ms, is_so=still and not flat),
        ]
