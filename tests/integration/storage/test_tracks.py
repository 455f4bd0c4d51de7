"""Tracks, clips, pictures and vectors as rows, and forgetting them."""

from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import JobState, Reply
from edge_agent.domain.track import FragmentState, TrackState
from edge_agent.storage import Store
from edge_agent.storage.forget import (
    expired_tracks,
    forget_fragments,
    forget_tracks,
    oldest_fragments,
)
from edge_agent.storage.jobs import finish_job, get_hits, insert_job
from edge_agent.storage.leftovers import lost_vectors, orphan_pictures, orphan_vectors
from edge_agent.storage.outbox import append_event, append_reply, events_after, replies_after
from edge_agent.storage.requests import RememberedAnswer, remember, remembered
from edge_agent.storage.tracks import (
    close_open_tracks,
    drop_picture,
    drop_vector_ref,
    recording_fragments,
    save_fragment,
    save_track,
    track_of,
    vectors_of,
)
from tests.integration.storage.builders import (
    DAY_MS,
    NOON_MS,
    a_fragment,
    a_hit,
    a_job,
    a_track,
    a_vector,
    insert_tracks,
    remember_person,
)


async def count(store: Store, table: str) -> int:
    return int((await store.rows(f"SELECT count(*) FROM {table}"))[0][0])  # noqa: S608


async def test_a_track_saved_again_is_brought_up_to_date(store: Store) -> None:
    first = a_track("t", state=TrackState.OPEN, length_ms=1)
    last = a_track("t", length_ms=9000, face="p" * 32, fragment="f")
    async with store.transaction() as tx:
        await save_track(tx, first)
        await save_track(tx, last)
    rows = await store.rows("SELECT * FROM track")
    assert [track_of(row) for row in rows] == [last]


async def test_open_tracks_are_ended_once(store: Store) -> None:
    async with store.transaction() as tx:
        await save_track(tx, a_track("left-open", state=TrackState.OPEN))
        await save_track(tx, a_track("ended"))
        closed = await close_open_tracks(tx)
        again = await close_open_tracks(tx)
    assert closed == [a_track("left-open")]
    assert again == []


async def test_clips_in_work_are_told_apart(store: Store) -> None:
    recording = a_fragment("r", state=FragmentState.RECORDING)
    async with store.transaction() as tx:
        await save_fragment(tx, recording)
        await save_fragment(tx, a_fragment("c"), sha256="ab")
    assert await recording_fragments(store) == [recording]
    assert await oldest_fragments(store, NOON_MS + 1, 10) == [a_fragment("c")]
    assert await oldest_fragments(store, NOON_MS, 10) == []


async def test_the_vectors_of_a_track_come_with_their_numbers(store: Store) -> None:
    track, _, vector = await remember_person(store)
    await remember_person(store, start_ms=NOON_MS + 1)
    (read,) = await vectors_of(store, track.id)
    assert read.id == vector.id
    assert await vectors_of(store, "nobody") == []


async def test_expired_tracks_are_the_ended_ones_last_seen_before(store: Store) -> None:
    async with store.transaction() as tx:
        await insert_tracks(
            tx,
            [
                a_track("old", start_ms=100, length_ms=100),
                a_track("older", start_ms=50, length_ms=100),
                a_track("still-open", start_ms=50, state=TrackState.OPEN, length_ms=1),
                a_track("long", start_ms=50, length_ms=5000),
            ],
        )
    assert await expired_tracks(store, 1000, 10) == ["older", "old"]
    assert await expired_tracks(store, 1000, 1) == ["older"]


async def test_a_forgotten_track_is_in_no_row_and_its_events_are_void(store: Store) -> None:
    clip, shared = a_fragment(), a_fragment()
    gone, picture, vector = await remember_person(store, fragment=clip)
    kept, *_ = await remember_person(store, start_ms=NOON_MS + 5, fragment=shared)
    async with store.transaction() as tx:
        await tx.execute("INSERT INTO track_fragment VALUES (?, ?)", (gone.id, shared.id))
        await append_event(tx, EventKind.TRACK_ENDED, {"track": gone.id}, 1, "e1")
        await append_event(tx, EventKind.TRACK_ENDED, {"track": kept.id}, 2, "e2")
        await append_event(tx, EventKind.FRAGMENT_CLOSED, {"tracks": [kept.id, gone.id]}, 3, "e3")
        job = a_job()
        await insert_job(tx, job, None, None)
        hits = [a_hit(1, gone.id), a_hit(2, kept.id)]
        await finish_job(tx, job.id, JobState.SUCCEEDED, at_ms=5, hits=hits)
        for track in (gone, kept):
            await append_reply(tx, Reply(topic="r"), {"hits": [{"track": track.id}]}, 5)
            answer = RememberedAnswer(
                request_id=f"r-{track.id}",
                operation="track.query",
                digest="",
                answer={"t": [track.id]},
                at_ms=5,
            )
            await remember(tx, answer)
    async with store.transaction() as tx:
        forgotten = await forget_tracks(tx, [gone.id, "never-there"])
    assert forgotten.pictures == (picture.id,)
    assert forgotten.vectors == ((vector.id, vector.at_ms),)
    assert forgotten.events == ("e1", "e3")
    assert forgotten.fragments == (clip.id,)
    told = [(row.seq, row.kind, row.data) for row in await events_after(store, 0, 10)]
    assert told == [(1, "void", {}), (2, "track.ended", {"track": kept.id}), (3, "void", {})]
    assert [hit.track for hit in await get_hits(store, job.id)] == [kept.id]
    assert [reply.body for reply in await replies_after(store, 0, 9)] == [
        {"hits": [{"track": kept.id}]}
    ]
    assert await remembered(store, f"r-{gone.id}") is None
    assert await remembered(store, f"r-{kept.id}") is not None
    for table in ("track", "picture", "vector_ref"):
        assert await count(store, table) == 1
    mentioned = {row["id"] for row in await store.rows("SELECT id FROM mention")}
    assert mentioned == {kept.id}
    assert await store.checkpoint()
    needle = gone.id.encode()
    with_it = [path for path in store.folder.glob("edge.db*") if needle in path.read_bytes()]
    assert with_it == []


async def test_more_tracks_than_a_statement_takes_parameters_are_forgotten_at_once(
    store: Store,
) -> None:
    ids = [f"{number:032x}" for number in range(40_000)]
    async with store.transaction() as tx:
        await tx.execute_many(
            "INSERT INTO track (id, camera, start_ms, end_ms, state) VALUES (?, '', 1, 2, 'ended')",
            [(each,) for each in ids],
        )
        await forget_tracks(tx, ids)
    assert await count(store, "track") == 0


async def test_a_forgotten_clip_leaves_its_tracks(store: Store) -> None:
    clip = a_fragment()
    track, *_ = await remember_person(store, fragment=clip)
    async with store.transaction() as tx:
        await append_event(tx, EventKind.FRAGMENT_CLOSED, {"fragment": clip.id}, 3, "e")
        assert await forget_fragments(tx, [clip.id]) == [clip.path]
    (row,) = await store.rows("SELECT * FROM track")
    assert (row["id"], row["fragment"]) == (track.id, None)
    assert await count(store, "track_fragment") == await count(store, "fragment") == 0
    assert [row.kind for row in await events_after(store, 0, 10)] == ["void"]


async def test_what_no_row_names_is_listed_unless_it_is_young(store: Store) -> None:
    _, picture, vector = await remember_person(store)
    before, young = NOON_MS + 1000, NOON_MS + 5000
    orphans = [a_vector(n, at_ms=NOON_MS - n * DAY_MS) for n in range(3)]
    await store.vectors.write([*orphans, a_vector(9, vector_id=new_id(young))])
    lost_picture = new_id(NOON_MS)
    await store.pictures.write([(lost_picture, b"1"), (new_id(young), b"2")])
    assert await orphan_pictures(store, before) == [lost_picture]
    listed = [pair async for pairs in orphan_vectors(store, before) for pair in pairs]
    assert {vector_id for vector_id, _ in listed} == {orphan.id for orphan in orphans}
    await store.vectors.delete(listed)
    left = {one.id async for batch in store.vectors.batches() for one in batch}
    assert vector.id in left
    assert len(left) == 2
    async with store.transaction() as tx:
        await drop_picture(tx, picture.id)
        await drop_vector_ref(tx, vector.id)
    assert sorted(await orphan_pictures(store, before)) == sorted([lost_picture, picture.id])


async def test_rows_whose_numbers_are_gone_are_listed(store: Store) -> None:
    _, _, kept = await remember_person(store)
    _, _, gone = await remember_person(store, start_ms=NOON_MS - DAY_MS)
    assert [ids async for ids in lost_vectors(store)] == []
    await store.vectors.drop_day("20251008")
    assert [ids async for ids in lost_vectors(store)] == [[gone.id]]
    assert kept.id != gone.id
