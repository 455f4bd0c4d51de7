"""A box without cameras and doors in a process of its own, which does what it is told and may be
killed at any moment: storage, index, erasure, retention, and what a start mends.

The parent sends tuples and gets one answer for each: ("add", people), ("erase", tracks),
("expire", seconds that pass), ("ask", `VectorIndex.search`'s arguments). Its first message names
the tracks that are here once everything is mended and the index is filled.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import StoredVector
from edge_agent.index import Matches, VectorIndex
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage import Store
from edge_agent.storage.tracks import add_vector_ref, save_track
from edge_agent.upkeep import RebuildOptions, RepairOptions, RetentionOptions
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.erase import Erasure
from edge_agent.upkeep.rebuild import Rebuild
from edge_agent.upkeep.repair import Repair
from edge_agent.upkeep.retention import Retention
from tests.support.clocks import SetClock

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

KEPT_MS = 5 * 86_400_000
"""From the last sight of a track until it expires."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A track that has ended, and its vectors."""

    track: str
    camera: str
    start_ms: int
    vectors: Sequence[StoredVector]


def live(folder: Path, now_ms: int, orders: "Connection[Any, Any]") -> None:
    """Begin, and obey until killed."""
    asyncio.run(_live(folder, now_ms, orders))


async def _live(folder: Path, now_ms: int, orders: "Connection[Any, Any]") -> None:
    clock, counters = SetClock(now_ms), Counters()
    index, thread = VectorIndex(folder), OneThread("index")
    async with await Store.open(folder, clock=clock) as store, asyncio.TaskGroup() as group:
        box = BoxInParts(store, index, thread, clock, counters)
        group.create_task(box.erasure.run())
        orders.send(await box.start())
        while True:
            what, *about = await asyncio.to_thread(orders.recv)
            orders.send(await getattr(box, what)(*about))


class BoxInParts:
    """What the orders do, each as the daemon does it."""

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        thread: OneThread,
        clock: SetClock,
        counters: Counters,
    ) -> None:
        self._store, self._index, self._thread, self._clock = store, index, thread, clock
        alarms = Alarms(store, clock, counters)
        self.erasure = Erasure(store, index, thread, clock)
        self._repair = Repair(store, RepairOptions(settle_ms=0), clock=clock, counters=counters)
        self._rebuild = Rebuild(
            store, index, thread, RebuildOptions(batch=7, pause=0, look_every=0),
            alarms=alarms, clock=clock, counters=counters,
        )  # fmt: skip
        self._retention = Retention(
            store, index, thread, RetentionOptions(tracks_ms=KEPT_MS, batch=3, pause=0),
            alarms=alarms, clock=clock, counters=counters,
        )  # fmt: skip

    async def start(self) -> list[str]:
        """Mend, sweep and fill the index; returns the tracks that are here."""
        await self._repair.mend()
        await self._repair.sweep()
        await self._rebuild.run()
        return [row["id"] for row in await self._store.rows("SELECT id FROM track")]

    async def add(self, people: Sequence[Person]) -> int:
        """Remember them one after the other; returns how many vectors are new in the index."""
        added = 0
        for person in people:
            await self._store.vectors.write(person.vectors)
            async with self._store.transaction() as tx:
                await save_track(
                    tx,
                    Track(
                        id=person.track, camera=person.camera, start_ms=person.start_ms,
                        end_ms=person.start_ms + 1, state=TrackState.ENDED,
                        face=None, body=None, fragment=None,
                    ),
                )  # fmt: skip
                for vector in person.vectors:
                    await add_vector_ref(tx, vector)
            added += await self._thread.call(self._index.add, person.vectors)
        return added

    async def erase(self, tracks: Sequence[str]) -> int:
        """Erase people; returns how many vectors went."""
        return (await self.erasure.erase(tracks, asker="test")).vectors

    async def expire(self, seconds: float) -> int:
        """Let time pass; returns how many tracks went for their age."""
        self._clock.pass_by(seconds)
        return await self._retention.run()

    async def ask(self, question: dict[str, Any]) -> Matches:
        """Search the index."""
        return await self._thread.call(lambda: self._index.search(**question))
