"""Looks after silent consumers, and after an outbox that nobody empties."""

import asyncio
import logging
from typing import NoReturn

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.outbox import (
    Consumer,
    append_event,
    consumers,
    events_after,
    lapse,
    outbox_size,
    release_through,
)
from edge_agent.storage.store import Store
from edge_agent.sync.limits import OutboxLimits
from edge_agent.sync.options import SyncOptions
from edge_agent.sync.pace import Paces
from edge_agent.sync.sender import Sender
from edge_agent.wire.events import box_alarm

log = logging.getLogger(__name__)


class Lapses:
    """Probes consumers that are behind and silent, and lapses those that stay so for too long."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        *,
        paces: Paces,
        options: SyncOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._sender = sender
        self._paces = paces
        self._options = options
        self._clock = clock
        self._overdue_since: dict[str, float] = {}
        self._limits = OutboxLimits(store, options, clock=clock, counters=counters)
        self._lapsed = counters.counter(
            "edge_agent_sync_lapsed_total", "Times that a consumer was given up, by consumer."
        )
        self._unread = counters.counter(
            "edge_agent_sync_unread_total", "Events let go before anybody was known to have them."
        )

    async def run(self) -> NoReturn:
        """Look again and again.

        Raises:
            Unavailable: the disk is away.
        """
        while True:
            await self.look()
            await asyncio.sleep(self._options.check_every)

    async def look(self) -> None:
        """Look once at every consumer and at the size of the outbox.

        Raises:
            Unavailable: the disk is away.
        """
        size = (await outbox_size(self._store)).size
        waited_for = [each for each in await consumers(self._store) if not each.lapsed]
        hindmost = min((each.acked_seq for each in waited_for), default=0)
        for each in waited_for:
            why = None
            if size > self._options.keep_size and each.acked_seq == hindmost:
                why = f"{size} bytes wait in the outbox (sync.keep_size)"
            elif await self._overdue(each):
                why = f"silent for longer than {self._options.keep_age:g} s (sync.keep_age)"
            if why is not None:
                await self._give_up(each, why)
            else:
                await self._perhaps_probe(each)
        if not waited_for:
            await self._limits.keep(by_age=False)

    async def _overdue(self, consumer: Consumer) -> bool:
        """Whether it has been silent for too long, by the wall clock and by one nobody sets."""
        unread = await events_after(self._store, consumer.acked_seq, 1)
        waiting_since = max(consumer.heard_ms, unread[0].at_ms) if unread else None
        too_long = self._clock.now_ms() - int(self._options.keep_age * 1000)
        if waiting_since is None or waiting_since >= too_long:
            self._overdue_since.pop(consumer.name, None)
            return False
        now = self._clock.monotonic()
        since = self._overdue_since.setdefault(consumer.name, now)
        return now - since >= self._options.lapse_after

    async def _give_up(self, consumer: Consumer, why: str) -> None:
        now = self._clock.now_ms()
        message = f"consumer {consumer.name!r} is no longer waited for: {why}"
        log.error("alarm (sync): %s", message)
        self._lapsed.add(consumer=consumer.name)
        self._overdue_since.pop(consumer.name, None)
        async with self._store.transaction() as tx:
            await lapse(tx, consumer.name)
            others = [each.acked_seq for each in await consumers(tx) if not each.lapsed]
            # Where everybody has lapsed, the sender lets go what the broker has taken.
            through = min(others, default=self._sender.sent_to)
            self._unread.add(await release_through(tx, through))
            await append_event(
                tx, EventKind.BOX_ALARM, box_alarm("sync", message), now, new_id(now)
            )

    async def _perhaps_probe(self, consumer: Consumer) -> None:
        now = self._clock.monotonic()
        if consumer.acked_seq >= self._sender.sent_to:
            self._paces.up_to_date(consumer.name, now)
        elif self._paces.behind(consumer.name, now):
            log.info(
                "consumer %r has not acknowledged seq %d", consumer.name, consumer.acked_seq + 1
            )
            try:
                await self._sender.probe(consumer.acked_seq)
            except Unavailable as error:
                log.info("consumer %r could not be probed: %s", consumer.name, error)
