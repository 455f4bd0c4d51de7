"""Numbered pages of jobs and hits: what is true of every list, whatever is in it."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.job import JobState, PictureQuestion
from edge_agent.domain.vector import Part
from edge_agent.queries.numbered import NumberedJob, numbered_hits, numbered_job, numbered_jobs
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Reads, Store
from edge_agent.storage.apps import Numbered
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.jobs import finish_job, forget_jobs, insert_job, set_job_running
from edge_agent.storage.tracks import save_track
from tests.integration.storage.builders import NOON_MS, a_hit, a_job, a_track

EVERY = tuple(JobState)
FINAL = [state for state in JobState if state.final]


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="module")
def store(
    loop: asyncio.AbstractEventLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("numbered") / "state"
    opened = loop.run_until_complete(Store.open(folder, clock=SystemClock()))
    yield opened
    loop.run_until_complete(opened.close())


async def jobs(
    store: Store, app: str, states: Sequence[JobState] = EVERY, *, offset: int = 0, limit: int = 99
) -> Numbered[NumberedJob]:
    return await store.at_once(
        lambda reads: numbered_jobs(reads, app, states, offset=offset, limit=limit)
    )


async def lived(store: Store, app: str, lives: Sequence[tuple[bool, JobState | None]]) -> None:
    """Jobs that start running, end and are forgotten, each or not."""
    async with store.transaction() as tx:
        for number, (runs, end) in enumerate(lives):
            question = PictureQuestion(url="http://a/b.jpg", app=app)
            job = a_job(question=question, created_ms=NOON_MS + number)
            await insert_job(tx, job, None, None)
            if runs:
                await set_job_running(tx, job.id)
            if end:
                await finish_job(tx, job.id, end, at_ms=NOON_MS + number)


LIVES = st.lists(st.tuples(st.booleans(), st.none() | st.sampled_from(FINAL)), max_size=24)


@settings(max_examples=40, deadline=None)
@given(
    lives=LIVES,
    states=st.lists(st.sampled_from(EVERY), min_size=1, unique=True),
    size=st.integers(1, 9),
    forgotten=st.integers(0, 24),
)
def test_pages_joined_are_the_whole(  # noqa: PLR0917 - what is drawn
    loop: asyncio.AbstractEventLoop,
    store: Store,
    lives: Sequence[tuple[bool, JobState | None]],
    states: Sequence[JobState],
    size: int,
    forgotten: int,
) -> None:
    async def check() -> None:
        async with store.transaction() as tx:
            await forget_jobs(tx, NOON_MS + 10_000)
            await tx.execute("DELETE FROM job")
        await lived(store, "mine", lives)
        await lived(store, "other", lives[:3])
        async with store.transaction() as tx:
            await forget_jobs(tx, NOON_MS + forgotten)
        rows = await store.rows("SELECT id, state FROM job WHERE question LIKE '%mine%'")
        wanted = {state.value for state in states}
        whole = sorted((row["id"] for row in rows if row["state"] in wanted), reverse=True)
        pages = -(-len(whole) // size)
        seen: list[str] = []
        for page in range(pages + 2):
            found = await jobs(store, "mine", states, offset=page * size, limit=size)
            assert found.total == len(whole)
            assert len(found.rows) == max(0, min(size, len(whole) - page * size))
            seen += [job.id for job in found.rows]
        assert seen == whole

    loop.run_until_complete(check())


def test_a_job_is_shown_as_it_was_asked(loop: asyncio.AbstractEventLoop, store: Store) -> None:
    async def check() -> None:
        question = PictureQuestion(
            url="http://a/b.jpg", parts=frozenset({Part.BODY}), start_ms=3, end_ms=9,
            threshold=0.25, body_threshold=0.5, app="shown",
        )  # fmt: skip
        job = a_job(question=question)
        async with store.transaction() as tx:
            await insert_job(tx, job, None, None)
        shown = await store.at_once(lambda reads: numbered_job(reads, job.id))
        assert shown == NumberedJob(
            id=job.id, state=JobState.INITIALISING, created_ms=NOON_MS, app="shown",
            url="http://a/b.jpg", start_ms=3, end_ms=9, part=Part.BODY, threshold=0.5,
        )  # fmt: skip
        assert (await jobs(store, "shown")).rows == (shown,)
        assert await store.at_once(lambda reads: numbered_job(reads, "none")) is None

    loop.run_until_complete(check())


def test_hits_of_forgotten_tracks_are_on_no_page(
    loop: asyncio.AbstractEventLoop, store: Store
) -> None:
    async def check() -> None:
        tracks = [a_track() for _ in range(5)]
        job = a_job()
        async with store.transaction() as tx:
            for track in tracks:
                await save_track(tx, track)
            await insert_job(tx, job, None, None)
            hits = [a_hit(rank, track.id) for rank, track in enumerate(tracks, 1)]
            await finish_job(tx, job.id, JobState.SUCCEEDED, at_ms=NOON_MS, hits=hits)
            await forget_tracks(tx, [tracks[1].id])

        async def page(number: int) -> tuple[int, list[str]]:
            async def read(reads: Reads) -> tuple[int, list[str]]:
                found = await numbered_hits(reads, job.id, Part.FACE, offset=2 * number, limit=2)
                return found.total, [hit.track for hit in found.rows]

            return await store.at_once(read)

        left = [track.id for track in tracks if track is not tracks[1]]
        assert [await page(number) for number in range(3)] == [
            (4, left[:2]),
            (4, left[2:]),
            (4, []),
        ]

    loop.run_until_complete(check())


def test_what_is_passed_over_is_not_read(loop: asyncio.AbstractEventLoop, store: Store) -> None:
    plan = loop.run_until_complete(
        store.rows("EXPLAIN QUERY PLAN SELECT job FROM app_job WHERE app = 'x' ORDER BY job DESC")
    )
    assert [row["detail"] for row in plan] == ["SEARCH app_job USING PRIMARY KEY (app=?)"]
