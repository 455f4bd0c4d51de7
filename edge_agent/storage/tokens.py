"""Secrets that the box makes for itself at its first start and keeps."""

import secrets
from pathlib import Path

from edge_agent.domain.errors import Unusable
from edge_agent.storage.private import read_private, write_private

_SHORTEST = 16


def load_or_make_token(path: Path) -> str:
    """Read the secret kept at `path`; make one of 256 random bits where there is none.

    The file belongs to the daemon alone (mode 0600) and is durable before this returns. A person
    may replace its content by a secret of their own of at least 16 characters without blanks.

    Raises:
        Unusable: the file cannot be read or written, others may read it, or what it holds is too
            short to be a secret.
    """
    try:
        return _load(path) if path.exists() else _make(path)
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"cannot keep a secret in {path}: {error}") from error


def _load(path: Path) -> str:
    token = read_private(path).decode("ascii").strip()
    if len(token) < _SHORTEST or not token.isprintable() or " " in token:
        raise Unusable(
            f"{path} holds no usable secret; delete it for a new one, or write at least "
            f"{_SHORTEST} characters without blanks"
        )
    return token


def _make(path: Path) -> str:
    token = secrets.token_urlsafe(32)
    write_private(path, f"{token}\n".encode("ascii"))
    return token
