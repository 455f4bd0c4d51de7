"""Some thousand vectors of one part and model, with the columns that questions filter by."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.index.plan import Plan

BLOCK_ROWS = 4096
_DENSE = 4  # when at least every fourth row is admitted, gathering them costs more than it saves

Rows = slice | npt.NDArray[np.intp]


class Entry(NamedTuple):
    """One vector on its way into a block: names as ordinals."""

    id: str
    at_ms: int
    camera: int
    track: int
    values: Floats


class Block:
    """Rows in the order they were added; see the package for the design.

    Attributes:
        size: rows in use.
        ids: their vector ids.
        tracks: (BLOCK_ROWS,) ordinals of their tracks.
    """

    def __init__(self, dimensions: int) -> None:
        self._matrix = np.zeros((BLOCK_ROWS, dimensions), np.float32)
        self._at_ms = np.zeros(BLOCK_ROWS, np.int64)
        self._camera = np.zeros(BLOCK_ROWS, np.int32)
        self.tracks = np.zeros(BLOCK_ROWS, np.int32)
        self.ids: list[str] = []
        self._low_ms = self._high_ms = 0
        self._ordered = True

    @property
    def size(self) -> int:
        """Rows in use."""
        return len(self.ids)

    @property
    def room(self) -> int:
        """Rows that can still be added."""
        return BLOCK_ROWS - len(self.ids)

    @property
    def memory_bytes(self) -> int:
        """What the arrays occupy, used or not."""
        return sum(
            column.nbytes for column in (self._matrix, self._at_ms, self._camera, self.tracks)
        )

    def append(self, entries: Sequence[Entry]) -> None:
        """Add rows; there must be room."""
        start, end = self.size, self.size + len(entries)
        self._matrix[start:end] = [entry.values for entry in entries]
        self._at_ms[start:end] = [entry.at_ms for entry in entries]
        self._camera[start:end] = [entry.camera for entry in entries]
        self.tracks[start:end] = [entry.track for entry in entries]
        self.ids += [entry.id for entry in entries]
        self._survey()

    def remove(self, ids: frozenset[str]) -> list[int]:
        """Overwrite and close the gaps of these rows.

        Returns:
            The track ordinal of every row that went.
        """
        going = np.fromiter((own in ids for own in self.ids), bool, self.size)
        tracks = [int(track) for track in self.tracks[: self.size][going]]
        kept = np.flatnonzero(~going)
        for column in (self._matrix, self._at_ms, self._camera, self.tracks):
            # Row by row downwards: no temporary copy of the block, nothing read after it moved.
            for target, source in enumerate(kept):
                if target != source:
                    column[target] = column[source]
            column[len(kept) : self.size] = 0
        self.ids = [own for own in self.ids if own not in ids]
        self._survey()
        return tracks

    def _survey(self) -> None:
        times = self._at_ms[: self.size]
        if len(times):
            self._low_ms, self._high_ms = int(times.min()), int(times.max())
        self._ordered = bool((times[1:] >= times[:-1]).all())

    def admitted(self, plan: Plan) -> Rows:
        """Which rows the plan admits."""
        span = self._in_time(plan)
        track, camera = self.tracks[: self.size][span], self._camera[: self.size][span]
        keep = np.ones(len(track), bool)
        if plan.cameras is not None:
            keep &= plan.cameras[camera]
        if plan.tracks is not None:
            keep &= plan.tracks[track]
        if keep.all():
            return span
        return np.arange(self.size)[span][keep]

    def _in_time(self, plan: Plan) -> Rows:
        if plan.start_ms <= self._low_ms and self._high_ms < plan.end_ms:
            return slice(0, self.size)
        times = self._at_ms[: self.size]
        if plan.also is None and self._ordered:
            low, high = np.searchsorted(times, [plan.start_ms, plan.end_ms])
            return slice(int(low), max(int(low), int(high)))
        inside = (times >= plan.start_ms) & (times < plan.end_ms)
        if plan.also is not None:
            inside |= plan.also[self.tracks[: self.size]]
        return np.flatnonzero(inside)

    def scores(self, query: Floats, rows: Rows) -> Floats:
        """(number of rows,) dot products with `query` (d,).

        The place for a compact first pass, should a table outgrow the exact one.
        """
        if isinstance(rows, slice):
            return np.asarray(self._matrix[rows] @ query, np.float32)
        if len(rows) * _DENSE >= self.size:
            return np.asarray((self._matrix[: self.size] @ query)[rows], np.float32)
        return np.asarray(self._matrix[rows] @ query, np.float32)
