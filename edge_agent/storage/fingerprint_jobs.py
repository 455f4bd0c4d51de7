"""Fingerprint jobs as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence
from typing import Any

from edge_agent.domain.fingerprint import CANCELLED, DnaJob, DnaState, JobKind
from edge_agent.storage.transaction import Reads, Row, Transaction

_JOB = (
    "id, kind, state, progress, created_ms, finished_ms, library, pipeline, user_data, asked, file,"
    " seconds, result, code, message"
)
_IN = "IN (SELECT value FROM json_each(?))"
_UNFINISHED = "state IN ('Queuing', 'Analysing')"


async def insert_dna_job(tx: Transaction, job: DnaJob) -> None:
    """Insert a new job."""
    await tx.execute(
        "INSERT INTO fp_job (id, kind, state, progress, created_ms, library, pipeline, user_data,"
        " asked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            job.id,
            job.kind.value,
            job.state.value,
            job.progress,
            job.created_ms,
            job.library,
            job.pipeline,
            job.user_data,
            json.dumps(dict(job.asked)),
        ),
    )
    tx.touch("fp_job")


async def dna_jobs_by_id(reads: Reads, ids: Collection[str], kind: JobKind) -> list[DnaJob]:
    """Jobs of a kind by their ids, the newest first."""
    rows = await reads.rows(
        f"SELECT {_JOB} FROM fp_job WHERE kind = ? AND id {_IN} ORDER BY id DESC",
        (kind.value, json.dumps(list(ids))),
    )
    return [_job_of(row) for row in rows]


async def dna_job(reads: Reads, job_id: str) -> DnaJob | None:
    """One job of whatever kind."""
    rows = await reads.rows(f"SELECT {_JOB} FROM fp_job WHERE id = ?", (job_id,))
    return _job_of(rows[0]) if rows else None


async def dna_jobs(
    reads: Reads,
    kind: JobKind | None,
    *,
    limit: int,
    before: str = "~",
    state: DnaState | None = None,
    pipeline: str = "",
    library: str = "",
    cancelled: bool | None = None,
    start_ms: int = 0,
    end_ms: int = 1 << 62,
) -> list[DnaJob]:
    """Jobs, of one kind where it is given, the newest first, from the one before `before` on."""
    rows = await reads.rows(
        f"SELECT {_JOB} FROM fp_job WHERE (? = '' OR kind = ?) AND id < ?"
        " AND (? = '' OR library = ?) AND created_ms >= ?"
        " AND created_ms <= ? AND (? = '' OR state = ?) AND (? = '' OR pipeline = ?)"
        " AND (? IS NULL OR (coalesce(code, '') = ?) = ?)"
        " ORDER BY id DESC LIMIT ?",
        (
            kind or "",
            kind or "",
            before,
            library,
            library,
            start_ms,
            end_ms,
            state or "",
            state or "",
            pipeline,
            pipeline,
            cancelled,
            CANCELLED,
            cancelled,
            limit,
        ),
    )
    return [_job_of(row) for row in rows]


async def unfinished_count(reads: Reads) -> int:
    """How many jobs wait or are under way."""
    rows = await reads.rows(f"SELECT count(*) FROM fp_job WHERE {_UNFINISHED}")
    return int(rows[0][0])


async def next_dna_job(tx: Transaction, busy: Collection[str]) -> tuple[DnaJob, int] | None:
    """Begin the oldest waiting job of a library that nobody works on; also how often it was begun.

    Jobs of one library run one after the other, in their order: what one stores the next one finds.
    """
    rows = await tx.rows(
        f"SELECT id FROM fp_job WHERE state = 'Queuing' AND library NOT {_IN} ORDER BY id LIMIT 1",
        (json.dumps(list(busy)),),
    )
    if not rows:
        return None
    await tx.execute(
        "UPDATE fp_job SET state = 'Analysing', starts = starts + 1 WHERE id = ?", (rows[0]["id"],)
    )
    begun = await tx.rows(f"SELECT {_JOB}, starts FROM fp_job WHERE id = ?", (rows[0]["id"],))
    return _job_of(begun[0]), int(begun[0]["starts"])


async def requeue_dna_jobs(tx: Transaction) -> int:
    """Let what a crash interrupted wait again; returns how many jobs there were."""
    result = await tx.execute("UPDATE fp_job SET state = 'Queuing' WHERE state = 'Analysing'")
    return result.rowcount


async def tell_dna_progress(tx: Transaction, job_id: str, progress: float) -> bool:
    """Say how far a job is; False where it has ended."""
    result = await tx.execute(
        "UPDATE fp_job SET progress = ? WHERE id = ? AND state = 'Analysing'", (progress, job_id)
    )
    return result.rowcount == 1


async def finish_dna_job(
    tx: Transaction,
    job_id: str,
    *,
    at_ms: int,
    file: str | None = None,
    seconds: float | None = None,
    result: Sequence[dict[str, Any]] | None = None,
    code: str | None = None,
    message: str | None = None,
) -> bool:
    """End a job, as failed where there is a code; False where it has ended already."""
    done = await tx.execute(
        "UPDATE fp_job SET state = ?, progress = 1, finished_ms = ?, file = ?, seconds = ?,"
        f" result = ?, code = ?, message = ? WHERE id = ? AND {_UNFINISHED}",
        (
            (DnaState.FAIL if code else DnaState.SUCCESS).value,
            at_ms,
            file,
            seconds,
            None if result is None else json.dumps(list(result), ensure_ascii=False),
            code,
            message,
            job_id,
        ),
    )
    tx.touch("fp_job")
    return done.rowcount == 1


async def unfinished_inputs(reads: Reads) -> set[str]:
    """What the jobs that wait or are under way look at, as their rows have it."""
    rows = await reads.rows(
        f"SELECT json_extract(asked, '$.input') AS input FROM fp_job WHERE {_UNFINISHED}"
    )
    return {row["input"] for row in rows if row["input"] is not None}


async def delete_dna_job(tx: Transaction, job_id: str) -> None:
    """Forget one job with its result; what it stored stays."""
    await tx.execute("DELETE FROM fp_job WHERE id = ?", (job_id,))
    tx.touch("fp_job")


async def forget_dna_jobs(tx: Transaction, before_ms: int) -> int:
    """Delete jobs that ended before a time; returns how many there were."""
    result = await tx.execute("DELETE FROM fp_job WHERE finished_ms < ?", (before_ms,))
    return result.rowcount


def _job_of(row: Row) -> DnaJob:
    return DnaJob(
        id=row["id"],
        kind=JobKind(row["kind"]),
        state=DnaState(row["state"]),
        progress=row["progress"],
        created_ms=row["created_ms"],
        finished_ms=row["finished_ms"],
        library=row["library"],
        pipeline=row["pipeline"],
        user_data=row["user_data"],
        asked=json.loads(row["asked"]),
        file=row["file"],
        seconds=row["seconds"],
        result=None if row["result"] is None else json.loads(row["result"]),
        code=row["code"],
        message=row["message"],
    )
