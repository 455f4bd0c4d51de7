"""Which vectors rows refer to, day by day as their files are."""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from edge_agent.storage.store import Store

_DAY_MS = 86_400_000


async def referenced_days(store: Store) -> set[str]:
    """The UTC days, `YYYYMMDD`, that any row refers to a vector of."""
    rows = await store.rows(f"SELECT DISTINCT at_ms / {_DAY_MS} AS day FROM vector_ref")
    return {
        (datetime.fromtimestamp(0, UTC) + timedelta(days=row["day"])).strftime("%Y%m%d")
        for row in rows
    }


async def referenced_ids(store: Store, day: str, *, made_before_ms: int) -> set[str]:
    """The ids of vectors of a UTC day that rows refer to and that were made before a time."""
    start = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    start_ms = int(start.timestamp()) * 1000
    rows = await store.rows(
        "SELECT id FROM vector_ref WHERE at_ms >= ? AND at_ms < ? AND id < ?",
        (start_ms, start_ms + _DAY_MS, f"{made_before_ms:012x}"),
    )
    return {row["id"] for row in rows}


async def still_referenced(store: Store, ids: Collection[str]) -> set[str]:
    """Those of `ids` that a row refers to now."""
    rows = await store.rows(
        "SELECT id FROM vector_ref WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(ids)),),
    )
    return {row["id"] for row in rows}


def made_ms(identity: str) -> int:
    """When an id was made (domain.ids.new_id); 0 for a text that is none."""
    try:
        return int(identity[:12], 16)
    except ValueError:
        return 0
