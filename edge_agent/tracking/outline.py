"""Where a point lies as seen from a zone or a line, in pixels of one picture size."""

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.domain.polygon import Point, Polygon

Numbers = npt.NDArray[np.float64]

_SAMPLES = 24
"""Points along each side of a polygon's box at which its depth is looked for."""


class Outline:
    """A polygon in pixels.

    Attributes:
        depth: pixels from the border to the point furthest inside, by sampling.
    """

    def __init__(self, corners: Polygon, size: tuple[int, int]) -> None:
        """Scale the shares in `corners` to a picture of `size`, (width, height) in pixels."""
        self._starts = np.asarray(corners, np.float64) * np.asarray(size, np.float64)
        self._steps = np.roll(self._starts, -1, axis=0) - self._starts
        self.depth = self._sampled_depth()

    def inside(self, point: Floats) -> float:
        """Pixels from a (2,) point to the border, negative outside."""
        return float(self._inside(np.asarray(point, np.float64)[None])[0])

    def _inside(self, points: Numbers) -> Numbers:
        """(k,) distances of (k, 2) points."""
        from_start = points[:, None] - self._starts
        lengths = np.maximum((self._steps**2).sum(axis=1), 1e-12)
        along = np.clip((from_start * self._steps).sum(axis=2) / lengths, 0.0, 1.0)
        away = from_start - along[..., None] * self._steps
        distance = np.sqrt((away**2).sum(axis=2).min(axis=1))
        return np.asarray(np.where(self._hold(points), distance, -distance), np.float64)

    def _hold(self, points: Numbers) -> npt.NDArray[np.bool_]:
        """Whether a ray to the right meets the border an odd number of times."""
        x, y = points[:, None, 0], points[:, None, 1]
        y1 = self._starts[:, 1]
        spans = (y1 > y) != (y1 + self._steps[:, 1] > y)
        rise = np.where(self._steps[:, 1] == 0, 1.0, self._steps[:, 1])
        meets = self._starts[:, 0] + (y - y1) * self._steps[:, 0] / rise
        return np.asarray((spans & (meets > x)).sum(axis=1) % 2 == 1)

    def _sampled_depth(self) -> float:
        low, high = self._starts.min(axis=0), self._starts.max(axis=0)
        grid = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
        shares = np.stack(np.meshgrid(grid, grid), axis=-1).reshape(-1, 2)
        return max(0.0, float(self._inside(low + (high - low) * shares).max()))


class Stroke:
    """A directed line in pixels."""

    def __init__(self, start: Point, end: Point, size: tuple[int, int]) -> None:
        """Scale shares to a picture of `size`, (width, height) in pixels."""
        scale = np.asarray(size, np.float64)
        self._start = np.asarray(start, np.float64) * scale
        self._step = np.asarray(end, np.float64) * scale - self._start
        self._length = float(np.hypot(*self._step))

    def right(self, point: Floats) -> float:
        """Pixels from the endless line through both ends to a (2,) point; left is negative."""
        x, y = np.asarray(point, np.float64) - self._start
        return float(self._step[0] * y - self._step[1] * x) / self._length

    def between_ends(self, before: Floats, after: Floats) -> bool:
        """Whether the way from one (2,) point to another passes between the two ends.

        A point on the line counts as right of it, and the start as between the ends, so that a
        way that is cut into pieces passes as often as the whole.
        """
        first, second = self.right(before), self.right(after)
        if (first < 0) == (second < 0):
            return False
        one, other = np.asarray(before, np.float64), np.asarray(after, np.float64)
        meets = one + (other - one) * (first / (first - second))
        along = float((meets - self._start) @ self._step) / self._length**2
        return 0.0 <= along < 1.0
