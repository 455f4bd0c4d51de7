"""Visits as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Iterable

from edge_agent.domain.session import LinkedBy, Session, SessionTrack
from edge_agent.storage.transaction import Reads, Row, Transaction

_IN = "IN (SELECT value FROM json_each(?))"
_SESSION = "id, start_ms, end_ms, confidence, changed_ms"


async def tracks_without_session(reads: Reads, limit: int) -> list[str]:
    """Ids of up to `limit` ended tracks that have not been held against visits, oldest first.

    Those that may yet turn out to be staff wait.
    """
    rows = await reads.rows(
        "SELECT track FROM session_news WHERE track NOT IN (SELECT track FROM staff_news)"
        " ORDER BY track LIMIT ?",
        (limit,),
    )
    return [row["track"] for row in rows]


async def held_against_sessions(tx: Transaction, ids: Collection[str]) -> None:
    """Say that these tracks have been held against visits."""
    await tx.execute(f"DELETE FROM session_news WHERE track {_IN}", (json.dumps(sorted(ids)),))


async def sessions_near(
    reads: Reads, start_ms: int, end_ms: int
) -> dict[str, list[tuple[str, str, int, int]]]:
    """Visits that overlap a time range, each with (id, camera, start, end) of its tracks."""
    rows = await reads.rows(
        "SELECT session.id AS session, track.id, camera, track.start_ms, track.end_ms FROM session"
        " JOIN session_track ON session_track.session = session.id"
        " JOIN track ON track.id = session_track.track"
        " WHERE session.end_ms >= ? AND session.start_ms <= ? ORDER BY session.id, track.id",
        (start_ms, end_ms),
    )
    found: dict[str, list[tuple[str, str, int, int]]] = {}
    for row in rows:
        entry = (row["id"], row["camera"], row["start_ms"], row["end_ms"])
        found.setdefault(row["session"], []).append(entry)
    return found


async def add_session(tx: Transaction, session: Session) -> None:
    """Insert a visit with its tracks; a track that is in another one is moved."""
    await tx.execute(
        f"INSERT INTO session ({_SESSION}) VALUES (?, ?, ?, ?, ?)",
        (session.id, session.start_ms, session.end_ms, session.confidence, session.changed_ms),
    )
    await put_into_session(tx, session.id, session.tracks, at_ms=session.changed_ms)


async def put_into_session(
    tx: Transaction, session_id: str, tracks: Iterable[SessionTrack], *, at_ms: int
) -> None:
    """Put tracks into a visit, out of any other, and bring it up to date."""
    await tx.execute_many(
        "INSERT OR REPLACE INTO session_track (track, session, how, confidence, at_ms)"
        " VALUES (?, ?, ?, ?, ?)",
        [(one.track, session_id, one.how.value, one.confidence, at_ms) for one in tracks],
    )
    await tx.execute("UPDATE session SET changed_ms = ? WHERE id = ?", (at_ms, session_id))
    await settle_sessions(tx, [session_id])


async def take_out_of_sessions(tx: Transaction, tracks: Collection[str]) -> list[str]:
    """Take tracks out that the machine put in; returns the visits they were in."""
    wanted = json.dumps(sorted(tracks))
    rows = await tx.rows(
        f"SELECT DISTINCT session FROM session_track WHERE track {_IN} AND how = 'machine'",
        (wanted,),
    )
    left = [row["session"] for row in rows]
    await tx.execute(f"DELETE FROM session_track WHERE track {_IN} AND how = 'machine'", (wanted,))
    await settle_sessions(tx, left)
    return left


async def get_session(reads: Reads, session_id: str) -> Session | None:
    """One visit with its tracks, None where there is none of this id."""
    rows = await reads.rows(f"SELECT {_SESSION} FROM session WHERE id = ?", (session_id,))
    found = await _with_tracks(reads, rows)
    return found[0] if found else None


async def list_sessions(
    reads: Reads,
    *,
    start_ms: int,
    end_ms: int,
    before: tuple[int, str] | None,
    limit: int,
) -> list[Session]:
    """Visits that overlap a time range, the newest start first.

    Args:
        reads: the store or a transaction.
        start_ms: seen at or after this time.
        end_ms: seen before this time.
        before: start and id of the last one that was shown.
        limit: how many at the most.
    """
    rows = await reads.rows(
        f"SELECT {_SESSION} FROM session WHERE (start_ms, id) < (?, ?) AND end_ms >= ?"
        " ORDER BY start_ms DESC, id DESC LIMIT ?",
        (*(before if before and before < (end_ms, "") else (end_ms, "")), start_ms, limit),
    )
    return await _with_tracks(reads, rows)


async def said_apart(reads: Reads, track: str) -> set[str]:
    """Tracks that a person said are somebody else than this one."""
    rows = await reads.rows("SELECT other FROM session_apart WHERE track = ?", (track,))
    return {row["other"] for row in rows}


async def say_apart(tx: Transaction, some: Collection[str], others: Collection[str]) -> None:
    """Note that none of some tracks is the same person as any of the others."""
    pairs = [pair for one in some for other in others for pair in ((one, other), (other, one))]
    await tx.execute_many("INSERT OR IGNORE INTO session_apart VALUES (?, ?)", pairs)


async def say_together(tx: Transaction, tracks: Collection[str]) -> None:
    """Note that a person holds these tracks for one person, whatever was said before."""
    wanted = json.dumps(sorted(tracks))
    await tx.execute(
        f"DELETE FROM session_apart WHERE track {_IN} AND other {_IN}", (wanted, wanted)
    )


async def sessions_of(reads: Reads, tracks: Collection[str]) -> dict[str, str]:
    """The visit each of these tracks belongs to; nothing for those in none."""
    rows = await reads.rows(
        f"SELECT track, session FROM session_track WHERE track {_IN}",
        (json.dumps(sorted(set(tracks))),),
    )
    return {row["track"]: row["session"] for row in rows}


async def settle_sessions(tx: Transaction, ids: Collection[str]) -> None:
    """Bring visits in line with their tracks: times and confidence; one without tracks goes."""
    wanted = json.dumps(sorted(set(ids)))
    await tx.execute(
        f"DELETE FROM session WHERE id {_IN} AND NOT EXISTS"
        " (SELECT 1 FROM session_track WHERE session = session.id)",
        (wanted,),
    )
    await tx.execute(
        "UPDATE session SET (start_ms, end_ms, confidence) ="
        " (SELECT min(track.start_ms), max(track.end_ms), min(link.confidence)"
        " FROM session_track AS link JOIN track ON track.id = link.track"
        f" WHERE link.session = session.id) WHERE id {_IN}",
        (wanted,),
    )
    tx.touch("session")


async def _with_tracks(reads: Reads, rows: list[Row]) -> list[Session]:
    links = await reads.rows(
        "SELECT link.session, link.track, how, confidence FROM session_track AS link"
        f" JOIN track ON track.id = link.track WHERE link.session {_IN}"
        " ORDER BY track.start_ms, track.id",
        (json.dumps([row["id"] for row in rows]),),
    )
    tracks: dict[str, list[SessionTrack]] = {row["id"]: [] for row in rows}
    for link in links:
        tracks[link["session"]].append(
            SessionTrack(
                track=link["track"], how=LinkedBy(link["how"]), confidence=link["confidence"]
            )
        )
    return [
        Session(
            id=row["id"],
            start_ms=row["start_ms"],
            end_ms=row["end_ms"],
            confidence=row["confidence"],
            changed_ms=row["changed_ms"],
            tracks=tuple(tracks[row["id"]]),
        )
        for row in rows
    ]
