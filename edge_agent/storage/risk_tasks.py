"""Risk tasks and their tracks as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Mapping

from edge_agent.domain.risk_task import (
    RiskCriteria,
    RiskTask,
    RiskTaskState,
    TaskSearch,
    TaskSearchState,
)
from edge_agent.domain.track import Track
from edge_agent.storage.risk_criteria import (
    actions_fields,
    criteria_from_json,
    criteria_to_json,
)
from edge_agent.storage.risk_pictures import drop_picture_of
from edge_agent.storage.tracks import TRACK_COLUMNS, track_of
from edge_agent.storage.transaction import Reads, Row, Transaction
from edge_agent.storage.visits import with_visits

_IN = "IN (SELECT value FROM json_each(?))"
_TASK = (
    "risk_task.id, tenant, store, criteria, risk_task.state, created_ms, changed_ms,"
    " (SELECT count(*) FROM risk_task_track WHERE task = risk_task.id AND how <> 'left_out')"
    " AS tracks, risk_picture.state AS search, people, error_code, error_message"
)
_TASKS = "risk_task LEFT JOIN risk_picture ON risk_picture.task = risk_task.id"
_DID_ONE_OF = (
    "EXISTS (SELECT 1 FROM action JOIN json_each(?) AS wanted"
    " ON action.type = json_extract(wanted.value, '$.type')"
    " AND action.place = coalesce(json_extract(wanted.value, '$.place'), action.place)"
    " WHERE action.track = track.id AND action.at_ms >= ? AND action.at_ms < ?)"
)
_LATEST_MS = 1 << 62


async def insert_task(tx: Transaction, task: RiskTask) -> bool:
    """Insert a task without tracks; False, and nothing written, where its id is taken."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO risk_task (id, tenant, store, criteria, state, created_ms,"
        " changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            task.id,
            task.tenant,
            task.store,
            None if task.criteria is None else criteria_to_json(task.criteria),
            task.state.value,
            task.created_ms,
            task.changed_ms,
        ),
    )
    tx.touch("risk_task")
    return result.rowcount == 1


async def update_task(tx: Transaction, task: RiskTask) -> None:
    """Write the criteria, state and `changed_ms` of a task that is there."""
    await tx.execute(
        "UPDATE risk_task SET criteria = ?, state = ?, changed_ms = ? WHERE id = ?",
        (
            None if task.criteria is None else criteria_to_json(task.criteria),
            task.state.value,
            task.changed_ms,
            task.id,
        ),
    )
    tx.touch("risk_task")


async def delete_task(tx: Transaction, task_id: str) -> None:
    """Delete a task and what was kept of its picture; its tracks themselves stay."""
    await drop_picture_of(tx, task_id)
    await tx.execute("DELETE FROM risk_task_track WHERE task = ?", (task_id,))
    await tx.execute("DELETE FROM risk_task WHERE id = ?", (task_id,))
    tx.touch("risk_task")


async def get_task(reads: Reads, task_id: str) -> RiskTask | None:
    """One task, None where there is none of this id."""
    rows = await reads.rows(f"SELECT {_TASK} FROM {_TASKS} WHERE risk_task.id = ?", (task_id,))
    return _task_of(rows[0]) if rows else None


async def list_tasks(
    reads: Reads,
    *,
    state: RiskTaskState | None,
    before: tuple[int, str] | None,
    limit: int,
) -> list[RiskTask]:
    """Tasks, newest first.

    Args:
        reads: the store or a transaction.
        state: only those in this state.
        before: creation and id of the last one that was shown.
        limit: how many at the most.
    """
    where = "(created_ms, risk_task.id) < (?, ?)"
    where += "" if state is None else " AND risk_task.state = ?"
    last = before or (_LATEST_MS, "")
    rows = await reads.rows(
        f"SELECT {_TASK} FROM {_TASKS} WHERE {where}"
        " ORDER BY created_ms DESC, risk_task.id DESC LIMIT ?",
        (*last, *(() if state is None else (state.value,)), limit),
    )
    return [_task_of(row) for row in rows]


async def open_criteria(reads: Reads) -> dict[str, RiskCriteria]:
    """The criteria of tasks that tracks which are new come into, by the tasks' ids."""
    rows = await reads.rows(
        "SELECT id, criteria FROM risk_task WHERE state = 'open' AND criteria IS NOT NULL"
    )
    return {row["id"]: criteria_from_json(row["criteria"]) for row in rows}


async def task_tracks(reads: Reads, task_id: str, *, before: str | None, limit: int) -> list[Track]:
    """The tracks of a task, by id, newest first.

    Args:
        reads: the store or a transaction.
        task_id: the task.
        before: id of the last one that was shown.
        limit: how many at the most.
    """
    rows = await reads.rows(
        f"SELECT {TRACK_COLUMNS} FROM track WHERE id IN"
        " (SELECT track FROM risk_task_track WHERE task = ? AND how <> 'left_out' AND track < ?"
        " ORDER BY track DESC LIMIT ?) ORDER BY id DESC",
        (task_id, "\U0010ffff" if before is None else before, limit),
    )
    return await with_visits(reads, [track_of(row) for row in rows])


async def unknown_tracks(reads: Reads, ids: Collection[str]) -> list[str]:
    """Those of these ids that are not of a stored track, in order."""
    wanted = json.dumps(sorted(set(ids)))
    rows = await reads.rows(f"SELECT id FROM track WHERE id {_IN}", (wanted,))
    return sorted(set(ids) - {row["id"] for row in rows})


async def point_at(
    tx: Transaction, task_id: str, ids: Collection[str], *, at_ms: int, left_out: bool = False
) -> None:
    """Take tracks into a task by hand, or leave them out whatever the criteria say."""
    await tx.execute_many(
        "INSERT OR REPLACE INTO risk_task_track (task, track, how, at_ms) VALUES (?, ?, ?, ?)",
        [(task_id, track, "left_out" if left_out else "pointed", at_ms) for track in sorted(ids)],
    )
    tx.touch("risk_task")


async def find_tracks(
    tx: Transaction,
    task_id: str,
    criteria: RiskCriteria,
    *,
    at_ms: int,
    among: Collection[str] | None = None,
    before_ms: int | None = None,
) -> int:
    """Take tracks that meet the criteria into a task; returns how many were not in it before.

    Args:
        tx: the transaction.
        task_id: the task.
        criteria: what they have to meet, but for their looks.
        at_ms: now.
        among: only these are looked at; None means all.
        before_ms: only those seen before this time; None means all.
    """
    where, values = _meeting(criteria, among)
    if before_ms is not None:
        where, values = f"{where} AND start_ms < ?", [*values, before_ms]
    result = await tx.execute(
        "INSERT OR IGNORE INTO risk_task_track (task, track, how, at_ms)"
        f" SELECT ?, id, 'found', ? FROM track WHERE {where}",
        (task_id, at_ms, *values),
    )
    if result.rowcount:
        tx.touch("risk_task")
    return result.rowcount


async def lose_found(tx: Transaction, task_id: str) -> None:
    """Take out what criteria found; what was pointed at stays, and what was left out."""
    await tx.execute("DELETE FROM risk_task_track WHERE task = ? AND how = 'found'", (task_id,))
    tx.touch("risk_task")


async def tracks_not_looked_at(reads: Reads, limit: int) -> dict[str, int]:
    """Up to `limit` tracks that are new, have grown or are better seen, and how often that was."""
    rows = await reads.rows("SELECT track, times FROM track_news ORDER BY track LIMIT ?", (limit,))
    return {row["track"]: row["times"] for row in rows}


async def looked_at(tx: Transaction, news: Mapping[str, int]) -> None:
    """Say that open tasks have been held against these tracks; what changed meanwhile stays."""
    await tx.execute_many("DELETE FROM track_news WHERE track = ? AND times = ?", news.items())


def _meeting(criteria: RiskCriteria, among: Collection[str] | None) -> tuple[str, list[object]]:
    """The condition on a row of `track`, and its values."""
    where, values = "start_ms < ? AND end_ms >= ?", list[object]()
    values += [criteria.end_ms, criteria.start_ms]
    if criteria.cameras:
        where += f" AND camera {_IN}"
        values.append(json.dumps(sorted(criteria.cameras)))
    if criteria.actions:
        where += f" AND {_DID_ONE_OF}"
        values += [json.dumps(actions_fields(criteria)), criteria.start_ms, criteria.end_ms]
    if criteria.orders:
        where += f" AND id IN (SELECT track FROM order_track WHERE order_id {_IN})"
        values.append(json.dumps(sorted(criteria.orders)))
    if among is not None:
        where += f" AND id {_IN}"
        values.append(json.dumps(sorted(among)))
    return where, values


def _task_of(row: Row) -> RiskTask:
    return RiskTask(
        id=row["id"],
        tenant=row["tenant"],
        store=row["store"],
        criteria=None if row["criteria"] is None else criteria_from_json(row["criteria"]),
        state=RiskTaskState(row["state"]),
        created_ms=row["created_ms"],
        changed_ms=row["changed_ms"],
        tracks=row["tracks"],
        search=_search_of(row),
    )


def _search_of(row: Row) -> TaskSearch | None:
    if row["search"] is None:
        return None
    return TaskSearch(
        state=TaskSearchState(row["search"]),
        people=row["people"],
        error_code=row["error_code"],
        error_message=row["error_message"],
    )
