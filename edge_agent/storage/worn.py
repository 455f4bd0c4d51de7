"""What people wear and carry, as rows."""

import json
from collections.abc import Collection, Iterable

from edge_agent.domain.worn import WORDS, Worn
from edge_agent.storage.transaction import Reads, Transaction


async def save_worn(tx: Transaction, track: str, worn: Iterable[Worn]) -> None:
    """Write down what is said of a track; what was said of the same attribute before goes."""
    rows = [(track, one.key, one.value, one.confidence) for one in worn]
    if rows:
        await tx.execute_many(
            "INSERT OR REPLACE INTO worn (track, key, value, confidence) VALUES (?, ?, ?, ?)", rows
        )
        tx.touch("track")


async def worn_by(reads: Reads, tracks: Collection[str]) -> dict[str, tuple[Worn, ...]]:
    """What is said of these tracks, in the order of `WORDS`; nothing where nothing is known."""
    rows = await reads.rows(
        "SELECT track, key, value, confidence FROM worn"
        " WHERE track IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(set(tracks))),),
    )
    said: dict[str, dict[str, Worn]] = {}
    for row in rows:
        worn = Worn(row["key"], row["value"], row["confidence"])
        said.setdefault(row["track"], {})[worn.key] = worn
    return {track: tuple(worn[key] for key in WORDS if key in worn) for track, worn in said.items()}


async def forget_worn(tx: Transaction, key: str) -> int:
    """Delete what is said about one attribute, of everybody; returns of how many."""
    result = await tx.execute("DELETE FROM worn WHERE key = ?", (key,))
    tx.touch("track")
    return result.rowcount
