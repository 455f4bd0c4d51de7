"""Orders and the tracks they are tied to, as rows."""

import json
from collections.abc import Collection

from edge_agent.storage.transaction import Reads


async def orders_of(reads: Reads, tracks: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Ids of the orders that these tracks are tied to, by track; nothing for those without."""
    rows = await reads.rows(
        "SELECT track, order_id FROM order_track"
        " WHERE track IN (SELECT value FROM json_each(?)) ORDER BY track, order_id",
        (json.dumps(sorted(set(tracks))),),
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row["track"]] = (*found.get(row["track"], ()), row["order_id"])
    return found
