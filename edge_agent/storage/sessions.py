"""Visits as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection

from edge_agent.storage.transaction import Reads, Transaction

_IN = "IN (SELECT value FROM json_each(?))"


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
