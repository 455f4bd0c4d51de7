"""Watch lists over real storage: who is told of, when, how often, and what is left afterwards."""

import asyncio
import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import TrackState
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex
from edge_agent.media.pictures import decode_picture, encode_png
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.outbox import events_after
from edge_agent.storage.watchlists import erase_watch_copies
from edge_agent.tasks import ListChange, ToldEntry, Watching, WatchingOptions
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.retention import Retention, RetentionOptions
from edge_agent.wire.event_data import WatchlistHit
from edge_agent.wire.watchlists import WatchEntryCreate, WatchListCreate
from tests.integration.tasks.test_staff import portrait
from tests.support.clocks import SetClock
from tests.support.painted import INFO, paint, vector_of
from tests.support.remembering import Box, opened_box
from tests.support.sightings import face_of, standing
from tests.support.visits import watchlists

NOON_MS = 1_760_011_200_000
MINUTE_MS = 60_000
FACE = Part.FACE
THRESHOLD = 0.5


class Shop:
    """A box with watch lists; times are seconds after noon."""

    def __init__(self, box: Box, clock: SetClock | None = None) -> None:
        self.box, self.store = box, box.store
        self.clock = clock or SetClock(NOON_MS)
        self.lists = watchlists(box.store, self.clock, box.searches().likenesses)
        options = WatchingOptions(
            model=INFO.face_model,
            threshold=THRESHOLD,
            false_alarm_rate=0.001,
            rearm_ms=30 * MINUTE_MS,
        )
        self.counters = Counters()
        self.watching = Watching(box.store, options, self.clock, self.counters)

    async def saw(
        self,
        who: int,
        start_s: float = 0,
        *,
        similar: float = 0.9,
        state: TrackState = TrackState.OPEN,
        camera: str = "door",
    ) -> str:
        self.clock.pass_by(1)  # ids that are made later sort later
        start_ms = NOON_MS + round(start_s * 1000)
        track = new_id(start_ms)
        await self.box.remember(
            track,
            {FACE: vector_of(FACE, who, similar)},
            camera=camera,
            start_ms=start_ms,
            end_ms=start_ms + 5000,
        )
        async with self.store.transaction() as tx:
            await tx.execute("UPDATE track SET state = ? WHERE id = ?", (state.value, track))
        return track

    async def make(self, name: str = "banned", minutes: int = 60) -> str:
        wanted = WatchListCreate(
            id=name,
            name=name.title(),
            owner="security desk",
            reason="theft",
            expires_ms=self.clock.now_ms() + minutes * MINUTE_MS,
        )
        return (await self.lists.create(wanted, asker="rest")).id

    async def add(self, list_id: str, *pictures: bytes, **told: Any) -> str:
        entry = ToldEntry(name="somebody", pictures=pictures, **told)
        return (await self.lists.add(list_id, entry, entry_id=None, asker="rest")).id

    async def told(self) -> list[WatchlistHit]:
        """What has been told since the store was opened."""
        await self.watching.keep_up()
        events = await events_after(self.store, 0, 100)
        return [
            WatchlistHit.model_validate(event.data)
            for event in events
            if event.kind == EventKind.WATCHLIST_HIT
        ]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with opened_box(tmp_path / "state") as box:
        yield Shop(box)


async def test_who_comes_is_told_once_for_each_visit(shop: Shop) -> None:
    banned = await shop.make()
    entry = await shop.add(banned, portrait(1))
    await shop.add(banned, portrait(3))
    stranger = await shop.saw(2)
    first = await shop.saw(1, 1)
    (hit,) = await shop.told()
    assert (hit.list, hit.list_name, hit.entry) == (banned, "Banned", entry)
    assert (hit.track, hit.camera) == (first, "door")
    assert hit.score == pytest.approx(0.9, abs=0.01)
    assert (hit.threshold, hit.false_alarm_rate) == (THRESHOLD, 0.001)
    assert hit.list_false_alarm_rate == pytest.approx(0.001999)
    again = await shop.saw(1, 20 * 60, camera="till")
    assert len(await shop.told()) == 1  # still the same visit
    back = await shop.saw(1, 20 * 60 + 5 + 31 * 60)
    assert [one.track for one in await shop.told()] == [first, back]
    visits = await shop.lists.hits(banned)
    assert [visit.tracks for visit in visits] == [(back,), (first, again)]
    assert await shop.lists.hits(banned, after=visits[0].id, limit=1) == visits[1:]
    _, entries = await shop.lists.entries(banned)
    assert {one.id: one.hits for one in entries}[entry] == 2
    assert stranger not in {track for visit in visits for track in visit.tracks}


async def test_who_is_in_view_is_told_of_as_soon_as_the_entry_is_there(shop: Shop) -> None:
    left = await shop.saw(1, -3600, state=TrackState.ENDED)
    there = await shop.saw(1)
    banned = await shop.make()
    assert await shop.told() == []
    entry = await shop.add(banned, tracks=frozenset({left}))
    (hit,) = await shop.told()
    assert (hit.entry, hit.track) == (entry, there)


async def test_a_restart_loses_nothing_and_repeats_nothing(shop: Shop) -> None:
    banned = await shop.make()
    await shop.add(banned, portrait(1))
    track = await shop.saw(1)
    again = Shop(shop.box, shop.clock)
    assert [hit.track for hit in await again.told()] == [track]
    third = Shop(shop.box, shop.clock)
    await third.saw(1, 10)
    assert [hit.track for hit in await third.told()] == [track]


async def test_it_wakes_by_itself_and_two_lists_each_tell(shop: Shop) -> None:
    for name in ("banned", "guests"):
        await shop.add(await shop.make(name), portrait(1))
    task = asyncio.get_running_loop().create_task(shop.watching.run())
    try:
        track = await shop.saw(1)
        async with asyncio.timeout(20):
            version = shop.store.version("watch_hit")
            while not await shop.lists.hits("guests"):
                version = await shop.store.changed("watch_hit", version)
        for name in ("banned", "guests"):
            (hit,) = await shop.lists.hits(name)
            assert hit.tracks == (track,)
    finally:
        task.cancel()
    assert 'edge_agent_watchlist_hits_total{camera="door"} 2' in shop.counters.render()


async def test_an_ended_list_tells_of_nobody_and_goes_with_all_it_kept(
    shop: Shop, tmp_path: Path
) -> None:
    banned = await shop.make(minutes=10)
    await shop.add(banned, portrait(1), keep_picture=True)
    await shop.saw(1)
    assert len(await shop.told()) == 1
    (row,) = await shop.store.rows("SELECT numbers FROM watch_vector")
    (kept,) = await shop.store.rows("SELECT jpeg FROM watch_picture")
    secrets = [bytes(row["numbers"]), bytes(kept["jpeg"])[-64:]]
    assert all(_on_disk(tmp_path / "state", secret) for secret in secrets)
    shop.clock.pass_by(600)
    await shop.saw(1, 3600)
    assert len(await shop.told()) == 1
    thread = OneThread("retention")
    retention = Retention(
        shop.store,
        VectorIndex(),
        thread,
        RetentionOptions(),
        alarms=Alarms(shop.store, shop.clock, Counters()),
        clock=shop.clock,
        counters=Counters(),
    )
    await retention.run()
    thread.close()
    assert not any(_on_disk(tmp_path / "state", secret) for secret in secrets)
    for table in ("watchlist", "watch_entry", "watch_vector", "watch_picture", "watch_hit"):
        assert await shop.store.rows(f"SELECT * FROM {table}") == []  # noqa: S608
    assert [event.kind for event in await events_after(shop.store, 0, 9)] == ["void"]
    rows = await shop.store.rows("SELECT who, action FROM audit ORDER BY seq DESC LIMIT 1")
    assert [tuple(row) for row in rows] == [("upkeep", "watchlist.expire")]


def _on_disk(state: Path, secret: bytes) -> bool:
    return any(secret in (state / name).read_bytes() for name in ("edge.db", "edge.db-wal"))


async def test_what_is_kept_of_a_picture_is_smaller_and_only_where_asked(shop: Shop) -> None:
    banned = await shop.make()
    plain = await shop.add(banned, portrait(1))
    picture = decode_picture(portrait(2))
    large = encode_png(np.kron(picture, np.ones((2, 2, 1), np.uint8)))
    shown = await shop.lists.add(
        banned,
        ToldEntry(pictures=(large,), keep_picture=True),
        entry_id="shown",
        asker="rest",
    )
    assert shown.picture is not None
    kept = await shop.lists.picture(shown.picture)
    assert kept is not None
    height, width = decode_picture(kept).shape[:2]
    assert max(height, width) == 640
    assert width / height == pytest.approx(picture.shape[1] / picture.shape[0], abs=0.01)
    _, entries = await shop.lists.entries(banned)
    assert {one.id: one.picture for one in entries} == {plain: None, "shown": shown.picture}
    gone = await shop.lists.remove(banned, "shown", asker="rest")
    assert gone.picture is not None
    assert await shop.lists.picture(gone.picture) is None
    await shop.saw(2)
    assert await shop.told() == []


async def test_of_a_picture_of_several_only_who_is_meant_is_kept(shop: Shop) -> None:
    banned = await shop.make()
    face = face_of(standing(320))  # the second in the picture
    region = (face[0] - 20, face[1] - 20, face[2] + 20, face[3] + 20)
    told = ToldEntry(pictures=(portrait(1, 2),), regions=(region,), keep_picture=True)
    entry = await shop.lists.add(banned, told, entry_id="two", asker="rest")
    kept = await shop.lists.picture(entry.picture or "")
    assert kept is not None
    height, width = decode_picture(kept).shape[:2]
    size = (region[2] - region[0], region[3] - region[1])
    assert (width, height) == pytest.approx(size, abs=1.1)
    for who in (1, 2):
        await shop.saw(who)
    assert [hit.entry for hit in await shop.told()] == ["two"]
    regions = [[0, 0, 10, 10], None]
    with pytest.raises(Refused, match="2 for 1") as refused:
        ToldEntry.of(
            WatchEntryCreate(
                list=banned,
                pictures=[base64.b64encode(portrait(1)).decode()],
                regions=regions,  # type: ignore[arg-type]
            )
        )
    assert refused.value.field == "regions"


async def test_an_erased_track_leaves_no_hit_and_its_event_is_void(shop: Shop) -> None:
    banned = await shop.make()
    await shop.add(banned, portrait(1))
    track = await shop.saw(1)
    (hit,) = await shop.told()
    async with shop.store.transaction() as tx:
        await forget_tracks(tx, [track])
    assert await shop.lists.hits(banned) == []
    assert await shop.lists.recognised(hit.hit) is None
    assert await shop.told() == []
    for table in ("watch_hit", "watch_hit_track", "watch_news"):
        assert await shop.store.rows(f"SELECT * FROM {table}") == []  # noqa: S608
    await shop.saw(1, 60)
    assert len(await shop.told()) == 1


async def test_what_was_copied_from_who_is_erased_goes_with_them(shop: Shop) -> None:
    banned = await shop.make()
    one, other = [await shop.saw(who, state=TrackState.ENDED) for who in (1, 2)]
    await shop.add(banned, tracks=frozenset({one}))
    both = await shop.add(banned, portrait(2), tracks=frozenset({other}))
    async with shop.store.transaction() as tx:
        await forget_tracks(tx, [one])  # by age
    assert len((await shop.lists.entries(banned))[1]) == 2
    async with shop.store.transaction() as tx:
        await erase_watch_copies(tx, [one, other])
    _, entries = await shop.lists.entries(banned)
    assert [(entry.id, len(entry.models)) for entry in entries] == [(both, 1)]
    for who in (1, 2):
        await shop.saw(who, 60)
    assert [hit.entry for hit in await shop.told()] == [both]
    assert await shop.store.rows("SELECT * FROM watch_copy") == []


async def test_what_cannot_be_is_refused_and_keeps_nothing(shop: Shop) -> None:
    for minutes in (0, -5, 366 * 24 * 60 + 1):
        with pytest.raises(Refused) as refused:
            await shop.make(minutes=minutes)
        assert refused.value.field == "expires_ms"
    banned = await shop.make()
    with pytest.raises(Refused, match="already"):
        await shop.make()
    for told, field in [
        (ToldEntry(), "pictures"),
        (ToldEntry(pictures=(portrait(1, 2),)), "pictures.0.picture"),
        (ToldEntry(pictures=(paint({}),)), "pictures.0.picture"),
        (ToldEntry(tracks=frozenset({new_id(0)})), "tracks"),
    ]:
        with pytest.raises(Refused) as refused:
            await shop.lists.add(banned, told, entry_id=None, asker="rest")
        assert refused.value.field == field
    assert (await shop.lists.entries(banned))[1] == []
    told = ToldEntry(pictures=(portrait(1),))
    with pytest.raises(NotFound, match="no watch list"):
        await shop.lists.add("other", told, entry_id=None, asker="rest")
    await shop.lists.add(banned, told, entry_id="x", asker="rest")
    with pytest.raises(Refused, match="already"):
        await shop.lists.add(banned, told, entry_id="x", asker="rest")
    four = ToldEntry(pictures=(portrait(1),) * 4)
    with pytest.raises(TooLarge):
        await shop.lists.tell(banned, "x", four, asker="rest")
    with pytest.raises(Refused, match="nothing is changed"):
        await shop.lists.tell(banned, "x", ToldEntry(), asker="rest")
    with pytest.raises(Refused, match="nothing is changed"):
        await shop.lists.change(banned, ListChange(), asker="rest")
    for name in ("second", "third"):
        await shop.add(await shop.make(name), portrait(2))
    with pytest.raises(Refused, match="there are 3 lists"):
        await shop.make("fourth")
    with pytest.raises(Refused, match="3 people"):
        await shop.add(banned, portrait(4))
    assert await verify_audit(shop.store) is None
