"""Reads what consumers acknowledge."""

import logging
from collections.abc import Sequence
from typing import NoReturn

from edge_agent.domain.errors import Refused, Retained
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.mqtt.client import Subscription
from edge_agent.mqtt.message import Message
from edge_agent.mqtt.topics import last_level
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.outbox import (
    Consumer,
    acknowledge,
    append_event,
    consumers,
    last_seq,
    release,
    welcome_back,
)
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Transaction
from edge_agent.sync.pace import Paces
from edge_agent.sync.sender import Sender
from edge_agent.wire.event_data import Acknowledgement
from edge_agent.wire.events import gap
from edge_agent.wire.json_body import read_object
from edge_agent.wire.model import parsed

log = logging.getLogger(__name__)


class Acknowledgements:
    """Takes acknowledgements, releases rows, and asks the sender to go back where needed."""

    def __init__(
        self,
        store: Store,
        subscription: Subscription,
        sender: Sender,
        *,
        paces: Paces,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._subscription = subscription
        self._sender = sender
        self._paces = paces
        self._clock = clock
        self._ignored = counters.counter(
            "edge_agent_sync_acks_ignored_total", "Acknowledgements that were not usable, by why."
        )

    async def run(self) -> NoReturn:
        """Take acknowledgements for ever.

        Raises:
            Unavailable: the disk is away; what was not kept comes again with a new connection,
                or with the consumer's next acknowledgement.
        """
        async for batch in self._subscription.batches():
            await self.take(batch)
        raise AssertionError("a subscription never ends")

    async def take(self, batch: Sequence[Message]) -> None:
        """Keep a batch of acknowledgements in one transaction, however many there are.

        Raises:
            Unavailable: the disk is away; nothing was kept.
        """
        furthest: dict[str, int] = {}
        for message in batch:
            seq = self._read(message)
            name = last_level(message.topic)
            if seq is not None:
                furthest[name] = max(seq, furthest.get(name, 0))
        if furthest:
            await self._keep(furthest)
        for message in batch:
            message.ack()

    def _read(self, message: Message) -> int | None:
        name = last_level(message.topic)
        try:
            if message.retained:
                raise Retained("acknowledgements are not retained; it may be an old one")
            said = parsed(Acknowledgement, read_object(message.payload))
        except Refused as error:
            self._ignore(name, error.code, str(error))
            return None
        if said.epoch != self._store.epoch:
            why = f"it speaks of epoch {said.epoch!r}, this is epoch {self._store.epoch!r}"
            self._ignore(name, "epoch", why)
            return None
        return said.seq

    def _ignore(self, name: str, code: str, why: str) -> None:
        self._ignored.add(why=code)
        log.warning("acknowledgement of %r ignored: %s", name, why)

    async def _keep(self, furthest: dict[str, int]) -> None:
        now = self._clock.now_ms()
        again: list[int] = []
        async with self._store.transaction() as tx:
            known = {each.name: each for each in await consumers(tx)}
            for name, seq in furthest.items():
                if await self._plausible(tx, known, name, seq):
                    await acknowledge(tx, name, seq, now)
                    back = await self._come_back(tx, known[name], now)
                    if self._again(known[name], seq) or back:
                        again.append(max(seq, known[name].acked_seq))
            await release(tx)
        for seq in again:
            self._sender.resend_after(seq)

    async def _plausible(
        self, tx: Transaction, known: dict[str, Consumer], name: str, seq: int
    ) -> bool:
        if name not in known:
            self._ignore(name, "not_found", "no such consumer is configured (sync.consumers)")
            return False
        if seq > await last_seq(tx):
            self._ignore(name, "bad_request", f"there is no event of seq {seq} in this epoch")
            return False
        return True

    def _again(self, consumer: Consumer, seq: int) -> bool:
        advanced = seq > consumer.acked_seq
        return self._paces.acknowledged(
            consumer.name, advanced=advanced, now=self._clock.monotonic()
        )

    async def _come_back(self, tx: Transaction, consumer: Consumer, now: int) -> bool:
        if not consumer.lapsed:
            return False
        missed = await welcome_back(tx, consumer.name)
        log.info("consumer %r is back", consumer.name)
        if missed is not None:
            data = gap(consumer.name, *missed)
            await append_event(tx, EventKind.GAP, data, at_ms=now, event_id=new_id(now))
        return True
