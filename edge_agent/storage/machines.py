"""Machines as rows; of a key only its digest comes here."""

from edge_agent.domain.user import Machine, Role
from edge_agent.storage.transaction import Reads, Row, Transaction


async def insert_machine(tx: Transaction, machine: Machine, digest: str) -> bool:
    """Insert a machine; False, and nothing written, where there is one of this name."""
    result = await tx.execute(
        "INSERT OR IGNORE INTO machine (name, role, digest, created_ms) VALUES (?, ?, ?, ?)",
        (machine.name, machine.role.value, digest, machine.created_ms),
    )
    tx.touch("machine")
    return result.rowcount == 1


async def delete_machine(tx: Transaction, name: str) -> bool:
    """Delete a machine with its key; False where there is none of this name."""
    result = await tx.execute("DELETE FROM machine WHERE name = ?", (name,))
    tx.touch("machine")
    return result.rowcount == 1


async def get_machines(reads: Reads) -> list[Machine]:
    """Every machine by name."""
    return [_machine(row) for row in await reads.rows("SELECT * FROM machine ORDER BY name")]


async def get_machine_by_key(reads: Reads, digest: str) -> Machine | None:
    """The machine whose key has this digest, None where there is none."""
    rows = await reads.rows("SELECT * FROM machine WHERE digest = ?", (digest,))
    return _machine(rows[0]) if rows else None


def _machine(row: Row) -> Machine:
    return Machine(name=row["name"], role=Role(row["role"]), created_ms=row["created_ms"])
