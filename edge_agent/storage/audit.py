"""Who did what: a log whose rows cannot be changed or taken out unseen.

Each row carries sha256(chain of the row before + its own content); the first one starts from 64
zeros. It does not protect against somebody who rewrites the whole log, nor shows that its end was
cut off.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_agent.storage.transaction import Reads, Transaction

_START = "0" * 64
_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of the log.

    Attributes:
        who: `mqtt`, `rest:token`, `user:<name>`, `upkeep`, ….
        chain: what the next row is chained to.
    """

    seq: int
    at_ms: int
    who: str
    action: str
    detail: Mapping[str, Any]
    chain: str


async def append_audit(
    tx: Transaction, who: str, action: str, detail: Mapping[str, Any], at_ms: int
) -> None:
    """Append a row in the transaction of what it tells about.

    Args:
        tx: the transaction.
        who: `mqtt`, `rest:<key name>`, `upkeep`, ….
        action: `picture-search.create`, ….
        detail: small, as JSON; ids, never pictures or vectors.
        at_ms: when.
    """
    rows = await tx.rows("SELECT chain FROM audit ORDER BY seq DESC LIMIT 1")
    before = str(rows[0]["chain"]) if rows else _START
    text = json.dumps(detail, sort_keys=True)
    await tx.execute(
        "INSERT INTO audit (at_ms, who, action, detail, chain) VALUES (?, ?, ?, ?, ?)",
        (at_ms, who, action, text, _link(before, at_ms, who, action, text)),
    )


async def get_audit(
    reads: Reads, *, before: int | None, who: str = "", action: str = "", limit: int
) -> list[AuditEntry]:
    """Rows before a `seq`, newest first; of one asker and of actions that begin so, where given."""
    rows = await reads.rows(
        "SELECT * FROM audit WHERE seq < ?1 AND (?2 = '' OR who = ?2)"
        " AND substr(action, 1, length(?3)) = ?3 ORDER BY seq DESC LIMIT ?4",
        (1 << 62 if before is None else before, who, action, limit),
    )
    return [
        AuditEntry(
            seq=row["seq"],
            at_ms=row["at_ms"],
            who=row["who"],
            action=row["action"],
            detail=json.loads(row["detail"]),
            chain=row["chain"],
        )
        for row in rows
    ]


async def verify_audit(reads: Reads) -> int | None:
    """Walk the whole chain; the `seq` of the first row that does not fit, None if all do."""
    before, seq = _START, 0
    while True:
        rows = await reads.rows(
            "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", (seq, _PAGE)
        )
        if not rows:
            return None
        for row in rows:
            seq = int(row["seq"])
            link = _link(before, row["at_ms"], row["who"], row["action"], row["detail"])
            if link != row["chain"]:
                return seq
            before = link


def _link(before: str, at_ms: int, who: str, action: str, detail: str) -> str:
    return hashlib.sha256(json.dumps([before, at_ms, who, action, detail]).encode()).hexdigest()
