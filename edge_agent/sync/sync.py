"""Puts the parts of sync together."""

import asyncio
import json
import logging
from typing import NoReturn

from edge_agent.domain.errors import Unavailable
from edge_agent.mqtt.client import Broker, Presence
from edge_agent.mqtt.topics import Topics
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.storage.outbox import set_consumers
from edge_agent.storage.store import Store
from edge_agent.sync.acknowledgements import Acknowledgements
from edge_agent.sync.lapses import Lapses
from edge_agent.sync.options import SyncOptions
from edge_agent.sync.pace import Paces
from edge_agent.sync.replies import Replies
from edge_agent.sync.sender import Sender
from edge_agent.wire.answers import Links

log = logging.getLogger(__name__)

_RETRY = Backoff(first=0.5, longest=15.0)


class Sync:
    """Publishes the outbox and the replies, and takes acknowledgements.

    Made before `Broker.run` starts, because it subscribes.
    """

    def __init__(
        self,
        store: Store,
        broker: Broker,
        topics: Topics,
        *,
        links: Links,
        options: SyncOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        paces = Paces(options)
        self._sender = Sender(
            store,
            broker,
            topics,
            links=links,
            paces=paces,
            options=options,
            clock=clock,
            counters=counters,
        )
        self._acknowledgements = Acknowledgements(
            store,
            broker.subscribe(topics.acknowledgements, capacity=1024),
            self._sender,
            paces=paces,
            clock=clock,
            counters=counters,
        )
        self._lapses = Lapses(
            store, self._sender, paces=paces, options=options, clock=clock, counters=counters
        )
        self._replies = Replies(store, broker, options=options, clock=clock, counters=counters)

    async def run(self) -> NoReturn:
        """Sync for ever; a disk that is away for a while is waited for."""
        await keep_running("sync", self._run, retry_on=Unavailable, backoff=_RETRY)

    async def _run(self) -> None:
        await self._name_consumers()
        gone: Unavailable | None = None
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._sender.run(), name="sync: events")
                group.create_task(self._acknowledgements.run(), name="sync: acknowledgements")
                group.create_task(self._lapses.run(), name="sync: lapses")
                group.create_task(self._replies.run(), name="sync: replies")
        except* Unavailable as errors:
            gone = Unavailable("; ".join(str(error) for error in errors.exceptions))
        if gone is not None:
            raise gone

    async def _name_consumers(self) -> None:
        names = self._options.consumers
        if not names:
            log.warning(
                "sync.consumers names nobody: events leave the box once the broker has taken them, "
                "which gives no guarantee that anybody ever stores them"
            )
        async with self._store.transaction() as tx:
            await set_consumers(tx, names, self._clock.now_ms())


def presence(topics: Topics, *, epoch: str, version: str, clock: Clock) -> Presence:
    """Say on the state topic whether the box is there, which epoch it is in and what it runs."""

    def birth() -> bytes:
        state = {"online": True, "epoch": epoch, "version": version, "at": clock.now_ms()}
        return json.dumps(state).encode()

    return Presence(topic=topics.state, birth=birth, farewell=b'{"online": false}')
