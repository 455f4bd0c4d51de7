import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.job import Reply
from edge_agent.runtime.counters import Counters
from edge_agent.storage import Store
from edge_agent.storage.outbox import (
    append_reply,
    consumers,
    events_after,
    outbox_size,
    replies_after,
)
from edge_agent.sync.options import SyncOptions
from edge_agent.sync.sync import Sync, presence
from tests.support.broker import LocalBroker, Peer
from tests.support.clocks import SetClock
from tests.support.mqtt_box import TOPICS, PlainLinks, box_broker, happen, running

pytestmark = pytest.mark.broker


class Box:
    """A store and a sync over it, as one daemon would have them."""

    def __init__(self, store: Store, clock: SetClock, counters: Counters, sync: Sync) -> None:
        self.store = store
        self.clock = clock
        self.counters = counters
        self.sync = sync

    async def happen(self, count: int = 1) -> list[int]:
        return await happen(self.store, count, at_ms=self.clock.now_ms())

    async def until(self, true: Callable[[], Any]) -> None:
        """Wait until something about the outbox holds."""
        async with asyncio.timeout(20):
            while not await true():  # noqa: ASYNC110 - rows in a file ring no bell
                await asyncio.sleep(0.02)

    async def waiting(self) -> list[int]:
        return [row.seq for row in await events_after(self.store, 0, 10_000)]


@contextlib.asynccontextmanager
async def box(
    broker: LocalBroker, folder: Path, clock: SetClock | None = None, **options: Any
) -> AsyncIterator[Box]:
    clock = clock or SetClock()
    counters = Counters()
    async with await Store.open(folder, clock=clock) as store:
        born = presence(TOPICS, epoch=store.epoch, version="1", clock=clock)
        line = box_broker(broker, counters, born)
        sync = Sync(
            store,
            line,
            TOPICS,
            links=PlainLinks(),
            options=SyncOptions(**{"consumers": ("cloud",), "check_every": 0.05, **options}),
            clock=clock,
            counters=counters,
        )
        async with running(line.run(), sync.run()):
            yield Box(store, clock, counters, sync)


async def acknowledge(
    peer: Peer, box: Box, seq: int, *, name: str = "cloud", epoch: str = "", retain: bool = False
) -> None:
    body = {"epoch": epoch or box.store.epoch, "seq": seq}
    await peer.publish(f"{TOPICS.root}/ack/{name}", body, retain=retain)


async def seqs(peer: Peer, count: int) -> list[int]:
    return [(await peer.get_json())["seq"] for _ in range(count)]


async def test_a_row_leaves_only_after_every_consumer_acknowledged(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with (
        box(broker, tmp_path / "s", consumers=("cloud", "head")) as here,
        Peer(broker) as peer,
    ):
        await peer.subscribe(TOPICS.event("+"))
        await here.happen(3)
        first = await peer.get_json()
        assert first["kind"] == "camera.up"
        assert first["epoch"] == here.store.epoch
        assert first["historical"] is False
        assert await seqs(peer, 2) == [2, 3]
        assert await here.waiting() == [1, 2, 3]
        await acknowledge(peer, here, 3)
        await acknowledge(peer, here, 2, name="head")
        await here.until(lambda: is_now(here.waiting, [3]))
        await acknowledge(peer, here, 3, name="head")
        await here.until(lambda: is_now(here.waiting, []))


async def is_now(ask: Callable[[], Any], expected: object) -> bool:
    found = await ask()
    return bool(found == expected)


async def test_nothing_is_lost_when_the_broker_is_killed(
    broker: LocalBroker, tmp_path: Path
) -> None:
    stored: dict[str, int] = {}
    async with box(broker, tmp_path / "s") as here:
        async with Peer(broker) as consumer:
            await consumer.subscribe(TOPICS.event("+"))
            await here.happen(20)
            for _ in range(20):
                event = await consumer.get_json()
                stored[event["event_id"]] = event["seq"]
            await acknowledge(consumer, here, 10)
            await here.until(lambda: is_now(here.waiting, list(range(11, 21))))
        # The consumer is away; what the broker takes for nobody dies with it.
        await here.happen(30)
        await asyncio.to_thread(broker.kill)
        await here.happen(30)
        await asyncio.to_thread(broker.start)
        async with Peer(broker) as consumer:
            await consumer.subscribe(TOPICS.event("+"))
            await acknowledge(consumer, here, 10)  # this is where I am
            last = 10
            while last < 80:
                event = await consumer.get_json()
                if event["seq"] == last + 1:
                    last += 1
                    assert stored.setdefault(event["event_id"], last) == last
            await acknowledge(consumer, here, 80)
            await here.until(lambda: is_now(here.waiting, []))
        assert sorted(stored.values()) == list(range(1, 81))


async def test_a_restarted_box_sends_again_what_was_not_acknowledged(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with Peer(broker) as peer:
        await peer.subscribe(TOPICS.event("+"))
        async with box(broker, tmp_path / "s") as here:
            await here.happen(5)
            assert await seqs(peer, 5) == [1, 2, 3, 4, 5]
            await acknowledge(peer, here, 2)
            await here.until(lambda: is_now(here.waiting, [3, 4, 5]))
        later = SetClock()
        later.pass_by(3600)
        async with box(broker, tmp_path / "s", later):
            again = [await peer.get_json() for _ in range(3)]
            assert [event["seq"] for event in again] == [3, 4, 5]
            assert all(event["historical"] for event in again)


async def test_an_acknowledgement_that_does_not_advance_asks_for_what_follows(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here, Peer(broker) as peer:
        await peer.subscribe(TOPICS.event("+"))
        await here.happen(4)
        assert await seqs(peer, 4) == [1, 2, 3, 4]
        await acknowledge(peer, here, 2)
        await here.until(lambda: is_now(here.waiting, [3, 4]))
        await acknowledge(peer, here, 2)
        assert await seqs(peer, 2) == [3, 4]
        await acknowledge(peer, here, 2)  # at once again: not yet
        await here.happen()
        assert await seqs(peer, 1) == [5]
        here.clock.pass_by(1)
        await acknowledge(peer, here, 2)
        assert await seqs(peer, 3) == [3, 4, 5]


async def test_a_silent_consumer_is_probed(broker: LocalBroker, tmp_path: Path) -> None:
    async with (
        box(broker, tmp_path / "s", batch=2) as here,
        Peer(broker) as peer,
    ):
        await peer.subscribe(TOPICS.event("+"))
        await here.happen(5)
        assert await seqs(peer, 5) == [1, 2, 3, 4, 5]
        async with asyncio.timeout(20):
            while peer.messages.empty():  # it begins to count as behind at some look after these
                here.clock.pass_by(31)
                await asyncio.sleep(0.1)
        assert await seqs(peer, 2) == [1, 2]
        await acknowledge(peer, here, 2)
        while (seq := (await peer.get_json())["seq"]) <= 2:
            pass  # probed once more meanwhile
        assert [seq, *await seqs(peer, 2)] == [3, 4, 5]


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"not json", "bad_request"),
        (b'{"epoch": "e"}', "bad_request"),
        (b'{"epoch": "of old", "seq": 1}', "epoch"),
        (b'{"epoch": "EPOCH", "seq": -1}', "bad_request"),
        (b'{"epoch": "EPOCH", "seq": 99}', "bad_request"),
        (b'{"epoch": "EPOCH", "seq": true}', "bad_request"),
    ],
)
async def test_unusable_acknowledgements_are_counted(
    broker: LocalBroker, tmp_path: Path, payload: bytes, why: str
) -> None:
    async with box(broker, tmp_path / "s") as here, Peer(broker) as peer:
        await peer.subscribe(TOPICS.event("+"))
        await here.happen(2)
        assert await seqs(peer, 2) == [1, 2]
        text = payload.replace(b"EPOCH", here.store.epoch.encode())
        await peer.publish(f"{TOPICS.root}/ack/cloud", text)
        counter = here.counters.counter("edge_agent_sync_acks_ignored_total", "")
        await here.until(lambda: is_now(lambda: counted(counter, why), 1.0))
        await acknowledge(peer, here, 1, name="stranger")
        await here.until(lambda: is_now(lambda: counted(counter, "not_found"), 1.0))
        assert await here.waiting() == [1, 2]


async def counted(counter: Any, why: str) -> float:
    return float(counter.get(why=why))


async def test_retained_acknowledgements_are_of_another_time(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with Peer(broker) as peer:
        async with box(broker, tmp_path / "s") as here:
            await peer.subscribe(TOPICS.event("+"))
            await here.happen(2)
            assert await seqs(peer, 2) == [1, 2]
            epoch = here.store.epoch
        await peer.publish(f"{TOPICS.root}/ack/cloud", {"epoch": epoch, "seq": 2}, retain=True)
        await asyncio.to_thread(broker.stop)
        await asyncio.to_thread(broker.start)
        async with box(broker, tmp_path / "s") as here:
            counter = here.counters.counter("edge_agent_sync_acks_ignored_total", "")

            async def ignored() -> bool:
                # once or twice: it also waited in the session of the box
                return await counted(counter, "retained") >= 1

            await here.until(ignored)
            assert await here.waiting() == [1, 2]


async def test_one_silent_for_too_long_lapses_and_gets_a_gap(
    broker: LocalBroker, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"consumers": ("cloud", "head"), "keep_age": 1000, "lapse_after": 60}
    async with box(broker, tmp_path / "s", **settings) as here, Peer(broker) as peer:
        await peer.subscribe(TOPICS.event("+"))
        await here.happen(3)
        assert await seqs(peer, 3) == [1, 2, 3]
        await acknowledge(peer, here, 3, name="head")
        await acknowledge(peer, here, 1)
        await here.until(lambda: is_now(here.waiting, [2, 3]))
        here.clock.at_ms += 10_000_000  # somebody set the clock: nobody was silent for years
        await asyncio.sleep(0.3)
        assert await here.waiting() == [2, 3]
        async with asyncio.timeout(20):
            while await here.waiting() != [4]:
                here.clock.seconds += 61  # really silent
                await asyncio.sleep(0.1)
        await event_of_kind(peer, "box.alarm")
        await acknowledge(peer, here, 1)
        gap = await event_of_kind(peer, "gap")
        assert gap["data"] == {"consumer": "cloud", "from_seq": 2, "to_seq": 3}
        await acknowledge(peer, here, gap["seq"])
        await acknowledge(peer, here, gap["seq"], name="head")
        await here.until(lambda: is_now(here.waiting, []))
        assert not any(each.lapsed for each in await consumers(here.store))


async def event_of_kind(peer: Peer, kind: str) -> dict[str, Any]:
    while True:
        event = await peer.get_json()
        if event["kind"] == kind:
            return event


async def test_an_outbox_that_grows_too_large_lapses_the_hindmost(
    broker: LocalBroker, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"consumers": ("cloud", "head"), "keep_size": 1000}
    async with box(broker, tmp_path / "s", **settings) as here, Peer(broker) as peer:
        await peer.subscribe(TOPICS.event("+"))
        await here.happen(8)
        await event_at(peer, 8)
        await acknowledge(peer, here, 8, name="head")
        assert len(await here.waiting()) == 8
        await here.happen(30)
        await event_of_kind(peer, "box.alarm")
        lapsed = {each.name: each.lapsed for each in await consumers(here.store)}
        assert lapsed["cloud"]


async def event_at(peer: Peer, seq: int) -> dict[str, Any]:
    while True:
        event = await peer.get_json()
        if event["seq"] == seq:
            return event


async def test_without_consumers_the_word_of_the_broker_counts(
    broker: LocalBroker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with box(broker, tmp_path / "s", consumers=()) as here, Peer(broker) as peer:
        await peer.subscribe(TOPICS.event("+"))
        await here.happen(3)
        assert await seqs(peer, 3) == [1, 2, 3]
        await here.until(lambda: is_now(here.waiting, []))
    assert "gives no guarantee" in caplog.text


async def test_without_consumers_and_broker_the_outbox_stays_within_its_size(
    broker: LocalBroker, tmp_path: Path
) -> None:
    broker.stop()
    async with box(broker, tmp_path / "s", consumers=(), keep_size=500) as here:
        await here.happen(50)
        await here.until(lambda: within(here.store, 500))
        unread = here.counters.counter("edge_agent_sync_unread_total", "").get()
        assert unread == 50 - len(await here.waiting()) > 0


async def test_replies_wait_for_the_broker_and_leave_once(
    broker: LocalBroker, tmp_path: Path
) -> None:
    clock = SetClock()
    async with await Store.open(tmp_path / "s", clock=clock) as store, store.transaction() as tx:
        reply = Reply(topic="me/answers", correlation=b"c-1")
        await append_reply(tx, reply, {"kind": "job.finished", "historical": False}, clock.now_ms())
    clock.pass_by(3600)
    async with Peer(broker) as peer:
        await peer.subscribe("me/answers")
        async with box(broker, tmp_path / "s", clock) as here:
            message = await peer.get()
            await here.until(lambda: is_now(lambda: pending(here.store), 0))
    body = json.loads(message.payload)
    assert body == {"kind": "job.finished", "historical": True, "correlation": "c-1"}
    assert vars(message.properties)["CorrelationData"] == b"c-1"
    assert peer.messages.empty()


async def within(store: Store, size: int) -> bool:
    return (await outbox_size(store)).size <= size


async def pending(store: Store) -> int:
    return len(await replies_after(store, 0, 10))


async def test_state_says_who_is_there(broker: LocalBroker, tmp_path: Path) -> None:
    async with box(broker, tmp_path / "s") as here, Peer(broker) as peer:
        await peer.subscribe(TOPICS.state)
        state = await peer.get_json()
        if not state["online"]:
            state = await peer.get_json()
        assert state["epoch"] == here.store.epoch
