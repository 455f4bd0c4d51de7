"""Jobs and hits in numbered pages, as the cloud's clients turn them."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence

from edge_agent.domain.job import Job, JobState
from edge_agent.domain.vector import Part
from edge_agent.queries.rows import HitRow, hit_row, track_row
from edge_agent.storage import Store
from edge_agent.storage.apps import Numbered
from edge_agent.storage.jobs import JOB_COLUMNS, job_of
from edge_agent.storage.tracks import TRACK_COLUMNS

_ASKED_BY = "json_extract(question, '$.app') = ?"  # as the index has it
_OF_JOB = "FROM hit JOIN track ON track.id = hit.track WHERE job = ?"


async def numbered_jobs(
    store: Store, app: str, states: Collection[JobState], *, offset: int, limit: int
) -> Numbered[Job]:
    """Jobs asked in the name of an app, newest first.

    Args:
        store: the truth.
        app: its id.
        states: only jobs in one of these.
        offset: how many newer ones are passed over.
        limit: how many are returned at the most.

    Raises:
        Unavailable: the disk is failing.
    """
    where = f"{_ASKED_BY} AND state IN (SELECT value FROM json_each(?))"
    values = (app, json.dumps(sorted(state.value for state in states)))
    counted = await store.rows(f"SELECT count(*) FROM job WHERE {where}", values)
    rows = await store.rows(
        f"SELECT {JOB_COLUMNS} FROM job WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
    return Numbered(int(counted[0][0]), tuple(job_of(row) for row in rows))


async def numbered_hits(store: Store, job_id: str, *, offset: int, limit: int) -> Numbered[HitRow]:
    """Hits of a job, best first, without those whose track has been forgotten since.

    Args:
        store: the truth.
        job_id: the job.
        offset: how many come before the first that is returned.
        limit: how many are returned at the most.

    Raises:
        Unavailable: the disk is failing.
    """
    counted = await store.rows(f"SELECT count(*) {_OF_JOB}", (job_id,))
    rows = await store.rows(
        "SELECT rank, track, score, face_score, body_score, matched, person,"
        f" {TRACK_COLUMNS} {_OF_JOB} ORDER BY rank LIMIT ? OFFSET ?",
        (job_id, limit, offset),
    )
    return Numbered(int(counted[0][0]), tuple(hit_row(row, track_row(row)) for row in rows))


async def best_vectors(store: Store, tracks: Sequence[str], part: Part) -> dict[str, str]:
    """The id of the best vector of this part, by track; nothing for tracks without one."""
    rows = await store.rows(
        "SELECT track, id FROM vector_ref WHERE part = ?"
        " AND track IN (SELECT value FROM json_each(?)) ORDER BY quality",
        (part.value, json.dumps(list(tracks))),
    )
    return {row["track"]: row["id"] for row in rows}
