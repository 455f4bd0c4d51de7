"""That something was erased whose copies in backups still have to go."""

from edge_agent.storage.transaction import Reads, Transaction

_KEY = "erasure"


async def mark_erasure(tx: Transaction) -> None:
    """Remember it, over every kind of stop."""
    await tx.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, 'copies')", (_KEY,))


async def erasure_marked(reads: Reads) -> bool:
    """Whether copies still have to go."""
    return bool(await reads.rows("SELECT 1 FROM meta WHERE key = ?", (_KEY,)))


async def unmark_erasure(tx: Transaction) -> None:
    """The copies are gone."""
    await tx.execute("DELETE FROM meta WHERE key = ?", (_KEY,))
