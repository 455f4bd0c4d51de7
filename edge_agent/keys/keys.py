"""Adds, finds, lists and revokes access keys."""

import logging
import re
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge_agent.domain.access_key import AccessKey, KeyKind, KeyRole
from edge_agent.domain.errors import NotFound, Refused
from edge_agent.keys.sealing import NotSealedHere, Sealing
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Reads, Transaction
from edge_agent.storage.audit import append_audit
from edge_agent.storage.keys import KeyRow, get_keys, insert_key, revoke_key

log = logging.getLogger(__name__)

KEY_ID = re.compile(r"[A-Za-z0-9._-]{4,64}")
KEY_SECRET = re.compile(r"[!-~]{16,128}")  # printable ASCII without blanks
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a new key shall be.

    Attributes:
        kind: which family of signatures it is for.
        role: what its holder may do.
        name: for people; stands in the audit.
        id: None for a random one in the form of its kind.
        secret: None for a random one in the form of its kind.
    """

    kind: KeyKind
    role: KeyRole = KeyRole.FULL
    name: str = ""
    id: str | None = None
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyInfo:
    """What may be shown of a key.

    Attributes:
        revoked_ms: since when it opens nothing any more; None for one that does.
        readable: its secret can be decrypted; not so after the box's key was changed or lost.
    """

    id: str
    kind: KeyKind
    role: KeyRole
    name: str
    created_ms: int
    revoked_ms: int | None
    readable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOptions:
    """How keys are found.

    Attributes:
        refresh: seconds after which a key that was added or revoked meanwhile, perhaps by
            another process, is noticed at the latest.
    """

    refresh: float = 2.0


async def add_key(
    tx: Transaction, sealing: Sealing, new: NewKey, *, asker: str, at_ms: int
) -> AccessKey:
    """Add a key and note it in the audit; the only time that its secret is shown.

    Raises:
        Refused: id, secret or name cannot be, or the id was used before.
    """
    key = made(new)
    row = KeyRow(
        id=key.id,
        kind=key.kind,
        role=key.role,
        name=key.name,
        sealed=sealing.seal(key.secret, owner=_owner(key.kind, key.id)),
        created_ms=at_ms,
    )
    if not await insert_key(tx, row):
        raise Refused(f"there is, or was, a key {key.id}; take another id", field="id")
    told = {"key": key.id, "kind": key.kind.value, "role": key.role.value, "name": key.name}
    await append_audit(tx, asker, "key.add", told, at_ms)
    return key


async def revoke(tx: Transaction, key_id: str, *, asker: str, at_ms: int) -> None:
    """End a key at once and for ever, and note it in the audit.

    Raises:
        NotFound: there is no such key, or it was revoked before.
    """
    if not await revoke_key(tx, key_id, at_ms):
        raise NotFound(f"there is no valid key {key_id}", field="id")
    await append_audit(tx, asker, "key.revoke", {"key": key_id}, at_ms)


async def list_keys(reads: Reads, sealing: Sealing) -> list[KeyInfo]:
    """Every key, revoked ones included, oldest first."""
    return [
        KeyInfo(
            id=row.id,
            kind=row.kind,
            role=row.role,
            name=row.name,
            created_ms=row.created_ms,
            revoked_ms=row.revoked_ms,
            readable=_opened(row, sealing) is not None,
        )
        for row in await get_keys(reads)
    ]


def made(new: NewKey) -> AccessKey:
    """The key that is asked for, with what was left to chance.

    Raises:
        Refused: id, secret or name cannot be.
    """
    key = AccessKey(
        id=new.id if new.id is not None else _random_id(new.kind),
        secret=new.secret if new.secret is not None else _random_secret(new.kind),
        kind=new.kind,
        role=new.role,
        name=new.name,
    )
    if not KEY_ID.fullmatch(key.id):
        raise Refused(f"a key's id must match {KEY_ID.pattern}", field="id")
    if not KEY_SECRET.fullmatch(key.secret):
        raise Refused(
            "a secret has 16 to 128 printable ASCII characters without blanks", field="secret"
        )
    longest = 64
    if len(key.name) > longest or not key.name.isprintable():
        raise Refused(f"a name has at most {longest} printable characters", field="name")
    return key


class Keys:
    """Finds keys for whoever checks signatures.

    Args:
        reads: where keys are stored.
        sealing: opens their secrets.
        options: how often they are read anew.
        clock: tells the time.
        configured: keys that the configuration names; they win over stored ones.
    """

    def __init__(
        self,
        reads: Reads,
        sealing: Sealing,
        options: KeyOptions,
        clock: Clock,
        *,
        configured: Sequence[AccessKey] = (),
    ) -> None:
        self._reads = reads
        self._sealing = sealing
        self._options = options
        self._clock = clock
        self._configured = {key.id: key for key in configured}
        self._known: dict[str, AccessKey] = {}
        self._read_at: float | None = None
        self._unreadable: set[str] = set()

    async def find(self, key_id: str) -> AccessKey | None:
        """The valid key of this id, None where there is none or it was revoked.

        Raises:
            Unavailable: the disk is failing.
        """
        now = self._clock.monotonic()
        if self._read_at is None or now - self._read_at >= self._options.refresh:
            self._known = await self._read()
            self._read_at = now
        return self._known.get(key_id)

    async def _read(self) -> dict[str, AccessKey]:
        known: dict[str, AccessKey] = {}
        for row in await get_keys(self._reads):
            if row.revoked_ms is not None:
                continue
            secret = _opened(row, self._sealing)
            if secret is None:
                self._warn(row.id)
                continue
            known[row.id] = AccessKey(
                id=row.id, secret=secret, kind=row.kind, role=row.role, name=row.name
            )
        return {**known, **self._configured}

    def _warn(self, key_id: str) -> None:
        if key_id not in self._unreadable:
            self._unreadable.add(key_id)
            log.warning(
                "access key %s was sealed under another box key and opens nothing; revoke it and"
                " add a new one, or bring the old secrets/box-key back",
                key_id,
            )


def _opened(row: KeyRow, sealing: Sealing) -> str | None:
    try:
        return sealing.open(row.sealed, owner=_owner(row.kind, row.id))
    except NotSealedHere:
        return None


def _owner(kind: KeyKind, key_id: str) -> str:
    return f"{kind.value}:{key_id}"


def _random_id(kind: KeyKind) -> str:
    if kind is KeyKind.TOP:
        return str(10_000_000 + secrets.randbelow(90_000_000))
    return "LTAI" + "".join(secrets.choice(_LETTERS) for _ in range(20))


def _random_secret(kind: KeyKind) -> str:
    if kind is KeyKind.TOP:
        return secrets.token_hex(16)
    return "".join(secrets.choice(_LETTERS) for _ in range(30))
