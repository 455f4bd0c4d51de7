"""Which ids the texts on their way out speak of, so that forgetting need not read them all.

An outbox that waits for a consumer may hold hundreds of thousands of events, and retention forgets
tracks all day long.
"""

import json
import re
from collections.abc import Collection
from enum import StrEnum

from edge_agent.storage.transaction import Transaction

_ID = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{32}(?![0-9A-Za-z])")


class Place(StrEnum):
    """The table that holds the text.

    A row is named by event id, reply id, request id or, on its way to webhooks, event id again.
    """

    OUTBOX = "outbox"
    REPLY = "reply"
    REQUEST = "request"
    WEBHOOK = "webhook"


async def note_mentions(tx: Transaction, place: Place, row: str, text: str) -> None:
    """Note every id, as `domain.ids.new_id` makes them, that `text` mentions."""
    found = [(each, place.value, row) for each in sorted(set(_ID.findall(text)))]
    if found:
        await tx.execute_many("INSERT OR IGNORE INTO mention VALUES (?, ?, ?)", found)


async def rows_mentioning(tx: Transaction, place: Place, ids: Collection[str]) -> list[str]:
    """The rows of one place that mention any of these ids."""
    rows = await tx.rows(
        "SELECT DISTINCT row FROM mention"
        " WHERE id IN (SELECT value FROM json_each(?)) AND place = ? ORDER BY row",
        (json.dumps(sorted(ids)), place.value),
    )
    return [row["row"] for row in rows]


async def drop_mentions(tx: Transaction, place: Place, rows: Collection[str]) -> None:
    """Forget what these rows mention."""
    await tx.execute(
        "DELETE FROM mention WHERE place = ? AND row IN (SELECT value FROM json_each(?))",
        (place.value, json.dumps(sorted(rows))),
    )
