"""Visits over real storage."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.ids import new_id
from edge_agent.domain.vector import Part
from edge_agent.queries import Queries, TrackFilter
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.outbox import events_after
from tests.support.clocks import SetClock
from tests.support.painted import vector_of
from tests.support.remembering import Box, opened_box
from tests.support.visits import sessions

NOON_MS = 1_760_011_200_000
FACE, BODY = Part.FACE, Part.BODY
BOTH = {FACE: 1.0, BODY: 1.0}


class Shop:
    """A box that remembers people; seconds after noon."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.store = box.store
        self.clock = SetClock(NOON_MS)
        self.sessions = sessions(box.store, self.clock)

    async def saw(
        self, who: int, start_s: float, *, camera: str = "door", like: dict[Part, float] = BOTH
    ) -> str:
        """Somebody was seen for five seconds."""
        start_ms = NOON_MS + round(start_s * 1000)
        track = new_id(start_ms)
        vectors = {part: vector_of(part, who, much) for part, much in like.items()}
        await self.box.remember(
            track, vectors, camera=camera, start_ms=start_ms, end_ms=start_ms + 5000
        )
        return track

    async def visits(self) -> list[set[str]]:
        await self.sessions.keep_up()
        page = await self.sessions.sessions(start_ms=0, end_ms=1 << 53, limit=100)
        return [{one.track for one in session.tracks} for session in reversed(page.sessions)]

    async def visit_of(self, track: str) -> str:
        row = await Queries(self.store).track(track)
        assert row is not None
        assert row.session is not None
        return row.session


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened_box(tmp_path / "state") as box:
        yield Shop(box)


async def test_tracks_of_several_cameras_become_visits(shop: Shop) -> None:
    first = await shop.saw(1, 0, like={FACE: 0.95, BODY: 0.9})
    other = await shop.saw(2, 3, camera="till")
    later = await shop.saw(1, 20, camera="till", like={FACE: 0.9, BODY: 0.9})
    back = await shop.saw(1, 40, like={BODY: 0.97})  # from behind
    nobody = await shop.saw(3, 50, like={})
    assert await shop.visits() == [{first, later, back}, {other}, {nobody}]
    session = await shop.sessions.get(await shop.visit_of(first))
    assert (session.start_ms, session.end_ms) == (NOON_MS, NOON_MS + 45_000)
    weakest = min(one.confidence for one in session.tracks)
    assert 0 < session.confidence == weakest < 0.5  # its weakest link are clothes
    assert [one.track for one in session.tracks] == [first, later, back]
    page = await Queries(shop.store).tracks(TrackFilter(session=session.id))
    assert {row.id for row in page.rows} == {first, later, back}
    told = [event.data for event in await events_after(shop.store, 0, 100)]
    mine = [event for event in told if event["session"] == session.id]
    assert [len(event["tracks"]) for event in mine] == [1, 2, 3]
    assert mine[-1]["confidence"] == session.confidence


async def test_a_visit_ends_and_the_next_day_is_another(shop: Shop) -> None:
    first = await shop.saw(1, 0)
    again = await shop.saw(1, 4 * 3600)
    assert await shop.visits() == [{first}, {again}]


async def test_the_order_in_which_tracks_end_does_not_matter(shop: Shop) -> None:
    later = await shop.saw(1, 60, camera="till")
    assert await shop.visits() == [{later}]
    first = await shop.saw(1, 0)
    assert await shop.visits() == [{first, later}]


async def test_a_restart_neither_loses_nor_repeats_anything(shop: Shop) -> None:
    first = await shop.saw(1, 0)
    await shop.visits()
    second = await shop.saw(1, 10, camera="till")
    restarted = sessions(shop.store, shop.clock)
    assert await restarted.keep_up() == 1
    assert await restarted.keep_up() == 0
    assert await shop.visits() == [{first, second}]
    assert len(await events_after(shop.store, 0, 100)) == 2


async def test_a_person_takes_apart_for_good(shop: Shop) -> None:
    tracks = [await shop.saw(1, at, camera="till") for at in (0, 10, 20)]
    await shop.visits()
    whole = await shop.visit_of(tracks[0])
    made = await shop.sessions.split(whole, [tracks[1]], asker="rest")
    assert [(one.track, one.how.value) for one in made.tracks] == [(tracks[1], "person")]
    assert await shop.visits() == [{tracks[0], tracks[2]}, {tracks[1]}]
    # and stays so, even if the track comes to be linked again
    async with shop.store.transaction() as tx:
        await tx.execute("DELETE FROM session_track WHERE track = ?", (tracks[1],))
        await tx.execute("DELETE FROM session WHERE id = ?", (made.id,))
        await tx.execute("INSERT INTO session_news VALUES (?)", (tracks[1],))
    assert await shop.visits() == [{tracks[0], tracks[2]}, {tracks[1]}]
    for wrong in ([], [new_id(0)], [tracks[0], tracks[2]]):
        with pytest.raises((Refused, NotFound)):
            await shop.sessions.split(whole, wrong, asker="rest")


async def test_a_person_puts_together_what_the_machine_would_not(shop: Shop) -> None:
    one, other = await shop.saw(1, 0), await shop.saw(2, 5000)
    assert len(await shop.visits()) == 2
    first, second = await shop.visit_of(one), await shop.visit_of(other)
    merged = await shop.sessions.merge([second, first], asker="rest")
    assert (merged.id, merged.confidence) == (first, 1.0)
    assert await shop.visits() == [{one, other}]
    gone = [e.data for e in await events_after(shop.store, 0, 100) if e.data["session"] == second]
    assert gone[-1]["tracks"] == []
    with pytest.raises(NotFound):
        await shop.sessions.get(second)
    # the last word counts: apart, then together
    parted = await shop.sessions.split(first, [other], asker="rest")
    again = await shop.sessions.merge([first, parted.id], asker="rest")
    assert {each.track for each in again.tracks} == {one, other}
    assert await shop.store.rows("SELECT * FROM session_apart") == []
    with pytest.raises(Refused):
        await shop.sessions.merge([first, first], asker="rest")
    rows = await shop.store.rows("SELECT action FROM audit ORDER BY seq")
    assert [row["action"] for row in rows] == ["session.merge", "session.split", "session.merge"]
    assert await verify_audit(shop.store) is None


async def test_what_is_forgotten_leaves_its_visit(shop: Shop) -> None:
    first, second = await shop.saw(1, 0), await shop.saw(1, 10, camera="till")
    await shop.visits()
    session = await shop.visit_of(first)
    async with shop.store.transaction() as tx:
        await forget_tracks(tx, [first])
    assert await shop.visits() == [{second}]
    left = await shop.sessions.get(session)
    assert left.start_ms == NOON_MS + 10_000
    unlinked = await shop.saw(1, 20)
    async with shop.store.transaction() as tx:
        await forget_tracks(tx, [second, unlinked])
    assert await shop.visits() == []
    assert await shop.store.rows("SELECT * FROM session_news") == []


async def test_pages_show_every_visit_once(shop: Shop) -> None:
    for who in range(1, 8):
        await shop.saw(who, who * 10)
    await shop.sessions.keep_up()
    shown, after = [], None
    while True:
        page = await shop.sessions.sessions(start_ms=0, end_ms=1 << 53, after=after, limit=3)
        shown += [session.id for session in page.sessions]
        after = page.after
        if after is None:
            break
    assert len(shown) == len(set(shown)) == 7
    assert shown == sorted(shown, reverse=True)
    some = await shop.sessions.sessions(start_ms=NOON_MS + 31_000, end_ms=NOON_MS + 41_000)
    assert len(some.sessions) == 2


async def test_the_running_worker_wakes_by_itself(shop: Shop) -> None:
    task = asyncio.get_running_loop().create_task(shop.sessions.run())
    try:
        version = shop.store.version("session")
        await shop.saw(1, 0)
        async with asyncio.timeout(20):
            await shop.store.changed("session", version)
        assert len(await shop.visits()) == 1
    finally:
        task.cancel()
