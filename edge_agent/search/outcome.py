"""How a picture search ended, and everything that is written about it in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge_agent.domain.errors import AgentError
from edge_agent.domain.event import EventKind, OutboxRow
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Hit, Job, JobState, Reply
from edge_agent.storage import Store, Transaction
from edge_agent.storage.jobs import finish_job, get_job
from edge_agent.storage.outbox import append_event, append_reply
from edge_agent.wire.events import envelope, job_finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a job ended.

    Attributes:
        hits: best first.
        people: how many people the query picture showed, where it is known.
        compared: as in `Job`.
        indexed: as in `Job`.
        error_code: as doors answer it, of a failed job.
        error_message: for people, of a failed job.
    """

    state: JobState
    hits: Sequence[Hit] = ()
    people: int | None = None
    compared: int | None = None
    indexed: float | None = None
    error_code: str | None = None
    error_message: str | None = None


def failed(error: AgentError) -> Outcome:
    """The outcome of a job that met an expected error."""
    return Outcome(state=JobState.FAILED, error_code=error.code, error_message=str(error))


async def write_outcome(
    store: Store,
    tx: Transaction,
    job_id: str,
    outcome: Outcome,
    *,
    pack: str | None,
    at_ms: int,
) -> Job | None:
    """End the job, forget its picture, and tell everybody; None where it had ended already.

    Hits whose track was forgotten while the question was being answered are left out.
    """
    hits = await _still_there(tx, outcome.hits)
    ended = await finish_job(
        tx,
        job_id,
        outcome.state,
        at_ms=at_ms,
        hits=hits,
        people=outcome.people,
        compared=outcome.compared,
        indexed=outcome.indexed,
        pack=pack,
        error_code=outcome.error_code,
        error_message=outcome.error_message,
    )
    if not ended:
        return None
    reply = await _reply(tx, job_id)
    await tx.execute("UPDATE job SET picture = NULL WHERE id = ?", (job_id,))
    await forget_starts(tx, job_id)
    job = await get_job(tx, job_id)
    if job is None:
        raise RuntimeError(f"job {job_id} ended and is not there")
    data, event_id = job_finished(job), new_id(at_ms)
    seq = await append_event(tx, EventKind.JOB_FINISHED, data, at_ms, event_id)
    if reply is not None:
        row = OutboxRow(
            epoch=store.epoch,
            seq=seq,
            event_id=event_id,
            kind=EventKind.JOB_FINISHED,
            at_ms=at_ms,
            data=data,
        )
        await append_reply(tx, reply, envelope(row, historical=False), at_ms)
    return job


async def count_start(tx: Transaction, job_id: str) -> int:
    """Note that a job is begun, and return how often that has happened.

    Kept in `meta`, since it has to survive the crash that it counts.
    """
    rows = await tx.rows(
        "INSERT INTO meta (key, value) VALUES (?, '1')"
        " ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value",
        (_starts_key(job_id),),
    )
    return int(rows[0][0])


async def forget_starts(tx: Transaction, job_id: str) -> None:
    """The job has ended: its starts no longer matter."""
    await tx.execute("DELETE FROM meta WHERE key = ?", (_starts_key(job_id),))


def _starts_key(job_id: str) -> str:
    return f"job.starts.{job_id}"


async def _still_there(tx: Transaction, hits: Sequence[Hit]) -> list[Hit]:
    if not hits:
        return []
    marks = ", ".join("?" for _ in hits)
    rows = await tx.rows(
        f"SELECT id FROM track WHERE id IN ({marks})",  # noqa: S608 - only question marks
        [hit.track for hit in hits],
    )
    there = {row["id"] for row in rows}
    kept = [hit for hit in hits if hit.track in there]
    return [replace(hit, rank=rank) for rank, hit in enumerate(kept, start=1)]


async def _reply(tx: Transaction, job_id: str) -> Reply | None:
    rows = await tx.rows("SELECT reply_topic, reply_correlation FROM job WHERE id = ?", (job_id,))
    if not rows or rows[0]["reply_topic"] is None:
        return None
    return Reply(topic=rows[0]["reply_topic"], correlation=rows[0]["reply_correlation"])
