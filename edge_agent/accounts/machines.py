"""Machines: each has a key of its own, which opens what its role may.

A key is 256 random bits, so the box keeps nothing but its sha256: there is nothing to guess, and
the database gives no key away.
"""

import re
import secrets

from edge_agent.accounts.passwords import proof_of
from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.user import Machine, Principal, Role
from edge_agent.storage import Reads, Transaction
from edge_agent.storage.audit import append_audit
from edge_agent.storage.machines import delete_machine, get_machine_by_key, insert_machine

_MARK = "ea_"
"""What every key begins with, for those who look for secrets where none should be."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


async def add_machine(
    tx: Transaction, name: str, role: Role, *, asker: str, at_ms: int
) -> tuple[Machine, str]:
    """Let a machine in, noted in the audit.

    Returns:
        the machine and its key, which is never shown again.

    Raises:
        Refused: the name cannot be, or there is a machine of this name.
    """
    if not _NAME.fullmatch(name):
        raise Refused(f"a machine's name must match {_NAME.pattern}", field="name")
    machine = Machine(name=name, role=role, created_ms=at_ms)
    key = _MARK + secrets.token_urlsafe(32)
    if not await insert_machine(tx, machine, proof_of(key)):
        raise Refused(f"there is a machine {name}", field="name")
    await append_audit(tx, asker, "machine.add", {"machine": name, "role": role.value}, at_ms)
    return machine, key


async def remove_machine(tx: Transaction, name: str, *, asker: str, at_ms: int) -> None:
    """Let a machine in no more, at once; noted in the audit.

    Raises:
        NotFound: there is no such machine.
    """
    if not await delete_machine(tx, name):
        raise NotFound(f"there is no machine {name}", field="name")
    await append_audit(tx, asker, "machine.remove", {"machine": name}, at_ms)


async def machine_of(reads: Reads, key: str) -> Principal | None:
    """Whose key this is; None for nobody's.

    Raises:
        Unavailable: the disk is failing.
    """
    if not key.startswith(_MARK):
        return None
    found = await get_machine_by_key(reads, proof_of(key))
    if found is None:
        return None
    return Principal(name=found.name, asker=f"machine:{found.name}", role=found.role)
