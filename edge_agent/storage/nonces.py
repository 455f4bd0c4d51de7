"""Nonces of signed requests, kept as long as a copy of the request would still be in time."""

from collections.abc import Collection
from typing import NamedTuple

from edge_agent.storage.transaction import Reads, Transaction


class UsedNonce(NamedTuple):
    """A nonce that must not come again.

    Attributes:
        key: id of the key that signed with it.
        nonce: itself, or what stands for it.
        at_ms: when it came.
    """

    key: str
    nonce: str
    at_ms: int


async def keep_nonces(tx: Transaction, used: Collection[UsedNonce]) -> None:
    """Keep nonces; those that are kept already stay as they are."""
    await tx.execute_many("INSERT OR IGNORE INTO nonce (key, nonce, at_ms) VALUES (?, ?, ?)", used)


async def kept_nonces(reads: Reads) -> list[UsedNonce]:
    """Every nonce that is kept, oldest first."""
    rows = await reads.rows("SELECT key, nonce, at_ms FROM nonce ORDER BY at_ms")
    return [UsedNonce(row["key"], row["nonce"], row["at_ms"]) for row in rows]


async def forget_nonces(tx: Transaction, before_ms: int) -> int:
    """Delete nonces that came before this time; returns how many."""
    result = await tx.execute("DELETE FROM nonce WHERE at_ms < ?", (before_ms,))
    return result.rowcount
