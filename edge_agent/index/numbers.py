"""Vectors in 12 bits a number: a byte that is compared first, and four bits for the second look.

A row is a multiple of a step, its own greatest number / 2,047. So a number is wrong by half a step
at the most, and the score of two unit vectors of 256 numbers by 0.00003 on average. Every score
comes with the most it may be wrong by, so that whoever asks knows which rows are to be looked at
more closely, in the end in `exact`.
"""

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.index.column import Column
from edge_agent.index.signs import (
    CODE_BYTES,
    Codes,
    Distances,
    Positions,
    differing,
    fewest,
    signs_of,
)

_TOP = 2047
_FINE = 16  # what a step of the coarse byte counts in fine steps
_MIDDLE = (_FINE - 1) / 2
_ROUNDING = 2.0**-23  # per number, what float32 arithmetic adds to a score's error at the most
_HALF = 0.501  # a step, and what dividing by a rounded step adds

_AT_ONCE = 512
"""Rows that are made floats at a time: what fits the processor's cache."""

_CODES_AT_ONCE = 2048


class Numbers:
    """The numbers of a table's vectors, and their signs.

    Args:
        dimensions: of a vector.
    """

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._coarse = Column(np.int8, (dimensions,))
        self._fine = Column(np.uint8, ((dimensions + 1) // 2,))
        self._step = Column(np.float32)
        self._signs = Column(np.uint8, (CODE_BYTES,))
        self._columns = (self._coarse, self._fine, self._step, self._signs)

    @property
    def row_bytes(self) -> int:
        """What a vector occupies."""
        return sum(column.row_bytes for column in self._columns)

    def reserve(self, count: int) -> None:
        """Have room for so many rows."""
        for column in self._columns:
            column.reserve(count)

    def write(self, rows: Positions, values: Floats) -> None:
        """Put (n, d) vectors into rows."""
        step = np.abs(values).max(axis=1) / np.float32(_TOP)
        steps = np.rint(values / step[:, None]).astype(np.int16)
        self._coarse.rows[rows] = steps >> 4
        fine = (steps & (_FINE - 1)).astype(np.uint8)
        if self._dimensions % 2:
            fine = np.pad(fine, ((0, 0), (0, 1)))
        self._fine.rows[rows] = fine[:, ::2] << 4 | fine[:, 1::2]
        self._step.rows[rows] = step
        self._signs.rows[rows] = signs_of(values)

    def wipe(self, rows: Positions) -> None:
        """Overwrite rows."""
        for column in self._columns:
            column.rows[rows] = 0

    def give_back(self, start: int, end: int) -> None:
        """Overwrite rows and return their memory."""
        for column in self._columns:
            column.give_back(start, end)

    def agreeing(
        self,
        query: Floats,
        limit: int,
        count: int,
        *,
        rows: Positions | None = None,
        mask: npt.NDArray[np.bool_] | None = None,
    ) -> Positions:
        """The `count` rows whose signs agree best with the query's, and those that agree as well.

        Args:
            query: (d,) of length 1.
            limit: rows in use.
            count: fewer than are looked at.
            rows: which are looked at, a small part; with neither, all are.
            mask: (limit,) the same of a large part.
        """
        code = signs_of(query[None])[0]
        if rows is not None:
            return np.asarray(rows[fewest(self._differing_of(code, rows), count)])
        distances = np.empty(limit, np.int32)
        differing(code, self._signs.rows[:limit], distances)
        return fewest(distances, count, mask)

    def _differing_of(self, code: Codes, rows: Positions) -> Distances:
        distances = np.empty(len(rows), np.int32)
        # as eight-byte words: numpy gathers them several times as fast as bytes
        words = self._signs.rows.view(np.uint64)
        for at in range(0, len(rows), _CODES_AT_ONCE):
            some = words.take(rows[at : at + _CODES_AT_ONCE], axis=0)
            differing(code, some.view(np.uint8), distances[at : at + _CODES_AT_ONCE])
        return distances

    def coarse_scores(self, query: Floats, rows: Positions) -> tuple[Floats, float]:
        """(n,) products with the query, nearly, and by how much they may be wrong at the most."""
        scores = np.empty(len(rows), np.float32)
        floats = np.empty((min(len(rows), _AT_ONCE), self._dimensions), np.float32)
        for at in range(0, len(rows), _AT_ONCE):
            some = self._coarse.rows.take(rows[at : at + _AT_ONCE], axis=0)
            np.copyto(floats[: len(some)], some)
            np.matmul(floats[: len(some)], query, out=scores[at : at + _AT_ONCE])
        step = self._step.rows[rows]
        scores = (scores * _FINE + np.float32(_MIDDLE * float(query.sum()))) * step
        return scores, self._wrong(_MIDDLE + _HALF, step, query)

    def scores(self, query: Floats, rows: Positions) -> tuple[Floats, float]:
        """(n,) products with the query, more nearly, and by how much they may be wrong."""
        scores = np.empty(len(rows), np.float32)
        for at in range(0, len(rows), _AT_ONCE):
            scores[at : at + _AT_ONCE] = self.values(rows[at : at + _AT_ONCE]) @ query
        return scores, self._wrong(_HALF, self._step.rows[rows], query)

    def _wrong(self, steps: float, step: Floats, query: Floats) -> float:
        """Every number is wrong by so many steps at the most."""
        widest = float(step.max()) if len(step) else 0.0
        return steps * widest * float(np.abs(query).sum()) + _ROUNDING * self._dimensions

    def values(self, rows: Positions) -> Floats:
        """(n, d) the vectors, as they are kept."""
        packed = self._fine.rows[rows]
        fine = np.empty((len(rows), 2 * packed.shape[1]), np.float32)
        fine[:, ::2], fine[:, 1::2] = packed >> 4, packed & (_FINE - 1)
        values = self._coarse.rows[rows] * np.float32(_FINE)
        values += fine[:, : self._dimensions]
        values *= self._step.rows[rows][:, None]
        return np.asarray(values, np.float32)
