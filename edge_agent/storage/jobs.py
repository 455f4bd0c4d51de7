"""Jobs, their questions and their hits as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import dataclasses
import json
from collections.abc import Sequence
from typing import NamedTuple

from edge_agent.domain.job import Hit, Job, JobState, PictureQuestion, Reply
from edge_agent.domain.vector import Part
from edge_agent.storage.transaction import Reads, Row, Transaction

JOB_COLUMNS = (
    "id, kind, state, progress, created_ms, finished_ms, asker, question, hits, people, pack,"
    " error_code, error_message, compared, indexed"
)
_UNFINISHED = "state IN ('initialising', 'running')"


class UnfinishedJob(NamedTuple):
    """A job that has to be worked on.

    Attributes:
        job: its question holds the picture.
        picture: the query picture as it came, None where it was asked by address or track.
        reply: where the outcome also goes.
    """

    job: Job
    picture: bytes | None
    reply: Reply | None


async def insert_job(
    tx: Transaction,
    job: Job,
    picture: bytes | None,
    reply: Reply | None,
    more: Sequence[bytes] = (),
) -> None:
    """Insert a new job.

    Args:
        tx: the transaction.
        job: the job; the pictures inside its question are not looked at.
        picture: the query picture as it came.
        more: further pictures as they came.
        reply: where the outcome also goes.
    """
    await tx.execute(
        f"INSERT INTO job ({JOB_COLUMNS}, picture, reply_topic, reply_correlation)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job.id,
            job.kind,
            job.state.value,
            job.progress,
            job.created_ms,
            job.finished_ms,
            job.asker,
            _to_json(job.question),
            job.hits,
            job.people,
            job.pack,
            job.error_code,
            job.error_message,
            job.compared,
            job.indexed,
            picture,
            reply.topic if reply else None,
            reply.correlation if reply else None,
        ),
    )
    await tx.execute_many(
        "INSERT INTO job_picture (job, number, picture) VALUES (?, ?, ?)",
        [(job.id, number, each) for number, each in enumerate(more, start=1)],
    )
    tx.touch("job")


async def set_job_running(tx: Transaction, job_id: str, progress: float = 0.0) -> bool:
    """Say that a job is being worked on and how far it is; False where it has ended already."""
    result = await tx.execute(
        f"UPDATE job SET state = 'running', progress = ? WHERE id = ? AND {_UNFINISHED}",
        (progress, job_id),
    )
    tx.touch("job")
    return result.rowcount == 1


async def finish_job(
    tx: Transaction,
    job_id: str,
    state: JobState,
    *,
    at_ms: int,
    hits: Sequence[Hit] = (),
    people: int | None = None,
    pack: str | None = None,
    compared: int | None = None,
    indexed: float | None = None,
    error_code: str | None = None,
    error_message: str | None = None,
) -> bool:
    """End a job with its hits; False, and nothing written, where it has ended already.

    Args:
        tx: the transaction; append the event and the reply to it where this returns True.
        job_id: the job.
        state: a final state.
        at_ms: now.
        hits: in any order; their `rank` is kept.
        people: how many people the query picture showed.
        pack: the model pack that answered.
        compared: as in `Job`.
        indexed: as in `Job`.
        error_code: as doors answer it, of a failed job.
        error_message: for people, of a failed job.
    """
    if not state.final:
        raise ValueError(f"{state} is not the end of a job")
    result = await tx.execute(
        "UPDATE job SET state = ?, progress = 1, finished_ms = ?, hits = ?, people = ?, pack = ?,"
        " compared = ?, indexed = ?, error_code = ?, error_message = ?"
        f" WHERE id = ? AND {_UNFINISHED}",
        (
            *(state.value, at_ms, len(hits), people, pack, compared, indexed),
            *(error_code, error_message, job_id),
        ),
    )
    if result.rowcount != 1:
        return False
    await tx.execute_many(
        "INSERT INTO hit (job, rank, track, score, face_score, body_score, matched, person,"
        " probability) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(job_id, *_hit_columns(hit)) for hit in hits],
    )
    tx.touch("job")
    return True


async def requeue_running(tx: Transaction) -> int:
    """Put jobs that a crash interrupted back to their beginning; returns how many."""
    result = await tx.execute(
        "UPDATE job SET state = 'initialising', progress = 0 WHERE state = 'running'"
    )
    if result.rowcount:
        tx.touch("job")
    return result.rowcount


async def unfinished_jobs(reads: Reads) -> list[UnfinishedJob]:
    """Every job that has not ended, oldest first."""
    rows = await reads.rows(
        f"SELECT {JOB_COLUMNS}, picture, reply_topic, reply_correlation FROM job"
        f" WHERE {_UNFINISHED} ORDER BY id"
    )
    return [_unfinished(row) for row in rows]


async def count_unfinished(reads: Reads) -> int:
    """How many jobs have not ended."""
    rows = await reads.rows(f"SELECT count(*) FROM job WHERE {_UNFINISHED}")
    return int(rows[0][0])


async def get_job(reads: Reads, job_id: str) -> Job | None:
    """The job, without its query picture; None where there is none of this id."""
    rows = await reads.rows(f"SELECT {JOB_COLUMNS} FROM job WHERE id = ?", (job_id,))
    return job_of(rows[0]) if rows else None


async def get_question(reads: Reads, job_id: str) -> PictureQuestion | None:
    """What an unfinished job asks, with its pictures; None where there is no such job."""
    job = await get_job(reads, job_id)
    rows = await reads.rows("SELECT picture FROM job WHERE id = ?", (job_id,))
    more = await reads.rows(
        "SELECT picture FROM job_picture WHERE job = ? ORDER BY number", (job_id,)
    )
    if job is None or not rows:
        return None
    return dataclasses.replace(
        job.question,
        picture=rows[0]["picture"],
        more_pictures=tuple(row["picture"] for row in more),
    )


async def get_hits(reads: Reads, job_id: str) -> list[Hit]:
    """The hits of a job by rank; one whose track is forgotten is gone."""
    rows = await reads.rows("SELECT * FROM hit WHERE job = ? ORDER BY rank", (job_id,))
    return [hit_of(row) for row in rows]


async def forget_jobs(tx: Transaction, before_ms: int) -> int:
    """Delete jobs that ended before this time, with query pictures and hits; returns how many."""
    ended = "finished_ms < ?"
    await tx.execute(
        f"DELETE FROM hit WHERE job IN (SELECT id FROM job WHERE {ended})", (before_ms,)
    )
    result = await tx.execute(f"DELETE FROM job WHERE {ended}", (before_ms,))
    if result.rowcount:
        tx.touch("job")
    return result.rowcount


def job_of(row: Row) -> Job:
    """The job in a row that holds `JOB_COLUMNS`; its question lacks the picture."""
    return Job(
        id=row["id"],
        kind=row["kind"],
        state=JobState(row["state"]),
        progress=row["progress"],
        created_ms=row["created_ms"],
        finished_ms=row["finished_ms"],
        asker=row["asker"],
        question=_from_json(row["question"]),
        hits=row["hits"],
        people=row["people"],
        pack=row["pack"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        compared=row["compared"],
        indexed=row["indexed"],
    )


def hit_of(row: Row) -> Hit:
    """The hit in a row of all columns of table `hit`."""
    return Hit(
        rank=row["rank"],
        track=row["track"],
        score=row["score"],
        face_score=row["face_score"],
        body_score=row["body_score"],
        matched=frozenset(Part(part) for part in row["matched"].split("+") if part),
        person=row["person"],
        probability=row["probability"],
    )


def _unfinished(row: Row) -> UnfinishedJob:
    job = job_of(row)
    if row["picture"] is not None:
        question = dataclasses.replace(job.question, picture=row["picture"])
        job = dataclasses.replace(job, question=question)
    topic = row["reply_topic"]
    reply = None if topic is None else Reply(topic=topic, correlation=row["reply_correlation"])
    return UnfinishedJob(job, row["picture"], reply)


def _hit_columns(hit: Hit) -> tuple[object, ...]:
    return (
        hit.rank,
        hit.track,
        float(hit.score),
        None if hit.face_score is None else float(hit.face_score),
        None if hit.body_score is None else float(hit.body_score),
        "+".join(part.value for part in Part if part in hit.matched),
        hit.person,
        hit.probability,
    )


def _to_json(question: PictureQuestion) -> str:
    fields = dataclasses.asdict(dataclasses.replace(question, picture=None, more_pictures=()))
    del fields["picture"], fields["more_pictures"]
    fields["not_tracks"] = sorted(question.not_tracks)
    fields["parts"] = sorted(part.value for part in question.parts)
    fields["cameras"] = sorted(question.cameras)
    return json.dumps(fields)


def _from_json(text: str) -> PictureQuestion:
    fields = json.loads(text)
    fields["parts"] = frozenset(Part(part) for part in fields["parts"])
    fields["cameras"] = frozenset(fields["cameras"])
    fields["not_tracks"] = frozenset(fields.get("not_tracks", ()))
    if fields["region"] is not None:
        fields["region"] = tuple(fields["region"])
    return PictureQuestion(**fields)
