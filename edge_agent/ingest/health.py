"""Everything that is watched about a camera while its pictures go by."""

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.ingest.fault import Fault
from edge_agent.ingest.picture_watch import FLAT_BELOW, PictureWatch
from edge_agent.ingest.source import PictureWatchOptions
from edge_agent.ingest.source_clock import Jump
from edge_agent.ingest.time_watch import TimeWatch
from edge_agent.ingest.view_watch import ViewWatch


class Health:
    """Watches one camera; every method returns what began or ended just now."""

    def __init__(self, options: PictureWatchOptions) -> None:
        self._picture = PictureWatch(options)
        self._view = ViewWatch(options)
        self._time = TimeWatch(options)

    def declared(self, fps: float) -> None:
        """Take the rate that the stream declares."""
        self._time.declared(fps)

    def arrived(self, monotonic_ms: int, wall_ms: int) -> list[Fault]:
        """Count an encoded picture."""
        return self._time.arrived(monotonic_ms, wall_ms)

    def shown(self, source_ms: int, jump: Jump | None, wall_ms: int) -> list[Fault]:
        """Take a decoded picture's own time."""
        return self._time.shown(source_ms, jump, wall_ms)

    def look(self, cells: Floats, seen: npt.NDArray[np.bool_] | None, wall_ms: int) -> list[Fault]:
        """Look at a picture.

        Args:
            cells: (h, w) as `luma_cells` gives them.
            seen: (h, w) cells that no privacy mask touches; None for all.
            wall_ms: when it was taken.
        """
        if seen is not None and not seen.any():
            return []  # there is nothing that may be looked at
        alone = cells if seen is None else cells[seen]
        faults = self._picture.look(alone, wall_ms)
        if not self._view.due(wall_ms):
            return faults
        if float(alone.std()) < FLAT_BELOW:
            return faults  # black or covered: it shows no view
        return faults + self._view.look(cells, wall_ms, seen)
