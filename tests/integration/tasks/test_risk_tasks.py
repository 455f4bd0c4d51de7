"""Investigations over real storage."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.ids import new_id
from edge_agent.domain.risk_task import RiskCriteria, RiskTask, RiskTaskState
from edge_agent.domain.track import Track, TrackState
from edge_agent.search import SearchOptions
from edge_agent.storage import Store
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.tracks import save_track
from edge_agent.tasks import Change, NewTask, Place, RiskTasks, RiskTasksOptions
from tests.support.clocks import SetClock
from tests.support.painted import PaintedEyes
from tests.support.remembering import Box

PLACE = Place(tenant="acme", store="shop-7")
OPTIONS = RiskTasksOptions(most_open=3, most_named=5, batch=2)
NOON_MS = 1_760_011_200_000
OPEN, CLOSED = RiskTaskState.OPEN, RiskTaskState.CLOSED


class House:
    """A store with two cameras, and its investigations."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = SetClock()
        self.tasks = RiskTasks(
            store,
            PLACE,
            OPTIONS,
            likenesses=Box(store, PaintedEyes(), SearchOptions()).searches().likenesses,
            clock=self.clock,
        )

    async def saw(
        self,
        start_s: int,
        end_s: int | None = None,
        *,
        camera: str = "door",
        track_id: str | None = None,
    ) -> str:
        """Keep a track; seconds after noon."""
        start_ms = NOON_MS + start_s * 1000
        track = Track(
            id=track_id or new_id(start_ms),
            camera=camera,
            start_ms=start_ms,
            end_ms=NOON_MS + (start_s + 5 if end_s is None else end_s) * 1000,
            state=TrackState.ENDED,
            face=None,
            body=None,
            fragment=None,
        )
        async with self.store.transaction() as tx:
            await save_track(tx, track)
        return track.id

    async def create(
        self, criteria: RiskCriteria | None = None, tracks: tuple[str, ...] = (), **more: Any
    ) -> RiskTask:
        new = NewTask(criteria=criteria, tracks=frozenset(tracks), **more)
        return await self.tasks.create(new, asker="test")

    async def change(self, task: RiskTask, change: Change) -> RiskTask:
        return await self.tasks.change(task.id, change, asker="test")

    async def listed(self, task: RiskTask) -> list[str]:
        page = await self.tasks.tracks(task.id, limit=100)
        assert page.after is None
        return [track.id for track in page.tracks]

    async def members(self, task: RiskTask) -> list[str]:
        """As `listed`, where nothing is going on; then the task's own count agrees."""
        listed = await self.listed(task)
        assert (await self.tasks.get(task.id)).tracks == len(listed)
        return listed


def between(start_s: int, end_s: int, *cameras: str) -> RiskCriteria:
    return RiskCriteria(
        start_ms=NOON_MS + start_s * 1000,
        end_ms=NOON_MS + end_s * 1000,
        cameras=frozenset(cameras),
    )


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with await Store.open(tmp_path / "state", clock=SetClock()) as store:
        async with store.transaction() as tx:
            await ensure_cameras(tx, ["door", "till"])
        yield House(store)


async def test_a_task_has_what_meets_its_criteria_and_what_was_pointed_at(house: House) -> None:
    before = await house.saw(0, 9)
    across = await house.saw(5, 10)
    inside = await house.saw(12)
    other = await house.saw(13, camera="till")
    after = await house.saw(20)
    task = await house.create(between(10, 20, "door"))
    assert await house.members(task) == [inside, across]
    task = await house.create(between(10, 20), (before,))
    assert await house.members(task) == [other, inside, across, before]
    task = await house.create(tracks=(after,))
    assert (task.criteria, task.tracks, task.tenant, task.store) == (None, 1, "acme", "shop-7")
    assert await verify_audit(house.store) is None


async def test_a_task_keeps_up_until_it_is_closed(house: House) -> None:
    task = await house.create(between(10, 20))
    early = await house.saw(0, 5)
    seen = [await house.saw(second) for second in (10, 11, 12)]
    assert await house.tasks.keep_up() == 3
    assert await house.members(task) == seen[::-1]
    # somebody who is still followed grows into the time that was asked about
    await house.saw(0, 10, track_id=early)
    assert await house.tasks.keep_up() == 1
    late = await house.saw(13)  # noted, but not looked at before it is closed
    task = await house.change(task, Change(state=CLOSED))
    assert (task.state, task.tracks) == (CLOSED, 5)
    missed = await house.saw(14)
    assert await house.tasks.keep_up() == 0
    await house.change(task, Change(state=OPEN))
    assert await house.members(task) == [missed, late, *seen[::-1], early]


async def test_nothing_is_noted_while_nobody_investigates(house: House) -> None:
    await house.saw(1)
    assert await house.store.rows("SELECT * FROM track_news") == []
    task = await house.create(between(0, 9))
    await house.saw(2)
    assert len(await house.store.rows("SELECT * FROM track_news")) == 1
    await house.tasks.delete(task.id, asker="test")
    assert await house.tasks.keep_up() == 0
    assert await house.store.rows("SELECT * FROM track_news") == []


async def test_it_keeps_up_by_itself_also_with_what_came_before_it_ran(house: House) -> None:
    task = await house.create(between(0, 100))
    first = await house.saw(1)
    running = asyncio.ensure_future(house.tasks.run())  # noqa: TID251 - awaited below
    try:
        second = await house.saw(2)
        async with asyncio.timeout(30):
            version = house.store.version("risk_task")
            while await house.listed(task) != [second, first]:
                version = await house.store.changed("risk_task", version)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_was_left_out_stays_out_and_what_was_pointed_at_stays(house: House) -> None:
    wrong, right = await house.saw(11), await house.saw(12)
    outside = await house.saw(50)
    task = await house.create(between(10, 20), (outside,))
    await house.change(task, Change(remove=frozenset({wrong})))
    await house.saw(11, 17, track_id=wrong)
    await house.tasks.keep_up()
    assert await house.members(task) == [outside, right]
    await house.change(task, Change(criteria=between(30, 40)))
    assert await house.members(task) == [outside]
    await house.change(task, Change(criteria=between(10, 20)))
    assert await house.members(task) == [outside, right]
    await house.change(task, Change(add=frozenset({wrong}), remove=frozenset({outside})))
    assert await house.members(task) == [right, wrong]


async def test_a_forgotten_track_is_in_no_task(house: House) -> None:
    gone = await house.saw(1)
    task = await house.create(between(0, 9), (gone,))
    noted = await house.saw(2)
    async with house.store.transaction() as tx:
        await forget_tracks(tx, [gone, noted])
    await house.tasks.keep_up()
    assert await house.members(task) == []
    for table in ("risk_task_track", "track_news"):
        assert await house.store.rows(f"SELECT * FROM {table}") == []  # noqa: S608


async def test_pages_of_tasks_and_tracks_hold_each_once(house: House) -> None:
    seen = [await house.saw(second) for second in range(5)]
    made = []
    for number in range(5):
        house.clock.pass_by(number % 2)
        made.append((await house.create(tracks=(seen[0],), id=f"task-{number}")).id)
    await house.tasks.change("task-3", Change(state=CLOSED), asker="test")
    listed: list[str] = []
    after = None
    while True:
        page = await house.tasks.tasks(after=after, limit=2)
        listed += [task.id for task in page.tasks]
        after = page.after
        if after is None:
            break
    assert listed == made[::-1]
    closed = await house.tasks.tasks(state=CLOSED)
    assert [task.id for task in closed.tasks] == ["task-3"]
    task = await house.create(between(0, 9))
    first = await house.tasks.tracks(task.id, limit=3)
    rest = await house.tasks.tracks(task.id, after=first.after, limit=3)
    assert [track.id for track in (*first.tracks, *rest.tracks)] == seen[::-1]
    with pytest.raises(Refused, match="cursor"):
        await house.tasks.tasks(after="nonsense")


async def test_tenant_and_store_are_checked(house: House) -> None:
    wrongs: list[dict[str, Any]] = [{"tenant": "other"}, {"store": "shop-8"}]
    for wrong in wrongs:
        with pytest.raises(NotFound) as refusal:
            await house.create(between(0, 9), **wrong)
        assert refusal.value.field == next(iter(wrong))
        with pytest.raises(NotFound):
            await house.tasks.get("x", **wrong)
    task = await house.create(between(0, 9), tenant="acme", store="shop-7", id="case-1")
    assert await house.tasks.get("case-1", tenant="acme", store="shop-7") == task


async def test_what_is_refused_leaves_nothing(house: House) -> None:
    seen = await house.saw(1)
    with pytest.raises(Refused, match="criteria, or tracks"):
        await house.create()
    with pytest.raises(NotFound, match="attic"):
        await house.create(between(0, 9, "attic"))
    with pytest.raises(NotFound, match="no track"):
        await house.create(tracks=(seen, "f" * 32))
    with pytest.raises(TooLarge):
        await house.create(tracks=tuple(f"{number}" for number in range(6)))
    assert (await house.tasks.tasks()).tasks == ()
    task = await house.create(tracks=(seen,), id="case")
    with pytest.raises(Refused, match="already"):
        await house.create(tracks=(seen,), id="case")
    with pytest.raises(Refused, match="nothing is changed"):
        await house.change(task, Change())
    with pytest.raises(Refused, match="added and removed"):
        await house.change(task, Change(add=frozenset({seen}), remove=frozenset({seen})))
    for _ in range(OPTIONS.most_open):
        await house.create(between(0, 9))
    with pytest.raises(Refused, match="are open"):
        await house.create(between(0, 9))
    with pytest.raises(Refused, match="are open"):
        await house.change(task, Change(criteria=between(0, 9)))
    for missing in (house.tasks.get("none"), house.tasks.delete("none", asker="test")):
        with pytest.raises(NotFound, match="none"):
            await missing
