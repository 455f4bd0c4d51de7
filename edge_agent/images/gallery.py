"""What the items of one instance look like and are filtered by, in memory: a cache of storage.

One row per item: its columns, and the vector of its whole picture. Vectors of regions stand in a
table of their own with the row they belong to. A search computes the mask of the filter first and
the similarities of what is admitted, exactly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats
from edge_agent.domain.image_item import ImageItem
from edge_agent.domain.item_filter import Filter
from edge_agent.images.columns import UNSET, Columns, first_of_each
from edge_agent.images.filtering import Mask, admitted
from edge_agent.images.wording import AskedThing
from edge_agent.storage.image_items import ItemVectors, Key

_FIRST_ROWS = 1024
_DENSE = 4  # when every fourth row is admitted, gathering them costs more than it saves
_NOT_AT_ALL = -2.0
"""Below every cosine similarity: there is no vector."""

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items may be found.

    Attributes:
        filter: on their attributes; None admits all.
        category: number of a category that they must have.
        least: cosine similarity that they must reach.
        distinct: of each product the best alone.
    """

    filter: Filter | None = None
    category: int | None = None
    least: float = _NOT_AT_ALL
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        total: how many items there are on all pages.
        ids: of the rows in storage on this page, best first.
        scores: their cosine similarities.
    """

    total: int
    ids: tuple[int, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What is asked with; one of both at least.

    Attributes:
        whole: (d,) of the whole picture, of length 1.
        part: (d,) of its subject or of the region that was asked for.
    """

    whole: Floats | None
    part: Floats | None


class Table:
    """Vectors in rows without gaps."""

    def __init__(self, dimensions: int) -> None:
        self.size = 0
        self._rows = np.zeros((_FIRST_ROWS, dimensions), np.float32)

    @property
    def rows(self) -> Floats:
        """(size, d)."""
        return self._rows[: self.size]

    def append(self, values: Floats) -> int:
        """Add a row; returns its number."""
        if self.size == len(self._rows):
            # not resize(): others may look at the old rows
            grown = np.zeros((2 * self.size, self._rows.shape[1]), np.float32)
            grown[: self.size] = self._rows
            self._rows = grown
        self._rows[self.size] = values
        self.size += 1
        return self.size - 1

    def remove(self, row: int) -> None:
        """Take a row out; the last one moves into its place."""
        self.size -= 1
        self._rows[row] = self._rows[self.size]
        self._rows[self.size] = 0


class Gallery:
    """All calls on one thread."""

    def __init__(self, dimensions: int) -> None:
        self._columns = Columns()
        self._whole = Table(dimensions)
        self._parts = Table(dimensions)
        self._owners: list[int] = []  # ids of items, one per row of `_parts`
        self._row_of: dict[int, int] = {}
        self._keys: dict[Key, int] = {}
        self._products: dict[str, dict[str, int]] = {}

    def __len__(self) -> int:
        return self._columns.size

    def id_of(self, key: Key) -> int | None:
        """Id of the item with this key."""
        return self._keys.get(key)

    def of_product(self, product: str) -> dict[str, int]:
        """Ids of the pictures of a product, by their names."""
        return dict(self._products.get(product, {}))

    def put(self, item_id: int, item: ImageItem, vectors: ItemVectors) -> None:
        """Add an item, or put it in the place of the one with its id."""
        if item_id in self._row_of:
            self.remove(item_id, item.key)
        row = self._columns.append(item_id, item)
        whole = vectors.whole
        self._columns.wholes[row] = whole is not None
        self._whole.append(
            np.zeros(self._whole.rows.shape[1], np.float32) if whole is None else whole
        )
        self._row_of[item_id] = row
        self._keys[item.key] = item_id
        self._products.setdefault(item.product, {})[item.name] = item_id
        if vectors.part is not None:
            self._columns.parts[row] = self._parts.append(vectors.part)
            self._owners.append(item_id)

    def change(self, item_id: int, item: ImageItem) -> None:
        """Write other attributes of an item."""
        self._columns.write(self._row_of[item_id], item)

    def remove(self, item_id: int, key: Key) -> None:
        """Forget an item."""
        row = self._row_of[item_id]
        part = int(self._columns.parts[row])
        if part != UNSET:
            self._remove_part(part)
        del self._row_of[item_id]
        moved = self._columns.remove(row)
        if moved != item_id:
            self._row_of[moved] = row
        self._whole.remove(row)
        del self._keys[key]
        product, name = key
        del self._products[product][name]
        if not self._products[product]:
            del self._products[product]

    def _remove_part(self, part: int) -> None:
        self._parts.remove(part)
        moved = self._owners.pop()
        if part < len(self._owners):
            self._owners[part] = moved
            self._columns.parts[self._row_of[moved]] = part

    def vectors_of(self, item_id: int) -> Query:
        """Copies of the vectors of an item."""
        row = self._row_of[item_id]
        part = int(self._columns.parts[row])
        return Query(
            self._whole.rows[row].copy() if self._columns.wholes[row] else None,
            None if part == UNSET else self._parts.rows[part].copy(),
        )

    def search(self, query: Query, wanted: Wanted, *, start: int, count: int) -> Found:
        """The items that look most like a picture, exactly.

        Args:
            query: the picture.
            wanted: which items count.
            start: how many of the best are passed over.
            count: how many at the most.
        """
        rows = np.flatnonzero(self._mask(wanted))
        return self._ranked(rows, self._scores(query, rows), wanted, start, count)

    def showing(
        self, things: Sequence[AskedThing], wanted: Wanted, *, start: int, count: int
    ) -> Found:
        """The items whose pictures show some things, by how sure the detector was of all of them.

        Args:
            things: what they shall show, and what not.
            wanted: which items count; its `least` is of this score, 0 to 1.
            start: how many of the best are passed over.
            count: how many at the most.
        """
        rows = np.flatnonzero(self._mask(wanted))
        seen = self._columns.kinds[rows].astype(np.float32)
        sure = [seen[:, list(thing.kinds)].max(axis=1, initial=0) for thing in things]
        shown = np.zeros(len(rows), np.bool_)
        scores = np.zeros(len(rows), np.float32)
        for thing, one in zip(things, sure, strict=True):
            shown |= (one > 0) & (not thing.negated)
            scores += (1 - one if thing.negated else one) / len(things)
        if things and all(thing.negated for thing in things):
            shown[:] = True
        return self._ranked(rows[shown], scores[shown], wanted, start, count)

    def _ranked(self, rows: Rows, scores: Floats, wanted: Wanted, start: int, count: int) -> Found:
        good = scores >= wanted.least
        rows, scores = rows[good], scores[good]
        if wanted.distinct:
            order = np.argsort(-scores, kind="stable")
            best = order[first_of_each(self._columns.products[rows[order]])]
            rows, scores = rows[best], scores[best]
        falling = _best(scores, start + count)[start:]
        return Found(
            len(rows),
            tuple(int(one) for one in self._columns.ids[rows[falling]]),
            tuple(float(one) for one in scores[falling]),
        )

    def filtered(self, wanted: Wanted, *, start: int, count: int | None) -> Found:
        """The items that a filter admits, in the order in which they were first added."""
        ids = np.sort(self._columns.ids[self._mask(wanted)])
        end = None if count is None else start + count
        page = tuple(int(one) for one in ids[start:end])
        return Found(len(ids), page, ())

    def ids(self) -> Iterator[int]:
        """Ids of all items."""
        return iter(self._row_of)

    def _mask(self, wanted: Wanted) -> Mask:
        columns = self._columns
        mask = np.ones(len(columns.ids), np.bool_)
        if wanted.filter is not None:
            mask &= admitted(wanted.filter, columns)
        if wanted.category is not None:
            mask &= columns.categories == wanted.category
        return mask

    def _scores(self, query: Query, rows: Rows) -> Floats:
        """How alike each of these rows and a picture are.

        The mean of two similarities: of the whole pictures, and the best of any two of their
        vectors, whole or subject. A thing alone would be found among things of its kind that are
        as small, a scene alone would hide it. Without a whole picture on either side the best.
        """
        given = np.stack([one for one in (query.whole, query.part) if one is not None])
        if len(rows) * _DENSE >= len(self):
            near = (self._whole.rows @ given.T)[rows]
        else:
            near = self._whole.rows[rows] @ given.T
        near[~self._columns.wholes[rows]] = _NOT_AT_ALL
        best = near.max(axis=1, initial=_NOT_AT_ALL)
        parts = self._columns.parts[rows]
        having = np.flatnonzero(parts != UNSET)
        if len(having):
            of_parts = (self._parts.rows[parts[having]] @ given.T).max(axis=1)
            best[having] = np.maximum(best[having], of_parts)
        if query.whole is None:
            return np.asarray(best, np.float32)
        lead = np.where(near[:, 0] == _NOT_AT_ALL, best, near[:, 0])
        return np.asarray((lead + best) / 2, np.float32)


def _best(scores: Floats, count: int) -> Rows:
    """Places of the best scores, falling; equal ones in their order."""
    if count < len(scores):
        edge = np.partition(scores, len(scores) - count)[len(scores) - count]
        candidates = np.flatnonzero(scores >= edge)
        return candidates[np.argsort(-scores[candidates], kind="stable")][:count]
    return np.argsort(-scores, kind="stable")
