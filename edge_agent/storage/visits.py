"""What tracks did, bought, wore and belong to, read for many tracks at once."""

from collections.abc import Sequence
from dataclasses import replace

from edge_agent.domain.track import Track
from edge_agent.storage.actions import actions_of
from edge_agent.storage.orders import orders_of
from edge_agent.storage.sessions import sessions_of
from edge_agent.storage.staff import staff_of
from edge_agent.storage.transaction import Reads
from edge_agent.storage.worn import worn_by


async def with_visits(reads: Reads, tracks: Sequence[Track]) -> list[Track]:
    """The same tracks with what they did, belong to and wear, and whose they are, in order."""
    ids = [track.id for track in tracks]
    actions = await actions_of(reads, ids)
    orders = await orders_of(reads, ids)
    sessions = await sessions_of(reads, ids)
    staff = await staff_of(reads, ids)
    worn = await worn_by(reads, ids)
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
