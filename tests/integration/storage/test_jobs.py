"""Jobs come back as asked, end once, and survive a crash."""

import dataclasses

import pytest

from edge_agent.domain.job import Hit, Job, JobState, PictureQuestion, Reply
from edge_agent.domain.vector import Part
from edge_agent.storage import Store
from edge_agent.storage.jobs import (
    count_unfinished,
    finish_job,
    forget_jobs,
    get_hits,
    get_job,
    insert_job,
    requeue_running,
    set_job_running,
    unfinished_jobs,
)
from tests.integration.storage.builders import a_hit, a_job

QUESTION = PictureQuestion(
    picture=b"\x89PNG",
    region=(1.0, 2.5, 30.0, 40.0),
    parts=frozenset({Part.BODY}),
    start_ms=5,
    end_ms=10,
    cameras=frozenset({"till", "door"}),
    threshold=0.5,
    limit=7,
    app="shop",
)


async def insert(store: Store, job: Job, picture: bytes | None = None) -> None:
    async with store.transaction() as tx:
        await insert_job(tx, job, picture, Reply(topic="a/b", correlation=b"\0\xff"))


async def test_a_job_comes_back_as_it_was_asked(store: Store) -> None:
    job = a_job(question=QUESTION)
    await insert(store, job, QUESTION.picture)
    without = dataclasses.replace(job, question=dataclasses.replace(QUESTION, picture=None))
    assert await get_job(store, job.id) == without
    assert await get_job(store, "other") is None
    (unfinished,) = await unfinished_jobs(store)
    assert unfinished.job == job
    assert unfinished.picture == QUESTION.picture
    assert unfinished.reply == Reply(topic="a/b", correlation=b"\0\xff")


async def test_a_job_ends_once_with_its_hits(store: Store) -> None:
    job = a_job()
    await insert(store, job)
    hits = [
        a_hit(1, "t1"),
        Hit(
            rank=2,
            track="t2",
            score=0.5,
            face_score=None,
            body_score=0.75,
            matched=frozenset(Part),
            person=1,
        ),
    ]
    async with store.transaction() as tx:
        assert await set_job_running(tx, job.id, 0.25)
        assert await finish_job(
            tx, job.id, JobState.SUCCEEDED, at_ms=50, hits=hits, people=2, pack="open"
        )
        assert not await finish_job(tx, job.id, JobState.CANCELLED, at_ms=60)
        assert not await set_job_running(tx, job.id)
    ended = await get_job(store, job.id)
    assert ended is not None
    assert (ended.state, ended.finished_ms, ended.progress) == (JobState.SUCCEEDED, 50, 1.0)
    assert (ended.hits, ended.people, ended.pack) == (2, 2, "open")
    assert await get_hits(store, job.id) == hits
    assert await unfinished_jobs(store) == []


async def test_a_failed_job_says_why(store: Store) -> None:
    job = a_job()
    await insert(store, job)
    async with store.transaction() as tx:
        await finish_job(
            tx, job.id, JobState.FAILED, at_ms=1, error_code="too_large", error_message="5 MB"
        )
    failed = await get_job(store, job.id)
    assert failed is not None
    assert (failed.error_code, failed.error_message) == ("too_large", "5 MB")


async def test_a_state_that_is_no_end_is_a_mistake(store: Store) -> None:
    async with store.transaction() as tx:
        with pytest.raises(ValueError, match="not the end"):
            await finish_job(tx, "j", JobState.RUNNING, at_ms=1)


async def test_interrupted_jobs_are_queued_again_oldest_first(store: Store) -> None:
    jobs = [a_job(f"job-{number}") for number in range(3)]
    for job in reversed(jobs):
        await insert(store, job)
    async with store.transaction() as tx:
        await set_job_running(tx, "job-1", 0.5)
        await finish_job(tx, "job-0", JobState.NO_DATA, at_ms=1)
        assert await requeue_running(tx) == 1
    assert [each.job for each in await unfinished_jobs(store)] == jobs[1:]
    assert await count_unfinished(store) == 2


async def test_old_jobs_are_forgotten_with_hits_and_pictures(store: Store) -> None:
    for number, at_ms in enumerate((10, 20)):
        await insert(store, a_job(f"job-{number}"), b"picture")
        async with store.transaction() as tx:
            hits = [a_hit(1, "t")]
            await finish_job(tx, f"job-{number}", JobState.SUCCEEDED, at_ms=at_ms, hits=hits)
    await insert(store, a_job("waiting"))
    async with store.transaction() as tx:
        assert await forget_jobs(tx, 15) == 1
    rows = await store.rows("SELECT id FROM job ORDER BY id")
    assert [row["id"] for row in rows] == ["job-1", "waiting"]
    assert len(await store.rows("SELECT * FROM hit")) == 1
