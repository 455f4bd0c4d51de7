"""Orders and the tracks they are tied to, as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence

from edge_agent.domain.order import Order, Stand
from edge_agent.storage.staff import IS_STAFF
from edge_agent.storage.transaction import Reads, Row, Transaction

_ORDER = "id, till, at_ms, amount, put_ms"
_IN = "IN (SELECT value FROM json_each(?))"
_AT_ZONE = (
    "SELECT track.id FROM action JOIN track ON track.id = action.track"
    " WHERE action.type = 'till' AND action.place = ? AND track.camera = ?"
    " AND json_extract(action.extra, '$.since_ms') <= ?"
    " AND coalesce((SELECT min(at_ms) FROM action AS left WHERE left.track = action.track"
    " AND left.type = 'leave' AND left.place = action.place AND left.at_ms >= action.at_ms),"
    " track.end_ms) >= ?"
    " AND action.at_ms BETWEEN ? AND ?"
)
_BY_CAMERA = (
    "SELECT track.id FROM track WHERE track.camera = ? AND track.start_ms <= ?"
    " AND track.end_ms >= ?"
)
_DAY_MS = 86_400_000
"""The longest `stay_after`: an action at a till is at most so far from where it began."""


async def insert_order(tx: Transaction, order: Order) -> bool:
    """Insert an order; False, and nothing written, where its id is taken."""
    result = await tx.execute(
        f"INSERT OR IGNORE INTO customer_order ({_ORDER}) VALUES (?, ?, ?, ?, ?)",
        (order.id, order.till, order.at_ms, order.amount, order.put_ms),
    )
    tx.touch("customer_order")
    return result.rowcount == 1


async def get_order(reads: Reads, order_id: str) -> Order | None:
    """One order, None where there is none of this id."""
    rows = await reads.rows(f"SELECT {_ORDER} FROM customer_order WHERE id = ?", (order_id,))
    return _order_of(rows[0]) if rows else None


async def order_tracks(reads: Reads, order_id: str) -> list[str]:
    """Ids of the tracks an order is tied to, in order."""
    rows = await reads.rows(
        "SELECT track FROM order_track WHERE order_id = ? ORDER BY track", (order_id,)
    )
    return [row["track"] for row in rows]


async def orders_between(reads: Reads, start_ms: int, end_ms: int) -> list[Order]:
    """Orders that were paid from `start_ms` to `end_ms`, both included, oldest first."""
    rows = await reads.rows(
        f"SELECT {_ORDER} FROM customer_order WHERE at_ms BETWEEN ? AND ? ORDER BY at_ms, id",
        (start_ms, end_ms),
    )
    return [_order_of(row) for row in rows]


async def tie_order(
    tx: Transaction,
    order_id: str,
    stands: Sequence[Stand],
    *,
    start_ms: int,
    end_ms: int,
    among: Collection[str] | None = None,
) -> list[str]:
    """Tie an order to whoever stood at its till; returns the tracks that are tied newly.

    Args:
        tx: the transaction.
        order_id: of a stored order.
        stands: where its till is.
        start_ms: whoever was there at or after this time and
        end_ms: at or before this time.
        among: only these tracks; None means all.
    """
    found: set[str] = set()
    for stand in stands:
        found |= await _stood(tx, stand, start_ms, end_ms, among)
    known = set(await order_tracks(tx, order_id))
    new = sorted(found - known)
    await tx.execute_many(
        "INSERT INTO order_track (order_id, track) VALUES (?, ?)",
        [(order_id, track) for track in new],
    )
    if new:
        tx.touch("order_track")
    return new


async def _stood(
    tx: Transaction, stand: Stand, start_ms: int, end_ms: int, among: Collection[str] | None
) -> set[str]:
    sql, values = _BY_CAMERA, list[object]((stand.camera, end_ms, start_ms))
    if stand.zone is not None:
        near = (start_ms - _DAY_MS, end_ms + _DAY_MS)
        sql, values = _AT_ZONE, [stand.zone, stand.camera, end_ms, start_ms, *near]
    sql += f" AND NOT {IS_STAFF}"  # cashiers stand there all day
    if among is not None:
        sql += f" AND track.id {_IN}"
        values.append(json.dumps(sorted(among)))
    return {row["id"] for row in await tx.rows(sql, values)}


async def tracks_without_orders(reads: Reads, limit: int) -> list[tuple[str, int, int]]:
    """Up to `limit` tracks that orders have not been held against: id, start and end."""
    rows = await reads.rows(
        "SELECT news.track, coalesce(track.start_ms, 0) AS start_ms,"
        " coalesce(track.end_ms, 0) AS end_ms FROM order_news AS news"
        " LEFT JOIN track ON track.id = news.track ORDER BY news.track LIMIT ?",
        (limit,),
    )
    return [(row["track"], row["start_ms"], row["end_ms"]) for row in rows]


async def held_against_orders(tx: Transaction, ids: Collection[str]) -> None:
    """Say that orders have been held against these tracks."""
    await tx.execute(f"DELETE FROM order_news WHERE track {_IN}", (json.dumps(sorted(ids)),))


async def forget_orders(tx: Transaction, before_ms: int) -> int:
    """Delete orders that were paid before this time; returns how many."""
    await tx.execute(
        "DELETE FROM order_track WHERE order_id IN (SELECT id FROM customer_order WHERE at_ms < ?)",
        (before_ms,),
    )
    result = await tx.execute("DELETE FROM customer_order WHERE at_ms < ?", (before_ms,))
    return result.rowcount


async def orders_of(reads: Reads, tracks: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Ids of the orders that these tracks are tied to, by track; nothing for those without."""
    rows = await reads.rows(
        f"SELECT track, order_id FROM order_track WHERE track {_IN} ORDER BY track, order_id",
        (json.dumps(sorted(set(tracks))),),
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row["track"]] = (*found.get(row["track"], ()), row["order_id"])
    return found


def _order_of(row: Row) -> Order:
    return Order(
        id=row["id"],
        till=row["till"],
        at_ms=row["at_ms"],
        amount=row["amount"],
        put_ms=row["put_ms"],
    )
