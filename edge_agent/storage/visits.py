"""What tracks did, bought, wore and belong to, read for many tracks at once."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Sequence
from dataclasses import replace

from edge_agent.domain.track import Track
from edge_agent.storage.actions import actions_of
from edge_agent.storage.orders import orders_of
from edge_agent.storage.sessions import sessions_of
from edge_agent.storage.staff import staff_of
from edge_agent.storage.transaction import Reads
from edge_agent.storage.worn import worn_by

_TABLES = ("action", "order_track", "session_track", "staff_track", "worn")
_EACH = ", ".join(
    f"EXISTS (SELECT 1 FROM asked JOIN {name} ON track = asked.id)" for name in _TABLES
)
_ANY = f"WITH asked (id) AS (SELECT value FROM json_each(?)) SELECT {_EACH}"
"""Whether any of some tracks has a row in each table; one question where most have in none."""


async def with_visits(reads: Reads, tracks: Sequence[Track]) -> list[Track]:
    """The same tracks with what they did, belong to and wear, and whose they are, in order."""
    ids = [track.id for track in tracks]
    acted, bought, visited, works, dressed = (await reads.rows(_ANY, (json.dumps(ids),)))[0]
    actions = await actions_of(reads, ids) if acted else {}
    orders = await orders_of(reads, ids) if bought else {}
    sessions = await sessions_of(reads, ids) if visited else {}
    staff = await staff_of(reads, ids) if works else {}
    worn = await worn_by(reads, ids) if dressed else {}
    known = actions.keys() | orders.keys() | sessions.keys() | staff.keys() | worn.keys()
    return [
        replace(
            track,
            actions=actions.get(track.id, ()),
            orders=orders.get(track.id, ()),
            session=sessions.get(track.id),
            staff=staff.get(track.id),
            worn=worn.get(track.id, ()),
        )
        if track.id in known
        else track
        for track in tracks
    ]
