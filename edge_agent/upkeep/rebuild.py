"""The vector index is a cache: it is filled anew from storage at every start, unattended.

Questions are answered meanwhile from what is already in it, newest first, and `progress` says how
far it is. Complete means that counts agree: the index holds exactly the vectors that rows refer
to, but for those whose numbers are damaged or gone, and these are counted and reported.

Tracks come and go meanwhile. A vector that a rebuild has read may lose its row before it is added,
and its `forget` may have come before the `add`; so after each batch the rows are asked again and
what has lost its row is forgotten once more. Who deletes commits first and forgets then, so one of
the two always sees the other.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.vector import StoredVector
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.store import Store
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.days import referenced_days, referenced_ids, still_referenced

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


class Index(Protocol):
    """What upkeep needs of the vector index; calls return when the change can be searched."""

    async def add(self, vectors: Sequence[StoredVector]) -> object:
        """Make vectors searchable; those that are in it already stay as they are."""

    async def forget(self, ids: Sequence[str]) -> object:
        """Make vectors unsearchable; unknown ids are passed over."""

    async def count(self) -> int:
        """How many vectors can be searched."""


class Rebuild:
    """Fills the index once.

    Attributes:
        complete: everything that can be searched is in the index, and counts agreed.
        done: vectors put into the index by this rebuild.
        total: vectors that rows referred to when it began.
        unreadable: vectors that rows refer to and storage could not give.
    """

    def __init__(
        self,
        store: Store,
        index: Index,
        options: RebuildOptions,
        *,
        alarms: Alarms,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._index = index
        self._options = options
        self._alarms = alarms
        self._clock = clock
        self.complete = False
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
        self.done = 0
        self.total = await self._referenced()
        began_ms = self._clock.now_ms()
        filed = await self._store.vectors.days()
        unreadable = 0
        for day in sorted({*filed, *await referenced_days(self._store)}, reverse=True):
            unreadable += await self._day(day, began_ms)
            self.unreadable = max(self.unreadable, unreadable)
        self.unreadable = unreadable
        await self._compare()
        if unreadable:
            await self._alarms.say(
                "database",
                f"{unreadable} of {self.total} vectors are damaged or gone; their tracks are kept"
                " but cannot be found by them",
            )

    async def _day(self, day: str, began_ms: int) -> int:
        """Take in one day; returns how many of its vectors could not be read."""
        read: set[str] = set()
        async for batch in self._store.vectors.batches([day], size=self._options.batch):
            read |= {vector.id for vector in batch}
            await self._take_in(batch)
            await asyncio.sleep(self._options.pause)
        # Vectors that came since are in the hands of who wrote them.
        wanted = await referenced_ids(self._store, day, made_before_ms=began_ms)
        return len(wanted - read)

    async def _take_in(self, batch: list[StoredVector]) -> None:
        wanted = await still_referenced(self._store, [vector.id for vector in batch])
        await self._index.add([vector for vector in batch if vector.id in wanted])
        gone = wanted - await still_referenced(self._store, sorted(wanted))
        if gone:
            await self._index.forget(sorted(gone))
        self.done += len(wanted) - len(gone)

    async def _compare(self) -> None:
        for _ in range(self._options.looks):
            expected = await self._referenced() - self.unreadable
            held = await self._index.count()
            if held == expected and expected == await self._referenced() - self.unreadable:
                self.complete = True
                log.info("the index is complete: %d vectors", held)
                return
            await asyncio.sleep(self._options.look_every)
        raise Unavailable(
            "the index does not agree with the rows after a rebuild; it is filled again"
        )

    async def _referenced(self) -> int:
        rows = await self._store.rows("SELECT count(*) AS n FROM vector_ref")
        return int(rows[0]["n"])
