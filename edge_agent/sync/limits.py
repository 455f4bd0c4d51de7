"""How much of the outbox is kept where nobody is waited for."""

import asyncio
import logging
from typing import NoReturn

from edge_agent.domain.errors import Unavailable
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.storage.outbox import events_after, outbox_size, release_through
from edge_agent.storage.store import Store
from edge_agent.sync.options import SyncOptions

log = logging.getLogger(__name__)

_AT_ONCE = 1000


class OutboxLimits:
    """Lets the oldest events go once there are too many or they are too old.

    With MQTT this is asked by `Lapses`; without it, `run` is all there is of sync: events wait
    for the day when it is switched on, as long as `sync.keep_age` and `sync.keep_size` allow.
    """

    def __init__(
        self, store: Store, options: SyncOptions, *, clock: Clock, counters: Counters
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._unread = counters.counter(
            "edge_agent_sync_unread_total", "Events let go before anybody was known to have them."
        )

    async def run(self) -> NoReturn:
        """Look again and again; a disk that is away for a while is waited for."""
        await keep_running("outbox", self._run, retry_on=Unavailable, backoff=Backoff())

    async def _run(self) -> None:
        while True:
            await self.keep(by_age=True)
            await asyncio.sleep(self._options.check_every)

    async def keep(self, *, by_age: bool) -> None:
        """Let go what is beyond the limits.

        Args:
            by_age: also what is older than `keep_age`; not where a broker may still take it.

        Raises:
            Unavailable: the disk is away.
        """
        while True:
            size = await outbox_size(self._store)
            oldest_wanted = self._clock.now_ms() - int(self._options.keep_age * 1000)
            too_old = by_age and size.oldest_ms is not None and size.oldest_ms < oldest_wanted
            if size.size <= self._options.keep_size and not too_old:
                return
            oldest = await events_after(self._store, 0, _AT_ONCE)
            if size.size <= self._options.keep_size:
                oldest = [row for row in oldest if row.at_ms < oldest_wanted]
            async with self._store.transaction() as tx:
                self._unread.add(await release_through(tx, oldest[-1].seq))
            log.error("%d events were let go unsent (sync.keep_age, sync.keep_size)", len(oldest))
