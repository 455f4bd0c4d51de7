"""Targets of webhooks that were added while the box runs, as rows."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_agent.storage.transaction import Reads, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRow:
    """One target.

    Attributes:
        sealed: its address and secret, encrypted.
        kinds: of events that are sent; None: all of them.
        plain: whether http will do.
        networks: in CIDR form, that are not public and yet allowed.
    """

    name: str
    sealed: bytes = field(repr=False)
    kinds: Sequence[str] | None
    plain: bool
    networks: Sequence[str]
    created_ms: int


async def insert_webhook(tx: Transaction, row: WebhookRow) -> bool:
    """Write a target down; False where there is one of this name."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO webhook_target (name, sealed, kinds, plain, networks, created_ms)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            row.name,
            row.sealed,
            None if row.kinds is None else json.dumps(sorted(row.kinds)),
            int(row.plain),
            json.dumps(list(row.networks)),
            row.created_ms,
        ),
    )
    tx.touch("webhook_target")
    return result.rowcount > 0


async def delete_webhook(tx: Transaction, name: str) -> bool:
    """Delete a target; False where there is none of this name."""
    result = await tx.execute("DELETE FROM webhook_target WHERE name = ?", (name,))
    tx.touch("webhook_target")
    return result.rowcount > 0


async def kept_webhooks(reads: Reads) -> list[WebhookRow]:
    """All of them, by name."""
    rows = await reads.rows("SELECT * FROM webhook_target ORDER BY name")
    return [
        WebhookRow(
            name=row["name"],
            sealed=row["sealed"],
            kinds=None if row["kinds"] is None else json.loads(row["kinds"]),
            plain=bool(row["plain"]),
            networks=json.loads(row["networks"]),
            created_ms=row["created_ms"],
        )
        for row in rows
    ]
