"""Items of instances: pictures of things, with what they are filtered by and their vectors."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.domain.image_item import ATTRIBUTES, ImageItem, Ints, Region, Texts
from edge_agent.storage.transaction import Reads, Row, Transaction
from edge_agent.storage.vector_rows import checksum_of

_NUMBERED = range(1, ATTRIBUTES + 1)
_ATTRIBUTES: Final = ", ".join(
    [*(f"int{at}" for at in _NUMBERED), *(f"str{at}" for at in _NUMBERED)]
)
_ITEM: Final = (
    f"product, name, category, custom, {_ATTRIBUTES}, region, width, things, picture, added_ms"
)

_NO_ROW: Final = (1 << 63) - 1
"""Behind every row."""

T = TypeVar("T", int, str)

Key = tuple[str, str]
"""Product and name of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class ItemVectors:
    """What an item looks like.

    Attributes:
        model: the stamp.
        whole: (d,) of the whole picture; None where the region alone counts.
        part: (d,) of the region; None where there is none.
    """

    model: str
    whole: Floats | None
    part: Floats | None

    @property
    def dimensions(self) -> int:
        """Numbers of a vector; 0 where there is none."""
        return next((len(one) for one in (self.whole, self.part) if one is not None), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """An item as it lies in the database.

    Attributes:
        id: of its row.
        vectors: None where they are damaged or were not asked for.
    """

    id: int
    item: ImageItem
    vectors: ItemVectors | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """New values; None leaves one as it is."""

    custom: str | None = None
    ints: Ints = (None, None, None, None)
    texts: Texts = (None, None, None, None)

    def of(self, item: ImageItem) -> ImageItem:
        """The item as it is afterwards."""
        ints = [_given(new, old) for new, old in zip(self.ints, item.ints, strict=True)]
        texts = [_given(new, old) for new, old in zip(self.texts, item.texts, strict=True)]
        custom = item.custom if self.custom is None else self.custom
        return replace(
            item,
            custom=custom,
            ints=(ints[0], ints[1], ints[2], ints[3]),
            texts=(texts[0], texts[1], texts[2], texts[3]),
        )


async def ensure_instances(tx: Transaction, names: Iterable[str], at_ms: int) -> None:
    """Have a row for each configured instance; those that no longer are stay, as their items do."""
    await tx.execute_many(
        "INSERT OR IGNORE INTO image_instance (name, created_ms) VALUES (?, ?)",
        [(name, at_ms) for name in names],
    )


async def instances_since(reads: Reads) -> Mapping[str, int]:
    """When each instance was first configured, in milliseconds since 1970."""
    rows = await reads.rows("SELECT name, created_ms FROM image_instance")
    return {row["name"]: row["created_ms"] for row in rows}


async def put_item(tx: Transaction, instance: str, item: ImageItem, vectors: ItemVectors) -> int:
    """Insert an item, or put it in the place of the one with its key.

    Returns:
        The id of its row.
    """
    values = _values(item)
    marks = ", ".join("?" * (len(values) + 2))
    news = ", ".join(f"{name} = excluded.{name}" for name in f"{_ITEM}, whole".split(", "))
    rows = await tx.rows(
        f"INSERT INTO image_item (instance, {_ITEM}, whole) VALUES ({marks})"
        f" ON CONFLICT (instance, product, name) DO UPDATE SET {news} RETURNING id",
        (instance, *values, int(vectors.whole is not None)),
    )
    item_id = int(rows[0]["id"])
    await put_vectors(tx, item_id, vectors)
    tx.touch("image_item")
    return item_id


async def put_vectors(tx: Transaction, item_id: int, vectors: ItemVectors) -> None:
    """Replace the vectors of an item."""
    await tx.execute("DELETE FROM image_vector WHERE item = ?", (item_id,))
    await tx.execute_many(
        "INSERT INTO image_vector (item, part, model, numbers, checksum) VALUES (?, ?, ?, ?, ?)",
        [
            _vector_row(item_id, part, vectors.model, values)
            for part, values in enumerate((vectors.whole, vectors.part))
            if values is not None
        ],
    )


async def change_items(tx: Transaction, items: Sequence[tuple[int, ImageItem]]) -> None:
    """Write what may change of items, by the ids of their rows."""
    names = ["custom", *_ATTRIBUTES.split(", ")]
    await tx.execute_many(
        f"UPDATE image_item SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?",
        [(item.custom, *item.ints, *item.texts, item_id) for item_id, item in items],
    )
    tx.touch("image_item")


async def delete_items(tx: Transaction, ids: Sequence[int]) -> None:
    """Delete items by the ids of their rows."""
    rows = [(item_id,) for item_id in ids]
    await tx.execute_many("DELETE FROM image_vector WHERE item = ?", rows)
    await tx.execute_many("DELETE FROM image_item WHERE id = ?", rows)
    tx.touch("image_item")


async def items_after(reads: Reads, instance: str, *, after: int, limit: int) -> list[StoredItem]:
    """Items of an instance by rising ids, from the one after `after` on."""
    rows = await reads.rows(
        f"SELECT id, {_ITEM} FROM image_item WHERE instance = ? AND id > ? ORDER BY id LIMIT ?",
        (instance, after, limit),
    )
    vectors = await _vectors(reads, rows)
    return [
        StoredItem(id=row["id"], item=item_of(row), vectors=vectors.get(row["id"])) for row in rows
    ]


async def newest_items(
    reads: Reads, instance: str, *, before: int | None, limit: int
) -> list[StoredItem]:
    """Items of an instance without their vectors, the last that was first added first.

    Args:
        reads: the database.
        instance: its name.
        before: id of the row that the page before ended with; None begins.
        limit: rows at the most.
    """
    rows = await reads.rows(
        f"SELECT id, {_ITEM} FROM image_item WHERE instance = ? AND id < ?"
        " ORDER BY id DESC LIMIT ?",
        (instance, _NO_ROW if before is None else before, limit),
    )
    return [StoredItem(id=row["id"], item=item_of(row), vectors=None) for row in rows]


async def items_of(reads: Reads, ids: Sequence[int]) -> dict[int, ImageItem]:
    """Items by the ids of their rows."""
    marks = ", ".join("?" * len(ids))
    rows = await reads.rows(f"SELECT id, {_ITEM} FROM image_item WHERE id IN ({marks})", ids)
    return {row["id"]: item_of(row) for row in rows}


async def kept_pictures(reads: Reads) -> frozenset[str]:
    """Ids of the pictures of all items, whatever their instance."""
    rows = await reads.rows("SELECT picture FROM image_item")
    return frozenset(row["picture"] for row in rows)


def item_of(row: Row) -> ImageItem:
    """The item of a row that has its columns."""
    first, second, third, fourth = (row[f"int{at}"] for at in _NUMBERED)
    texts = tuple(row[f"str{at}"] for at in _NUMBERED)
    region = row["region"]
    return ImageItem(
        product=row["product"],
        name=row["name"],
        category=row["category"],
        custom=row["custom"],
        ints=(first, second, third, fourth),
        texts=(texts[0], texts[1], texts[2], texts[3]),
        region=None if region is None else Region(*map(int, region.split(","))),
        width=row["width"],
        things=tuple((int(kind), float(score)) for kind, score in json.loads(row["things"])),
        picture=row["picture"],
        added_ms=row["added_ms"],
    )


def _given(new: T | None, old: T | None) -> T | None:
    return old if new is None else new


def _values(item: ImageItem) -> tuple[object, ...]:
    region = None if item.region is None else str(item.region)
    return (
        item.product,
        item.name,
        item.category,
        item.custom,
        *item.ints,
        *item.texts,
        region,
        item.width,
        json.dumps(item.things),
        item.picture,
        item.added_ms,
    )


def _vector_row(item_id: int, part: int, model: str, values: Floats) -> tuple[object, ...]:
    numbers = np.ascontiguousarray(values, "<f2").tobytes()
    return (item_id, part, model, numbers, checksum_of((item_id, part, model), numbers))


async def _vectors(reads: Reads, items: Sequence[Row]) -> dict[int, ItemVectors]:
    if not items:
        return {}
    rows = await reads.rows(
        "SELECT item, part, model, numbers, checksum FROM image_vector WHERE item IN"
        f" ({', '.join('?' * len(items))})",
        [row["id"] for row in items],
    )
    found: dict[int, dict[int, Floats]] = {}
    models: dict[int, str] = {}
    for row in rows:
        item_id, part, model = row["item"], row["part"], row["model"]
        if checksum_of((item_id, part, model), row["numbers"]) == row["checksum"]:
            values = np.frombuffer(row["numbers"], "<f2").astype(np.float32)
            found.setdefault(item_id, {})[part] = values
            models[item_id] = model
    return {
        item_id: ItemVectors(models[item_id], parts.get(0), parts.get(1))
        for item_id, parts in found.items()
    }
