"""Pictures of risk tasks as rows: until they have been looked at, and what is kept of them.

A picture and its address go in the transaction that writes what was seen in it. Vectors that were
copied from a track carry its id and are forgotten with it.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from edge_agent.domain.ids import new_id
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import Likeness, RiskCriteria, TaskSearch, TaskSearchState
from edge_agent.domain.vector import Part, Vector
from edge_agent.storage.risk_criteria import criteria_from_json
from edge_agent.storage.transaction import Reads, Row, Transaction
from edge_agent.storage.vector_rows import checksum_of

_IN = "IN (SELECT value FROM json_each(?))"
_LIKENESS = "v.id, v.picture, v.person, v.part, v.model, v.track, v.numbers, v.checksum, p.people"
_ANOTHER = f"picture = risk_picture.id AND model NOT {_IN}"


class PendingPicture(NamedTuple):
    """A picture that has to be worked on.

    Attributes:
        id: of the picture.
        task: whose it is.
        criteria: of the task.
        picture: as it came; None where it was given by address or track, or was looked at.
        url: where to fetch it.
        until_ms: when the task was closed; None while it is open.
    """

    id: str
    task: str
    criteria: RiskCriteria
    picture: bytes | None
    url: str | None
    until_ms: int | None


class OpenPicture(NamedTuple):
    """Whom an open task looks for."""

    task: str
    criteria: RiskCriteria
    likeness: Likeness


async def insert_picture(
    tx: Transaction, task_id: str, picture_id: str, question: PictureQuestion
) -> None:
    """Keep a picture that has to be looked at, in place of the task's last one."""
    await drop_picture_of(tx, task_id)
    await tx.execute(
        "INSERT INTO risk_picture (id, task, picture, url, state) VALUES (?, ?, ?, ?, 'waiting')",
        (picture_id, task_id, question.picture, question.url),
    )
    tx.touch("risk_picture")


async def drop_picture_of(tx: Transaction, task_id: str) -> None:
    """Delete the picture of a task and everything that was kept of it."""
    await tx.execute(
        "DELETE FROM risk_picture_vector"
        " WHERE picture IN (SELECT id FROM risk_picture WHERE task = ?)",
        (task_id,),
    )
    await tx.execute("DELETE FROM risk_picture WHERE task = ?", (task_id,))
    tx.touch("risk_picture")


async def count_waiting_pictures(reads: Reads) -> int:
    """How many pictures have not been looked at."""
    rows = await reads.rows("SELECT count(*) FROM risk_picture WHERE state = 'waiting'")
    return int(rows[0][0])


async def oldest_picture(
    reads: Reads, state: TaskSearchState, *, by_address: bool | None = None
) -> PendingPicture | None:
    """The oldest picture in a state.

    Args:
        reads: the store or a transaction.
        state: the state.
        by_address: only those that have to be fetched, or only the others; None means any.
    """
    rows = await reads.rows(
        "SELECT risk_picture.id, task, picture, url, until_ms, criteria FROM risk_picture"
        " JOIN risk_task ON risk_task.id = task WHERE risk_picture.state = ?"
        + ("" if by_address is None else " AND (url IS NOT NULL) = ?")
        + " ORDER BY risk_picture.id LIMIT 1",
        (state.value, *(() if by_address is None else (by_address,))),
    )
    return _pending_of(rows[0]) if rows else None


async def count_picture_start(tx: Transaction, picture_id: str) -> int:
    """Note that a picture is begun to be looked at; returns how often that was, 0 where it went."""
    rows = await tx.rows(
        "UPDATE risk_picture SET starts = starts + 1 WHERE id = ? AND state = 'waiting'"
        " RETURNING starts",
        (picture_id,),
    )
    return int(rows[0]["starts"]) if rows else 0


async def keep_likeness(
    tx: Transaction, picture_id: str, likeness: Likeness, *, track: str | None, at_ms: int
) -> bool:
    """Write what was seen in a waiting picture, and forget the picture and its address.

    Args:
        tx: the transaction.
        picture_id: the picture.
        likeness: who was seen.
        track: that the vectors were copied from, and are forgotten with.
        at_ms: now.

    Returns:
        False, and nothing is written, where the picture went meanwhile.
    """
    result = await tx.execute(
        "UPDATE risk_picture SET state = 'running', people = ?, picture = NULL, url = NULL"
        " WHERE id = ? AND state = 'waiting'",
        (likeness.people, picture_id),
    )
    if result.rowcount != 1:
        return False
    await tx.execute_many(
        "INSERT INTO risk_picture_vector VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            _vector_row(new_id(at_ms), picture_id, person, vector, track)
            for person, vector in likeness.vectors
        ],
    )
    tx.touch("risk_picture", "risk_task")
    return True


async def get_likeness(reads: Reads, picture_id: str) -> Likeness | None:
    """What is kept of a picture; None where nothing is, or where some of it is damaged."""
    rows = await reads.rows(
        f"SELECT {_LIKENESS} FROM risk_picture AS p JOIN risk_picture_vector AS v"
        " ON v.picture = p.id WHERE p.id = ? ORDER BY v.id",
        (picture_id,),
    )
    return _likeness_of(rows) if rows else None


async def open_pictures(reads: Reads) -> list[OpenPicture]:
    """Whom open tasks look for, as far as it is known."""
    rows = await reads.rows(
        f"SELECT {_LIKENESS}, p.task, risk_task.criteria FROM risk_picture AS p"
        " JOIN risk_picture_vector AS v ON v.picture = p.id"
        " JOIN risk_task ON risk_task.id = p.task WHERE risk_task.state = 'open'"
        " AND p.state IN ('running', 'complete', 'picture_needed') ORDER BY p.id, v.id"
    )
    found = []
    for _, group in groupby(rows, key=lambda row: row["picture"]):
        own = list(group)
        likeness = _likeness_of(own)
        if likeness is not None:
            criteria = criteria_from_json(own[0]["criteria"])
            found.append(OpenPicture(own[0]["task"], criteria, likeness))
    return found


async def end_search(
    tx: Transaction, pending: PendingPicture, search: TaskSearch, *, was: TaskSearchState
) -> bool:
    """Say how the search by a picture ended; the picture and its address are forgotten.

    Returns:
        False, and nothing is written, where the task was changed meanwhile: it is to be searched
        again, or not at all.
    """
    result = await tx.execute(
        "UPDATE risk_picture SET state = ?, people = coalesce(?, people), picture = NULL,"
        " url = NULL, error_code = ?, error_message = ?"
        " WHERE id = ? AND state = ? AND until_ms IS ?",
        (
            search.state.value,
            search.people,
            search.error_code,
            search.error_message,
            pending.id,
            was.value,
            pending.until_ms,
        ),
    )
    tx.touch("risk_task")
    return result.rowcount == 1


async def search_again(tx: Transaction, task_id: str, *, until_ms: int | None) -> None:
    """Let what is stored be searched once more by what is kept of a task's picture.

    Args:
        tx: the transaction.
        task_id: the task.
        until_ms: when it was closed; None while it is open.
    """
    await tx.execute("UPDATE risk_picture SET until_ms = ? WHERE task = ?", (until_ms, task_id))
    await tx.execute(
        "UPDATE risk_picture SET state = 'running' WHERE task = ? AND state = 'complete'",
        (task_id,),
    )
    tx.touch("risk_picture")


async def mark_by_models(tx: Transaction, models: Collection[str]) -> int:
    """Say which tasks need their picture again, by the models in use; returns how many do now.

    Those whose models are in use again, as after a pack was taken back, are searched once more.
    """
    stamps = json.dumps(sorted(models))
    other = f"EXISTS (SELECT 1 FROM risk_picture_vector WHERE {_ANOTHER})"
    result = await tx.execute(
        "UPDATE risk_picture SET state = 'picture_needed'"
        f" WHERE state IN ('running', 'complete') AND {other}",
        (stamps,),
    )
    await tx.execute(
        f"UPDATE risk_picture SET state = 'running' WHERE state = 'picture_needed' AND NOT {other}"
        " AND EXISTS (SELECT 1 FROM risk_picture_vector WHERE picture = risk_picture.id)",
        (stamps,),
    )
    tx.touch("risk_picture", "risk_task")
    return result.rowcount


async def forget_likenesses(tx: Transaction, tracks: str) -> None:
    """Forget vectors that were copied from these tracks; their tasks need a picture.

    Args:
        tx: the transaction.
        tracks: ids as a JSON array.
    """
    await tx.execute(
        "UPDATE risk_picture SET state = 'picture_needed' WHERE id IN"
        f" (SELECT picture FROM risk_picture_vector WHERE track {_IN})",
        (tracks,),
    )
    await tx.execute(f"DELETE FROM risk_picture_vector WHERE track {_IN}", (tracks,))
    await tx.execute(
        "UPDATE risk_task SET criteria = json_set(criteria, '$.picture.track', NULL)"
        f" WHERE json_extract(criteria, '$.picture.track') {_IN}",
        (tracks,),
    )
    tx.touch("risk_picture")


def _pending_of(row: Row) -> PendingPicture:
    return PendingPicture(
        id=row["id"],
        task=row["task"],
        criteria=criteria_from_json(row["criteria"]),
        picture=row["picture"],
        url=row["url"],
        until_ms=row["until_ms"],
    )


def _vector_row(
    vector_id: str, picture_id: str, person: int, vector: Vector, track: str | None
) -> tuple[object, ...]:
    numbers = np.ascontiguousarray(vector.values, "<f4").tobytes()
    fields = (vector_id, picture_id, person, vector.part.value, vector.model, track)
    return (*fields, numbers, checksum_of(fields, numbers))


def _likeness_of(rows: Sequence[Row]) -> Likeness | None:
    if any(checksum_of(_fields(row), row["numbers"]) != row["checksum"] for row in rows):
        return None
    return Likeness(
        people=rows[0]["people"] or 0,
        vectors=tuple((row["person"], _vector_of(row)) for row in rows),
    )


def _fields(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("id", "picture", "person", "part", "model", "track"))


def _vector_of(row: Row) -> Vector:
    values = np.frombuffer(row["numbers"], "<f4").astype(np.float32, copy=False)
    return Vector(Part(row["part"]), row["model"], values)
