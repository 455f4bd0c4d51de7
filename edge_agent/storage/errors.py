"""Where SQLite's and the file system's exceptions become ours.

`Damaged` hangs under neither `Unavailable` nor `Unusable`: trying again does not mend a damaged
file, and exit 78 would keep systemd from the one thing that does, a restart, since the check at
boot quarantines the file and restores the last backup.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from edge_agent.domain.errors import AgentError, Unavailable

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_AWAY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class Damaged(AgentError):  # noqa: N818 - named for what happened
    """A database file is not what was written; the next start repairs it."""


def _primary_code(error: sqlite3.Error) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)  # absent on errors that Python raised itself
    return None if code is None else code & 0xFF


def means_damaged(error: sqlite3.Error) -> bool:
    """Whether SQLite says that the file is corrupt or no database at all."""
    return _primary_code(error) in _DAMAGED


@contextmanager
def sqlite_errors(name: str) -> Iterator[None]:
    """Turn SQLite's exceptions about the file `name` into ours; programming errors pass.

    Raises:
        Unavailable: the database is locked, the disk is full or cannot be read or written.
        Damaged: the file is corrupt.
    """
    try:
        yield
    except sqlite3.Error as error:
        if means_damaged(error):
            raise Damaged(f"{name} is damaged: {error}; restart to repair it") from error
        if _primary_code(error) in _AWAY:
            raise Unavailable(f"{name} cannot be used now: {error}") from error
        raise


@contextmanager
def file_errors(doing: str) -> Iterator[None]:
    """Turn the file system's exceptions into ours.

    Raises:
        Unavailable: the disk is full, read-only or failing.
    """
    try:
        yield
    except OSError as error:
        raise Unavailable(f"{doing}: {error}") from error
