"""A short look into, or change of, the database of a box that may be running."""

import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from edge_agent.domain.errors import Unusable
from edge_agent.runtime.clock import Clock
from edge_agent.storage.boot import DATABASE
from edge_agent.storage.connection import connect_async
from edge_agent.storage.errors import sqlite_errors
from edge_agent.storage.migrate import known_migrations
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import NAME, Transaction


@asynccontextmanager
async def beside(folder: Path, *, clock: Clock) -> AsyncIterator[Transaction]:
    """One transaction on the database in `folder`.

    Where no daemon has the folder open it is opened as the daemon does it, repaired and migrated.
    Where one has, this transaction waits for its turn among the daemon's own. The daemon's
    `Store.version` does not tell of it.

    Raises:
        Unusable: the daemon that has it open is of another version, or it may not be written.
        Unavailable: the disk is full or failing, or the daemon wrote for too long.
    """
    if not _in_use(folder):
        async with await Store.open(folder, clock=clock) as store, store.transaction() as tx:
            yield tx
        return
    with sqlite_errors(NAME):
        connection = await connect_async(folder / DATABASE)
    try:
        with sqlite_errors(NAME):
            await connection.execute_fetchall("BEGIN IMMEDIATE")
        transaction = Transaction(connection)
        await _check_shape(transaction, folder)
        yield transaction
        transaction.end()
        with sqlite_errors(NAME):
            await connection.commit()
    finally:
        await connection.close()  # what is not committed is undone


def _in_use(folder: Path) -> bool:
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    except OSError as error:
        raise Unusable(f"the state folder {folder} cannot be read: {error}") from error
    return False


async def _check_shape(transaction: Transaction, folder: Path) -> None:
    rows = await transaction.rows("SELECT name, sha256 FROM migration")
    if {(row["name"], row["sha256"]) for row in rows} != {
        (known.name, known.sha256) for known in known_migrations()
    }:
        raise Unusable(
            f"the daemon that has {folder} open is of another version; restart it, then try again"
        )
