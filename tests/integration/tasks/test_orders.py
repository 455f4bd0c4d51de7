"""Receipts tied to who stood at their till, over real storage."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.ids import new_id
from edge_agent.domain.order import Order
from edge_agent.domain.track import Track, TrackState
from edge_agent.queries import Queries, TrackFilter
from edge_agent.storage import Store
from edge_agent.storage.actions import add_action
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.orders import forget_orders
from edge_agent.storage.outbox import events_after
from edge_agent.storage.tracks import save_track
from edge_agent.tasks.orders import Orders, tills_of
from tests.support.clocks import SetClock
from tests.support.visits import PLACES, orders

NOON_MS = 1_760_011_200_000
BEFORE_S, AFTER_S = 15, 5


class Shop:
    """Who stood where; seconds after noon."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.orders: Orders = orders(store, SetClock(NOON_MS))

    async def seen(
        self, start_s: float, end_s: float, *, camera: str = "till", track: str | None = None
    ) -> str:
        start_ms = NOON_MS + round(start_s * 1000)
        track_id = track or new_id(start_ms)
        async with self.store.transaction() as tx:
            await save_track(
                tx,
                Track(
                    id=track_id,
                    camera=camera,
                    start_ms=start_ms,
                    end_ms=NOON_MS + round(end_s * 1000),
                    state=TrackState.ENDED,
                    face=None,
                    body=None,
                    fragment=None,
                ),
            )
        return track_id

    async def stood(
        self, track: str, since_s: float, left_s: float | None, zone: str = "counter"
    ) -> None:
        """Somebody entered the zone, was there for three seconds, and left, or did not yet."""
        since_ms = NOON_MS + round(since_s * 1000)
        done: list[tuple[ActionType, int, dict[str, Any]]] = [
            (ActionType.ENTER, since_ms, {"how": "walked"}),
            (ActionType.TILL, since_ms + 3000, {"since_ms": since_ms}),
        ]
        if left_s is not None:
            done.append((ActionType.LEAVE, NOON_MS + round(left_s * 1000), {"how": "walked"}))
        async with self.store.transaction() as tx:
            for kind, at_ms, extra in done:
                await add_action(
                    tx,
                    Action(
                        id=new_id(at_ms), track=track, type=kind, place=zone, at_ms=at_ms,
                        extra=extra,
                    ),
                )  # fmt: skip
            tx.touch("track")

    async def put(self, at_s: float = 0, till: str = "counter", order: str = "R-1") -> set[str]:
        at_ms = NOON_MS + round(at_s * 1000)
        tied = await self.orders.put(
            Order(id=order, till=till, at_ms=at_ms, amount="9.90", put_ms=0)
        )
        return set(tied.tracks)

    async def tied(self, order: str = "R-1") -> set[str]:
        await self.orders.keep_up()
        return set((await self.orders.get(order)).tracks)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with await Store.open(tmp_path / "state", clock=SetClock()) as store:
        yield Shop(store)


async def test_who_stood_at_the_till_is_tied_and_who_passed_or_was_elsewhere_is_not(
    shop: Shop,
) -> None:
    payer = await shop.seen(-60, 60, camera="hall")
    await shop.stood(payer, -20, 10)
    passer = await shop.seen(-60, 60, camera="hall")  # in the picture, never at the counter
    elsewhere = await shop.seen(-60, 60, camera="door")
    await shop.stood(elsewhere, -20, 10)  # a zone of this name that this camera does not have
    earlier = await shop.seen(-600, -100, camera="hall")
    await shop.stood(earlier, -500, -400)
    assert await shop.put() == {payer}
    assert passer not in await shop.tied()


@pytest.mark.parametrize(
    ("since_s", "left_s", "tied"),
    [
        (-60, -BEFORE_S, True),
        (-60, -BEFORE_S - 0.1, False),
        (AFTER_S, 60, True),
        (AFTER_S + 0.1, 60, False),
        (-3000, None, True),  # stands there to the end of the track
    ],
)
async def test_tolerances_are_kept_to_the_millisecond(
    shop: Shop,
    since_s: float,
    left_s: float | None,
    tied: bool,  # noqa: FBT001
) -> None:
    track = await shop.seen(-4000, 100, camera="hall")
    await shop.stood(track, since_s, left_s)
    assert bool(await shop.put()) is tied


async def test_a_camera_without_a_till_zone_is_a_till_as_a_whole(shop: Shop) -> None:
    there = await shop.seen(-5, 5)
    await shop.seen(-60, -BEFORE_S - 1)
    assert await shop.put(till="till") == {there}
    with pytest.raises(NotFound, match="counter, door, hall, till"):
        await shop.put(till="roof", order="R-2")


async def test_a_camera_with_a_till_zone_stands_for_that_zone(shop: Shop) -> None:
    await shop.seen(-5, 5, camera="hall")
    payer = await shop.seen(-5, 5, camera="hall")
    await shop.stood(payer, -5, None)
    assert await shop.put(till="hall") == {payer}
    assert [stand.zone for stand in tills_of(PLACES)["hall"]] == ["counter"]


async def test_who_is_written_down_after_the_order_comes_to_it(shop: Shop) -> None:
    assert await shop.put() == set()
    late = await shop.seen(-20, -10, camera="hall")
    assert await shop.tied() == set()  # in the picture, and not yet at the counter
    await shop.stood(late, -18, None)
    assert await shop.tied() == {late}
    stays = await shop.seen(-100, -50, camera="hall")
    await shop.stood(stays, -90, None)
    assert await shop.tied() == {late}
    await shop.seen(-100, 2, camera="hall", track=stays)  # is still there
    assert await shop.tied() == {late, stays}
    tied = [event.data for event in await events_after(shop.store, 0, 10)]
    assert [event["added"] for event in tied] == [[late], [stays]]
    assert set(tied[1]["tracks"]) == {late, stays}
    assert await shop.store.rows("SELECT * FROM order_news") == []


async def test_the_running_worker_wakes_by_itself(shop: Shop) -> None:
    task = asyncio.get_running_loop().create_task(shop.orders.run())
    try:
        await shop.put(till="till")
        late = await shop.seen(-2, 2)
        async with asyncio.timeout(20):
            version = 0
            while not (await shop.orders.get("R-1")).tracks:
                version = await shop.store.changed("order_track", version)
        assert (await shop.orders.get("R-1")).tracks == (late,)
    finally:
        task.cancel()


async def test_the_same_order_again_is_no_other_and_another_is_refused(shop: Shop) -> None:
    there = await shop.seen(-5, 5)
    assert await shop.put(till="till") == await shop.put(till="till") == {there}
    assert len(await events_after(shop.store, 0, 10)) == 1
    with pytest.raises(Refused, match="reported before"):
        await shop.put(till="till", at_s=1)
    with pytest.raises(NotFound, match="no order"):
        await shop.orders.get("R-2")


async def test_what_is_forgotten_is_tied_to_nothing(shop: Shop) -> None:
    there = await shop.seen(-5, 5)
    await shop.put(till="till")
    async with shop.store.transaction() as tx:
        await forget_tracks(tx, [there])
    assert await shop.tied() == set()
    assert [event.kind for event in await events_after(shop.store, 0, 10)] == ["void"]
    async with shop.store.transaction() as tx:
        assert await forget_orders(tx, NOON_MS) == 0
        assert await forget_orders(tx, NOON_MS + 1) == 1


async def test_tracks_are_found_by_what_they_did_and_bought(shop: Shop) -> None:
    payer = await shop.seen(-20, 20, camera="hall")
    await shop.stood(payer, -15, 10)
    other = await shop.seen(-30, 30, camera="hall")
    await shop.stood(other, -15, 10, zone="shelf")
    await shop.put()
    queries = Queries(shop.store)

    async def found(**wanted: object) -> set[str]:
        page = await queries.tracks(TrackFilter(**wanted))  # type: ignore[arg-type]
        return {row.id for row in page.rows}

    assert await found(order="R-1") == {payer}
    assert await found(action=ActionType.TILL) == {payer, other}
    assert await found(action=ActionType.TILL, place="shelf") == {other}
    assert await found(place="counter", cameras=frozenset({"hall", "door"})) == {payer}
    assert await found(action=ActionType.CROSS) == set()
    assert await found(order="R-1", start_ms=NOON_MS + 60_000) == set()
    assert await found(session="s") == await found(task="t") == set()
    (row,) = (await queries.tracks(TrackFilter(order="R-1"))).rows
    assert (row.orders, [action.type.value for action in row.actions]) == (
        ("R-1",), ["enter", "till", "leave"],
    )  # fmt: skip
