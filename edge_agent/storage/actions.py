"""What tracks did, as rows."""

import json
from collections.abc import Collection

from edge_agent.domain.action import Action, ActionType
from edge_agent.storage.transaction import Reads, Row, Transaction


async def add_action(tx: Transaction, action: Action) -> bool:
    """Insert an action; False, and nothing written, where it is there already."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO action (id, track, type, place, at_ms, extra)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            action.id,
            action.track,
            action.type.value,
            action.place,
            action.at_ms,
            json.dumps(dict(action.extra), ensure_ascii=False),
        ),
    )
    tx.touch("action")
    return result.rowcount == 1


async def actions_of(reads: Reads, tracks: Collection[str]) -> dict[str, tuple[Action, ...]]:
    """What these tracks did, in order, by track; nothing for those that did nothing."""
    rows = await reads.rows(
        "SELECT id, track, type, place, at_ms, extra FROM action"
        " WHERE track IN (SELECT value FROM json_each(?)) ORDER BY track, at_ms, id",
        (json.dumps(sorted(set(tracks))),),
    )
    found: dict[str, tuple[Action, ...]] = {}
    for row in rows:
        found[row["track"]] = (*found.get(row["track"], ()), action_of(row))
    return found


def action_of(row: Row) -> Action:
    """The action in a row of all columns of table `action`."""
    return Action(
        id=row["id"],
        track=row["track"],
        type=ActionType(row["type"]),
        place=row["place"],
        at_ms=row["at_ms"],
        extra=json.loads(row["extra"]),
    )
