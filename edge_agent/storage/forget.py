"""Forgetting: every row that tells of a track goes, in one transaction.

What the rows named, pictures, vectors and clips, is returned, to be deleted after the commit; a
crash in between leaves unreferenced files, which `leftovers` finds.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from edge_agent.domain.event import EventKind
from edge_agent.domain.track import Fragment
from edge_agent.storage.tracks import FRAGMENT_COLUMNS, fragment_of
from edge_agent.storage.transaction import Reads, Transaction

_TOKEN = re.compile(r"[A-Za-z0-9._-]+")
_CHUNK = 500


class Forgotten(NamedTuple):
    """What has to go once the rows are gone.

    Attributes:
        pictures: ids, for `PictureFiles.delete`.
        vectors: ids and `at_ms`, for `VectorFiles.delete`; ids also for the index.
        events: ids of the events that were made void.
        fragments: ids of clips that now show no track any more; their rows are still there.
    """

    pictures: tuple[str, ...]
    vectors: tuple[tuple[str, int], ...]
    events: tuple[str, ...]
    fragments: tuple[str, ...]


async def expired_tracks(reads: Reads, before_ms: int, limit: int) -> list[str]:
    """Ids of up to `limit` ended tracks last seen before this time, oldest first."""
    rows = await reads.rows(
        "SELECT id FROM track WHERE end_ms < ? AND state = 'ended' ORDER BY end_ms LIMIT ?",
        (before_ms, limit),
    )
    return [row["id"] for row in rows]


async def oldest_fragments(reads: Reads, before_ms: int, limit: int) -> list[Fragment]:
    """Up to `limit` finished clips that started before this time, oldest first."""
    rows = await reads.rows(
        f"SELECT {FRAGMENT_COLUMNS} FROM fragment"
        " WHERE start_ms < ? AND state <> 'recording' ORDER BY start_ms, id LIMIT ?",
        (before_ms, limit),
    )
    return [fragment_of(row) for row in rows]


async def forget_tracks(tx: Transaction, ids: Collection[str]) -> Forgotten:
    """Delete the rows of these tracks, of their pictures, vectors, links and hits.

    Events that mention one become kind `void` with empty data and keep their `seq`; replies and
    remembered answers that mention one are deleted. Unknown ids are passed over.
    """
    wanted = sorted(set(ids))
    pictures: list[str] = []
    vectors: list[tuple[str, int]] = []
    fragments: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        of_chunk = f"track IN ({_marks(chunk)})"
        rows = await tx.rows(f"SELECT id FROM picture WHERE {of_chunk}", chunk)
        pictures += [row["id"] for row in rows]
        rows = await tx.rows(f"SELECT id, at_ms FROM vector_ref WHERE {of_chunk}", chunk)
        vectors += [(row["id"], row["at_ms"]) for row in rows]
        rows = await tx.rows(f"SELECT fragment FROM track_fragment WHERE {of_chunk}", chunk)
        fragments |= {row["fragment"] for row in rows}
        for table in ("picture", "vector_ref", "track_fragment", "hit"):
            await tx.execute(f"DELETE FROM {table} WHERE {of_chunk}", chunk)
        await tx.execute(f"DELETE FROM track WHERE id IN ({_marks(chunk)})", chunk)
    events = await _forget_mentions(tx, set(wanted))
    tx.touch("track", "vector", "fragment", "job")
    return Forgotten(
        tuple(pictures), tuple(vectors), tuple(events), tuple(await _unlinked(tx, fragments))
    )


async def forget_fragments(tx: Transaction, ids: Collection[str]) -> list[str]:
    """Delete the rows of these clips; returns the paths of their files below the clips folder.

    Their tracks stay, without a clip. Events that mention one become void.
    """
    paths: list[str] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = _marks(chunk)
        rows = await tx.rows(f"SELECT path FROM fragment WHERE id IN ({marks})", chunk)
        paths += [row["path"] for row in rows]
        await tx.execute(
            "UPDATE track SET fragment = NULL WHERE id IN (SELECT track FROM track_fragment"
            f" WHERE fragment IN ({marks})) AND fragment IN ({marks})",
            (*chunk, *chunk),
        )
        await tx.execute(f"DELETE FROM track_fragment WHERE fragment IN ({marks})", chunk)
        await tx.execute(f"DELETE FROM fragment WHERE id IN ({marks})", chunk)
    await _void_events(tx, set(wanted))
    tx.touch("track", "fragment")
    return paths


async def _forget_mentions(tx: Transaction, ids: set[str]) -> list[str]:
    for table, column in (("reply", "body"), ("request", "answer")):
        rows = await tx.rows(f"SELECT id, {column} AS text FROM {table}")
        gone = [(row["id"],) for row in rows if _mentions(row["text"], ids)]
        await tx.execute_many(f"DELETE FROM {table} WHERE id = ?", gone)
    return await _void_events(tx, ids)


async def _void_events(tx: Transaction, ids: set[str]) -> list[str]:
    rows = await tx.rows("SELECT event_id, data FROM outbox")
    mentioning = [row["event_id"] for row in rows if _mentions(row["data"], ids)]
    await tx.execute_many(
        "UPDATE outbox SET kind = ?, data = '{}' WHERE event_id = ?",
        [(EventKind.VOID.value, event_id) for event_id in mentioning],
    )
    if mentioning:
        tx.touch("outbox")
    return mentioning


async def _unlinked(tx: Transaction, fragments: Iterable[str]) -> list[str]:
    alone: list[str] = []
    for fragment in sorted(fragments):
        rows = await tx.rows("SELECT 1 FROM track_fragment WHERE fragment = ? LIMIT 1", (fragment,))
        if not rows:
            alone.append(fragment)
    return alone


def _mentions(text: str, ids: set[str]) -> bool:
    return not ids.isdisjoint(_TOKEN.findall(text))


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
