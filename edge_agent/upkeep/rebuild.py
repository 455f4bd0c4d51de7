"""The vector index is a cache: it is filled anew from storage at every start, unattended.

Questions are answered meanwhile from what is already in it, newest first, and `progress` says how
far it is. Complete means that counts agree: the index holds exactly the vectors that rows refer
to, but for those whose numbers are damaged or gone, and these are counted and reported.

Tracks come and go meanwhile: the index passes over what was forgotten before it came, until it is
told that it is complete.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.vector import StoredVector
from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.leftovers import lost_vectors
from edge_agent.storage.store import Store
from edge_agent.upkeep.alarm import Alarms

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildOptions:
    """How the index is filled.

    Attributes:
        batch: vectors per step.
        pause: seconds between steps, so that questions and cameras come in between.
        looks: how often counts are compared before the rebuild is begun again; on a busy box a
            row may be committed a moment before its vector is in the index.
        look_every: seconds between these looks.
    """

    batch: int = 2048
    pause: float = 0.005
    looks: int = 50
    look_every: float = 0.1


class Rebuild:
    """Fills the index once.

    Attributes:
        completed: set once everything that can be searched is in the index, and counts agreed.
        done: vectors put into the index by this rebuild.
        total: vectors that rows referred to when it began.
        unreadable: vectors that rows refer to and storage could not give.
    """

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        index_thread: OneThread,
        options: RebuildOptions,
        *,
        alarms: Alarms,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._index = index
        self._thread = index_thread
        self._options = options
        self._alarms = alarms
        self._clock = clock
        self.completed = asyncio.Event()
        self.done = 0
        self.total = 0
        self.unreadable = 0
        counters.gauge(
            "edge_agent_index_rebuild_progress",
            "How much of the index is filled since the start, 0 to 1.",
            lambda: self.progress,
        )
        counters.gauge(
            "edge_agent_vectors_unreadable",
            "Vectors that rows refer to and storage could not give.",
            lambda: self.unreadable,
        )

    @property
    def complete(self) -> bool:
        """Whether everything that can be searched is in the index, and counts agreed."""
        return self.completed.is_set()

    @property
    def progress(self) -> float:
        """0 to 1; 1 only once `complete`."""
        if self.complete:
            return 1.0
        return min(self.done / self.total, 0.999) if self.total else 0.0

    async def run(self) -> None:
        """Fill the index and compare counts.

        Raises:
            Unavailable: storage cannot be read, or counts do not agree; call again, what is in
                the index stays.
        """
        began_ms = self._clock.now_ms()
        self.done = 0
        self.total = self._index.expected = await self._referenced()
        async for batch in self._store.vectors.batches(size=self._options.batch):
            await self._take_in(batch)
            await asyncio.sleep(self._options.pause)
        self.unreadable = await self._lost(began_ms)
        await self._compare()
        if self.unreadable:
            await self._alarms.say(
                "database",
                f"{self.unreadable} of {self.total} vectors are damaged or gone; their tracks are"
                " kept but cannot be found by them",
            )

    async def _take_in(self, batch: Sequence[StoredVector]) -> None:
        rows = await self._store.rows(
            "SELECT id FROM vector_ref WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([vector.id for vector in batch]),),
        )
        referenced = {row["id"] for row in rows}
        wanted = [vector for vector in batch if vector.id in referenced]
        await self._thread.call(self._index.add, wanted)
        self.done += len(wanted)

    async def _lost(self, began_ms: int) -> int:
        """How many rows refer to vectors that storage could not give.

        Vectors that were made since the rebuild began are in the hands of who wrote them.
        """
        limit = f"{began_ms:012x}"
        lost = 0
        async for ids in lost_vectors(self._store):
            lost += sum(identity < limit for identity in ids)
        return lost

    async def _compare(self) -> None:
        for _ in range(self._options.looks):
            expected = await self._referenced() - self.unreadable
            held = await self._thread.call(self._index.__len__)
            if held == expected:
                await self._thread.call(self._index.mark_complete)
                self.completed.set()
                log.info("the index is complete: %d vectors", held)
                return
            await asyncio.sleep(self._options.look_every)
        raise Unavailable(
            "the index does not agree with the rows after a rebuild; it is filled again"
        )

    async def _referenced(self) -> int:
        rows = await self._store.rows("SELECT count(*) AS n FROM vector_ref")
        return int(rows[0]["n"])
