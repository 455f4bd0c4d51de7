"""What the items of one instance look like and are filtered by, in memory: a cache of storage.

One row per item, in the columns and on the shelf of each model. A search computes the mask of the
filter first and the similarities of what is admitted, exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.domain.image_item import ImageItem
from edge_agent.domain.item_filter import Filter
from edge_agent.images.columns import Columns, first_of_each
from edge_agent.images.filtering import Mask, admitted
from edge_agent.images.shelf import NOTHING, Query, Rows, Shelf
from edge_agent.images.wording import AskedThing
from edge_agent.storage.image_items import ItemVectors, Key

Asked = Mapping[str, Query]
"""What is asked with: by the stamp of each model that can make it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items may be found.

    Attributes:
        filter: on their attributes; None admits all.
        category: number of a category that they must have.
        least: score that they must reach.
        distinct: of each product the best alone.
    """

    filter: Filter | None = None
    category: int | None = None
    least: float = NOTHING
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        total: how many items there are on all pages.
        ids: of the rows in storage on this page, best first.
        scores: theirs.
    """

    total: int
    ids: tuple[int, ...]
    scores: tuple[float, ...]


class Gallery:
    """All calls on one thread, but for `__len__`, `held` and `mixed`."""

    def __init__(self) -> None:
        self._columns = Columns()
        self._shelves: dict[str, Shelf] = {}
        self._row_of: dict[int, int] = {}
        self._keys: dict[Key, int] = {}
        self._products: dict[str, dict[str, int]] = {}

    def __len__(self) -> int:
        return self._columns.size

    @property
    def mixed(self) -> bool:
        """Whether items have vectors of several models."""
        return len(self._shelves) > 1

    def held(self, model: str) -> int:
        """How many items have vectors of a model."""
        shelf = self._shelves.get(model)
        return 0 if shelf is None else shelf.held

    def id_of(self, key: Key) -> int | None:
        """Id of the item with this key."""
        return self._keys.get(key)

    def of_product(self, product: str) -> dict[str, int]:
        """Ids of the pictures of a product, by their names."""
        return dict(self._products.get(product, {}))

    def put(self, item_id: int, item: ImageItem, vectors: ItemVectors | None) -> None:
        """Add an item, or put it in the place of the one with its id."""
        if item_id in self._row_of:
            self.remove(item_id, item.key)
        row = self._columns.append(item_id, item)
        for shelf in self._shelves.values():
            shelf.append(None)
        self._row_of[item_id] = row
        self._keys[item.key] = item_id
        self._products.setdefault(item.product, {})[item.name] = item_id
        if vectors is not None:
            self.look_anew(item_id, vectors)

    def look_anew(self, item_id: int, vectors: ItemVectors) -> None:
        """Have these vectors of an item, and no others."""
        row = self._row_of[item_id]
        if vectors.model not in self._shelves:
            self._shelves[vectors.model] = Shelf(vectors.dimensions, len(self))
        for model, shelf in list(self._shelves.items()):
            if model == vectors.model:
                shelf.put(row, vectors)
            elif shelf.has(row):
                shelf.clear(row)
                self._drop_empty(model)

    def _drop_empty(self, model: str) -> None:
        if not self._shelves[model].held:
            del self._shelves[model]

    def change(self, item_id: int, item: ImageItem) -> None:
        """Write other attributes of an item."""
        self._columns.write(self._row_of[item_id], item)

    def remove(self, item_id: int, key: Key) -> None:
        """Forget an item."""
        row = self._row_of.pop(item_id)
        moved = self._columns.remove(row)
        if moved != item_id:
            self._row_of[moved] = row
        for model, shelf in list(self._shelves.items()):
            shelf.remove(row)
            self._drop_empty(model)
        del self._keys[key]
        product, name = key
        del self._products[product][name]
        if not self._products[product]:
            del self._products[product]

    def vectors_of(self, item_id: int) -> ItemVectors | None:
        """Copies of the vectors of an item; None where it has none or is gone."""
        row = self._row_of.get(item_id)
        for model, shelf in self._shelves.items():
            if row is not None and shelf.has(row):
                return ItemVectors(model, *shelf.of(row))
        return None

    def without(self, model: str) -> tuple[int, ...]:
        """Ids of the items that have no vectors of a model, rising."""
        shelf = self._shelves.get(model)
        ids = self._columns.ids if shelf is None else self._columns.ids[shelf.without()]
        return tuple(int(one) for one in np.sort(ids))

    def search(self, asked: Asked, wanted: Wanted, *, start: int, count: int) -> Found:
        """The items that look most like a picture, exactly.

        Args:
            asked: the picture.
            wanted: which items count.
            start: how many of the best are passed over.
            count: how many at the most.
        """
        rows = np.flatnonzero(self._mask(wanted))
        return self._ranked(rows, self._scores(asked, rows), wanted, start, count)

    def showing(
        self,
        things: Sequence[AskedThing],
        wanted: Wanted,
        *,
        described: Asked | None = None,
        start: int,
        count: int,
    ) -> Found:
        """The items whose pictures show some things, by how sure the detector was of all of them.

        Args:
            things: what they shall show, and what not.
            wanted: which items count.
            described: the text as vectors that pictures are held against, where there is a model
                for it: then the mean of both counts, and pictures that it fits are found where
                no thing was.
            start: how many of the best are passed over.
            count: how many at the most.
        """
        rows = np.flatnonzero(self._mask(wanted))
        shown, scores = self._shown(things, rows)
        if described:
            likeness = np.clip(self._scores(described, rows), 0, 1)
            shown |= likeness > 0
            scores = np.asarray((scores + likeness) / 2 if things else likeness, np.float32)
        return self._ranked(rows[shown], scores[shown], wanted, start, count)

    def _shown(self, things: Sequence[AskedThing], rows: Rows) -> tuple[Mask, Floats]:
        """(n,) whether a row shows any of the things, and (n,) how surely it shows all of them."""
        seen = self._columns.kinds[rows].astype(np.float32)
        sure = [seen[:, list(thing.kinds)].max(axis=1, initial=0) for thing in things]
        shown = np.zeros(len(rows), np.bool_)
        scores = np.zeros(len(rows), np.float32)
        for thing, one in zip(things, sure, strict=True):
            shown |= (one > 0) & (not thing.negated)
            scores += (1 - one if thing.negated else one) / len(things)
        if things and all(thing.negated for thing in things):
            shown[:] = True
        return shown, scores

    def _ranked(self, rows: Rows, scores: Floats, wanted: Wanted, start: int, count: int) -> Found:
        good = scores >= wanted.least if wanted.least > NOTHING else scores > NOTHING
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

    def _mask(self, wanted: Wanted) -> Mask:
        columns = self._columns
        mask = np.ones(len(columns.ids), np.bool_)
        if wanted.filter is not None:
            mask &= admitted(wanted.filter, columns)
        if wanted.category is not None:
            mask &= columns.categories == wanted.category
        return mask

    def _scores(self, asked: Asked, rows: Rows) -> Floats:
        """(n,) how alike rows and a picture are, each row by the model that its vectors are of."""
        found = [
            self._shelves[model].scores(query, rows)
            for model, query in asked.items()
            if model in self._shelves
        ]
        if not found:
            return np.full(len(rows), NOTHING, np.float32)
        return found[0] if len(found) == 1 else np.maximum.reduce(found)


def _best(scores: Floats, count: int) -> Rows:
    """Places of the best scores, falling; equal ones in their order."""
    if count < len(scores):
        edge = np.partition(scores, len(scores) - count)[len(scores) - count]
        candidates = np.flatnonzero(scores >= edge)
        return candidates[np.argsort(-scores[candidates], kind="stable")][:count]
    return np.argsort(-scores, kind="stable")
