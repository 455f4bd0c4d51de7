"""Watch lists as rows: who is on them, and how they look."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence

from edge_agent.domain.ids import new_id
from edge_agent.domain.vector import Vector
from edge_agent.domain.watchlist import WatchEntry, WatchList
from edge_agent.storage.forget import void_events
from edge_agent.storage.known_faces import face_of, face_rows
from edge_agent.storage.transaction import Reads, Row, Transaction

_LIST = (
    "SELECT *, (SELECT count(*) FROM watch_entry WHERE list = watchlist.id) AS entries"
    " FROM watchlist"
)
_ENTRY = (
    "SELECT id, list, name, created_ms,"
    " (SELECT json_group_array(model) FROM watch_vector WHERE entry = watch_entry.id) AS models,"
    " (SELECT id FROM watch_picture WHERE entry = watch_entry.id) AS picture,"
    " (SELECT count(*) FROM watch_hit WHERE entry = watch_entry.id) AS hits FROM watch_entry"
)
_IN = "IN (SELECT value FROM json_each(?))"
_CHANGES = "watchlist_changes"


async def insert_watchlist(tx: Transaction, made: WatchList) -> bool:
    """Insert a list without people; False where the id is taken."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO watchlist (id, name, owner, reason, created_ms, expires_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (made.id, made.name, made.owner, made.reason, made.created_ms, made.expires_ms),
    )
    tx.touch("watchlist")
    return result.rowcount == 1


async def update_watchlist(tx: Transaction, changed: WatchList) -> None:
    """Give a list another name, owner, reason and end."""
    await tx.execute(
        "UPDATE watchlist SET name = ?, owner = ?, reason = ?, expires_ms = ? WHERE id = ?",
        (changed.name, changed.owner, changed.reason, changed.expires_ms, changed.id),
    )
    tx.touch("watchlist")


async def list_watchlists(reads: Reads, list_id: str | None = None) -> list[WatchList]:
    """Every list by id, or the one of this id."""
    where, values = ("", ()) if list_id is None else (" WHERE id = ?", (list_id,))
    return [_list_of(row) for row in await reads.rows(f"{_LIST}{where} ORDER BY id", values)]


async def expired_watchlists(reads: Reads, now_ms: int) -> list[str]:
    """Ids of the lists whose time is over."""
    rows = await reads.rows("SELECT id FROM watchlist WHERE expires_ms <= ? ORDER BY id", (now_ms,))
    return [row["id"] for row in rows]


async def drop_watchlist(tx: Transaction, list_id: str) -> None:
    """Delete a list with everything that is kept of the people on it, and their visits.

    Hits that have not left the box become void.
    """
    rows = await tx.rows("SELECT id FROM watch_entry WHERE list = ?", (list_id,))
    for row in rows:
        await drop_watch_entry(tx, row["id"])
    await tx.execute("DELETE FROM watchlist WHERE id = ?", (list_id,))
    tx.touch("watchlist")


async def insert_watch_entry(
    tx: Transaction, entry_id: str, list_id: str, name: str, at_ms: int
) -> bool:
    """Insert somebody of whom nothing is known yet; False where the id is taken.

    Whoever is in view now has to be held against the lists again.
    """
    result = await tx.execute(
        "INSERT OR IGNORE INTO watch_entry (id, list, name, created_ms) VALUES (?, ?, ?, ?)",
        (entry_id, list_id, name, at_ms),
    )
    return result.rowcount == 1


async def watch_faces(
    tx: Transaction, entry_id: str, faces: Sequence[tuple[Vector, str | None]], at_ms: int
) -> None:
    """Add faces to somebody; whoever is in view has to be held against them.

    Args:
        tx: the transaction.
        entry_id: whose.
        faces: each with the track it was copied from, if any.
        at_ms: now.
    """
    rows = face_rows(entry_id, [vector for vector, _ in faces], at_ms)
    await tx.execute_many("INSERT INTO watch_vector VALUES (?, ?, ?, ?, ?, ?)", rows)
    await tx.execute_many(
        "INSERT INTO watch_copy (id, track) VALUES (?, ?)",
        [(row[0], track) for row, (_, track) in zip(rows, faces, strict=True) if track],
    )
    in_view = (
        " FROM track WHERE state = 'open' AND EXISTS"
        " (SELECT 1 FROM vector_ref WHERE track = track.id AND part = 'face')"
    )
    await tx.execute(
        f"INSERT INTO watch_news SELECT id, 1{in_view}"
        " ON CONFLICT (track) DO UPDATE SET times = times + 1"
    )
    await _count_change(tx)


async def keep_watch_picture(
    tx: Transaction, entry_id: str, jpeg: bytes, *, track: str | None, at_ms: int
) -> None:
    """Keep a picture that shows who it is, in place of the one before.

    Args:
        tx: the transaction.
        entry_id: whose.
        jpeg: the picture.
        track: that it was copied from, if any.
        at_ms: now.
    """
    await _drop_pictures(tx, entry_id)
    picture_id = new_id(at_ms)
    await tx.execute(
        "INSERT INTO watch_picture (id, entry, jpeg) VALUES (?, ?, ?)",
        (picture_id, entry_id, jpeg),
    )
    if track:
        await tx.execute("INSERT INTO watch_copy (id, track) VALUES (?, ?)", (picture_id, track))


async def watch_picture(reads: Reads, picture_id: str) -> bytes | None:
    """A picture that is kept of somebody, as JPEG."""
    rows = await reads.rows("SELECT jpeg FROM watch_picture WHERE id = ?", (picture_id,))
    return bytes(rows[0]["jpeg"]) if rows else None


async def rename_watch_entry(tx: Transaction, entry_id: str, name: str) -> None:
    """Give somebody another name."""
    await tx.execute("UPDATE watch_entry SET name = ? WHERE id = ?", (name, entry_id))
    tx.touch("watchlist")


async def list_watch_entries(
    reads: Reads, list_id: str, entry_id: str | None = None
) -> list[WatchEntry]:
    """Everybody on a list by id, or the one of this id."""
    where, values = ("", ()) if entry_id is None else (" AND id = ?", (entry_id,))
    rows = await reads.rows(f"{_ENTRY} WHERE list = ?{where} ORDER BY id", (list_id, *values))
    return [
        WatchEntry(
            id=row["id"],
            list=row["list"],
            name=row["name"],
            created_ms=row["created_ms"],
            models=tuple(sorted(json.loads(row["models"]))),
            picture=row["picture"],
            hits=row["hits"],
        )
        for row in rows
    ]


async def count_watched(reads: Reads, list_id: str | None = None) -> int:
    """How many people are on all lists, or on one."""
    where, values = ("", ()) if list_id is None else (" WHERE list = ?", (list_id,))
    rows = await reads.rows(f"SELECT count(*) FROM watch_entry{where}", values)
    return int(rows[0][0])


async def drop_watch_entry(tx: Transaction, entry_id: str) -> None:
    """Delete somebody with everything that is kept; hits that have not left become void."""
    rows = await tx.rows("DELETE FROM watch_hit WHERE entry = ? RETURNING id", (entry_id,))
    hits = {row["id"] for row in rows}
    await tx.execute(
        "DELETE FROM watch_hit_track WHERE hit IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(hits)),),
    )
    await tx.execute(
        "DELETE FROM watch_copy WHERE id IN (SELECT id FROM watch_vector WHERE entry = ?)",
        (entry_id,),
    )
    await tx.execute("DELETE FROM watch_vector WHERE entry = ?", (entry_id,))
    await _drop_pictures(tx, entry_id)
    await tx.execute("DELETE FROM watch_entry WHERE id = ?", (entry_id,))
    await void_events(tx, hits)
    await _count_change(tx)


async def erase_watch_copies(tx: Transaction, tracks: Collection[str]) -> int:
    """Delete what was copied from tracks of people who are erased; returns how many faces.

    Whoever is known by nothing else any more is taken off the list.
    """
    wanted = json.dumps(sorted(tracks))
    copied = f"IN (SELECT id FROM watch_copy WHERE track {_IN})"
    rows = await tx.rows(f"DELETE FROM watch_vector WHERE id {copied} RETURNING entry", (wanted,))
    await tx.execute(f"DELETE FROM watch_picture WHERE id {copied}", (wanted,))
    await tx.execute(f"DELETE FROM watch_copy WHERE track {_IN}", (wanted,))
    for entry in sorted({row["entry"] for row in rows}):
        if not await tx.rows("SELECT 1 FROM watch_vector WHERE entry = ? LIMIT 1", (entry,)):
            await drop_watch_entry(tx, entry)
    if rows:
        await _count_change(tx)
    return len(rows)


async def watch_changes(reads: Reads) -> int:
    """Counts up whenever a face comes onto a list or goes from one."""
    rows = await reads.rows("SELECT value FROM meta WHERE key = ?", (_CHANGES,))
    return int(rows[0]["value"]) if rows else 0


async def watched_faces(reads: Reads, model: str) -> list[tuple[str, Vector]]:
    """Every face on any list that a model has made, with the id of its entry.

    Damaged ones are left out.
    """
    rows = await reads.rows("SELECT * FROM watch_vector WHERE model = ? ORDER BY id", (model,))
    faces = [(row["entry"], face_of(row, "entry")) for row in rows]
    return [(entry, face) for entry, face in faces if face is not None]


async def _drop_pictures(tx: Transaction, entry_id: str) -> None:
    await tx.execute(
        "DELETE FROM watch_copy WHERE id IN (SELECT id FROM watch_picture WHERE entry = ?)",
        (entry_id,),
    )
    await tx.execute("DELETE FROM watch_picture WHERE entry = ?", (entry_id,))


async def _count_change(tx: Transaction) -> None:
    await tx.execute(
        "INSERT INTO meta VALUES (?, '1') ON CONFLICT (key) DO UPDATE SET value = value + 1",
        (_CHANGES,),
    )
    tx.touch("watchlist", "vector")


def _list_of(row: Row) -> WatchList:
    return WatchList(
        id=row["id"],
        name=row["name"],
        owner=row["owner"],
        reason=row["reason"],
        created_ms=row["created_ms"],
        expires_ms=row["expires_ms"],
        entries=row["entries"],
    )
