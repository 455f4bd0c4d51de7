"""Does the camera still look where it did, and sharply? Judged by what stands still.

Every few seconds the picture's cells are kept, and of each window the median per cell is taken:
whoever walks through is gone from it. What is compared are its gradients, each divided by its own
length plus a constant, so that neither brightness nor contrast count, only where edges are and
which way they run. A camera that was turned has other edges everywhere; light, shadows and people
who sit down change some.

A view that lasts becomes one of the usual ones after a while, so that a lens that is to look
elsewhere now, a scene by night, or the positions of a camera that pans are told once each.
"""

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.ingest.fault import Fault, Patience
from edge_agent.ingest.source import PictureWatchOptions

Cells = npt.NDArray[np.bool_]

WINDOWS = 2
"""So many windows make `moved_s`: one is not believed."""

SAMPLES = 16
"""Per window; the median of so many forgets whoever is in fewer than half of them."""

OTHER_BELOW, SAME_ABOVE = 0.3, 0.5
"""Correlation of edges: below it is another view; above, one of the usual ones."""

STEADY_ABOVE = 0.7
"""Two windows of the same view resemble each other more than this."""

FAINT = 8.0
"""Grey levels; weaker gradients than this, noise above all, hardly count."""

LEAST_EDGES = 0.02
"""Mean length of the shortened gradients, 0 to 1; a picture with less shows no place."""

BLURRED_BELOW, SHARP_ABOVE = 0.25, 0.5
"""Of the usual detail."""

VIEWS_KEPT = 4
LEARNS = 0.1
"""Share of a window that goes into the usual view it resembles."""


class ViewWatch:
    """Notices a view that has moved, or blurred, and when that is over."""

    def __init__(self, options: PictureWatchOptions) -> None:
        self._moved = Patience("moved", 0)
        self._blurred = Patience("blurred", options.blurred_s * 1000)
        self._accept_windows = max(WINDOWS, round(options.accept_s / options.moved_s * WINDOWS))
        self._sample_ms = options.moved_s * 1000 / (WINDOWS * SAMPLES)
        self._sampled_ms = float("-inf")
        self._samples: list[Floats] = []
        self._details: list[float] = []
        self._usual_detail = 0.0
        self._views: list[Floats] = []
        self._before: Floats | None = None
        self._strange = 0
        self._shape: tuple[int, ...] = ()

    def due(self, at_ms: int) -> bool:
        """Whether a picture of this wall time would be looked at."""
        return not 0 <= at_ms - self._sampled_ms < self._sample_ms

    def look(self, cells: Floats, at_ms: int, seen: Cells | None = None) -> list[Fault]:
        """Take the next picture.

        Args:
            cells: (h, w) as `luma_cells` gives them.
            at_ms: its wall time.
            seen: (h, w) those that no privacy mask touches; None for all.
        """
        if not self.due(at_ms):
            return []
        if cells.shape != self._shape:
            self._begin(cells.shape)
        self._sampled_ms = at_ms
        inside = None if seen is None else _inside(seen)
        detail = _detail(cells, inside)
        faults = self._judge_detail(detail, at_ms)
        if self._blurred.told or detail < BLURRED_BELOW * self._usual_detail:
            return faults  # shows no place
        self._samples.append(cells)
        self._details.append(detail)
        if len(self._samples) >= SAMPLES:
            faults += self._judge_view(_edges(np.median(self._samples, axis=0), inside), at_ms)
            self._learn_detail(float(np.median(self._details)))
            self._samples, self._details = [], []
        return faults

    def _begin(self, shape: tuple[int, ...]) -> None:
        """Another size is another stream; its views are not comparable."""
        self._shape = shape
        self._samples, self._details, self._views = [], [], []
        self._before, self._strange, self._usual_detail = None, 0, 0.0

    def _judge_detail(self, detail: float, at_ms: int) -> list[Fault]:
        least = SHARP_ABOVE if self._blurred.told else BLURRED_BELOW
        return self._blurred.judge(at_ms, is_so=detail < least * self._usual_detail)

    def _learn_detail(self, detail: float) -> None:
        before = self._usual_detail
        self._usual_detail = detail if before == 0 else before + 0.2 * (detail - before)

    def _judge_view(self, edges: Floats, at_ms: int) -> list[Fault]:
        before, self._before = self._before, edges
        if float(np.hypot(edges[0], edges[1]).mean()) < LEAST_EDGES:
            return []
        if not self._views:
            self._views.append(edges)
            return []
        likenesses = [likeness(edges, view) for view in self._views]
        best = int(np.argmax(likenesses))
        least = SAME_ABOVE if self._moved.told else OTHER_BELOW
        if likenesses[best] >= least:
            self._strange = 0
            self._views[best] += LEARNS * (edges - self._views[best])
            return self._moved.judge(at_ms, is_so=False, detail="the view is a usual one again")
        steady = before is not None and likeness(edges, before) >= STEADY_ABOVE
        self._strange = self._strange + 1 if steady else 1
        if self._strange > self._accept_windows:
            return self._accept(edges, at_ms)
        return self._moved.judge(at_ms, is_so=self._moved.told or self._strange >= WINDOWS)

    def _accept(self, edges: Floats, at_ms: int) -> list[Fault]:
        self._views = [*self._views[-VIEWS_KEPT + 1 :], edges]
        self._strange = 0
        return self._moved.judge(at_ms, is_so=False, detail="the new view has become a usual one")


def likeness(one: Floats, two: Floats) -> float:
    """Correlation of two pictures' edges, -1 to 1; see `_edges`."""
    norm = float(np.sqrt((one * one).sum() * (two * two).sum()))
    return float((one * two).sum()) / norm if norm else 0.0


def _gradients(cells: Floats, inside: Cells | None) -> tuple[Floats, Floats]:
    """Across and down, (h-2, w-2) each; 0 where a mask is near, whose own edge is no view."""
    across = cells[1:-1, 2:] - cells[1:-1, :-2]
    down = cells[2:, 1:-1] - cells[:-2, 1:-1]
    if inside is None:
        return across, down
    return across * inside, down * inside


def _inside(seen: Cells) -> Cells:
    """(h-2, w-2) cells whose four neighbours are seen as well."""
    upright = seen[:-2, 1:-1] & seen[2:, 1:-1]
    return upright & seen[1:-1, :-2] & seen[1:-1, 2:] & seen[1:-1, 1:-1]


def _edges(cells: Floats, inside: Cells | None) -> Floats:
    """(2, h-2, w-2) float32 gradients, each less than 1 long."""
    across, down = _gradients(cells, inside)
    shortened = np.stack((across, down)) / (np.hypot(across, down) + FAINT)
    return np.asarray(shortened, np.float32)


def _detail(cells: Floats, inside: Cells | None) -> float:
    """Mean gradient as a share of the brightness: dimmed light is no blur."""
    across, down = _gradients(cells, inside)
    return float(np.hypot(across, down).mean()) / (float(cells.mean()) + 8.0)
