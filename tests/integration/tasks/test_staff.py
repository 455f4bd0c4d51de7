"""The list of staff over real storage: whose tracks are left out."""

import asyncio
from collections.abc import AsyncIterator, Collection
from pathlib import Path

import pytest

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.order import Order
from edge_agent.domain.vector import Part
from edge_agent.queries import Queries, TrackFilter
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.backup import make_backup
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.outbox import events_after
from edge_agent.tasks import Told
from edge_agent.upkeep.erase import Erasure
from tests.support.clocks import SetClock
from tests.support.painted import paint, vector_of
from tests.support.remembering import Box, answering, ended, opened_box
from tests.support.sightings import face_of, standing
from tests.support.visits import orders, sessions, staff

NOON_MS = 1_760_011_200_000
FACE, BODY = Part.FACE, Part.BODY


def portrait(*who: int) -> bytes:
    """A picture of these people, side by side."""
    people = {}
    for number, each in enumerate(who):
        body = standing(120 + 200 * number)
        people[each] = {BODY: body, FACE: face_of(body)}
    return paint(people)


class Shop:
    """A box, its visits, orders and staff; seconds after noon."""

    def __init__(self, box: Box) -> None:
        self.box, self.store = box, box.store
        clock = SetClock(NOON_MS)
        self.searches = box.searches()
        self.staff = staff(box.store, clock, self.searches.likenesses)
        self.sessions = sessions(box.store, clock)
        self.orders = orders(box.store, clock)

    async def saw(
        self, who: int, start_s: float = 0, *, camera: str = "door", like: float = 0.9
    ) -> str:
        start_ms = NOON_MS + round(start_s * 1000)
        track = new_id(start_ms)
        vectors = {part: vector_of(part, who, like) for part in Part}
        await self.box.remember(
            track, vectors, camera=camera, start_ms=start_ms, end_ms=start_ms + 5000
        )
        return track

    async def settled(self) -> None:
        await self.staff.apply_changes()
        await self.staff.keep_up()
        await self.sessions.keep_up()
        await self.orders.keep_up()

    async def create(self, *pictures: bytes, tracks: Collection[str] = ()) -> str:
        told = Told(name="Li", pictures=pictures, tracks=frozenset(tracks))
        return (await self.staff.create(told, staff_id=None, asker="rest")).id

    async def shown(self, **wanted: object) -> set[str]:
        page = await Queries(self.store).tracks(TrackFilter(**wanted))  # type: ignore[arg-type]
        return {row.id for row in page.rows}

    async def visits(self) -> list[set[str]]:
        await self.settled()
        page = await self.sessions.sessions(start_ms=0, end_ms=1 << 53, limit=100)
        return [{one.track for one in session.tracks} for session in reversed(page.sessions)]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened_box(tmp_path / "state") as box:
        yield Shop(box)


async def test_who_is_told_by_a_picture_is_left_out_before_and_after(shop: Shop) -> None:
    before, customer = await shop.saw(1, 0), await shop.saw(2, 10)
    assert await shop.visits() == [{before}, {customer}]
    member = await shop.create(portrait(1))
    after = await shop.saw(1, 20)
    assert await shop.visits() == [{customer}]
    assert await shop.shown() == {customer}
    assert await shop.shown(include_staff=True) == {before, customer, after}
    row = await Queries(shop.store).track(before)
    assert row is not None
    assert row.staff == member
    (listed,) = await shop.staff.members()
    assert (listed.name, listed.tracks, listed.applied) == ("Li", 2, True)
    gone = [event.data for event in await events_after(shop.store, 0, 100)]
    assert [event["tracks"] for event in gone] == [[before], [customer], []]


async def test_picture_searches_leave_staff_out_unless_asked(shop: Shop) -> None:
    track = await shop.saw(1)
    await shop.create(tracks=[track])
    async with answering(shop.searches):
        for include, hits in ((False, 0), (True, 1)):
            question = PictureQuestion(picture=portrait(1), include_staff=include)
            job = await shop.searches.create(question, asker="rest")
            await ended(shop.box, job.id)
            found = await Queries(shop.store).hits(job.id)
            assert [hit.track.id for hit in found] == [track][:hits]


async def test_orders_are_not_tied_to_who_works_at_the_till(shop: Shop) -> None:
    cashier, customer = await shop.saw(1, camera="till"), await shop.saw(2, camera="till")

    async def tied() -> set[str]:
        await shop.settled()
        order = Order(id="R-1", till="till", at_ms=NOON_MS + 2000, amount=None, put_ms=0)
        return set((await shop.orders.put(order)).tracks)

    assert await tied() == {cashier, customer}
    member = await shop.create(tracks=[cashier])
    assert await tied() == {customer}
    await shop.staff.delete(member, asker="rest")
    assert await tied() == {cashier, customer}


async def test_deleting_somebody_deletes_everything_and_lets_the_tracks_in_again(
    shop: Shop, tmp_path: Path
) -> None:
    track = await shop.saw(1)
    member = await shop.create(portrait(1))
    assert await shop.visits() == []
    (row,) = await shop.store.rows("SELECT numbers FROM staff_vector")
    numbers = bytes(row["numbers"])
    assert _on_disk(tmp_path / "state", numbers)
    await shop.staff.delete(member, asker="rest")
    assert not _on_disk(tmp_path / "state", numbers)
    assert await shop.visits() == [{track}]
    for table in ("staff", "staff_vector", "staff_track", "staff_news"):
        assert await shop.store.rows(f"SELECT * FROM {table}") == []  # noqa: S608
    rows = await shop.store.rows("SELECT action, detail FROM audit ORDER BY seq")
    assert [row["action"] for row in rows] == ["staff.create", "staff.delete"]
    assert await verify_audit(shop.store) is None
    with pytest.raises(NotFound):
        await shop.staff.delete(member, asker="rest")


def _on_disk(state: Path, numbers: bytes) -> bool:
    return any(numbers in (state / name).read_bytes() for name in ("edge.db", "edge.db-wal"))


async def test_what_a_person_says_of_a_track_counts_more_than_the_face(shop: Shop) -> None:
    twin, other = await shop.saw(1), await shop.saw(2, 10)
    member = await shop.create(portrait(1))
    assert await shop.visits() == [{other}]
    told = Told(tracks=frozenset({other}), not_tracks=frozenset({twin}))
    changed = await shop.staff.change(member, told, asker="rest")
    assert changed.tracks == 1
    assert await shop.visits() == [{twin}]  # also after everything was applied again
    assert await shop.shown() == {twin}


async def test_two_members_are_kept_apart_and_one_goes_without_the_other(shop: Shop) -> None:
    tracks = [await shop.saw(who, who * 10) for who in (1, 2)]
    first, second = await shop.create(portrait(1)), await shop.create(portrait(2))
    assert await shop.visits() == []
    await shop.staff.delete(first, asker="rest")
    assert await shop.visits() == [{tracks[0]}]
    (left,) = await shop.staff.members()
    assert (left.id, left.tracks) == (second, 1)


async def test_a_restart_loses_nothing(shop: Shop) -> None:
    await shop.create(portrait(1))
    track = await shop.saw(1)
    again = Shop(shop.box)
    await again.settled()
    assert await again.shown() == set()
    assert await again.shown(include_staff=True) == {track}


async def test_both_workers_wake_by_themselves(shop: Shop) -> None:
    tasks = [
        asyncio.get_running_loop().create_task(run())
        for run in (shop.staff.run_changes, shop.staff.run_news, shop.sessions.run)
    ]
    try:
        before = await shop.saw(1)
        await shop.create(portrait(1))
        async with asyncio.timeout(20):
            version = 0
            while await shop.shown():
                version = await shop.store.changed("staff_track", version)
        after = await shop.saw(1, 10)
        async with asyncio.timeout(20):
            while await shop.shown():
                version = await shop.store.changed("staff_track", version)
        assert await shop.shown(include_staff=True) == {before, after}
    finally:
        for task in tasks:
            task.cancel()


async def test_what_cannot_be_told_is_refused_and_keeps_nothing(shop: Shop) -> None:
    faceless = new_id(NOON_MS)
    await shop.box.remember(faceless, {BODY: vector_of(BODY, 1)})
    for told, field in [
        (Told(), "pictures"),
        (Told(pictures=(portrait(1, 2),)), "pictures.0.picture"),
        (Told(pictures=(portrait(1), paint({}))), "pictures.1.picture"),
        (Told(pictures=(b"no picture",)), "pictures.0.picture"),
        (Told(tracks=frozenset({faceless})), "pictures"),
        (Told(tracks=frozenset({new_id(0)})), "tracks"),
    ]:
        with pytest.raises(Refused) as refused:
            await shop.staff.create(told, staff_id=None, asker="rest")
        assert refused.value.field == field
    assert await shop.staff.members() == []
    await shop.staff.create(Told(pictures=(portrait(1),)), staff_id="li", asker="rest")
    with pytest.raises(Refused, match="already"):
        await shop.staff.create(Told(pictures=(portrait(1),)), staff_id="li", asker="rest")
    with pytest.raises(TooLarge):
        await shop.staff.change("li", Told(pictures=(portrait(1),) * 4), asker="rest")
    with pytest.raises(Refused, match="nothing is changed"):
        await shop.staff.change("li", Told(), asker="rest")
    for who in (2, 3):
        await shop.create(portrait(who))
    with pytest.raises(Refused, match="the list has 3"):
        await shop.create(portrait(4))


async def test_a_region_says_who_of_several_is_meant(shop: Shop) -> None:
    mine, other = await shop.saw(1), await shop.saw(2)
    body = face_of(standing(320))  # the second in the picture
    region = (body[0] - 20, body[1] - 20, body[2] + 20, body[3] + 20)
    told = Told(pictures=(portrait(1, 2),), regions=(region,))
    await shop.staff.create(told, staff_id="li", asker="rest")
    await shop.settled()
    assert await shop.shown(include_staff=False) == {mine}
    assert await shop.shown(include_staff=True) == {mine, other}
    for wrong in ((0.0, 0.0, 1e6, 1e6), (0.0, 0.0, 600.0, 480.0)):
        outside = Told(pictures=(portrait(1, 2),), regions=(wrong,))
        with pytest.raises(Refused) as refused:
            await shop.staff.create(outside, staff_id=None, asker="rest")
        assert (refused.value.field or "").startswith("pictures.0.")


async def test_a_track_forgotten_by_age_is_on_no_list_and_the_face_stays(shop: Shop) -> None:
    track = await shop.saw(1)
    await shop.create(tracks=[track])
    async with shop.store.transaction() as tx:
        await forget_tracks(tx, [track])
    assert await shop.store.rows("SELECT * FROM staff_track") == []
    (member,) = await shop.staff.members()
    assert (member.tracks, len(member.models)) == (0, 1)


async def test_faces_copied_from_who_is_erased_are_nowhere_any_more(shop: Shop) -> None:
    store, box = shop.store, shop.box
    one, other = await shop.saw(1), await shop.saw(2)
    later = await shop.saw(1, 60, like=0.95)  # other bytes
    await shop.create(tracks=[one])
    both = await shop.create(portrait(2), tracks=[other])
    await shop.settled()
    rows = await store.rows("SELECT id, staff, numbers FROM staff_vector")
    copies = {row["id"] for row in await store.rows("SELECT id FROM staff_copy")}
    needles = [row["numbers"] for row in rows if row["id"] in copies]
    kept = [row["numbers"] for row in rows if row["id"] not in copies]
    await make_backup(store.folder, clock=SetClock(NOON_MS))

    def holding(wanted: bytes) -> list[str]:
        files = [path for path in store.folder.rglob("*") if path.is_file()]
        return [path.name for path in files if wanted in path.read_bytes()]

    assert len(needles) == 2
    assert all(holding(needle) for needle in needles)
    erasure = Erasure(store, box.index, box.index_thread, SetClock(NOON_MS))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(erasure.run())
        await erasure.erase([one, other], asker="rest")
        running.cancel()
    assert [holding(needle) for needle in needles] == [[], []]
    assert all(holding(picture) for picture in kept)
    (member,) = await shop.staff.members()
    assert (member.id, len(member.models)) == (both, 1)
    assert await store.rows("SELECT * FROM staff_copy") == []
    assert await shop.visits() == [{later}]  # whom nobody knows any more is let in again
