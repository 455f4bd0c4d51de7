"""Access keys as rows; their secrets are encrypted before they come here."""

from dataclasses import dataclass, field

from edge_agent.domain.access_key import KeyKind, KeyRole
from edge_agent.storage.transaction import Reads, Row, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One access key.

    Attributes:
        sealed: the secret, encrypted under the box's key.
        revoked_ms: since when it opens nothing any more; None for one that does.
    """

    id: str
    kind: KeyKind
    role: KeyRole
    name: str
    sealed: bytes = field(repr=False)
    created_ms: int
    revoked_ms: int | None = None


async def insert_key(tx: Transaction, key: KeyRow) -> bool:
    """Insert a new key; False, and nothing written, where its id was ever used."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO access_key (id, kind, role, name, secret, created_ms, revoked_ms)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            key.id,
            key.kind.value,
            key.role.value,
            key.name,
            key.sealed,
            key.created_ms,
            key.revoked_ms,
        ),
    )
    tx.touch("access_key")
    return result.rowcount == 1


async def revoke_key(tx: Transaction, key_id: str, at_ms: int) -> bool:
    """End a key and overwrite its secret; False where no such key was valid.

    The row stays, so that the id can never be given to somebody else.
    """
    result = await tx.execute(
        "UPDATE access_key SET revoked_ms = ?, secret = x'' WHERE id = ? AND revoked_ms IS NULL",
        (at_ms, key_id),
    )
    tx.touch("access_key")
    return result.rowcount == 1


async def get_keys(reads: Reads) -> list[KeyRow]:
    """Every key, revoked ones included, oldest first."""
    rows = await reads.rows("SELECT * FROM access_key ORDER BY created_ms, id")
    return [_key_of(row) for row in rows]


def _key_of(row: Row) -> KeyRow:
    return KeyRow(
        id=row["id"],
        kind=KeyKind(row["kind"]),
        role=KeyRole(row["role"]),
        name=row["name"],
        sealed=row["secret"],
        created_ms=row["created_ms"],
        revoked_ms=row["revoked_ms"],
    )
