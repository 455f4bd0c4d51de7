"""What lies on the disk and is named by no row, or the other way round.

A file is durable before its row, so a crash in between leaves it unreferenced; so does a restored
backup. Ids begin with their time: only what was made before a given moment is listed, since a
younger file's row may be about to be committed.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime

from edge_agent.storage.store import Store
from edge_agent.storage.vector_rows import day_of

_DAY_MS = 86_400_000


async def orphan_pictures(store: Store, before_ms: int) -> list[str]:
    """Ids of pictures on the disk that no row names, made before this time."""
    unnamed: list[str] = []
    async for ids in store.pictures.ids():
        unnamed += await _unnamed(store, "picture", _older(ids, before_ms))
    return unnamed


async def orphan_vectors(store: Store, before_ms: int) -> AsyncIterator[list[tuple[str, int]]]:
    """Ids and times of vectors that no row names, made before this time; one list per day.

    The time is one of the vector's day, which is what `VectorFiles.delete` needs it for.
    """
    for day in await store.vectors.days():
        ids = _older(await store.vectors.ids(day), before_ms)
        unnamed = await _unnamed(store, "vector_ref", ids)
        if unnamed:
            noon = _noon_ms(day)
            yield [(vector_id, noon) for vector_id in unnamed]


async def lost_vectors(store: Store) -> AsyncIterator[list[str]]:
    """Ids of rows whose numbers are gone (a quarantined day) or damaged; one list per day."""
    days = await store.rows("SELECT DISTINCT at_ms / ? AS day FROM vector_ref", (_DAY_MS,))
    for row in days:
        start_ms = int(row["day"]) * _DAY_MS
        day = day_of(start_ms)
        present = set(await store.vectors.ids(day)) - store.vectors.damaged.get(day, set())
        refs = await store.rows(
            "SELECT id FROM vector_ref WHERE at_ms >= ? AND at_ms < ?",
            (start_ms, start_ms + _DAY_MS),
        )
        lost = [ref["id"] for ref in refs if ref["id"] not in present]
        if lost:
            yield lost


def _older(ids: Collection[str], before_ms: int) -> list[str]:
    limit = f"{max(before_ms, 0):012x}"
    return sorted(each for each in ids if each < limit)


async def _unnamed(store: Store, table: str, ids: list[str]) -> list[str]:
    rows = await store.rows(
        f"SELECT id FROM {table} WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
    )
    named = {row["id"] for row in rows}
    return [each for each in ids if each not in named]


def _noon_ms(day: str) -> int:
    return int(datetime.strptime(day, "%Y%m%d").replace(hour=12, tzinfo=UTC).timestamp() * 1000)
