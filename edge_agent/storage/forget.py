"""Forgetting: every row that tells of a track goes, in one transaction.

What the rows named, pictures, vectors and clips, is returned, to be deleted after the commit; a
crash in between leaves unreferenced files, which `leftovers` finds.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection
from typing import NamedTuple

from edge_agent.domain.event import EventKind
from edge_agent.domain.track import Fragment
from edge_agent.storage.mentions import Place, drop_mentions, rows_mentioning
from edge_agent.storage.risk_pictures import forget_likenesses
from edge_agent.storage.sessions import settle_sessions
from edge_agent.storage.tracks import FRAGMENT_COLUMNS, fragment_of
from edge_agent.storage.transaction import Reads, Transaction
from edge_agent.storage.webhooks import drop_deliveries_mentioning

_IN = "IN (SELECT value FROM json_each(?))"  # a JSON array as one parameter, of any length
_WITH_A_TRACK = (
    "picture",
    "vector_ref",
    "track_fragment",
    "hit",
    "risk_task_track",
    "track_news",
    "action",
    "order_track",
    "order_news",
    "session_track",
    "session_apart",
    "session_news",
    "staff_track",
    "staff_news",
    "watch_news",
    "worn",
    "not_embedded",
)


class Forgotten(NamedTuple):
    """What has to go once the rows are gone.

    Attributes:
        pictures: ids, for `PictureFiles.delete`.
        vectors: ids and `at_ms`, for `VectorFiles.delete`; ids also for the index.
        events: ids of the events that were made void.
        fragments: ids of clips that now show no track any more; their rows are still there.
        showed: ids of every clip that showed one of them, for `RenderedFiles.forget`: its
            thumbnail may be of their best moment.
    """

    pictures: tuple[str, ...]
    vectors: tuple[tuple[str, int], ...]
    events: tuple[str, ...]
    fragments: tuple[str, ...]
    showed: tuple[str, ...]


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
    """Delete every row of these tracks, also those in searches, risk tasks, orders and visits.

    Vectors that risk tasks copied from one go as well.

    Events that mention one become kind `void` with empty data and keep their `seq`; replies and
    remembered answers that mention one are deleted. Unknown ids are passed over.
    """
    wanted = json.dumps(sorted(set(ids)))
    pictures = await tx.rows(f"SELECT id FROM picture WHERE track {_IN}", (wanted,))
    vectors = await tx.rows(f"SELECT id, at_ms FROM vector_ref WHERE track {_IN}", (wanted,))
    links = await tx.rows(
        f"SELECT DISTINCT fragment FROM track_fragment WHERE track {_IN}", (wanted,)
    )
    sessions = await tx.rows(
        f"SELECT DISTINCT session FROM session_track WHERE track {_IN}", (wanted,)
    )
    for table in _WITH_A_TRACK:
        await tx.execute(f"DELETE FROM {table} WHERE track {_IN}", (wanted,))
    await tx.execute(f"DELETE FROM session_apart WHERE other {_IN}", (wanted,))
    await forget_likenesses(tx, wanted)
    await _forget_watch_hits(tx, wanted)
    await tx.execute(f"DELETE FROM track WHERE id {_IN}", (wanted,))
    await settle_sessions(tx, [row["session"] for row in sessions])
    tx.touch("track", "vector", "fragment", "job", "risk_task")
    return Forgotten(
        pictures=tuple(row["id"] for row in pictures),
        vectors=tuple((row["id"], row["at_ms"]) for row in vectors),
        events=tuple(await _forget_mentions(tx, set(ids))),
        fragments=tuple(await _unlinked(tx, [row["fragment"] for row in links])),
        showed=tuple(row["fragment"] for row in links),
    )


async def forget_fragments(tx: Transaction, ids: Collection[str]) -> list[str]:
    """Delete the rows of these clips; returns the paths of their files below the clips folder.

    Their tracks stay, without a clip. Events that mention one become void.
    """
    wanted = json.dumps(sorted(set(ids)))
    rows = await tx.rows(f"SELECT path FROM fragment WHERE id {_IN}", (wanted,))
    await tx.execute(
        f"UPDATE track SET fragment = NULL WHERE fragment {_IN}"
        f" AND id IN (SELECT track FROM track_fragment WHERE fragment {_IN})",
        (wanted, wanted),
    )
    await tx.execute(f"DELETE FROM track_fragment WHERE fragment {_IN}", (wanted,))
    await tx.execute(f"DELETE FROM fragment WHERE id {_IN}", (wanted,))
    await void_events(tx, set(ids))
    tx.touch("track", "fragment")
    return [row["path"] for row in rows]


async def _forget_mentions(tx: Transaction, ids: set[str]) -> list[str]:
    for place in (Place.REPLY, Place.REQUEST):
        rows = await rows_mentioning(tx, place, ids)
        await tx.execute_many(f"DELETE FROM {place} WHERE id = ?", [(row,) for row in rows])
        await drop_mentions(tx, place, rows)
    return await void_events(tx, ids)


async def void_events(tx: Transaction, ids: set[str]) -> list[str]:
    """Make events void that mention one of these ids; returns the ids of those events.

    What webhooks have not taken of it is deleted: nobody counts there.
    """
    await drop_deliveries_mentioning(tx, ids)
    events = await rows_mentioning(tx, Place.OUTBOX, ids)
    await tx.execute_many(
        "UPDATE outbox SET kind = ?, data = '{}' WHERE event_id = ?",
        [(EventKind.VOID.value, event_id) for event_id in events],
    )
    await drop_mentions(tx, Place.OUTBOX, events)
    if events:
        tx.touch("outbox")
    return events


async def _forget_watch_hits(tx: Transaction, tracks: str) -> None:
    """Visits of which nothing is left go."""
    rows = await tx.rows(f"DELETE FROM watch_hit_track WHERE track {_IN} RETURNING hit", (tracks,))
    await tx.execute(
        f"DELETE FROM watch_hit WHERE id {_IN}"
        " AND NOT EXISTS (SELECT 1 FROM watch_hit_track WHERE hit = watch_hit.id)",
        (json.dumps(sorted({row["hit"] for row in rows})),),
    )


async def _unlinked(tx: Transaction, fragments: list[str]) -> list[str]:
    rows = await tx.rows(
        "SELECT value FROM json_each(?)"
        " WHERE NOT EXISTS (SELECT 1 FROM track_fragment WHERE fragment = value)",
        (json.dumps(fragments),),
    )
    return [row["value"] for row in rows]
