"""The parts of a box that speak MQTT, running against a real broker."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.mqtt.client import Broker, Presence
from edge_agent.mqtt.options import BrokerOptions
from edge_agent.mqtt.topics import Topics
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage import Store
from edge_agent.storage.outbox import append_event
from tests.support.broker import LocalBroker

TOPICS = Topics(tenant="t", store="s", box="b")
QUICK = Backoff(first=0.05, longest=0.2, jitter=0)


class PlainLinks:
    """Links that nobody has to check."""

    def picture(self, picture: str, /) -> str:
        return f"/media/pictures/{picture}"

    def clip(self, fragment: str, /) -> str:
        return f"/media/clips/{fragment}"

    def thumbnail(self, fragment: str, /) -> str:
        return f"/media/thumbnails/{fragment}"

    def watched(self, picture: str, /) -> str:
        return f"/media/watched/{picture}"

    def recognised(self, hit: str, /) -> str:
        return f"/media/recognised/{hit}"


def box_broker(
    broker: LocalBroker, counters: Counters, presence: Presence | None = None, **options: Any
) -> Broker:
    """The box's own connection to a test's broker."""
    return Broker(
        BrokerOptions(
            host=broker.host,
            port=broker.port,
            username=broker.username,
            password=broker.password,
            client_id="box",
            **options,
        ),
        presence=presence,
        counters=counters,
        backoff=QUICK,
    )


@contextlib.asynccontextmanager
async def running(*work: Coroutine[Any, Any, Any]) -> AsyncIterator[None]:
    """Run these until the block ends."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one) for one in work]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()


async def happen(store: Store, count: int = 1, *, at_ms: int) -> list[int]:
    """Let cameras come up; returns the `seq` of their events."""
    made = []
    for _ in range(count):
        async with store.transaction() as tx:
            data = {"camera": "door", "since_ms": at_ms, "reason": ""}
            made.append(await append_event(tx, EventKind.CAMERA_UP, data, at_ms, new_id(at_ms)))
    return made
