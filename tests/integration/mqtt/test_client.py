import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.mqtt.client import Broker, Presence
from edge_agent.mqtt.connection import PublishRefused
from edge_agent.mqtt.options import BrokerOptions
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff
from tests.support.broker import LocalBroker, Peer, free_port, local_broker

pytestmark = pytest.mark.broker

QUICK = Backoff(first=0.05, longest=0.2)
PRESENCE = Presence(
    topic="t/state", birth=lambda: b'{"online": true}', farewell=b'{"online": false}'
)


def options(broker: LocalBroker, **changes: object) -> BrokerOptions:
    made = BrokerOptions(
        host=broker.host,
        port=broker.port,
        username=broker.username,
        password=broker.password,
        client_id="box",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def running(broker: Broker) -> AsyncIterator[Broker]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(broker.run())
        try:
            yield broker
        finally:
            task.cancel()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_publishes_and_receives(broker: LocalBroker, protocol: str) -> None:
    box = Broker(
        options(broker, protocol=protocol), presence=None, counters=Counters(), backoff=QUICK
    )
    arrived = box.subscribe("t/in/+")
    async with running(box), Peer(broker) as peer:
        await box.connection_after(0)
        await peer.subscribe("t/out")
        await box.publish("t/out", b"hello", correlation=b"\x00\x01")
        message = await peer.get()
        assert message.payload == b"hello"
        if protocol == "5":
            assert vars(message.properties)["CorrelationData"] == b"\x00\x01"
        await peer.publish(
            "t/in/x", b"{}", ResponseTopic="t/r", CorrelationData=b"c", UserProperty=[("a", "b")]
        )
        got = await anext(arrived.messages())
        got.ack()
        assert (got.topic, got.payload, got.retained) == ("t/in/x", b"{}", False)
        if protocol == "5":
            assert (got.response_topic, got.correlation) == ("t/r", b"c")
            assert got.user_property("a") == "b"


async def test_refused_credentials_are_said_and_the_password_is_not(broker: LocalBroker) -> None:
    box = Broker(
        options(broker, password="wrong-and-hidden"), presence=None, counters=Counters()
    )  # fmt: skip
    with pytest.raises(Unavailable, match="refuses the connection: Not authorized") as caught:
        await box._one_connection()
    assert "wrong-and-hidden" not in str(caught.value)
    assert "wrong-and-hidden" not in repr(options(broker, password="wrong-and-hidden"))
    assert not box.connected


async def test_nobody_listens() -> None:
    box = Broker(BrokerOptions(port=free_port()), presence=None, counters=Counters())
    with pytest.raises(Unavailable, match="cannot be reached"):
        await box._one_connection()
    with pytest.raises(Unavailable, match="not connected"):
        await box.publish("t", b"")


async def test_one_who_never_greets_is_left() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        box = Broker(
            BrokerOptions(port=port, connect_timeout=0.2), presence=None, counters=Counters()
        )
        with pytest.raises(Unavailable, match="did not greet within"):
            await box._one_connection()
        server.close()


async def published(box: Broker) -> None:
    """Publish as soon as the broker takes it."""
    while True:
        with contextlib.suppress(Unavailable):
            await box.connection_after(0)
            return await box.publish("t/x", b"1")


async def publish_for_ever(box: Broker) -> None:
    while True:
        await box.publish("t/x", b"1")


async def test_comes_back_after_the_broker_was_killed(broker: LocalBroker) -> None:
    counters = Counters()
    box = Broker(options(broker), presence=None, counters=counters, backoff=QUICK)
    async with running(box):
        first = await box.connection_after(0)
        await asyncio.to_thread(broker.kill)
        with pytest.raises(Unavailable):
            await publish_for_ever(box)
        await asyncio.to_thread(broker.start)
        second = await box.connection_after(first)
        assert second == first + 1
        await box.publish("t/x", b"2")
    assert "edge_agent_mqtt_connects_total 2" in counters.render()


async def test_birth_farewell_and_will(broker: LocalBroker) -> None:
    box = Broker(options(broker), presence=PRESENCE, counters=Counters(), backoff=QUICK)
    async with Peer(broker) as peer:
        await peer.subscribe("t/state")
        async with running(box):
            assert await peer.get_json() == {"online": True}
        assert await peer.get_json() == {"online": False}
    async with Peer(broker) as late:
        await late.subscribe("t/state")
        message = await late.get()
        assert message.retain
        assert json.loads(message.payload) == {"online": False}


async def test_what_was_not_acknowledged_comes_again(broker: LocalBroker) -> None:
    for times in range(2):
        box = Broker(options(broker), presence=None, counters=Counters(), backoff=QUICK)
        arrived = box.subscribe("t/in")
        async with running(box), Peer(broker) as peer:
            await box.connection_after(0)
            if times == 0:
                await peer.publish("t/in", b"once")
            message = await anext(arrived.messages())
            assert message.payload == b"once"
            if times == 1:
                message.ack()
                await box.publish("t/other", b"")  # the acknowledgement was written before this
    box = Broker(options(broker), presence=None, counters=Counters(), backoff=QUICK)
    arrived = box.subscribe("t/in")
    async with running(box), Peer(broker) as peer:
        await box.connection_after(0)
        await peer.publish("t/in", b"next")
        assert (await anext(arrived.messages())).payload == b"next"


async def test_messages_over_the_limit_come_without_payload(broker: LocalBroker) -> None:
    box = Broker(options(broker, payload_limit=1000), presence=None, counters=Counters())
    arrived = box.subscribe("t/in")
    async with running(box), Peer(broker) as peer:
        await box.connection_after(0)
        await peer.publish("t/in", b"x" * 2000)
        message = await anext(arrived.messages())
        assert (message.payload, message.size) == (b"", 2000)


async def test_window_stays_below_what_the_broker_takes(broker: LocalBroker) -> None:
    box = Broker(options(broker, window=1000), presence=None, counters=Counters(), backoff=QUICK)
    async with running(box), Peer(broker) as peer:
        await box.connection_after(0)
        await peer.subscribe("t/many")
        async with asyncio.TaskGroup() as group:
            for number in range(300):
                group.create_task(box.publish("t/many", str(number).encode()))
        assert [int((await peer.get()).payload) for _ in range(300)] == list(range(300))
        assert box.generation == 1


async def test_what_the_broker_forbids(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    (folder / "acl").write_text("user tester\ntopic readwrite t/#\n")
    extra = f"acl_file {folder / 'acl'}\nmax_packet_size 2000\n"
    with local_broker(folder, extra=extra) as broker:
        box = Broker(options(broker), presence=None, counters=Counters(), backoff=QUICK)
        async with running(box):
            await box.connection_after(0)
            with pytest.raises(PublishRefused, match="more than the broker's 2000"):
                await box.publish("t/x", b"1" * 2001)
            await box.publish("t/x", b"1" * 1000)
            with pytest.raises(PublishRefused, match="Not authorized"):
                await box.publish("elsewhere", b"1")
            # mosquitto 2.0.11 ends the connection after such a refusal; the box comes back
            await published(box)


async def test_a_full_queue_counts_what_it_does_not_take(broker: LocalBroker) -> None:
    counters = Counters()
    box = Broker(options(broker), presence=None, counters=counters, backoff=QUICK)
    box.subscribe("t/in", capacity=2)
    async with running(box), Peer(broker) as peer:
        await box.connection_after(0)
        await peer.subscribe("t/in")
        for number in range(5):
            await peer.publish("t/in", str(number))
            await peer.get()
        await box.publish("t/last", b"")
    assert 'edge_agent_mqtt_dropped_total{filter="t/in"} 3' in counters.render()
