"""Secrets that the box makes for itself at its first start and keeps."""

import os
import secrets
import stat
from pathlib import Path

from edge_agent.domain.errors import Unusable

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
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Unusable(f"{path} holds a secret and others may read it; run: chmod 600 {path}")
    token = path.read_text("ascii").strip()
    if len(token) < _SHORTEST or not token.isprintable() or " " in token:
        raise Unusable(
            f"{path} holds no usable secret; delete it for a new one, or write at least "
            f"{_SHORTEST} characters without blanks"
        )
    return token


def _make(path: Path) -> str:
    token = secrets.token_urlsafe(32)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(token + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return token
