"""Whoever is seen is held against the watch lists, while still in view.

A trigger of the database notes every track that shows a new face, in the transaction that writes
it, so no crash loses one. Each note is worked off once: what comes of it and its end are one
transaction, so a restart repeats nothing either.

A visit is told once. It goes on until nobody who looks like the person has been seen for
`rearm_ms`, on any camera; tracks that are recognised meanwhile are added to it. Sessions are no
help here: tracks are linked when they end, and by then it is too late.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.vector import Part, StoredVector
from edge_agent.domain.watchlist import WatchHit
from edge_agent.index import Gallery
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.outbox import append_event
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import vector_refs_of
from edge_agent.storage.transaction import Transaction
from edge_agent.storage.watch_hits import (
    Watched,
    add_watch_hit,
    held_against_watchlists,
    latest_visit,
    recognised,
    track_seen,
    watch_news,
    watched,
)
from edge_agent.storage.watchlists import watch_changes, watched_faces
from edge_agent.wire.events import watchlist_hit

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchingOptions:
    """When somebody is recognised.

    Attributes:
        model: the stamp of the vectors that are compared.
        threshold: cosine similarity from which a face is somebody's on a list.
        false_alarm_rate: share of strangers who reach it against one person, as measured; None
            where nobody measured this threshold.
        rearm_ms: unseen for so long, the person's next visit is told again.
    """

    model: str
    threshold: float
    false_alarm_rate: float | None = None
    rearm_ms: int = 1_800_000


class Match(NamedTuple):
    """A face of a track that looks like somebody on a list.

    Attributes:
        at_ms: when the face was seen.
        similarity: cosine with the nearest face of the entry.
    """

    entry: str
    track: str
    at_ms: int
    similarity: float


class Watching:
    """Raises `watchlist.hit`."""

    def __init__(
        self, store: Store, options: WatchingOptions, clock: Clock, counters: Counters
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._known = (-1, Gallery(options.model))
        self._hits = counters.counter(
            "edge_agent_watchlist_hits_total", "Visits of people on watch lists, by camera."
        )
        self._held = counters.counter(
            "edge_agent_watchlist_compared_total", "Tracks held against the watch lists."
        )

    async def run(self) -> NoReturn:
        """Hold tracks that show a new face against the lists until cancelled.

        Raises:
            Unavailable: the disk is full or failing.
        """
        while True:
            version = self._store.version("vector")
            await self.keep_up()
            await self._store.changed("vector", version)

    async def keep_up(self) -> int:
        """Hold every noted track against the lists; returns how many visits were told."""
        told = 0
        while news := await watch_news(self._store, _BATCH):
            gallery = await self._gallery()  # after the notes: an entry that is new notes again
            refs = await vector_refs_of(self._store, news)
            vectors = [
                each
                for each in await self._store.vectors.get(refs)
                if each.vector.part is Part.FACE and each.vector.model == self._options.model
            ]
            matches = await asyncio.to_thread(matching, gallery, vectors, self._options.threshold)
            cameras = []
            async with self._store.transaction() as tx:
                for match in matches:
                    cameras += await self._recognised(tx, match)
                await held_against_watchlists(tx, news)
            for camera in cameras:
                self._hits.add(camera=camera)
            self._held.add(len(news))
            told += len(cameras)
        return told

    async def _gallery(self) -> Gallery:
        changes = await watch_changes(self._store)
        if changes != self._known[0]:
            gallery = Gallery(self._options.model)
            for entry, face in await watched_faces(self._store, self._options.model):
                gallery.add(entry, face)
            self._known = (changes, gallery)
        return self._known[1]

    async def _recognised(self, tx: Transaction, match: Match) -> list[str]:
        """Tell of a visit that is new, or add the track to the one that goes on.

        Returns:
            the camera, where a visit is new.
        """
        now_ms = self._clock.now_ms()
        who = await watched(tx, match.entry, now_ms)
        seen = await track_seen(tx, match.track)
        if who is None or seen is None:
            return []
        camera, start_ms = seen
        visit = await latest_visit(tx, match.entry)
        if visit is not None and start_ms - visit.last_ms <= self._options.rearm_ms:
            await recognised(tx, visit.hit, match.track, match.similarity)
            return []
        hit = WatchHit(
            id=new_id(now_ms),
            list=who.list,
            entry=who.entry,
            at_ms=match.at_ms,
            similarity=match.similarity,
            threshold=self._options.threshold,
            false_alarm_rate=self._options.false_alarm_rate,
            tracks=(match.track,),
        )
        await add_watch_hit(tx, hit)
        await self._say(tx, hit, who, camera)
        return [camera]

    async def _say(self, tx: Transaction, hit: WatchHit, who: Watched, camera: str) -> None:
        data = watchlist_hit(
            hit,
            list_name=who.list_name,
            entry_name=who.entry_name,
            entry_picture=who.picture,
            people=who.people,
            camera=camera,
        )
        event_id = new_id(self._clock.now_ms())
        await append_event(tx, EventKind.WATCHLIST_HIT, data, at_ms=hit.at_ms, event_id=event_id)


def matching(gallery: Gallery, vectors: Sequence[StoredVector], threshold: float) -> list[Match]:
    """The best match of each track and entry that reaches the threshold, the earliest first.

    Args:
        gallery: faces by the ids of their entries.
        vectors: faces of tracks, of the gallery's model.
        threshold: lowest cosine similarity.
    """
    best: dict[tuple[str, str], Match] = {}
    for seen in vectors:
        for near in gallery.nearest(seen.vector.values, k=len(gallery), threshold=threshold):
            before = best.get((near.owner, seen.track))
            if before is None or near.score > before.similarity:
                best[near.owner, seen.track] = Match(near.owner, seen.track, seen.at_ms, near.score)
    return sorted(best.values(), key=lambda match: (match.at_ms, match.entry))
