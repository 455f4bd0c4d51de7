"""The vectors of one part and model, with the columns that questions filter by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.index.column import Column
from edge_agent.index.exact import Exact
from edge_agent.index.ids import Ids
from edge_agent.index.numbers import Numbers
from edge_agent.index.plan import Ordinals, Plan
from edge_agent.index.signs import Positions
from edge_agent.index.zones import ZONE, Run, Zones

_FEW_CAMERAS = 4
_LISTED = 20
"""Admitted rows are listed where they are fewer than one in so many; then it pays to look at each
by itself instead of at all there are."""
_AT_ONCE = 512


class Entries(NamedTuple):
    """Vectors on their way in.

    Attributes:
        ids: their own, each new and named once.
        at_ms: (n,) when their pictures were taken.
        cameras: (n,) numbers.
        tracks: (n,) numbers.
        values: (n, d).
    """

    ids: Sequence[str]
    at_ms: npt.NDArray[np.int64]
    cameras: Ordinals
    tracks: Ordinals
    values: Floats


class Sight(NamedTuple):
    """Whose vector it is, from where and when; track and camera are numbers."""

    track: int
    camera: int
    at_ms: int


@dataclass(frozen=True, slots=True, eq=False)
class Admitted:
    """The rows a question admits.

    Attributes:
        count: how many.
        rows: which; None where they are too many to be listed.
        mask: (rows in use,) where they are not listed; None then means every row.
    """

    count: int
    rows: Positions | None
    mask: npt.NDArray[np.bool_] | None


class Table:
    """Rows keep their place; one that was forgotten is overwritten and used again.

    The rows of a track are chained, so that a few tracks are found without reading any column.

    Attributes:
        version: goes up whenever vectors come or go.

    Args:
        dimensions: of a vector.
        exact: where the vectors themselves are kept; empty.
    """

    def __init__(self, dimensions: int, exact: Exact) -> None:
        self.dimensions = dimensions
        self.version = 0
        self._exact = exact
        self.ids = Ids()
        self.numbers = Numbers(dimensions)
        self._at_ms = Column(np.int64)
        self._camera = Column(np.int16)
        self._track = Column(np.int32)
        self._next = Column(np.int32)  # the next row of the same track, + 1
        self._first = Column(np.int32)  # by track: its first row, + 1
        self._zones = Zones()
        self._columns = (self._at_ms, self._camera, self._track, self._next)

    def __len__(self) -> int:
        """How many vectors there are."""
        return len(self.ids)

    @property
    def memory_bytes(self) -> int:
        """What the rows in use occupy."""
        row = self.numbers.row_bytes + sum(column.row_bytes for column in self._columns)
        row += self._exact.row_bytes
        return row * self.ids.limit + self.ids.memory_bytes

    def tracks(self, rows: Positions) -> Ordinals:
        """(n,) the numbers of the tracks of rows."""
        return self._track.rows[rows].astype(np.int64)

    def add(self, entries: Entries) -> None:
        """Add vectors."""
        self.version += 1
        rows = self.ids.take(entries.ids)
        for column in self._columns:
            column.reserve(self.ids.limit)
        self.numbers.reserve(self.ids.limit)
        self._first.reserve(int(entries.tracks.max()) + 1)
        self.numbers.write(rows, entries.values)
        self._exact.write(rows, entries.values)
        self._at_ms.rows[rows] = entries.at_ms
        self._camera.rows[rows] = entries.cameras
        self._track.rows[rows] = entries.tracks
        for row, track in zip(rows.tolist(), entries.tracks.tolist(), strict=True):
            self._next.rows[row] = self._first.rows[track]
            self._first.rows[track] = row + 1
        self._zones.came(rows, entries.at_ms)

    def forget(self, rows: Positions) -> Ordinals:
        """Overwrite rows, each named once.

        Returns:
            The number of every row's track.
        """
        self.version += 1
        tracks = self.tracks(rows)
        for row, track in zip(rows.tolist(), tracks.tolist(), strict=True):
            self._unchain(row, track)
        self.numbers.wipe(rows)
        self._exact.wipe(rows)
        for column in self._columns:
            column.rows[rows] = 0
        self._track.rows[rows] = -1
        self.ids.drop(rows)
        for zone in self._zones.went(rows):
            self.numbers.give_back(zone * ZONE, (zone + 1) * ZONE)
        return tracks

    def sight(self, row: int) -> Sight:
        """What a row in use says besides its numbers."""
        return Sight(
            int(self._track.rows[row]), int(self._camera.rows[row]), int(self._at_ms.rows[row])
        )

    def scores(self, query: Floats, rows: Positions) -> Floats | None:
        """(n,) products of the vectors themselves with the query, rounded once, to float32.

        None where the vectors cannot be told any more.
        """
        precise = query.astype(np.float64)
        scores = np.empty(len(rows), np.float32)
        for at in range(0, len(rows), _AT_ONCE):
            values = self._exact.read(rows[at : at + _AT_ONCE])
            if values is None:
                return None
            scores[at : at + _AT_ONCE] = values.astype(np.float64) @ precise
        return scores

    def _unchain(self, row: int, track: int) -> None:
        following = self._next.rows
        if self._first.rows[track] == row + 1:
            self._first.rows[track] = following[row]
            return
        at = int(self._first.rows[track]) - 1
        while following[at] != row + 1:
            at = int(following[at]) - 1
        following[at] = following[row]

    def rows_of(self, tracks: Ordinals) -> Positions:
        """The rows of tracks."""
        known = tracks[tracks < len(self._first.rows)]
        found = []
        rows = self._first.rows[known].astype(np.int64) - 1
        while len(rows := rows[rows >= 0]):
            found.append(rows)
            rows = self._next.rows[rows].astype(np.int64) - 1
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def admitted(self, plan: Plan) -> Admitted:
        """Which rows a plan admits; this is decided before anything is compared."""
        if plan.only is not None:
            rows = self._admitted_of(plan, self.rows_of(np.unique(plan.only)))
            return Admitted(len(rows), rows, None)
        limit, runs = self.ids.limit, self._zones.runs(plan.start_ms, plan.end_ms)
        if self._everything(plan, runs):
            return Admitted(len(self), None, None)
        mask = np.zeros(limit, bool)
        for run in runs:
            start, end = run.start, min(run.end, limit)
            mask[start:end] = True if run.alive == end - start else self._track.rows[start:end] >= 0
            if not run.inside:
                times = self._at_ms.rows[start:end]
                mask[start:end] &= (times >= plan.start_ms) & (times < plan.end_ms)
            if plan.cameras is not None:
                mask[start:end] &= _among(self._camera.rows[start:end], plan.cameras)
        also = self.rows_of(plan.also)
        mask[also] = True if plan.cameras is None else _among(self._camera.rows[also], plan.cameras)
        mask[self.rows_of(plan.without)] = False
        count = int(np.count_nonzero(mask))
        if count * _LISTED > limit:
            return Admitted(count, None, mask)
        return Admitted(count, np.flatnonzero(mask), None)

    def _everything(self, plan: Plan, runs: Sequence[Run]) -> bool:
        if plan.cameras is not None or len(self) < self.ids.limit:
            return False
        return Zones.all_inside(runs) and not len(self.rows_of(plan.without))

    def _admitted_of(self, plan: Plan, rows: Positions) -> Positions:
        times, tracks = self._at_ms.rows[rows], self._track.rows[rows]
        keep = (times >= plan.start_ms) & (times < plan.end_ms) | np.isin(tracks, plan.also)
        if plan.cameras is not None:
            keep &= np.isin(self._camera.rows[rows], plan.cameras)
        return np.asarray(rows[keep & ~np.isin(tracks, plan.without)])


def _among(cameras: npt.NDArray[np.int16], wanted: Ordinals) -> npt.NDArray[np.bool_]:
    if len(wanted) > _FEW_CAMERAS:
        return np.asarray(np.isin(cameras, wanted))
    among = np.zeros(len(cameras), bool)
    for camera in wanted.astype(np.int16):
        among |= cameras == camera
    return among
