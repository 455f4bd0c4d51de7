"""Jobs and hits in numbered pages, as the cloud's clients turn them.

Clients ask for them again and again while they wait, so every function reads no more than what is
shown. All of them take a `Reads`: whoever needs several asks for them `Store.at_once`, and total
and rows are of one moment.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from edge_agent.domain.job import JobState
from edge_agent.domain.vector import Part
from edge_agent.storage import Reads, Row
from edge_agent.storage.apps import Numbered

_JOB = "id, state, created_ms, question"
_OF_JOB = "FROM hit JOIN track ON track.id = hit.track WHERE job = ?"


_STATES = {state.value: state for state in JobState}


class NumberedJob(NamedTuple):
    """A picture search as it is shown in a list.

    Attributes:
        app: in whose name it was asked, if in any.
        url: of the picture, or empty.
        part: what it compares; faces where it compares both.
        threshold: lowest similarity of that part, 0 to 1; None took the pack's own.
    """

    id: str
    state: JobState
    created_ms: int
    app: str | None
    url: str
    start_ms: int
    end_ms: int
    part: Part
    threshold: float | None


class NumberedHit(NamedTuple):
    """A track that answers a search, as far as one part of it was compared.

    Attributes:
        score: similarity of that part, or of the whole where that was not compared; 0 to 1.
        picture: id of the part's best picture, if there is one.
        at_ms: when that was taken; without one, when the track began.
        vector: id of the part's best vector, if there is one.
    """

    track: str
    camera: str
    score: float
    picture: str | None
    at_ms: int
    vector: str | None


async def numbered_job(reads: Reads, job_id: str) -> NumberedJob | None:
    """One job, None where there is none of this id."""
    rows = await reads.rows(f"SELECT {_JOB} FROM job WHERE id = ?", (job_id,))
    return _job_of(rows[0]) if rows else None


async def numbered_jobs(
    reads: Reads, app: str, states: Collection[JobState], *, offset: int, limit: int
) -> Numbered[NumberedJob]:
    """Jobs asked in the name of an app, newest first.

    Args:
        reads: of one moment.
        app: its id.
        states: only jobs in one of these.
        offset: how many newer ones are passed over.
        limit: how many are returned at the most.
    """
    wanted = [state.value for state in states]
    among = f"state IN ({', '.join('?' * len(wanted))})"
    counted = await reads.rows(
        f"SELECT coalesce(sum(jobs), 0) FROM app_job_count WHERE app = ? AND {among}",
        (app, *wanted),
    )
    total = int(counted[0][0])
    size = min(limit, total - offset)
    if size <= 0:
        return Numbered(total, ())
    where, values = "app = ?", [app]
    if len(wanted) < len(JobState):
        where += f" AND {among}"
        values += wanted
    # Rows that are passed over cost time, so the page is approached from the nearer end.
    from_start = offset <= total // 2
    passed = offset if from_start else total - offset - size
    rows = await reads.rows(
        f"SELECT {_JOB} FROM job WHERE id IN (SELECT job FROM app_job WHERE {where}"
        f" ORDER BY job {'DESC' if from_start else 'ASC'} LIMIT ? OFFSET ?) ORDER BY id DESC",
        (*values, size, passed),
    )
    return Numbered(total, tuple(_job_of(row) for row in rows))


async def numbered_hits(
    reads: Reads, job_id: str, part: Part, *, offset: int, limit: int
) -> Numbered[NumberedHit]:
    """Hits of a job, best first, without those whose track has been forgotten since.

    Args:
        reads: of one moment.
        job_id: the job.
        part: what it compared.
        offset: how many come before the first that is returned.
        limit: how many are returned at the most.
    """
    counted = await reads.rows(f"SELECT count(*) {_OF_JOB}", (job_id,))
    rows = await reads.rows(
        f"SELECT track, camera, coalesce({part}_score, score), {part}_picture,"
        f" coalesce({part}_ms, start_ms),"
        " (SELECT vector_ref.id FROM vector_ref WHERE vector_ref.track = hit.track AND part = ?"
        f" ORDER BY quality DESC, id LIMIT 1) {_OF_JOB} ORDER BY rank LIMIT ? OFFSET ?",
        (part.value, job_id, limit, offset),
    )
    return Numbered(int(counted[0][0]), tuple(NumberedHit(*row) for row in rows))


def _job_of(row: Row) -> NumberedJob:
    job_id, state, created_ms, question = row
    return NumberedJob(job_id, _STATES[state], created_ms, *_asked(question))


@lru_cache(maxsize=1024)
def _asked(question: str) -> tuple[str | None, str, int, int, Part, float | None]:
    """What a job was asked; it never changes, and who waits for a job reads it many times."""
    asked = json.loads(question)
    part = Part.FACE if Part.FACE.value in asked["parts"] else Part.BODY
    threshold = asked["threshold" if part is Part.FACE else "body_threshold"]
    times = asked["start_ms"], asked["end_ms"]
    return asked["app"], asked["url"] or "", *times, part, threshold
