"""The key that a box signs its exports with."""

from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from edge_agent.domain.errors import Refused, Unusable
from edge_agent.storage.private import read_private, write_private

EXPORT_KEY = "export-key"
"""Name of the file under `secrets/` that exports are signed with."""


class ExportKey:
    """Signs; made at the first start and kept in a file of its own.

    Args:
        key: the private key.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_pem = key.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )

    @classmethod
    def load_or_make(cls, path: Path) -> "ExportKey":
        """The key kept at `path` (PEM, mode 0600); a new one where there is none.

        Raises:
            Unusable: it cannot be read or written, others may read it, or it is no such key.
        """
        try:
            if path.exists():
                return cls(_private(read_private(path), path))
            key = Ed25519PrivateKey.generate()
            pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            write_private(path, pem)
        except OSError as error:
            raise Unusable(f"cannot keep the key of exports in {path}: {error}") from error
        return cls(key)

    def sign(self, content: bytes) -> bytes:
        """The signature of `content`, 64 bytes."""
        return self._key.sign(content)


def public_key(pem: bytes) -> Ed25519PublicKey:
    """Read a public key.

    Raises:
        Refused: it is none.
    """
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Refused(f"this is no public key in PEM: {error}", field="key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise Refused("this is no Ed25519 key", field="key")
    return key


def fingerprint(key: Ed25519PublicKey) -> str:
    """Sha256 of a public key (DER), hexadecimal."""
    digest = Hash(SHA256())
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex()


def signed_by(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    """Whether `signature` is that of `content` under this key."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _private(pem: bytes, path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Unusable(f"{path} holds no private key in PEM: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unusable(f"{path} holds no Ed25519 key; delete it for a new one")
    return key
