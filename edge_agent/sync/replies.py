"""Sends the outcomes of jobs to those who asked for them."""

import asyncio
import logging
from typing import NoReturn

from edge_agent.domain.errors import Unavailable
from edge_agent.mqtt.client import Broker
from edge_agent.mqtt.connection import PublishRefused
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.outbox import PendingReply, drop_reply, replies_after
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Reads
from edge_agent.sync.options import SyncOptions
from edge_agent.sync.sender import written
from edge_agent.wire.command import correlation_field

log = logging.getLogger(__name__)

_RETRY = Backoff(first=0.5, longest=15.0)


class Replies:
    """Publishes replies in the order in which they were written; a taken one is deleted."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        *,
        options: SyncOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._broker = broker
        self._options = options
        self._clock = clock
        self._outcome = counters.counter(
            "edge_agent_sync_replies_total", "Outcomes of jobs sent to who asked, by what became."
        )

    async def run(self) -> NoReturn:
        """Send what there is and wait for more, for ever."""
        failures = 0
        while True:
            await self._broker.connection_after(0)
            version = self._store.version("reply")
            try:
                await self._send_all()
            except Unavailable as error:
                failures += 1
                log.info("replies wait: %s", error)
                await asyncio.sleep(_RETRY.after(failures))
            else:
                failures = 0
                await self._store.changed("reply", version)

    async def _send_all(self) -> None:
        while waiting := await self._store.at_once(self._waiting):
            for one in waiting:
                await self._send(one)

    async def _waiting(self, reads: Reads) -> list[PendingReply]:
        return await replies_after(reads, 0, self._options.batch)

    async def _send(self, one: PendingReply) -> None:
        body = {**one.body, **correlation_field(one.reply.correlation)}
        if "historical" in body:
            late_ms = self._clock.now_ms() - one.at_ms
            body["historical"] = late_ms > self._options.live_within * 1000
        outcome = "sent"
        try:
            await self._broker.publish(
                one.reply.topic, written(body), correlation=one.reply.correlation
            )
        except PublishRefused as error:
            outcome = "refused"
            log.warning("a reply is dropped: %s", error)
        # where a power cut brings it back, it is sent once more
        await self._store.write(lambda tx: drop_reply(tx, one.id), durable=False)
        self._outcome.add(outcome=outcome)
