"""Events on their way to hosts that are told by HTTP, one queue per target.

Rows are written in the transaction of what they tell about (`queue_for_webhooks`, called by the
outbox), and deleted once the target has taken them.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Mapping
from typing import NamedTuple

from edge_agent.domain.event import EventKind, OutboxRow
from edge_agent.storage.mentions import Place, note_mentions, rows_mentioning
from edge_agent.storage.transaction import Reads, Transaction

_IN = "IN (SELECT value FROM json_each(?))"
_BETWEEN_US = frozenset((EventKind.GAP, EventKind.VOID))
"""Kinds that speak of one consumer of the outbox and its order."""


class Delivery(NamedTuple):
    """An event that a target has not taken yet."""

    id: int
    row: OutboxRow


class Waiting(NamedTuple):
    """How much a target has not taken.

    Attributes:
        events: how many.
        oldest_ms: when the oldest of them happened; None where none waits.
    """

    events: int
    oldest_ms: int | None


async def set_webhooks(tx: Transaction, kinds: Mapping[str, Collection[str] | None]) -> None:
    """Make the targets those of the configuration; what waits for others is dropped.

    Args:
        tx: the transaction.
        kinds: the events that each wants, by name; None: all of them.
    """
    names = json.dumps(sorted(kinds))
    gone = await tx.rows(
        f"DELETE FROM webhook_delivery WHERE target NOT {_IN} RETURNING event_id", (names,)
    )
    await _forget_unused(tx, {row["event_id"] for row in gone})
    await tx.execute("DELETE FROM webhook")
    await tx.execute_many(
        "INSERT INTO webhook (name, kinds) VALUES (?, ?)",
        [
            (name, None if wanted is None else json.dumps(sorted(wanted)))
            for name, wanted in sorted(kinds.items())
        ],
    )


async def queue_for_webhooks(
    tx: Transaction, seq: int, kind: EventKind, text: str, *, at_ms: int, event_id: str
) -> None:
    """Let every target have an event that wants its kind.

    Args:
        tx: the transaction of what the event tells about.
        seq: of the event.
        kind: of the event.
        text: its data, as JSON.
        at_ms: when it happened.
        event_id: its id.
    """
    if kind in _BETWEEN_US:
        return
    result = await tx.execute(
        "INSERT INTO webhook_delivery (target, event_id, epoch, seq, kind, at_ms, data)"
        " SELECT name, ?, (SELECT value FROM meta WHERE key = 'epoch'), ?, ?, ?, ? FROM webhook"
        " WHERE kinds IS NULL OR ? IN (SELECT value FROM json_each(kinds))",
        (event_id, seq, kind.value, at_ms, text, kind.value),
    )
    if result.rowcount:
        await note_mentions(tx, Place.WEBHOOK, event_id, text)
        tx.touch("webhook_delivery")


async def next_delivery(reads: Reads, target: str) -> Delivery | None:
    """The oldest event that a target has not taken."""
    rows = await reads.rows(
        "SELECT * FROM webhook_delivery WHERE target = ? ORDER BY id LIMIT 1", (target,)
    )
    if not rows:
        return None
    (row,) = rows
    return Delivery(
        row["id"],
        OutboxRow(
            epoch=row["epoch"],
            seq=row["seq"],
            event_id=row["event_id"],
            kind=row["kind"],
            at_ms=row["at_ms"],
            data=json.loads(row["data"]),
        ),
    )


async def waiting_deliveries(reads: Reads, target: str) -> Waiting:
    """How much a target has not taken."""
    rows = await reads.rows(
        "SELECT count(*) AS n, min(at_ms) AS oldest FROM webhook_delivery WHERE target = ?",
        (target,),
    )
    return Waiting(rows[0]["n"], rows[0]["oldest"])


async def drop_delivery(tx: Transaction, delivery_id: int) -> None:
    """Delete an event that a target has taken, or will never take."""
    rows = await tx.rows(
        "DELETE FROM webhook_delivery WHERE id = ? RETURNING event_id", (delivery_id,)
    )
    await _forget_unused(tx, {row["event_id"] for row in rows})


async def drop_stale_deliveries(tx: Transaction, target: str, *, before_ms: int, keep: int) -> int:
    """Delete what a target has not taken for too long; returns how many events.

    Args:
        tx: the transaction.
        target: its name.
        before_ms: what happened before this time goes.
        keep: of the rest only so many stay, the latest.
    """
    rows = await tx.rows(
        "DELETE FROM webhook_delivery WHERE target = ? AND (at_ms < ? OR id NOT IN"
        " (SELECT id FROM webhook_delivery WHERE target = ? ORDER BY id DESC LIMIT ?))"
        " RETURNING event_id",
        (target, before_ms, target, keep),
    )
    await _forget_unused(tx, {row["event_id"] for row in rows})
    return len(rows)


async def drop_deliveries_mentioning(tx: Transaction, ids: Collection[str]) -> None:
    """Delete what has not left and speaks of one of these ids, which is erased."""
    events = await rows_mentioning(tx, Place.WEBHOOK, ids)
    if events:
        await tx.execute(
            f"DELETE FROM webhook_delivery WHERE event_id {_IN}", (json.dumps(events),)
        )
        await _forget_unused(tx, events)


async def _forget_unused(tx: Transaction, events: Collection[str]) -> None:
    if events:
        await tx.execute(
            f"DELETE FROM mention WHERE place = ? AND row {_IN}"
            " AND NOT EXISTS (SELECT 1 FROM webhook_delivery WHERE event_id = mention.row)",
            (Place.WEBHOOK.value, json.dumps(sorted(events))),
        )
