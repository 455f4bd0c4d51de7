"""Vectors in 12 bits a number: a byte that is compared first, and four bits for the final score.

A row is a multiple of a step, its own greatest number / 2,047. So a number is wrong by half a step
at the most, and the score of two unit vectors of 256 numbers by 0.00003 on average.
"""

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.index.column import Column
from edge_agent.index.signs import CODE_BYTES, Positions, agreeing, signs_of

_TOP = 2047
_FINE = 16  # what a step of the coarse byte counts in fine steps
_MIDDLE = (_FINE - 1) / 2
_AT_ONCE = 4096  # rows that are made floats at a time: what fits the processor's cache


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

    def agreeing(self, query: Floats, rows: Positions | int, count: int) -> Positions:
        """The `count` rows whose signs agree best with the query's.

        Args:
            query: (d,) of length 1.
            rows: which are looked at, or how many from the first on.
            count: not more than are looked at.
        """
        code = signs_of(query[None])[0]
        if isinstance(rows, int):
            return agreeing(code, self._signs.rows[:rows], count)
        # as eight-byte words: numpy gathers them several times as fast as bytes
        codes = self._signs.rows.view(np.uint64).take(rows, axis=0).view(np.uint8)
        return np.asarray(rows[agreeing(code, codes, count)])

    def coarse_scores(self, query: Floats, rows: Positions) -> tuple[Floats, float]:
        """(n,) products with the query, nearly, and by how much they may be wrong at the most."""
        scores = np.empty(len(rows), np.float32)
        for at in range(0, len(rows), _AT_ONCE):
            some = self._coarse.rows.take(rows[at : at + _AT_ONCE], axis=0)
            np.matmul(some.astype(np.float32), query, out=scores[at : at + _AT_ONCE])
        step = self._step.rows[rows]
        scores = (scores * _FINE + np.float32(_MIDDLE * float(query.sum()))) * step
        widest = float(step.max()) if len(step) else 0.0
        return scores, _MIDDLE * widest * float(np.abs(query).sum())

    def scores(self, query: Floats, rows: Positions) -> Floats:
        """(n,) products with the query."""
        scores = np.empty(len(rows), np.float32)
        for at in range(0, len(rows), _AT_ONCE):
            scores[at : at + _AT_ONCE] = self.values(rows[at : at + _AT_ONCE]) @ query
        return scores

    def values(self, rows: Positions) -> Floats:
        """(n, d) the vectors, as they are kept."""
        packed = self._fine.rows[rows]
        fine = np.empty((len(rows), 2 * packed.shape[1]), np.float32)
        fine[:, ::2], fine[:, 1::2] = packed >> 4, packed & (_FINE - 1)
        values = self._coarse.rows[rows] * np.float32(_FINE)
        values += fine[:, : self._dimensions]
        values *= self._step.rows[rows][:, None]
        return np.asarray(values, np.float32)
