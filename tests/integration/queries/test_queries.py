"""What pages show: complete, in order, without reading more than is shown."""

import random
from dataclasses import replace

import pytest

from edge_agent.domain.errors import Refused
from edge_agent.domain.job import JobState
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.worn import Worn
from edge_agent.queries import Queries, TrackFilter, TrackRow
from edge_agent.queries.track_pages import FEW, LONGEST, track_statements
from edge_agent.storage import Store
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.jobs import finish_job, insert_job
from edge_agent.storage.tracks import link_fragment, save_fragment
from edge_agent.storage.worn import save_worn
from tests.integration.storage.builders import (
    NOON_MS,
    a_fragment,
    a_hit,
    a_job,
    a_track,
    insert_tracks,
    remember_person,
)


@pytest.fixture
def queries(store: Store) -> Queries:
    return Queries(store)


async def every_page(queries: Queries, wanted: TrackFilter, limit: int) -> list[TrackRow]:
    rows: list[TrackRow] = []
    after: str | None = None
    while True:
        page = await queries.tracks(wanted, after=after, limit=limit)
        assert len(page.rows) == limit or page.after is None
        rows += page.rows
        after = page.after
        if after is None:
            return rows


def matches(track: Track, wanted: TrackFilter) -> bool:
    return (
        (wanted.start_ms is None or track.end_ms >= wanted.start_ms)
        and (wanted.end_ms is None or track.start_ms < wanted.end_ms)
        and (not wanted.cameras or track.camera in wanted.cameras)
        and (wanted.ids is None or track.id in wanted.ids)
        and (wanted.state is None or track.state is wanted.state)
    )


async def test_pages_agree_with_looking_at_every_track(store: Store, queries: Queries) -> None:
    chance = random.Random(4)  # noqa: S311 - no secret
    tracks = [
        a_track(
            start_ms=chance.randrange(1000),  # many starts are equal
            length_ms=chance.choice([0, 1, 10, 50, 400]),
            camera=chance.choice(["door", "till", "yard"]),
            state=chance.choice(list(TrackState)),
        )
        for _ in range(400)
    ]
    async with store.transaction() as tx:
        await insert_tracks(tx, tracks)
    some = frozenset(track.id for track in chance.sample(tracks, 30))
    for wanted in (
        TrackFilter(),
        TrackFilter(start_ms=500),
        TrackFilter(end_ms=500),
        TrackFilter(start_ms=300, end_ms=310),
        TrackFilter(start_ms=0, end_ms=10_000),
        TrackFilter(start_ms=2000),
        TrackFilter(cameras=frozenset({"till"})),
        TrackFilter(cameras=frozenset({"till", "door", "attic"}), start_ms=100, end_ms=800),
        TrackFilter(state=TrackState.OPEN),
        TrackFilter(state=TrackState.ENDED, cameras=frozenset({"yard"})),
        TrackFilter(ids=some),
        TrackFilter(ids=some, cameras=frozenset({"yard", "door"}), end_ms=900),
        TrackFilter(ids=frozenset()),
    ):
        expected = [track for track in tracks if matches(track, wanted)]
        expected.sort(key=lambda track: (track.start_ms, track.id), reverse=True)
        for limit in (7, 500):
            shown = await every_page(queries, wanted, limit)
            assert [row.as_track() for row in shown] == expected, wanted


@pytest.mark.parametrize("few", [0, FEW])
async def test_pages_by_what_people_wear_are_full_and_complete(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("edge_agent.queries.queries.FEW", few)  # both ways to look agree
    queries = Queries(store, ["backpack", "upper"])
    chance = random.Random(5)  # noqa: S311 - no secret
    tracks = [a_track(start_ms=n // 3, camera=chance.choice("ab")) for n in range(300)]
    worn = {
        track.id: (
            Worn("backpack", chance.choice(["yes", "no"]), 0.9),
            Worn("upper", chance.choice(["red", "blue", "black"]), 0.8),
        )
        for track in tracks[::2]
    }
    async with store.transaction() as tx:
        await insert_tracks(tx, tracks)
        for track, said in worn.items():
            await save_worn(tx, track, said)
    for cameras in (frozenset[str](), frozenset({"a"}), frozenset({"a", "b"})):
        for asked in ([("upper", "red")], [("upper", "red"), ("backpack", "no")]):
            wanted = TrackFilter(worn=frozenset(asked), cameras=cameras, start_ms=10)
            expected = [
                replace(track, worn=worn[track.id])
                for track in tracks
                if {(one.key, one.value) for one in worn.get(track.id, ())} >= set(asked)
                and (not cameras or track.camera in cameras)
                and track.end_ms >= 10
            ]
            expected.sort(key=lambda track: (track.start_ms, track.id), reverse=True)
            shown = await every_page(queries, wanted, 7)
            assert [row.as_track() for row in shown] == expected
            assert expected


async def test_what_is_not_told_cannot_be_asked_for(store: Store) -> None:
    queries = Queries(store, ["upper", "long_hair"])
    wanted = TrackFilter(worn=frozenset({("presents", "man")}))
    with pytest.raises(Refused, match=r"presents is not told on this box.*long_hair, upper") as no:
        await queries.tracks(wanted)
    assert no.value.field == "attributes"
    with pytest.raises(Refused, match="told is: nothing"):
        await Queries(store).tracks(wanted)


async def test_new_tracks_between_two_pages_shift_nothing(store: Store, queries: Queries) -> None:
    async with store.transaction() as tx:
        await insert_tracks(tx, [a_track(f"t{n}", start_ms=n) for n in range(10)])
    first = await queries.tracks(TrackFilter(), limit=4)
    async with store.transaction() as tx:
        await insert_tracks(tx, [a_track("new", start_ms=100)])
    second = await queries.tracks(TrackFilter(), after=first.after, limit=4)
    assert [row.id for row in (*first.rows, *second.rows)] == [f"t{9 - n}" for n in range(8)]


@pytest.mark.parametrize(
    ("wanted", "stretches"),
    [
        (TrackFilter(), 1),
        (TrackFilter(start_ms=NOON_MS, end_ms=NOON_MS + 1000), 1),
        (TrackFilter(cameras=frozenset({"door", "till"}), start_ms=NOON_MS), 2),
        (TrackFilter(state=TrackState.ENDED), 1),
    ],
)
@pytest.mark.parametrize("last", [None, (NOON_MS, "0" * 32)])
async def test_a_page_is_one_stretch_of_one_index(
    store: Store, wanted: TrackFilter, stretches: int, last: tuple[int, str] | None
) -> None:
    statements = track_statements(wanted, longest_ms=60_000, last=last, limit=51)
    assert len(statements) == stretches
    for sql, values in statements:
        plan = [row["detail"] for row in await store.rows(f"EXPLAIN QUERY PLAN {sql}", values)]
        stretch, *beside = plan
        assert beside == [  # one look for each row, by its key
            "CORRELATED SCALAR SUBQUERY 1",
            "SEARCH staff_track USING PRIMARY KEY (track=?)",
        ]
        assert stretch.startswith("SEARCH track USING INDEX track_by_"), plan
        assert "start_ms<?" in stretch or "(start_ms,id)<(?,?)" in stretch, plan
        assert ("start_ms>?" in stretch) == (wanted.start_ms is not None), plan


async def test_the_longest_track_is_found_without_reading_them_all(store: Store) -> None:
    plan = [row["detail"] for row in await store.rows(f"EXPLAIN QUERY PLAN {LONGEST}")]
    assert plan == ["SEARCH track USING INDEX track_by_length"]  # one step, not a scan


@pytest.mark.parametrize("limit", [0, -1, 1001])
async def test_limits_are_checked(queries: Queries, limit: int) -> None:
    with pytest.raises(Refused, match="limit") as refused:
        await queries.tracks(TrackFilter(), limit=limit)
    assert refused.value.field == "limit"


async def test_a_reversed_time_range_is_refused(queries: Queries) -> None:
    with pytest.raises(Refused) as refused:
        await queries.tracks(TrackFilter(start_ms=10, end_ms=10))
    assert refused.value.field == "end_ms"


async def test_a_track_comes_with_pictures_and_clips(store: Store, queries: Queries) -> None:
    best, other = a_fragment("f1"), a_fragment("f0", start_ms=NOON_MS - 9000)
    track, picture, _ = await remember_person(store, fragment=best)
    async with store.transaction() as tx:
        await save_fragment(tx, other, sha256="ab")
        await link_fragment(tx, track.id, other.id)
        await link_fragment(tx, track.id, other.id)
    row = await queries.track(track.id)
    assert row is not None
    assert row.as_track() == track
    assert row.fragments == ("f0", "f1")
    assert (row.face_picture, row.body_picture) == (picture.id, None)
    assert await queries.picture(picture.id) == picture
    clips = await queries.fragments_of(track.id)
    assert [(clip.id, clip.sha256) for clip in clips] == [("f0", "ab"), ("f1", "")]
    assert await queries.fragment("f1") == clips[1]
    assert await queries.tracks_in("f1") == [track.id]
    assert await queries.track("x") is None
    assert await queries.fragment("x") is None
    assert await queries.picture("x") is None


async def test_hits_come_with_their_tracks_by_rank(store: Store, queries: Queries) -> None:
    people = [await remember_person(store, start_ms=NOON_MS + n) for n in range(3)]
    job = a_job()
    async with store.transaction() as tx:
        await insert_job(tx, job, None, None)
        hits = [a_hit(rank, track.id) for rank, (track, *_) in enumerate(people, start=1)]
        await finish_job(tx, job.id, JobState.SUCCEEDED, at_ms=1, hits=hits)
    rows = await queries.hits(job.id, limit=2)
    assert [(row.rank, row.track.as_track()) for row in rows] == [
        (1, people[0][0]),
        (2, people[1][0]),
    ]
    assert (rows[1].score, rows[1].face_score, rows[1].matched) == (
        hits[1].score,
        hits[1].face_score,
        hits[1].matched,
    )
    assert [row.rank for row in await queries.hits(job.id, after_rank=2)] == [3]
    assert await queries.hits("other") == []


async def test_jobs_newest_first(store: Store, queries: Queries) -> None:
    jobs = [a_job(created_ms=NOON_MS + n) for n in range(5)]
    async with store.transaction() as tx:
        for job in jobs:
            await insert_job(tx, job, b"picture", None)
    first = await queries.jobs(limit=3)
    second = await queries.jobs(after=first.after, limit=3)
    assert [*first.rows, *second.rows] == jobs[::-1]
    assert second.after is None
    assert await queries.job(jobs[0].id) == jobs[0]


async def test_counts_and_cameras(store: Store, queries: Queries) -> None:
    assert (await queries.counts()).oldest_track_ms is None
    await remember_person(store, fragment=a_fragment())
    async with store.transaction() as tx:
        await insert_tracks(tx, [a_track(start_ms=7, state=TrackState.OPEN)])
        await insert_job(tx, a_job(), None, None)
        await ensure_cameras(tx, ["till", "door"])
    counts = await queries.counts()
    assert (counts.tracks, counts.open_tracks, counts.fragments) == (2, 1, 1)
    assert (counts.pictures, counts.vectors, counts.outbox) == (1, 1, 0)
    assert (counts.jobs, counts.unfinished_jobs, counts.oldest_track_ms) == (1, 1, 7)
    assert [camera.id for camera in await queries.cameras()] == ["door", "till"]
