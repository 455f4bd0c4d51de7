"""The broker, as the rest of the daemon sees it: a connection that comes back by itself."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import NoReturn

from paho.mqtt.client import topic_matches_sub

from edge_agent.domain.errors import Unavailable
from edge_agent.mqtt.connection import Connection
from edge_agent.mqtt.message import Message
from edge_agent.mqtt.options import BrokerOptions
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff, keep_running

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """The retained message that says whether the box is there.

    Attributes:
        topic: where it stands.
        birth: makes the message of a new connection.
        farewell: what the broker says when the line breaks, and the box when it goes.
    """

    topic: str
    birth: Callable[[], bytes]
    farewell: bytes


class Subscription:
    """Messages under one filter, in the order of their arrival."""

    def __init__(self, topic_filter: str, capacity: int) -> None:
        self.topic_filter = topic_filter
        self._queue: asyncio.Queue[Message] = asyncio.Queue(capacity)

    async def messages(self) -> AsyncIterator[Message]:
        """Yield messages for ever; acknowledge each once its effect is kept."""
        while True:
            yield await self._queue.get()

    async def batches(self) -> AsyncIterator[list[Message]]:
        """Yield for ever all that wait, at least one; for who can handle many at once."""
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty():
                batch.append(self._queue.get_nowait())
            yield batch

    def put(self, message: Message) -> bool:
        """Take a message; False when the queue is full."""
        if self._queue.full():
            return False
        self._queue.put_nowait(message)
        return True


class Broker:
    """Keeps one connection to the broker, for ever, and publishes and receives over it.

    The daemon starts and runs without a broker: until one has greeted us, `publish` raises
    `Unavailable`, and what matters waits in the outbox.
    """

    def __init__(
        self,
        options: BrokerOptions,
        *,
        presence: Presence | None,
        counters: Counters,
        backoff: Backoff | None = None,
    ) -> None:
        self._options = options
        self._presence = presence
        self._backoff = backoff or Backoff(first=0.5, longest=30.0, healthy_after=60.0)
        self._subscriptions: list[Subscription] = []
        self._connection: Connection | None = None
        self._generation = 0
        self._came = asyncio.Event()
        self._published = counters.counter(
            "edge_agent_mqtt_published_total", "Messages that the broker acknowledged."
        )
        self._dropped = counters.counter(
            "edge_agent_mqtt_dropped_total",
            "Messages not taken because a queue was full; the broker brings them again.",
        )
        self._connects = counters.counter(
            "edge_agent_mqtt_connects_total", "Connections that the broker accepted."
        )
        counters.gauge(
            "edge_agent_mqtt_connected",
            "1 while connected to the broker.",
            lambda: float(self.connected),
        )

    @property
    def connected(self) -> bool:
        """Whether the broker has greeted us and the line still stands."""
        return self._connection is not None and self._connection.alive

    @property
    def generation(self) -> int:
        """How many connections there have been; 0 before the first."""
        return self._generation

    async def connection_after(self, generation: int) -> int:
        """Wait for a connection later than that one, and return its generation."""
        while self._generation <= generation or not self.connected:
            await self._came.wait()
        return self._generation

    def subscribe(self, topic_filter: str, *, capacity: int = 64) -> Subscription:
        """Ask for messages under a filter; to be called before `run`.

        Args:
            topic_filter: of the topics; filters of several subscriptions must not overlap.
            capacity: how many may wait; more than `receive_maximum` is never needed for MQTT 5.
        """
        made = Subscription(topic_filter, capacity)
        self._subscriptions.append(made)
        return made

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        correlation: bytes | None = None,
    ) -> None:
        """Send a message with QoS 1 and wait until the broker has acknowledged it.

        Raises:
            Unavailable: there is no connection, or it broke before the acknowledgement.
            PublishRefused: the broker will never take this message.
        """
        if self._connection is None:
            raise Unavailable(f"not connected to {self._options.host}:{self._options.port}")
        await self._connection.publish(topic, payload, retain=retain, correlation=correlation)
        self._published.add()

    async def run(self) -> NoReturn:
        """Connect, serve, and connect again after every end."""
        await keep_running(
            "broker", self._one_connection, retry_on=Unavailable, backoff=self._backoff
        )

    async def _one_connection(self) -> None:
        presence = self._presence
        connection = Connection(
            self._options,
            will=None if presence is None else (presence.topic, presence.farewell),
            arrived=self._deliver,
        )
        try:
            await connection.open()
            self._connection = connection
            await connection.subscribe([one.topic_filter for one in self._subscriptions])
            if presence is not None:
                await connection.publish(presence.topic, presence.birth(), retain=True)
            self._generation += 1
            self._connects.add()
            self._came.set()
            self._came = asyncio.Event()
            log.info("connected to the broker at %s:%d", self._options.host, self._options.port)
            raise Unavailable(await connection.ended())
        finally:
            self._connection = None
            await self._part(connection)

    async def _part(self, connection: Connection) -> None:
        try:
            if connection.alive and self._presence is not None:
                async with asyncio.timeout(2.0):
                    await connection.publish(
                        self._presence.topic, self._presence.farewell, retain=True
                    )
        except (Unavailable, TimeoutError):
            log.info("the broker could not be told that the box goes")
        finally:
            await connection.close()

    def _deliver(self, message: Message) -> None:
        for subscription in self._subscriptions:
            if topic_matches_sub(subscription.topic_filter, message.topic):
                if not subscription.put(message):
                    self._dropped.add(filter=subscription.topic_filter)
                return
        message.ack()  # left over in the session from an earlier configuration
