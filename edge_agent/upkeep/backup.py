"""When the database is copied."""

import asyncio
import logging
from dataclasses import dataclass

from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.backup import backups, make_backup
from edge_agent.storage.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupOptions:
    """How often the database is copied.

    Attributes:
        every: seconds between copies; counted from the newest one on the disk, also over restarts.
        keep: how many are kept.
    """

    every: float = 86_400.0
    keep: int = 3


class Backups:
    """Makes verified copies of edge.db.

    Attributes:
        latest_ms: when the newest copy was made; 0 where there is none.
    """

    def __init__(
        self, store: Store, options: BackupOptions, *, clock: Clock, counters: Counters
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self.latest_ms = 0
        self._made = counters.counter("edge_agent_backups_total", "Verified backups made.")
        counters.gauge(
            "edge_agent_backup_latest_seconds",
            "When the newest backup was made, in seconds since 1970; 0 where there is none.",
            lambda: self.latest_ms / 1000,
        )

    async def check(self) -> bool:
        """Make a copy if one is due; returns whether it did.

        Raises:
            Unavailable: the disk is full or failing.
        """
        found = await asyncio.to_thread(backups, self._store.folder)
        self.latest_ms = int(found[0].stem) if found else 0
        now = self._clock.now_ms()
        # A copy from the future was made before somebody set the clock back.
        if self.latest_ms <= now < self.latest_ms + self._options.every * 1000:
            return False
        path = await make_backup(self._store.folder, clock=self._clock, keep=self._options.keep)
        self.latest_ms = int(path.stem)
        self._made.add()
        log.info("backup %s was made and verified", path.name)
        return True
