"""One group of what cameras saw, and the rows and events that it becomes, in one transaction."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edge_agent.domain.action import Action
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Shot, Track, TrackState
from edge_agent.domain.vector import StoredVector
from edge_agent.runtime.clock import Clock
from edge_agent.storage.actions import add_action
from edge_agent.storage.outbox import append_event
from edge_agent.storage.tracks import (
    PictureRow,
    add_picture,
    add_vector_ref,
    drop_vector_ref,
    link_fragment,
    save_track,
)
from edge_agent.storage.transaction import Transaction
from edge_agent.storage.visits import with_visits
from edge_agent.storage.worn import save_worn
from edge_agent.wire.events import action_done, track_ended


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a part's best picture and vectors are stored now."""

    shot: Shot
    vectors: tuple[str, ...]


@dataclass(slots=True)
class Group:
    """One group on its way to the disk.

    Attributes:
        pictures: ids and files.
        picture_rows: what is said of them.
        vectors: of them.
        replaced: pictures and vectors whose place these take.
        tracks: as they stand, with all fragments that show them.
        actions: what was done, with the camera of the track.
    """

    pictures: list[tuple[str, bytes]] = field(default_factory=list)
    picture_rows: list[PictureRow] = field(default_factory=list)
    vectors: list[StoredVector] = field(default_factory=list)
    replaced: list[Kept] = field(default_factory=list)
    tracks: list[tuple[Track, frozenset[str]]] = field(default_factory=list)
    actions: list[tuple[str, Action]] = field(default_factory=list)


class GroupRows:
    """Writes the rows of groups and the events that they mean.

    Args:
        clock: for the ids of events.
        models_in_events: stamps of the vectors that `track.ended` carries.
    """

    def __init__(self, clock: Clock, models_in_events: frozenset[str]) -> None:
        self._clock = clock
        self._models_in_events = models_in_events

    async def write(self, tx: Transaction, group: Group) -> None:
        """Write a group in a transaction of the caller's."""
        for row in group.picture_rows:
            await add_picture(tx, row)
        for vector in group.vectors:
            await add_vector_ref(tx, vector)
        for kept in group.replaced:
            for vector_id in kept.vectors:
                await drop_vector_ref(tx, vector_id)
        await self._say_done(tx, group.actions)
        for track, fragments in group.tracks:
            await save_track(tx, track)
            await save_worn(tx, track.id, track.worn)
            for fragment in sorted(fragments):
                await link_fragment(tx, track.id, fragment)
            if track.state is TrackState.ENDED:
                await self._say_ended(tx, track, group.vectors)

    async def _say_done(self, tx: Transaction, actions: Sequence[tuple[str, Action]]) -> None:
        for camera, action in actions:
            if not await add_action(tx, action):
                continue
            await append_event(
                tx,
                EventKind.ACTION,
                action_done(camera, action),
                at_ms=action.at_ms,
                event_id=new_id(self._clock.now_ms()),
            )

    async def _say_ended(
        self, tx: Transaction, track: Track, vectors: Sequence[StoredVector]
    ) -> None:
        sent = self._models_in_events
        mine = [v for v in vectors if v.track == track.id and v.vector.model in sent]
        (track,) = await with_visits(tx, [track])
        await append_event(
            tx,
            EventKind.TRACK_ENDED,
            {**track_ended(track), **({"vectors": [_vector(v) for v in mine]} if mine else {})},
            at_ms=track.end_ms,
            event_id=new_id(self._clock.now_ms()),
        )


def _vector(stored: StoredVector) -> dict[str, Any]:
    """A vector as it travels: its stamp and its numbers as base64 of float16."""
    numbers = stored.vector.values.astype(np.float16).tobytes()
    return {
        "kind": stored.vector.part.value,
        "model": stored.vector.model,
        "float16": base64.b64encode(numbers).decode(),
    }
