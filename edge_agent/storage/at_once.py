"""Whole transactions and small sets of reads on one thread, without going there and back each time.

Between two statements of a `Store.transaction` lie two changes of thread, each of which waits for
the interpreter lock: milliseconds on busy cores. What somebody waits for is therefore written in
one go.
"""

import sqlite3
from collections.abc import Callable, Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from typing_extensions import override

from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.connection import connect
from edge_agent.storage.errors import sqlite_errors
from edge_agent.storage.transaction import NAME, Result, Row, Transaction

T = TypeVar("T")

_OWN = (
    # moving the log into the database takes long and is left to the other writer
    "PRAGMA wal_autocheckpoint = 0",
)


def driven(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never waits to its end."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise RuntimeError(
        "what is read or written at once may await nothing but the reads and writes it is given"
    )


class AtOnce(Transaction):
    """A transaction whose statements are awaited like any other, but never wait."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._here = connection
        self._open = True
        self.touched = set()

    @override
    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> Result:
        with sqlite_errors(NAME):
            cursor = self._still().execute(sql, tuple(parameters))
        return Result(cursor.rowcount, cursor.lastrowid or 0)

    @override
    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        with sqlite_errors(NAME):
            self._still().executemany(sql, [tuple(row) for row in rows])

    @override
    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        with sqlite_errors(NAME):
            return self._still().execute(sql, tuple(parameters)).fetchall()

    def _still(self) -> sqlite3.Connection:
        if not self._open:
            raise RuntimeError("this transaction has ended")
        return self._here


class QuickWriter:
    """A writing connection on a thread of its own; never used beside the other one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = OneThread("quick-writer")

    @classmethod
    def open(cls, path: Path) -> "QuickWriter":
        """Open the database; blocks, and raises as `sqlite_errors` tells."""
        with sqlite_errors(NAME):
            connection = connect(path)
            for pragma in _OWN:
                connection.execute(pragma)
        return cls(connection)

    async def write(
        self, work: Callable[[Transaction], Coroutine[Any, Any, T]], *, durable: bool
    ) -> tuple[T, set[str]]:
        """Run one transaction; returns what `work` did and the tables it touched."""
        return await self._thread.call(self._write, work, durable=durable)

    def close(self) -> None:
        """Wait for what runs and close; blocks."""
        self._thread.close()
        self._connection.close()

    def _write(
        self, work: Callable[[Transaction], Coroutine[Any, Any, T]], *, durable: bool
    ) -> tuple[T, set[str]]:
        with sqlite_errors(NAME):
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._connection.execute("BEGIN IMMEDIATE")
        transaction = AtOnce(self._connection)
        try:
            done = driven(work(transaction))
            with sqlite_errors(NAME):
                self._connection.commit()
        except BaseException:
            self._connection.rollback()
            raise
        finally:
            transaction.end()
        return done, transaction.touched
