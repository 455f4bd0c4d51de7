"""Events and replies on their way out, and who has acknowledged what.

`seq` is given inside the transaction that writes the event, so it has no gaps: a rolled back
transaction gives its number back, and AUTOINCREMENT never reuses one that was released. It counts
from 1 in each epoch (see `edge_agent.storage.epoch`).
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.event import EventKind, OutboxRow
from edge_agent.domain.job import Reply
from edge_agent.storage.mentions import Place, drop_mentions, note_mentions
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Reads, Row, Transaction
from edge_agent.storage.webhooks import queue_for_webhooks


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """Someone who acknowledges events.

    Attributes:
        acked_seq: all up to this are stored on its side; of the current epoch.
        heard_ms: when it last acknowledged something, or was first configured.
        lapsed: it stayed silent for too long and is not waited for.
        gap: first and last `seq` that were released unread while it was lapsed.
    """

    name: str
    acked_seq: int
    heard_ms: int
    lapsed: bool
    gap: tuple[int, int] | None


class OutboxSize(NamedTuple):
    """How much is waiting.

    Attributes:
        rows: events.
        size: bytes of their data.
        oldest_ms: when the oldest of them happened, None where there is none.
    """

    rows: int
    size: int
    oldest_ms: int | None


class PendingReply(NamedTuple):
    """An answer of a finished job that has not left yet."""

    id: int
    reply: Reply
    body: Mapping[str, Any]
    at_ms: int


async def append_event(
    tx: Transaction, kind: EventKind, data: Mapping[str, Any], at_ms: int, event_id: str
) -> int:
    """Append an event in the transaction of what it tells about, and return its `seq`.

    Webhooks that want its kind get it as well, by queues of their own.
    """
    text = json.dumps(data)
    result = await tx.execute(
        "INSERT INTO outbox (event_id, kind, at_ms, data) VALUES (?, ?, ?, ?)",
        (event_id, kind.value, at_ms, text),
    )
    await note_mentions(tx, Place.OUTBOX, event_id, text)
    await queue_for_webhooks(tx, result.lastrowid, kind, text, at_ms=at_ms, event_id=event_id)
    tx.touch("outbox")
    return result.lastrowid


async def events_after(store: Store, seq: int, limit: int) -> list[OutboxRow]:
    """Up to `limit` events above `seq`, in order."""
    rows = await store.rows(
        "SELECT seq, event_id, kind, at_ms, data FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?",
        (seq, limit),
    )
    return [
        OutboxRow(
            epoch=store.epoch,
            seq=row["seq"],
            event_id=row["event_id"],
            kind=row["kind"],
            at_ms=row["at_ms"],
            data=json.loads(row["data"]),
        )
        for row in rows
    ]


async def last_seq(reads: Reads) -> int:
    """The highest `seq` given in this epoch, 0 before the first."""
    rows = await reads.rows("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
    return int(rows[0][0]) if rows else 0


async def outbox_size(reads: Reads) -> OutboxSize:
    """How much is waiting."""
    rows = await reads.rows(
        "SELECT count(*), coalesce(sum(length(data)), 0),"
        " (SELECT at_ms FROM outbox ORDER BY seq LIMIT 1) FROM outbox"
    )
    return OutboxSize(*rows[0])


async def set_consumers(tx: Transaction, names: Collection[str], at_ms: int) -> None:
    """Make the consumers those of the configuration.

    A new one gets everything that is still in the outbox; one that is no longer named is dropped
    and not waited for.
    """
    known = {row["name"] for row in await tx.rows("SELECT name FROM consumer")}
    for name in sorted(known - set(names)):
        await tx.execute("DELETE FROM consumer WHERE name = ?", (name,))
    released = "coalesce((SELECT min(seq) - 1 FROM outbox), ?)"
    for name in sorted(set(names) - known):
        await tx.execute(
            f"INSERT INTO consumer (name, acked_seq, heard_ms) VALUES (?, {released}, ?)",
            (name, await last_seq(tx), at_ms),
        )
    tx.touch("consumer")


async def consumers(reads: Reads) -> list[Consumer]:
    """Every configured consumer, by name."""
    return [_consumer(row) for row in await reads.rows("SELECT * FROM consumer ORDER BY name")]


async def acknowledge(tx: Transaction, name: str, seq: int, at_ms: int) -> None:
    """Note that a consumer has stored everything up to `seq`; an older `seq` changes nothing.

    The caller has compared the epoch. Call `release` afterwards, in the same transaction or later.

    Raises:
        NotFound: no such consumer is configured.
        Refused: nothing of that `seq` was ever sent.
    """
    if not 0 <= seq <= await last_seq(tx):
        raise Refused(f"there is no event of seq {seq} in this epoch", field="seq")
    result = await tx.execute(
        "UPDATE consumer SET acked_seq = max(acked_seq, ?), heard_ms = max(heard_ms, ?)"
        " WHERE name = ?",
        (seq, at_ms, name),
    )
    if result.rowcount != 1:
        raise NotFound(f"no consumer {name!r} is configured", field="consumer")
    tx.touch("consumer")


async def lapse(tx: Transaction, name: str) -> None:
    """Stop waiting for a consumer that has been silent for too long."""
    await tx.execute("UPDATE consumer SET lapsed = 1 WHERE name = ?", (name,))
    tx.touch("consumer")


async def welcome_back(tx: Transaction, name: str) -> tuple[int, int] | None:
    """Wait for a lapsed consumer again; returns the first and last `seq` it will never see."""
    rows = await tx.rows("SELECT * FROM consumer WHERE name = ? AND lapsed = 1", (name,))
    if not rows:
        return None
    gap = _consumer(rows[0]).gap
    await tx.execute(
        "UPDATE consumer SET lapsed = 0, gap_from = NULL, gap_to = NULL,"
        " acked_seq = max(acked_seq, coalesce(gap_to, 0)) WHERE name = ?",
        (name,),
    )
    tx.touch("consumer")
    return gap


async def release(tx: Transaction) -> int:
    """Delete what every consumer has acknowledged; returns how many events.

    Lapsed consumers are not waited for: what goes unread by them is noted as their gap. Where all
    have lapsed, everything goes; where none is configured, nothing does (see `release_through`).
    """
    everyone = await consumers(tx)
    if not everyone:
        return 0
    waited_for = [each.acked_seq for each in everyone if not each.lapsed]
    return await release_through(tx, min(waited_for, default=await last_seq(tx)))


async def release_through(tx: Transaction, seq: int) -> int:
    """Delete everything up to `seq`, acknowledged or not; returns how many events."""
    await tx.execute(
        "UPDATE consumer SET gap_from = coalesce(gap_from, acked_seq + 1), gap_to = ?"
        " WHERE lapsed = 1 AND acked_seq < ?",
        (seq, seq),
    )
    await tx.execute(
        "DELETE FROM mention WHERE place = 'outbox'"
        " AND row IN (SELECT event_id FROM outbox WHERE seq <= ?)",
        (seq,),
    )
    result = await tx.execute("DELETE FROM outbox WHERE seq <= ?", (seq,))
    return result.rowcount


async def append_reply(tx: Transaction, reply: Reply, body: Mapping[str, Any], at_ms: int) -> None:
    """Append the answer of a finished job in the transaction that finishes it."""
    text = json.dumps(body)
    result = await tx.execute(
        "INSERT INTO reply (topic, correlation, body, at_ms) VALUES (?, ?, ?, ?)",
        (reply.topic, reply.correlation, text, at_ms),
    )
    await note_mentions(tx, Place.REPLY, str(result.lastrowid), text)
    tx.touch("reply")


async def replies_after(reads: Reads, reply_id: int, limit: int) -> list[PendingReply]:
    """Up to `limit` replies above this id, oldest first; start with 0."""
    rows = await reads.rows(
        "SELECT * FROM reply WHERE id > ? ORDER BY id LIMIT ?", (reply_id, limit)
    )
    return [
        PendingReply(
            row["id"],
            Reply(topic=row["topic"], correlation=row["correlation"]),
            json.loads(row["body"]),
            row["at_ms"],
        )
        for row in rows
    ]


async def drop_reply(tx: Transaction, reply_id: int) -> None:
    """Delete a reply that the broker has taken."""
    await tx.execute("DELETE FROM reply WHERE id = ?", (reply_id,))
    await drop_mentions(tx, Place.REPLY, [str(reply_id)])


def _consumer(row: Row) -> Consumer:
    gap = None if row["gap_from"] is None else (row["gap_from"], row["gap_to"])
    return Consumer(
        name=row["name"],
        acked_seq=row["acked_seq"],
        heard_ms=row["heard_ms"],
        lapsed=bool(row["lapsed"]),
        gap=gap,
    )
