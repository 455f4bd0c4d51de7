"""Fingerprint libraries, files and jobs as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence
from typing import Any

from edge_agent.domain.fingerprint import DnaJob, DnaState, JobKind, Library, Medium, PrintedFile
from edge_agent.storage.transaction import Reads, Row, Transaction

_LIBRARY = "id, name, description, model, config, created_ms, changes, system"
_FILE = "id, library, primary_key, input, seconds, stored_ms, print, fragment"
_FILE_HEAD = _FILE.replace("print", "x'' AS print")
_JOB = (
    "id, kind, state, progress, created_ms, finished_ms, library, pipeline, user_data, asked, file,"
    " seconds, result, code, message"
)
_IN = "IN (SELECT value FROM json_each(?))"
_UNFINISHED = "state IN ('Queuing', 'Analysing')"


async def insert_library(tx: Transaction, library: Library) -> None:
    """Insert a new library."""
    await tx.execute(
        f"INSERT INTO fp_library ({_LIBRARY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            library.id,
            library.name,
            library.description,
            library.medium.value,
            library.config,
            library.created_ms,
            library.changes,
            library.system,
        ),
    )
    tx.touch("fp_library")


async def libraries(reads: Reads, ids: Collection[str] | None = None) -> list[Library]:
    """Libraries by their creation; all of them without `ids`."""
    where, values = ("", ()) if ids is None else (f"WHERE id {_IN}", (json.dumps(list(ids)),))
    rows = await reads.rows(f"SELECT {_LIBRARY} FROM fp_library {where} ORDER BY id", values)
    return [_library_of(row) for row in rows]


async def system_library(reads: Reads) -> Library | None:
    """The library of the box's own recordings, if it was made."""
    rows = await reads.rows(f"SELECT {_LIBRARY} FROM fp_library WHERE system = 1")
    return _library_of(rows[0]) if rows else None


async def delete_library(tx: Transaction, library: str, *, keep: bool) -> None:
    """Empty a library, and forget it unless it shall be kept."""
    await tx.execute("DELETE FROM fp_file WHERE library = ?", (library,))
    if keep:
        await _changed(tx, library)
    else:
        await tx.execute("DELETE FROM fp_library WHERE id = ?", (library,))
    tx.touch("fp_library")


async def insert_file(tx: Transaction, file: PrintedFile) -> None:
    """Put a fingerprint into a library; an older one of the same primary key goes."""
    await tx.execute(
        "DELETE FROM fp_file WHERE library = ? AND primary_key = ?",
        (file.library, file.primary_key),
    )
    await tx.execute(
        f"INSERT INTO fp_file ({_FILE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            file.id,
            file.library,
            file.primary_key,
            file.input,
            file.seconds,
            file.stored_ms,
            file.print,
            file.fragment,
        ),
    )
    await _changed(tx, file.library)


async def delete_files(
    tx: Transaction, library: str, ids: Collection[str], keys: Collection[str]
) -> int:
    """Delete fingerprints by id or primary key; returns how many there were."""
    result = await tx.execute(
        f"DELETE FROM fp_file WHERE library = ? AND (id {_IN} OR primary_key {_IN})",
        (library, json.dumps(list(ids)), json.dumps(list(keys))),
    )
    await _changed(tx, library)
    return result.rowcount


async def library_files(
    reads: Reads,
    library: str,
    *,
    after: str = "",
    limit: int,
    start_ms: int = 0,
    end_ms: int = 1 << 62,
) -> list[PrintedFile]:
    """Files without their prints, by their id, those stored within a time, from `after` on."""
    rows = await reads.rows(
        f"SELECT {_FILE_HEAD} FROM fp_file WHERE library = ? AND id > ?"
        " AND stored_ms >= ? AND stored_ms <= ? ORDER BY id LIMIT ?",
        (library, after, start_ms, end_ms, limit),
    )
    return [_file_of(row) for row in rows]


async def prints(reads: Reads, library: str) -> list[PrintedFile]:
    """Everything of a library, prints included."""
    rows = await reads.rows(
        f"SELECT {_FILE} FROM fp_file WHERE library = ? ORDER BY id", (library,)
    )
    return [_file_of(row) for row in rows]


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


async def dna_jobs(
    reads: Reads,
    kind: JobKind,
    *,
    limit: int,
    before: str = "~",
    state: DnaState | None = None,
    pipeline: str = "",
    start_ms: int = 0,
    end_ms: int = 1 << 62,
) -> list[DnaJob]:
    """Jobs of a kind, the newest first, from the one before `before` on."""
    rows = await reads.rows(
        f"SELECT {_JOB} FROM fp_job WHERE kind = ? AND id < ? AND created_ms >= ?"
        " AND created_ms <= ? AND (? = '' OR state = ?) AND (? = '' OR pipeline = ?)"
        " ORDER BY id DESC LIMIT ?",
        (
            kind.value,
            before,
            start_ms,
            end_ms,
            state or "",
            state or "",
            pipeline,
            pipeline,
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


async def forget_dna_jobs(tx: Transaction, before_ms: int) -> int:
    """Delete jobs that ended before a time; returns how many there were."""
    result = await tx.execute("DELETE FROM fp_job WHERE finished_ms < ?", (before_ms,))
    return result.rowcount


async def fragments_without_print(reads: Reads, library: str, limit: int) -> list[Row]:
    """Closed clips, the newest first, that the library does not hold (id, camera, path, times)."""
    return await reads.rows(
        "SELECT id, camera, path, start_ms, end_ms FROM fragment"
        " WHERE state IN ('closed', 'cut') AND NOT EXISTS"
        " (SELECT 1 FROM fp_file WHERE fp_file.fragment = fragment.id AND library = ?)"
        " ORDER BY id DESC LIMIT ?",
        (library, limit),
    )


async def _changed(tx: Transaction, library: str) -> None:
    await tx.execute("UPDATE fp_library SET changes = changes + 1 WHERE id = ?", (library,))
    tx.touch("fp_library")


def _library_of(row: Row) -> Library:
    return Library(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        medium=Medium(row["model"]),
        config=row["config"],
        created_ms=row["created_ms"],
        changes=row["changes"],
        system=bool(row["system"]),
    )


def _file_of(row: Row) -> PrintedFile:
    return PrintedFile(
        id=row["id"],
        library=row["library"],
        primary_key=row["primary_key"],
        input=row["input"],
        seconds=row["seconds"],
        stored_ms=row["stored_ms"],
        print=row["print"],
        fragment=row["fragment"],
    )


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
