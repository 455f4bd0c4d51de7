"""Read-only connections: some behind threads, and one for the event loop."""

import asyncio
import resource
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Self, TypeVar

from edge_agent.domain.errors import Unavailable
from edge_agent.storage.at_once import driven
from edge_agent.storage.connection import connect
from edge_agent.storage.errors import sqlite_errors
from edge_agent.storage.transaction import NAME, Reads, Row

SLOW_S = 0.02
"""Seconds; the event loop may wait so long for the disk: the next frame comes later still."""

AWAY_S = 10.0
"""For so long nothing is read on the event loop afterwards."""

T = TypeVar("T")


class Readers:
    """Reads beside the writer, from what is committed.

    Anything may be read on one of the threads. Going there and back, however, takes fifty times as
    long as reading a few rows by their key, and milliseconds on busy cores, because two threads
    pass the interpreter lock to and fro. `at_once` therefore reads on the event loop, where the
    rows are few and almost always in memory. As soon as the disk makes it wait longer than
    `SLOW_S`, such reads go to the threads as well for `AWAY_S`, so that a slow disk holds up the
    loop once in a while and not with every read.

    Args:
        threaded: read-only connections for as many threads; closed together with this.
        quick: one for the event loop, which does not wait for locks.
    """

    def __init__(self, threaded: Sequence[sqlite3.Connection], quick: sqlite3.Connection) -> None:
        self._connections = (*threaded, quick)
        self._quick = quick
        self._quick_again = 0.0
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for connection in threaded:
            self._idle.put(connection)
        self._threads = ThreadPoolExecutor(len(threaded), thread_name_prefix="reader")

    @classmethod
    def open(cls, path: Path, threads: int) -> Self:
        """Open the database for so many threads; blocks.

        Raises:
            Unavailable: the disk is full or failing.
            Damaged: the database is corrupt.
        """
        with sqlite_errors(NAME), ExitStack() as stack:
            quick, *threaded = [
                stack.enter_context(closing(connect(path, read_only=True)))
                for _ in range(1 + threads)
            ]
            quick.execute("PRAGMA busy_timeout = 0")
            stack.pop_all()
            return cls(threaded, quick)

    async def rows(self, sql: str, parameters: Sequence[object]) -> list[Row]:
        """Every row that a SELECT yields.

        Raises:
            Unavailable: the disk is failing.
            Damaged: the database is corrupt.
        """
        return await self._on_a_thread(
            lambda connection: connection.execute(sql, tuple(parameters)).fetchall()
        )

    async def at_once(self, work: Callable[[Reads], Coroutine[Any, Any, T]]) -> T:
        """Run `work` against one moment of the database; raises as `rows`.

        Args:
            work: awaits the `Reads` that it is given and nothing else.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        if began >= self._quick_again:
            blocks = _blocks_read()
            try:
                with sqlite_errors(NAME):
                    return _read(self._quick, work)
            except Unavailable:
                pass  # locked, perhaps: the threads wait for it, and say so if it is worse
            finally:
                # On busy cores it may be late as well; only a wait for the disk counts.
                if clock() - began > SLOW_S and _blocks_read() > blocks:
                    self._quick_again = clock() + AWAY_S
        return await self._on_a_thread(lambda connection: _read(connection, work))

    def close(self) -> None:
        """Wait for running reads and close the connections; blocks."""
        self._threads.shutdown()
        for connection in self._connections:
            connection.close()

    async def _on_a_thread(self, read: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._with_a_connection, read
        )

    def _with_a_connection(self, read: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._idle.get()
        try:
            with sqlite_errors(NAME):
                return read(connection)
        finally:
            self._idle.put(connection)


class _Moment:
    """One moment of the database; its `rows` is awaited like any other, but never waits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        return self._connection.execute(sql, tuple(parameters)).fetchall()


def _read(connection: sqlite3.Connection, work: Callable[[Reads], Coroutine[Any, Any, T]]) -> T:
    connection.execute("BEGIN")
    try:
        return driven(work(_Moment(connection)))
    finally:
        connection.execute("ROLLBACK")


def _blocks_read() -> int:
    """How many blocks this thread has waited for until now."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_inblock
