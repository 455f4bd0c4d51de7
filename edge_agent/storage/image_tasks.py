"""Imports into instances and dumps of them."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from edge_agent.storage.apps import Numbered
from edge_agent.storage.transaction import Reads, Row, Transaction


class ImageTaskKind(StrEnum):
    """What a task does."""

    IMPORT = "import"
    DUMP = "dump"


class ImageTaskState(StrEnum):
    """The life of a task; the last two are final."""

    PROCESSING = "processing"
    SUCCESS = "success"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageTask:
    """An import or a dump.

    Attributes:
        bucket, path: what is imported.
        callback: where its end is told, as the caller wrote it.
        done, total: items.
        failed: items that could not be taken.
        code, message: why it failed.
    """

    id: int
    instance: str
    kind: ImageTaskKind
    state: ImageTaskState
    bucket: str
    path: str
    callback: str
    done: int
    total: int
    failed: int
    code: str
    message: str
    created_ms: int
    modified_ms: int


_TASK: Final = (
    "id, instance, kind, state, bucket, path, callback, done, total, failed, code, message,"
    " created_ms, modified_ms"
)


async def insert_task(
    tx: Transaction,
    instance: str,
    kind: ImageTaskKind,
    at_ms: int,
    *,
    bucket: str = "",
    path: str = "",
    callback: str = "",
) -> ImageTask:
    """Insert a task that is still to be done."""
    rows = await tx.rows(
        "INSERT INTO image_task (instance, kind, state, bucket, path, callback, created_ms,"
        f" modified_ms) VALUES (?, ?, 'processing', ?, ?, ?, ?, ?) RETURNING {_TASK}",
        (instance, kind.value, bucket, path, callback, at_ms, at_ms),
    )
    tx.touch("image_task")
    return _task_of(rows[0])


async def note_task(
    tx: Transaction, task: int, at_ms: int, values: Mapping[str, int | str]
) -> None:
    """Write how far a task is, or how it ended: columns by name; from its end on it is called."""
    names = sorted(values.keys() & {"state", "done", "total", "failed", "code", "message"})
    sets = ", ".join(f"{name} = ?" for name in [*names, "modified_ms"])
    await tx.execute(
        f"UPDATE image_task SET {sets} WHERE id = ?",
        (*(values[name] for name in names), at_ms, task),
    )
    if "state" in values:
        await tx.execute(
            "UPDATE image_task SET call_ms = ? WHERE id = ? AND callback <> ''", (at_ms, task)
        )
    tx.touch("image_task")


async def unfinished_task(reads: Reads) -> ImageTask | None:
    """The oldest task that is still to be done."""
    rows = await reads.rows(
        f"SELECT {_TASK} FROM image_task WHERE state = 'processing' ORDER BY id LIMIT 1"
    )
    return _task_of(rows[0]) if rows else None


class Call(NamedTuple):
    """The end of a task that somebody is to be told.

    Attributes:
        calls: that have been tried.
        call_ms: when the next one is due.
    """

    task: ImageTask
    calls: int
    call_ms: int


async def next_call(reads: Reads) -> Call | None:
    """The callback that is due next."""
    rows = await reads.rows(
        f"SELECT {_TASK}, calls, call_ms FROM image_task WHERE call_ms IS NOT NULL"
        " ORDER BY call_ms LIMIT 1"
    )
    return Call(_task_of(rows[0]), rows[0]["calls"], rows[0]["call_ms"]) if rows else None


async def note_call(tx: Transaction, task: int, calls: int, call_ms: int | None) -> None:
    """Write when a callback is due next; None: not any more."""
    await tx.execute(
        "UPDATE image_task SET calls = ?, call_ms = ? WHERE id = ?", (calls, call_ms, task)
    )
    tx.touch("image_task")


async def list_tasks(
    reads: Reads,
    instance: str,
    kind: ImageTaskKind,
    where: Mapping[str, int | str],
    *,
    offset: int,
    limit: int,
) -> Numbered[ImageTask]:
    """Tasks of an instance, newest first.

    Args:
        reads: what is read from.
        instance: whose.
        kind: which.
        where: values of `id`, `bucket` or `path` that they must have.
        offset: how many are passed over.
        limit: how many at the most.
    """
    names = sorted(where.keys() & {"id", "bucket", "path"})
    condition = " AND ".join(["instance = ?", "kind = ?", *(f"{name} = ?" for name in names)])
    values = (instance, kind.value, *(where[name] for name in names))
    counted = await reads.rows(f"SELECT count(*) FROM image_task WHERE {condition}", values)
    rows = await reads.rows(
        f"SELECT {_TASK} FROM image_task WHERE {condition} ORDER BY id DESC LIMIT ? OFFSET ?",
        (*values, limit, offset),
    )
    return Numbered(int(counted[0][0]), tuple(_task_of(row) for row in rows))


def _task_of(row: Row) -> ImageTask:
    values = {name: row[name] for name in _TASK.split(", ")}
    values["kind"] = ImageTaskKind(values["kind"])
    values["state"] = ImageTaskState(values["state"])
    return ImageTask(**values)
