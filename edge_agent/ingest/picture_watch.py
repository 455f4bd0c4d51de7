"""Is the picture any good? A camera can be up and blind."""

from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.ingest.source import PictureWatchOptions

LOOK_EVERY_MS = 500
"""Nothing it looks for is over within half a second."""

BLACK_BELOW = 30.0
"""Mean luma; black is 16 in video range and 0 in full range, noise comes on top."""

FLAT_BELOW = 3.0
"""Standard deviation of luma over the picture: a lens behind a hand, a cap or a wall."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that began (`present`) or ended; `kind` is black, covered or frozen."""

    kind: str
    present: bool
    since_ms: int


class PictureWatch:
    """Notices a black, a covered and a frozen picture, and when that is over."""

    def __init__(self, options: PictureWatchOptions) -> None:
        self._patience_ms = {
            "black": options.dark_s * 1000,
            "covered": options.dark_s * 1000,
            "frozen": options.frozen_s * 1000,
        }
        self._since: dict[str, int] = {}
        self._told: set[str] = set()
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
        seen = {"black": black, "covered": flat and not black, "frozen": still and not flat}
        return [fault for kind, is_so in seen.items() for fault in self._judge(kind, at_ms, is_so)]

    def _judge(self, kind: str, at_ms: int, is_so: bool) -> list[Fault]:  # noqa: FBT001
        if not is_so:
            since = self._since.pop(kind, 0)
            if kind in self._told:
                self._told.discard(kind)
                return [Fault(kind, present=False, since_ms=since)]
            return []
        since = self._since.setdefault(kind, at_ms)
        if kind in self._told or at_ms - since < self._patience_ms[kind]:
            return []
        self._told.add(kind)
        return [Fault(kind, present=True, since_ms=since)]
