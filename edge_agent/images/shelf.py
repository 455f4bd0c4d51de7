"""Vectors of one model, row for row beside the columns of a gallery.

A gallery has one shelf for each model that there are vectors of: one, but for the time in which
its items are looked at again by another model. Vectors of two models are never compared.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.images.columns import UNSET, longer
from edge_agent.storage.image_items import ItemVectors

_FIRST_ROWS = 1024
_DENSE = 4  # when every fourth row is admitted, gathering them costs more than it saves

NOTHING = -np.inf
"""Score where there is no vector."""

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What is asked with, made by one model; one of both vectors at least.

    Attributes:
        whole: (d,) of the whole picture, of length 1.
        part: (d,) of its subject or of the region that was asked for, or of a text.
        low: cosine similarity whose score is 0.
        high: cosine similarity whose score is 1.
    """

    whole: Floats | None
    part: Floats | None
    low: float = 0.0
    high: float = 1.0

    def score(self, cosine: Floats) -> Floats:
        """Scores of cosine similarities; what is more alike than `high` has more than 1."""
        return np.asarray((cosine - self.low) / (self.high - self.low), np.float32)


class Table:
    """Vectors in rows without gaps."""

    def __init__(self, dimensions: int, size: int = 0) -> None:
        self.size = size
        self._rows = np.zeros((max(_FIRST_ROWS, 2 * size), dimensions), np.float32)

    @property
    def rows(self) -> Floats:
        """(size, d)."""
        return self._rows[: self.size]

    def append(self, values: Floats | None) -> int:
        """Add a row, of zeros where there are no values; returns its number."""
        if self.size == len(self._rows):
            # not resize(): others may look at the old rows
            grown = np.zeros((2 * self.size, self._rows.shape[1]), np.float32)
            grown[: self.size] = self._rows
            self._rows = grown
        if values is not None:
            self._rows[self.size] = values
        self.size += 1
        return self.size - 1

    def remove(self, row: int) -> None:
        """Take a row out; the last one moves into its place."""
        self.size -= 1
        self._rows[row] = self._rows[self.size]
        self._rows[self.size] = 0


class Shelf:
    """Vectors of whole pictures in rows of the gallery, and those of regions apart.

    Attributes:
        held: rows that have a vector here.

    Args:
        dimensions: of a vector.
        rows: that the gallery has already.
    """

    def __init__(self, dimensions: int, rows: int = 0) -> None:
        self.held = 0
        self._whole = Table(dimensions, rows)
        self._parts = Table(dimensions)
        self._owners: list[int] = []  # rows, one per row of `_parts`
        room = len(self._whole.rows) + _FIRST_ROWS
        self._wholes = np.zeros(room, np.bool_)
        self._part_of = np.full(room, UNSET, np.int32)

    def append(self, vectors: ItemVectors | None) -> None:
        """Add a row, without a vector where it has none of this model."""
        row = self._whole.append(None)
        if row == len(self._wholes):
            self._wholes = longer(self._wholes, 2 * row)
            self._part_of = longer(self._part_of, 2 * row)
        self._wholes[row], self._part_of[row] = False, UNSET
        if vectors is not None:
            self.put(row, vectors)

    def put(self, row: int, vectors: ItemVectors) -> None:
        """Have the vectors of a row in the place of those that it had."""
        self.clear(row)
        if vectors.whole is not None:
            self._whole.rows[row] = vectors.whole
            self._wholes[row] = True
        if vectors.part is not None:
            self._part_of[row] = self._parts.append(vectors.part)
            self._owners.append(row)
        self.held += self.has(row)

    def clear(self, row: int) -> None:
        """Forget the vectors of a row; the row stays."""
        self.held -= self.has(row)
        self._whole.rows[row] = 0
        self._wholes[row] = False
        part = int(self._part_of[row])
        if part == UNSET:
            return
        self._part_of[row] = UNSET
        self._parts.remove(part)
        moved = self._owners.pop()
        if part < len(self._owners):
            self._owners[part] = moved
            self._part_of[moved] = part

    def remove(self, row: int) -> None:
        """Take a row out; the last one moves into its place."""
        self.clear(row)
        self._whole.remove(row)
        last = self._whole.size
        self._wholes[row], self._part_of[row] = self._wholes[last], self._part_of[last]
        self._wholes[last] = False
        if row != last and self._part_of[row] != UNSET:
            self._owners[int(self._part_of[row])] = row
        self._part_of[last] = UNSET

    def has(self, row: int) -> bool:
        """Whether a row has a vector here."""
        return bool(self._wholes[row] or self._part_of[row] != UNSET)

    def without(self) -> Rows:
        """Rows that have no vector here."""
        size = self._whole.size
        return np.flatnonzero(~self._wholes[:size] & (self._part_of[:size] == UNSET))

    def of(self, row: int) -> tuple[Floats | None, Floats | None]:
        """Copies of the vectors of a row: of the whole picture, and of the region."""
        part = int(self._part_of[row])
        return (
            self._whole.rows[row].copy() if self._wholes[row] else None,
            None if part == UNSET else self._parts.rows[part].copy(),
        )

    def scores(self, query: Query, rows: Rows) -> Floats:
        """How alike each of these rows and a picture are; `NOTHING` where there is no vector.

        The mean of two similarities: of the whole pictures, and the best of any two of their
        vectors, whole or subject. A thing alone would be found among things of its kind that are
        as small, a scene alone would hide it. Without a whole picture on either side the best.
        """
        given = np.stack([one for one in (query.whole, query.part) if one is not None])
        if len(rows) * _DENSE >= self._whole.size:
            near = (self._whole.rows @ given.T)[rows]
        else:
            near = self._whole.rows[rows] @ given.T
        near[~self._wholes[rows]] = NOTHING
        best = near.max(axis=1, initial=NOTHING)
        parts = self._part_of[rows]
        having = np.flatnonzero(parts != UNSET)
        if len(having):
            of_parts = (self._parts.rows[parts[having]] @ given.T).max(axis=1)
            best[having] = np.maximum(best[having], of_parts)
        if query.whole is not None:
            lead = np.where(near[:, 0] == NOTHING, best, near[:, 0])
            best = (lead + best) / 2
        return query.score(best)
