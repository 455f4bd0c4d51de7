"""Visits of people on watch lists as rows, and the notes of tracks to be held against them."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from edge_agent.domain.watchlist import WatchHit
from edge_agent.storage.transaction import Reads, Row, Transaction

_HIT = (
    "SELECT id, list, entry, at_ms, threshold, false_alarm_rate,"
    " (SELECT max(similarity) FROM watch_hit_track WHERE hit = watch_hit.id) AS similarity,"
    " (SELECT json_group_array(track) FROM watch_hit_track WHERE hit = watch_hit.id) AS tracks"
    " FROM watch_hit"
)


class Watched(NamedTuple):
    """Somebody on a list that is in force.

    Attributes:
        entry_name: for people, as is `list_name`.
        picture: id of the picture that is kept of the person.
        people: how many are on the list.
    """

    entry: str
    entry_name: str
    list: str
    list_name: str
    picture: str | None
    people: int


class Visit(NamedTuple):
    """The latest visit that was noticed.

    Attributes:
        last_ms: last sight of the person so far.
    """

    hit: str
    last_ms: int


async def watch_news(reads: Reads, limit: int) -> dict[str, int]:
    """Up to `limit` tracks that have not been held against the lists, with the count of each."""
    rows = await reads.rows("SELECT track, times FROM watch_news ORDER BY track LIMIT ?", (limit,))
    return {row["track"]: row["times"] for row in rows}


async def held_against_watchlists(tx: Transaction, news: Mapping[str, int]) -> None:
    """Take notes away that have not changed since they were read."""
    await tx.execute_many(
        "DELETE FROM watch_news WHERE track = ? AND times = ?", list(news.items())
    )


async def watched(reads: Reads, entry_id: str, now_ms: int) -> Watched | None:
    """Who an entry is; None where it went, or its list has ended."""
    rows = await reads.rows(
        "SELECT e.id, e.name, l.id AS list, l.name AS list_name,"
        " (SELECT id FROM watch_picture WHERE entry = e.id) AS picture,"
        " (SELECT count(*) FROM watch_entry WHERE list = l.id) AS people"
        " FROM watch_entry AS e JOIN watchlist AS l ON l.id = e.list"
        " WHERE e.id = ? AND l.expires_ms > ?",
        (entry_id, now_ms),
    )
    return Watched(*rows[0]) if rows else None


async def track_seen(reads: Reads, track_id: str) -> tuple[str, int] | None:
    """The camera of a track and its first sight; None where it was forgotten."""
    rows = await reads.rows("SELECT camera, start_ms FROM track WHERE id = ?", (track_id,))
    return (rows[0]["camera"], rows[0]["start_ms"]) if rows else None


async def latest_visit(reads: Reads, entry_id: str) -> Visit | None:
    """The latest visit of somebody that was noticed and whose tracks are still there."""
    rows = await reads.rows(
        "SELECT hit, max(track.end_ms) AS last_ms FROM watch_hit"
        " JOIN watch_hit_track ON hit = watch_hit.id"
        " JOIN track ON track.id = watch_hit_track.track"
        " WHERE entry = ? GROUP BY hit ORDER BY last_ms DESC LIMIT 1",
        (entry_id,),
    )
    return Visit(rows[0]["hit"], rows[0]["last_ms"]) if rows else None


async def add_watch_hit(tx: Transaction, hit: WatchHit) -> None:
    """Insert a visit with its tracks."""
    await tx.execute(
        "INSERT INTO watch_hit (id, list, entry, at_ms, threshold, false_alarm_rate)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (hit.id, hit.list, hit.entry, hit.at_ms, hit.threshold, hit.false_alarm_rate),
    )
    for track in hit.tracks:
        await recognised(tx, hit.id, track, hit.similarity)
    tx.touch("watch_hit")


async def recognised(tx: Transaction, hit_id: str, track_id: str, similarity: float) -> None:
    """Say that a track is of the person of a visit; the best similarity stays."""
    await tx.execute(
        "INSERT INTO watch_hit_track (hit, track, similarity) VALUES (?, ?, ?)"
        " ON CONFLICT (hit, track) DO UPDATE SET"
        " similarity = max(similarity, excluded.similarity)",
        (hit_id, track_id, similarity),
    )
    tx.touch("watch_hit")


async def watch_hits(
    reads: Reads, list_id: str, *, before: str | None, limit: int
) -> list[WatchHit]:
    """Up to `limit` visits that a list noticed, latest first.

    Args:
        reads: the store or a transaction.
        list_id: the list.
        before: only visits noticed before this one, by its id.
        limit: how many.
    """
    where, values = ("", ()) if before is None else (" AND id < ?", (before,))
    rows = await reads.rows(
        f"{_HIT} WHERE list = ?{where} ORDER BY id DESC LIMIT ?", (list_id, *values, limit)
    )
    return [_hit_of(row) for row in rows]


async def recognised_face(reads: Reads, hit_id: str) -> str | None:
    """Id of the best picture of the face that raised a hit, as it is now."""
    rows = await reads.rows(
        "SELECT face_picture FROM watch_hit_track JOIN track ON track.id = watch_hit_track.track"
        " WHERE hit = ? AND face_picture IS NOT NULL ORDER BY track.id LIMIT 1",
        (hit_id,),
    )
    return rows[0]["face_picture"] if rows else None


def _hit_of(row: Row) -> WatchHit:
    return WatchHit(
        id=row["id"],
        list=row["list"],
        entry=row["entry"],
        at_ms=row["at_ms"],
        similarity=row["similarity"],
        threshold=row["threshold"],
        false_alarm_rate=row["false_alarm_rate"],
        tracks=tuple(sorted(json.loads(row["tracks"]))),
    )
