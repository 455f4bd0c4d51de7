"""Encryption of what the box must be able to read again."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge_agent.domain.errors import AgentError

_NONCE = 12  # bytes, as NIST SP 800-38D recommends for GCM
_PURPOSE = b"edge-agent access keys 1"


class NotSealedHere(AgentError):  # noqa: N818 - named for what happened
    """What was read was not sealed under this box's key, or for another owner."""


class Sealing:
    """AES-256-GCM under a key derived from the box's own secret (HKDF-SHA256, RFC 5869).

    Args:
        box_key: the box's own secret; a person may have chosen it.
    """

    def __init__(self, box_key: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
        self._cipher = AESGCM(derived.derive(box_key.encode()))

    def seal(self, text: str, *, owner: str) -> bytes:
        """Encrypt `text`; it can only be opened again for the same owner.

        Returns:
            a random nonce of 12 bytes and the cipher text with its tag.
        """
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), owner.encode())

    def open(self, sealed: bytes, *, owner: str) -> str:
        """Decrypt what `seal` returned.

        Raises:
            NotSealedHere: it was changed, or sealed under another key or for another owner.
        """
        try:
            opened = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], owner.encode())
        except (InvalidTag, ValueError):
            raise NotSealedHere(f"the secret of {owner} was not sealed under this key") from None
        return opened.decode()
