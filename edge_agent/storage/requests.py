"""First answers, kept so that a repeated request starts nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.storage.mentions import Place, note_mentions
from edge_agent.storage.transaction import Reads, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedAnswer:
    """The first answer to a request.

    Attributes:
        request_id: the asker's idempotency key.
        operation: what was asked for.
        digest: sha256 of the parameters in hexadecimal; a repeat with others is a mistake.
        answer: the body of the answer.
        at_ms: when it was given.
    """

    request_id: str
    operation: str
    digest: str
    answer: Mapping[str, Any]
    at_ms: int


async def remembered(reads: Reads, request_id: str) -> RememberedAnswer | None:
    """The first answer to this request, None where it is new."""
    rows = await reads.rows("SELECT * FROM request WHERE id = ?", (request_id,))
    if not rows:
        return None
    row = rows[0]
    return RememberedAnswer(
        request_id=row["id"],
        operation=row["operation"],
        digest=row["digest"],
        answer=json.loads(row["answer"]),
        at_ms=row["at_ms"],
    )


async def remember(tx: Transaction, answer: RememberedAnswer) -> None:
    """Keep the first answer; look with `remembered(tx, …)` in the same transaction before."""
    text = json.dumps(answer.answer)
    await tx.execute(
        "INSERT INTO request (id, operation, digest, answer, at_ms) VALUES (?, ?, ?, ?, ?)",
        (answer.request_id, answer.operation, answer.digest, text, answer.at_ms),
    )
    await note_mentions(tx, Place.REQUEST, answer.request_id, text)


async def forget_older(tx: Transaction, before_ms: int) -> int:
    """Delete answers given before this time; returns how many."""
    await tx.execute(
        "DELETE FROM mention WHERE place = 'request'"
        " AND row IN (SELECT id FROM request WHERE at_ms < ?)",
        (before_ms,),
    )
    result = await tx.execute("DELETE FROM request WHERE at_ms < ?", (before_ms,))
    return result.rowcount
