"""Webhooks over a real store, told to a real https server on this machine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.keys import Sealing
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.forget import void_events
from edge_agent.storage.outbox import append_event, events_after
from edge_agent.storage.store import Store
from edge_agent.webhooks import NewWebhook, Webhooks, WebhookTarget
from edge_agent.webhooks.signing import key_of
from edge_agent.wire.events import box_alarm, camera_changed
from tests.support.clocks import SetClock
from tests.support.https import local_certificate, own_certificate
from tests.support.mqtt_box import PlainLinks
from tests.support.receiver import Receiver, receiving

NOON_MS = 1_760_011_200_000
KEY = b"a key of twenty-four bytes"
QUICK = Backoff(first=0.02, longest=0.05, jitter=0)
SEALS = Sealing("box key of this test")
LOCAL = ("127.0.0.0/8",)
UP, ALARM = EventKind.CAMERA_UP, EventKind.BOX_ALARM


@contextlib.asynccontextmanager
async def running(webhooks: Webhooks) -> AsyncIterator[None]:
    await webhooks.name_targets()
    task = asyncio.get_running_loop().create_task(webhooks.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


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

    def webhooks(self, *targets: WebhookTarget) -> Webhooks:
        return Webhooks(
            self.store,
            targets,
            PlainLinks(),
            seals=SEALS,
            live_within=60,
            clock=self.clock,
            counters=self.counters,
            backoff=QUICK,
        )

    @contextlib.asynccontextmanager
    async def telling(self, *targets: WebhookTarget) -> AsyncIterator[None]:
        """Tell until the block ends; what happens from its beginning on is queued."""
        async with running(self.webhooks(*targets)):
            yield

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


async def test_a_host_that_is_added_is_told_from_then_on_and_after_it_is_removed_no_more(
    desk: Desk,
) -> None:
    webhooks = desk.webhooks()
    async with running(webhooks), receiving(Receiver(KEY), desk.secure) as host:
        await desk.happen(camera="before")
        new = NewWebhook(
            name="late",
            url=f"https://127.0.0.1:{host.port}/hooks/store?shop=7",
            secret=KEY.decode(),
            events=[UP],
            networks=LOCAL,
            ca_pem=desk.ca_file.read_text(),
        )
        target, secret = await webhooks.add(new, asker="root")
        assert secret == KEY.decode()
        event = await desk.happen()
        await desk.happen(ALARM)
        await host.until(messages=1)
        assert host.ids == [event]
        assert (await webhooks.test("late", asker="root")).taken
        assert host.messages[-1]["kind"] == "webhook.test"
        assert (target.problem, target.taken_ms) == ("", NOON_MS)
        for again in ("late", "LATE !"):
            with pytest.raises(Refused):
                await webhooks.add(replace(new, name=again), asker="root")

        # what is told survives a restart, and can be read nowhere in the database
        rows = await desk.store.rows("SELECT * FROM webhook_target")
        assert KEY not in rows[0]["sealed"]
        assert b"shop=7" not in rows[0]["sealed"]
        fresh = desk.webhooks()
        await fresh.name_targets()
        assert [one.told for one in fresh] == [target.told]

        await webhooks.remove("late", asker="root")
        await desk.happen()
        assert await desk.waiting() == 0
        with pytest.raises(NotFound):
            await webhooks.test("late", asker="root")
    assert len(host.messages) == 2
    audit = await desk.store.rows("SELECT action FROM audit ORDER BY seq")
    assert [row["action"] for row in audit] == ["webhook.add", "webhook.test", "webhook.remove"]


async def test_what_cannot_be_told_is_refused_and_the_configuration_has_the_last_word(
    desk: Desk,
) -> None:
    written = desk.target(1)
    webhooks = desk.webhooks(written)
    await webhooks.name_targets()
    good = NewWebhook(name="other", url="https://desk.example/hooks")
    for field, wrong in (
        ("url", replace(good, url="http://desk.example/hooks")),
        ("events", replace(good, events=["gap"])),
        ("secret", replace(good, secret="short")),
        ("networks", replace(good, networks=["here"])),
        ("ca_pem", replace(good, ca_pem="no certificate")),
        ("ca_pem", replace(good, ca_pem="证书")),
        ("name", replace(good, name="desk")),
    ):
        with pytest.raises(Refused) as refused:
            await webhooks.add(wrong, asker="root")
        assert refused.value.field == field
    with pytest.raises(Refused, match="configuration"):
        await webhooks.remove("desk", asker="root")
    _, secret = await webhooks.add(good, asker="root")
    assert len(key_of(secret)) == 32
    assert [one.name for one in webhooks] == ["desk", "other"]
    tried = await webhooks.test("desk", asker="root")
    assert (tried.status, tried.taken) == (None, False)
