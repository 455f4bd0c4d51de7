"""Hashing passwords, one at a time and off the loop."""

import asyncio
import hashlib
import os
import unicodedata

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from edge_agent.domain.errors import Refused

SHORTEST, LONGEST = 10, 256
"""Characters of a password."""

_MEMORY_KIB, _ITERATIONS, _LANES = 19 * 1024, 2, 1
"""OWASP Password Storage Cheat Sheet, the first recommended setting of Argon2id."""


def check_password(password: str, name: str) -> None:
    """Refuse what cannot be a password.

    Raises:
        Refused: too short, too long, or the name itself.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refused(
            f"a password has {SHORTEST} to {LONGEST} characters; several words make a good one",
            field="password",
        )
    if name and name in password.casefold():
        raise Refused("a password must not contain the user's name", field="password")


def hash_password(password: str) -> str:
    """Hash a password with a new salt; takes some 30 ms and 19 MiB."""
    return _made(os.urandom(16)).derive_phc_encoded(_bytes(password))


def proof_of(secret: str) -> str:
    """What a login keeps of the secret that opened it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class Passwords:
    """Compares passwords with their hashes; a crowd that signs in waits in line."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._nobody: str | None = None

    async def right(self, password: str, hashed: str | None) -> bool:
        """Whether a password is the one that was hashed; takes as long where nobody has one."""
        async with self._turn:
            return await asyncio.to_thread(self._compare, password, hashed)

    async def hash(self, password: str) -> str:
        """Hash a password with a new salt."""
        async with self._turn:
            return await asyncio.to_thread(hash_password, password)

    def _compare(self, password: str, hashed: str | None) -> bool:
        if hashed is None:
            self._nobody = self._nobody or hash_password(os.urandom(16).hex())
        try:
            Argon2id.verify_phc_encoded(_bytes(password), hashed or self._nobody or "")
        except InvalidKey:
            return False
        return hashed is not None


def _made(salt: bytes) -> Argon2id:
    return Argon2id(
        salt=salt, length=32, iterations=_ITERATIONS, lanes=_LANES, memory_cost=_MEMORY_KIB
    )


def _bytes(password: str) -> bytes:
    # The same word typed on another keyboard may come in another form (RFC 8265, 4.2.2).
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
