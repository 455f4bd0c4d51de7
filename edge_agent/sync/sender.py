"""Sends the outbox, row by row, as events."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.event import OutboxRow
from edge_agent.mqtt.client import Broker
from edge_agent.mqtt.connection import PublishRefused
from edge_agent.mqtt.topics import Topics
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.outbox import consumers, events_after, release_through
from edge_agent.storage.store import Store
from edge_agent.sync.options import SyncOptions
from edge_agent.sync.pace import Paces
from edge_agent.wire.answers import Links
from edge_agent.wire.events import envelope, with_links

log = logging.getLogger(__name__)

_RETRY = Backoff(first=0.5, longest=15.0)


class Sender:
    """Publishes events in the order of their `seq`; see the package for when it does so again."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        topics: Topics,
        *,
        links: Links,
        paces: Paces,
        options: SyncOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._broker = broker
        self._topics = topics
        self._links = links
        self._paces = paces
        self._options = options
        self._clock = clock
        self._sent_to = 0
        self._generation = 0
        self._back_to: int | None = None
        self._wake = asyncio.Event()
        self._sent = counters.counter(
            "edge_agent_sync_events_total", "Events that the broker acknowledged, by kind."
        )
        self._refused = counters.counter(
            "edge_agent_sync_refused_total", "Events that the broker refused for good."
        )
        counters.gauge(
            "edge_agent_sync_sent_seq", "The last event sent.", lambda: float(self._sent_to)
        )

    @property
    def sent_to(self) -> int:
        """All up to this `seq` have been acknowledged by the broker."""
        return self._sent_to

    def resend_after(self, seq: int) -> None:
        """Send again, in order, what follows `seq`."""
        self._back_to = seq if self._back_to is None else min(seq, self._back_to)
        self._wake.set()

    async def run(self) -> NoReturn:
        """Send what there is and wait for more, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_outbox(), name="sync: watch outbox")
            group.create_task(self._watch_broker(), name="sync: watch broker")
            await self._keep_sending()

    async def probe(self, after: int) -> None:
        """Send the first few events after `after` once more.

        Raises:
            Unavailable: the broker or the disk is away.
        """
        rows = await events_after(self._store, after, self._options.batch)
        await self._publish_all([row for row in rows if row.seq <= self._sent_to])

    async def _watch_outbox(self) -> NoReturn:
        version = self._store.version("outbox")
        while True:
            version = await self._store.changed("outbox", version)
            self._wake.set()

    async def _watch_broker(self) -> NoReturn:
        generation = 0
        while True:
            generation = await self._broker.connection_after(generation)
            self._wake.set()

    async def _keep_sending(self) -> NoReturn:
        failures = 0
        while True:
            await self._broker.connection_after(0)
            self._wake.clear()
            try:
                await self._send_all()
            except Unavailable as error:
                failures += 1
                log.info("events wait: %s", error)
                await asyncio.sleep(_RETRY.after(failures))
            else:
                failures = 0
                await self._wake.wait()

    async def _send_all(self) -> None:
        if self._broker.generation != self._generation:
            generation = self._broker.generation
            self._sent_to = await self._acknowledged_by_all()
            self._generation = generation
        while True:
            if self._back_to is not None:
                self._sent_to = min(self._sent_to, self._back_to)
                self._back_to = None
            rows = await events_after(self._store, self._sent_to, self._options.batch)
            if not rows:
                return
            await self._publish_all(rows)
            self._sent_to = rows[-1].seq
            await self._release_unwatched()

    async def _acknowledged_by_all(self) -> int:
        """Up to where nothing has to be sent again over a new connection."""
        waited_for = [each for each in await consumers(self._store) if not each.lapsed]
        listening = [each for each in waited_for if not self._paces.silent(each.name)]
        return min((each.acked_seq for each in listening or waited_for), default=0)

    async def _release_unwatched(self) -> None:
        """Let go what was sent while nobody is waited for: then the broker's word has to do."""
        if all(each.lapsed for each in await consumers(self._store)):
            async with self._store.transaction() as tx:
                await release_through(tx, self._sent_to)

    async def _publish_all(self, rows: Sequence[OutboxRow]) -> None:
        gone: Unavailable | None = None
        try:
            async with asyncio.TaskGroup() as group:
                for row in rows:
                    group.create_task(self._publish(row), name=f"sync: publish {row.seq}")
        except* Unavailable as errors:
            gone = Unavailable(str(errors.exceptions[0]))
        if gone is not None:
            raise gone

    async def _publish(self, row: OutboxRow) -> None:
        late = self._clock.now_ms() - row.at_ms > self._options.live_within * 1000
        message = with_links(envelope(row, historical=late), self._links)
        try:
            await self._broker.publish(self._topics.event(row.kind), written(message))
        except PublishRefused as error:
            self._refused.add(kind=row.kind)
            log.error("event %d stays in the outbox: %s", row.seq, error)  # noqa: TRY400 - one line
        else:
            self._sent.add(kind=row.kind)


def written(message: Mapping[str, Any]) -> bytes:
    """Make the bytes of a message."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
