"""Webhooks over a real store, told to a real https server on this machine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.forget import void_events
from edge_agent.storage.outbox import append_event, events_after
from edge_agent.storage.store import Store
from edge_agent.webhooks import Webhooks, WebhookTarget
from edge_agent.wire.events import box_alarm, camera_changed
from tests.support.clocks import SetClock
from tests.support.https import local_certificate, own_certificate
from tests.support.mqtt_box import PlainLinks
from tests.support.receiver import Receiver, receiving

NOON_MS = 1_760_011_200_000
KEY = b"a key of twenty-four bytes"
QUICK = Backoff(first=0.02, longest=0.05, jitter=0)
LOCAL = ("127.0.0.0/8",)
UP, ALARM = EventKind.CAMERA_UP, EventKind.BOX_ALARM


class Desk:
    """A box whose targets are told, and the certificate that the receivers show."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.clock = SetClock(NOON_MS)
        self.counters = Counters()
        self.secure = local_certificate(folder / "tls").context()
        self.ca_file = own_certificate(folder)

    def target(self, port: int, name: str = "desk", **changed: object) -> WebhookTarget:
        made = WebhookTarget(
            name=name,
            url=f"https://127.0.0.1:{port}/hooks/store?shop=7",
            key=KEY,
            ca_file=self.ca_file,
            networks=LOCAL,
            timeout=2.0,
        )
        return replace(made, **changed)  # type: ignore[arg-type]

    @contextlib.asynccontextmanager
    async def telling(self, *targets: WebhookTarget) -> AsyncIterator[None]:
        """Tell until the block ends; what happens from its beginning on is queued."""
        webhooks = Webhooks(
            self.store,
            targets,
            PlainLinks(),
            live_within=60,
            clock=self.clock,
            counters=self.counters,
            backoff=QUICK,
        )
        await webhooks._name_targets()
        task = asyncio.get_running_loop().create_task(webhooks.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def happen(self, kind: EventKind = UP, camera: str = "door") -> str:
        event_id = new_id(self.clock.now_ms())
        if kind is ALARM:
            data = box_alarm("disk", "full")
        else:
            data = camera_changed(camera, self.clock.now_ms(), "")
        async with self.store.transaction() as tx:
            await append_event(tx, kind, data, self.clock.now_ms(), event_id)
        return event_id

    async def waiting(self) -> int:
        return len(await self.store.rows("SELECT id FROM webhook_delivery"))

    async def drained(self, left: int = 0) -> None:
        async with asyncio.timeout(20):
            while await self.waiting() > left:  # noqa: ASYNC110 - a deletion wakes nobody
                await asyncio.sleep(0.02)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with await Store.open(tmp_path / "state", clock=SetClock(NOON_MS)) as store:
        yield Desk(store, tmp_path)


async def test_what_happens_is_told_signed_and_in_order(desk: Desk) -> None:
    async with receiving(Receiver(KEY), desk.secure) as host, desk.telling(desk.target(host.port)):
        ids = [await desk.happen(camera=f"camera-{number}") for number in range(5)]
        await host.until(messages=5)
        await desk.drained()
    assert host.ids == ids
    assert host.forged == 0
    (first, *_) = host.messages
    (row, *_) = await events_after(desk.store, 0, 1)
    assert first == {
        "epoch": desk.store.epoch,
        "seq": row.seq,
        "event_id": ids[0],
        "kind": "camera.up",
        "at": NOON_MS,
        "historical": False,
        "data": row.data,
    }
    assert await desk.store.rows("SELECT * FROM mention WHERE place = 'webhook'") == []


async def test_a_dead_target_holds_up_nobody_and_gets_everything_later(desk: Desk) -> None:
    async with receiving(Receiver(KEY), desk.secure) as gone:
        dead_port = gone.port
    async with receiving(Receiver(KEY), desk.secure) as host:
        targets = (desk.target(dead_port, "dead"), desk.target(host.port, kinds=frozenset({UP})))
        async with desk.telling(*targets):
            first = await desk.happen()
            await desk.happen(ALARM)
            second = await desk.happen()
            await host.until(messages=2)
            assert host.ids == [first, second]
            await desk.drained(left=3)
        assert await desk.waiting() == 3
        # after a restart, the target that was away gets all of it, late
        desk.clock.pass_by(3600)
        again = Receiver(KEY, statuses=[500, 0, 302, 429])
        async with receiving(again, desk.secure, dead_port), desk.telling(*targets):
            await again.until(messages=3)
            await desk.drained()
    assert [message["kind"] for message in again.messages] == [UP, ALARM, UP]
    assert [message["historical"] for message in again.messages] == [True] * 3
    assert again.ids[:5] == [first] * 5
    assert len(host.messages) == 2
    shown = desk.counters.render()
    assert 'edge_agent_webhook_tries_total{outcome="taken",target="dead"} 3' in shown
    assert 'edge_agent_webhook_failing{target="dead"} 0' in shown


async def test_what_a_target_will_never_take_makes_way_for_the_next(desk: Desk) -> None:
    host = Receiver(KEY, statuses=[422] * 5)
    async with receiving(host, desk.secure), desk.telling(desk.target(host.port)):
        first, second = await desk.happen(), await desk.happen()
        await host.until(messages=1)
        await desk.drained()
    assert host.ids == [first] * 5 + [second]
    assert 'dropped_total{reason="refused",target="desk"} 1' in desk.counters.render()


async def test_a_strangers_address_certificate_and_plain_http_are_not_told(desk: Desk) -> None:
    stranger = local_certificate(desk.ca_file.parents[1] / "other" / "tls").context()
    async with (
        receiving(Receiver(KEY), desk.secure) as good,
        receiving(Receiver(KEY), stranger) as other,
        receiving(Receiver(KEY), None) as bare,
    ):
        plain = f"http://127.0.0.1:{bare.port}/hooks/store?shop=7"
        async with desk.telling(
            desk.target(good.port, "inside", networks=()),
            desk.target(other.port, "stranger"),
            desk.target(bare.port, "bare", url=plain),
            desk.target(bare.port, "allowed", url=plain, plain=True),
            desk.target(good.port, "good"),
        ):
            await desk.happen()
            await good.until(messages=1)
            await bare.until(messages=1)
            await desk.drained(left=3)
            async with asyncio.timeout(20):
                while desk.counters.render().count('outcome="failed"') < 3:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
    assert (len(good.ids), len(other.ids), len(bare.ids)) == (1, 0, 1)
    assert await desk.waiting() == 3


async def test_what_nobody_takes_in_time_is_dropped_with_one_alarm(desk: Desk) -> None:
    async with receiving(Receiver(KEY), desk.secure) as gone:
        dead = desk.target(gone.port, keep_ms=60_000, most=3, kinds=frozenset({UP}))
    async with desk.telling(dead):
        for _ in range(4):
            await desk.happen()
    desk.clock.pass_by(30)
    await desk.happen()
    desk.clock.pass_by(31)
    async with receiving(Receiver(KEY), desk.secure, gone.port) as host, desk.telling(dead):
        await host.until(messages=1)
        await desk.drained()
    assert [event.kind for event in await events_after(desk.store, 0, 99)].count(ALARM) >= 1
    shown = desk.counters.render()
    assert 'edge_agent_webhook_dropped_total{reason="late",target="desk"} 4' in shown
    assert await desk.store.rows("SELECT * FROM mention WHERE place = 'webhook'") == []


async def test_what_is_erased_or_of_no_target_any_more_is_never_told(desk: Desk) -> None:
    async with receiving(Receiver(KEY), desk.secure) as host:
        pass
    person = new_id(NOON_MS)
    async with desk.telling(desk.target(host.port, "old"), desk.target(host.port, "desk")):
        async with desk.store.transaction() as tx:
            data = camera_changed("door", NOON_MS, person)
            await append_event(tx, UP, data, NOON_MS, new_id(NOON_MS))
        kept = await desk.happen()
    assert await desk.waiting() == 4
    async with desk.store.transaction() as tx:
        await void_events(tx, {person})
    assert await desk.waiting() == 2
    async with receiving(host, desk.secure, host.port), desk.telling(desk.target(host.port)):
        await host.until(messages=1)
        await desk.drained()
    assert host.ids == [kept]
