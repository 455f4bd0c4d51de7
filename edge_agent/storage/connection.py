"""How every connection to a SQLite file is set up."""

import sqlite3
from pathlib import Path

import aiosqlite

BUSY_SECONDS = 10.0
"""How long a statement waits for a lock that another process holds."""

_WRITING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",  # not every build has it on; deleted people must be gone
    "PRAGMA journal_size_limit = 67108864",
)
_READING = ("PRAGMA query_only = ON",)


def _address(path: Path, *, read_only: bool) -> str:
    return f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}"


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open `path` for one thread at a time; transactions are begun by hand.

    Raises:
        sqlite3.Error: callers translate with `sqlite_errors`.
    """
    connection = sqlite3.connect(
        _address(path, read_only=read_only),
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    try:
        for pragma in _READING if read_only else _WRITING:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


async def connect_async(path: Path, *, read_only: bool = False) -> aiosqlite.Connection:
    """Open `path` behind a thread of its own; else as `connect`."""
    connection = await aiosqlite.connect(
        _address(path, read_only=read_only), uri=True, timeout=BUSY_SECONDS, isolation_level=None
    )
    connection.row_factory = sqlite3.Row
    try:
        for pragma in _READING if read_only else _WRITING:
            await connection.execute_fetchall(pragma)
    except BaseException:
        await connection.close()
        raise
    return connection
