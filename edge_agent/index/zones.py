"""The times of every 4,096 rows, so that a time range reads few rows one by one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edge_agent.index.column import Column
from edge_agent.index.signs import Positions

ZONE = 4096
_NEVER = np.iinfo(np.int64)


class Run(NamedTuple):
    """Zones in a row that may hold what a time range admits.

    Attributes:
        start: their first row.
        end: after their last row, which need not be in use.
        alive: rows that hold a vector.
        inside: every one of them lies in the range.
        whole: no zone was left out.
    """

    start: int
    end: int
    alive: int
    inside: bool
    whole: bool


class Zones:
    """Earliest and latest time of each zone; they are only narrowed when a zone gets empty."""

    def __init__(self) -> None:
        self._low = Column(np.int64)
        self._high = Column(np.int64)
        self._alive = Column(np.int64)
        self._count = 0

    def came(self, rows: Positions, at_ms: npt.NDArray[np.int64]) -> None:
        """Rows were written."""
        zones = rows // ZONE
        limit = int(zones.max()) + 1
        for column in (self._low, self._high, self._alive):
            column.reserve(limit)
        if limit > self._count:
            self._empty(slice(self._count, limit))
            self._count = limit
        np.minimum.at(self._low.rows, zones, at_ms)
        np.maximum.at(self._high.rows, zones, at_ms)
        np.add.at(self._alive.rows, zones, 1)

    def went(self, rows: Positions) -> list[int]:
        """Rows were forgotten.

        Returns:
            The zones that hold nothing any more.
        """
        zones = rows // ZONE
        np.subtract.at(self._alive.rows, zones, 1)
        touched = np.unique(zones)
        empty = touched[self._alive.rows[touched] == 0]
        self._empty(empty)
        return [int(zone) for zone in empty]

    def _empty(self, zones: Positions | slice) -> None:
        self._low.rows[zones] = _NEVER.max
        self._high.rows[zones] = _NEVER.min
        self._alive.rows[zones] = 0

    def runs(self, start_ms: int, end_ms: int) -> list[Run]:
        """Where to look for a time range."""
        low, high = self._low.rows[: self._count], self._high.rows[: self._count]
        alive = self._alive.rows[: self._count]
        wanted = (alive > 0) & (high >= start_ms) & (low < end_ms)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]).astype(np.int8)))
        return [
            Run(
                first * ZONE,
                last * ZONE,
                int(alive[first:last].sum()),
                bool((low[first:last] >= start_ms).all() and (high[first:last] < end_ms).all()),
                bool(first == 0 and last == self._count),
            )
            for first, last in edges.reshape(-1, 2).tolist()
        ]

    @staticmethod
    def all_inside(runs: Sequence[Run]) -> bool:
        """Whether the range admits every row there is."""
        return len(runs) == 1 and runs[0].whole and runs[0].inside
