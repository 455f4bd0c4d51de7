"""The timers of upkeep."""

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.domain.errors import Unavailable
from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.storage.erasures import erasure_marked
from edge_agent.storage.store import Store
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.backup import BackupOptions, Backups
from edge_agent.upkeep.disk import DiskOptions, DiskWatch, Usage
from edge_agent.upkeep.erase import Erasure
from edge_agent.upkeep.kept_pictures import Eyes
from edge_agent.upkeep.rebuild import Rebuild, RebuildOptions
from edge_agent.upkeep.recall import Recall, RecallOptions
from edge_agent.upkeep.reembed import Reembed, ReembedOptions
from edge_agent.upkeep.repair import Repair, RepairOptions
from edge_agent.upkeep.retention import Retention, RetentionOptions
from edge_agent.upkeep.scrub import Scrub, ScrubOptions

log = logging.getLogger(__name__)

_BACKUP_LOOK = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepOptions:
    """Everything upkeep can be told, by subject."""

    disk: DiskOptions = field(default_factory=DiskOptions)
    retention: RetentionOptions = field(default_factory=RetentionOptions)
    rebuild: RebuildOptions = field(default_factory=RebuildOptions)
    reembed: ReembedOptions = field(default_factory=ReembedOptions)
    recall: RecallOptions = field(default_factory=RecallOptions)
    repair: RepairOptions = field(default_factory=RepairOptions)
    scrub: ScrubOptions = field(default_factory=ScrubOptions)
    backup: BackupOptions = field(default_factory=BackupOptions)


class Upkeep:
    """All of it. `start` once before cameras start, then `run` for ever.

    Attributes:
        disk: tells whether recording is allowed.
        rebuild: tells how full the index is.
        erasure: erases people for good.
        reembed: tells how many stored pictures the models in use have embedded.

    Args:
        store: what is kept well.
        index: the vector index; empty when this is made.
        index_thread: the only thread that touches it.
        options: of all parts.
        eyes: embed stored pictures.
        clock: the box's clock.
        counters: of the process.
        usage: asks a disk for its free space.
    """

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        index_thread: OneThread,
        options: UpkeepOptions,
        *,
        eyes: Eyes,
        clock: Clock,
        counters: Counters,
        usage: Callable[[Path], Usage] = shutil.disk_usage,
    ) -> None:
        self._store = store
        self._options = options
        self._passed_on = 0
        self._alarms = alarms = Alarms(store, clock, counters)
        self.disk = DiskWatch(store, options.disk, alarms=alarms, counters=counters, usage=usage)
        self.rebuild = Rebuild(
            store,
            index,
            index_thread,
            options.rebuild,
            alarms=alarms,
            clock=clock,
            counters=counters,
        )
        self.reembed = Reembed(
            store,
            index,
            index_thread,
            options.reembed,
            eyes=eyes,
            rebuild=self.rebuild,
            clock=clock,
            counters=counters,
        )
        self._recall = Recall(index, index_thread, options.recall, counters=counters)
        self._retention = Retention(
            store,
            index,
            index_thread,
            options.retention,
            alarms=alarms,
            clock=clock,
            counters=counters,
        )
        self._repair = Repair(store, options.repair, clock=clock, counters=counters)
        self._scrub = Scrub(store, options.scrub, alarms=alarms, counters=counters)
        self.erasure = Erasure(store, index, index_thread, clock)
        self._backups = Backups(store, options.backup, clock=clock, counters=counters)

    def recording_allowed(self) -> bool:
        """Whether there is room for clips; recorders ask before and while they write."""
        return self.disk.recording_allowed

    async def start(self) -> None:
        """Look at the disk and mend what the last run left; call before cameras start.

        Raises:
            Unavailable: the disk is failing, or too full even for rows.
        """
        try:
            await self.disk.check()
        except Unavailable as error:
            log.error("%s; cameras start all the same", error)  # noqa: TRY400 - expected
        await self._repair.mend()
        if await erasure_marked(self._store):  # files of people may be left, of the last hour too
            await self._repair.sweep(settle_ms=0)

    async def run(self) -> None:
        """Do everything when it is due, for ever."""
        loops: Mapping[str, Callable[[], Awaitable[None]]] = {
            "disk watch": self._watch_disk,
            "alarms of storage": self._pass_on_alarms,
            "index rebuild": self._rebuild,
            "embedding anew": self._reembed,
            "recall": self._watch_index,
            "retention": self._retain,
            "sweep": self._sweep,
            "scrub": self._verify,
            "backup": self._back_up,
            "erasure": self.erasure.run,
        }
        async with asyncio.TaskGroup() as group:
            for name, loop in loops.items():
                group.create_task(
                    keep_running(name, loop, retry_on=Unavailable, backoff=Backoff(longest=600.0)),
                    name=name,
                )

    async def _watch_disk(self) -> None:
        while True:
            await self.disk.check()
            await asyncio.sleep(self._options.disk.every)

    async def _pass_on_alarms(self) -> None:
        """What storage found wrong goes out as events, the oldest first."""
        while True:
            version = self._store.version("alarm")
            while self._passed_on < len(self._store.alarms):
                await self._alarms.say("database", self._store.alarms[self._passed_on])
                self._passed_on += 1
            await self._store.changed("alarm", version)

    async def _rebuild(self) -> None:
        await self.rebuild.run()
        await asyncio.Event().wait()  # complete; nothing is left to do until the next start

    async def _reembed(self) -> None:
        await self.rebuild.completed.wait()
        while True:
            await self.reembed.run()
            await asyncio.sleep(self._options.reembed.every)

    async def _watch_index(self) -> None:
        await self.rebuild.completed.wait()
        await self._recall.run()

    async def _retain(self) -> None:
        while True:
            await self._retention.run()
            await asyncio.sleep(self._options.retention.every)

    async def _sweep(self) -> None:
        while True:
            await self._repair.sweep()
            await asyncio.sleep(self._options.repair.every)

    async def _verify(self) -> None:
        while True:
            await self._scrub.run()
            await asyncio.sleep(self._options.scrub.every)

    async def _back_up(self) -> None:
        while True:
            await self._backups.check()
            await asyncio.sleep(_BACKUP_LOOK)
