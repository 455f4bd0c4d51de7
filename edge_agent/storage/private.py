"""Files that belong to the daemon alone."""

import os
import stat
from pathlib import Path

from edge_agent.domain.errors import Unusable
from edge_agent.storage.durable import sync_folder


def read_private(path: Path) -> bytes:
    """Read a secret.

    Raises:
        Unusable: others may read it too.
        OSError: it cannot be read.
    """
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Unusable(f"{path} holds a secret and others may read it; run: chmod 600 {path}")
    return path.read_bytes()


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, whole or not at all, durable before this returns.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    sync_folder(path.parent)
