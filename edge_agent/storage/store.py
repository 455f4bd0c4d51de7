"""The truth: one SQLite database, day files of vectors, pictures and clips in one folder.

Who runs on which thread: the two writer connections have a thread each (`transaction` by aiosqlite,
`write`), of which never more than one writes; readers
share as many as there are of them; vectors and pictures have one each. Everything else happens on
the event loop, the small reads of `at_once` included.

Files in the folder:

    edge.db, -wal, -shm   every row but the vectors' numbers
    vectors/YYYYMMDD.db   the vectors of one UTC day
    pictures/xx/<id>.jpg  best pictures; xx are the last two digits of the id
    images/xx/<id>.jpg    pictures of the items of instances; image-tasks/ dumps of them
    clips/                what the recorders write
    renderings/           clips made playable, and thumbnails: a cache
    backups/<ms>.db       verified copies of edge.db
    quarantine/<ms>/      what was found damaged
    lock                  held as long as a store is open
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from io import FileIO
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite

from edge_agent.runtime.clock import Clock
from edge_agent.runtime.ranked_lock import RankedLock
from edge_agent.storage.at_once import QuickWriter
from edge_agent.storage.boot import DATABASE, prepare
from edge_agent.storage.connection import connect_async
from edge_agent.storage.errors import sqlite_errors
from edge_agent.storage.pictures import PictureFiles
from edge_agent.storage.readers import Readers
from edge_agent.storage.renderings import RenderedFiles
from edge_agent.storage.transaction import NAME, Reads, Row, Transaction
from edge_agent.storage.vectors import VectorFiles

READERS = 3

T = TypeVar("T")


async def _to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` even when cancelled meanwhile; the cancellation is raised afterwards."""
    task = asyncio.get_running_loop().create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    failure = task.exception()
    if cancelled is not None:
        raise cancelled from failure
    if failure is not None:
        raise failure
    return task.result()


class Store:
    """One open state folder. Opened once per process; a second opener is refused.

    Attributes:
        folder: the state folder.
        clips: where recorders write clips; `Fragment.path` is relative to it.
        pictures: the stored pictures.
        images: pictures of things, of the items of instances.
        renderings: of clips; a cache.
        vectors: the stored vectors.
        epoch: renewed whenever the database had to be made anew or restored.
        alarms: what was found wrong and what was done about it, oldest first, one sentence each.
            Table "alarm" is touched whenever one is added.
    """

    def __init__(
        self,
        folder: Path,
        *,
        writer: aiosqlite.Connection,
        quick_writer: QuickWriter,
        readers: Readers,
        lock: FileIO,
        epoch: str,
        alarms: Sequence[str],
        clock: Clock,
    ) -> None:
        self.folder = folder
        self.clips = folder / "clips"
        self.pictures = PictureFiles(folder / "pictures")
        self.images = PictureFiles(folder / "images")
        self.renderings = RenderedFiles(folder / "renderings", clock)
        self.vectors = VectorFiles(folder / "vectors", folder / "quarantine", self._alarm)
        self.epoch = epoch
        self.alarms = list(alarms)
        self._writer = writer
        self._quick_writer = quick_writer
        self._writing = RankedLock()
        self._writing_task: asyncio.Task[Any] | None = None
        self._readers = readers
        self._lock_file = lock
        self._versions: dict[str, int] = {}
        self._changes: dict[str, asyncio.Event] = {}

    @classmethod
    async def open(cls, folder: Path, *, clock: Clock) -> Self:
        """Check, repair and migrate what is in `folder`, and open it; an empty one is set up.

        Raises:
            Unusable: another process has it open, it may not be written, or a newer version
                wrote it.
            Unavailable: the disk is full or failing.
        """
        prepared = await asyncio.to_thread(prepare, folder, clock)
        try:
            with sqlite_errors(NAME):
                writer = await connect_async(folder / DATABASE)
        except BaseException:
            prepared.lock.close()
            raise
        try:
            quick_writer = await asyncio.to_thread(QuickWriter.open, folder / DATABASE)
            readers = Readers.open(folder / DATABASE, READERS)
        except BaseException:
            await writer.close()
            prepared.lock.close()
            raise
        return cls(
            folder,
            writer=writer,
            quick_writer=quick_writer,
            readers=readers,
            lock=prepared.lock,
            epoch=prepared.epoch,
            alarms=prepared.alarms,
            clock=clock,
        )

    async def close(self) -> None:
        """Wait for the running transaction and close everything; may be called twice."""
        if self._lock_file.closed:
            return
        async with self._writing.held():
            await asyncio.to_thread(self._readers.close)
            await asyncio.to_thread(self._quick_writer.close)
            await self._writer.close()
            await self.vectors.close()
            self.pictures.close()
            self.images.close()
            self._lock_file.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """One transaction at a time: committed where the block ends, undone where it raises.

        Cancelled inside the block, it is undone; cancelled while it commits, the end of the
        commit is awaited and the cancellation raised afterwards.

        Raises:
            Unavailable: locked, full or failing disk; nothing was written.
            Damaged: the database is corrupt.
        """
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        if self._writing_task is asyncio.current_task():
            raise RuntimeError("a transaction inside a transaction of the same task")
        async with self._writing.held():
            self._writing_task = asyncio.current_task()
            transaction = Transaction(self._writer)
            try:
                with sqlite_errors(NAME):
                    await self._writer.execute_fetchall("BEGIN IMMEDIATE")
                yield transaction
                transaction.end()
                await _to_its_end(self._commit(transaction))
            except BaseException:
                transaction.end()
                await _to_its_end(self._rollback())
                raise
            finally:
                self._writing_task = None

    async def write(
        self,
        work: Callable[[Transaction], Coroutine[Any, Any, T]],
        *,
        durable: bool = True,
        urgent: bool = False,
    ) -> T:
        """Run a whole transaction on a thread in one go, for what somebody waits for.

        Cancelled before its turn, nothing is done; cancelled later, its end is awaited and the
        cancellation raised afterwards.

        Args:
            work: awaits the `Transaction` that it is given, perhaps through functions of this
                package, and nothing else; it runs on another thread.
            durable: whether it is on the disk once this returns. If not, it survives the end of
                the process, and a power cut only where a durable transaction followed.
            urgent: whether it goes before all that wait to write.

        Raises:
            Unavailable: locked, full or failing disk; nothing was written.
            Damaged: the database is corrupt.
        """
        if self._writing_task is asyncio.current_task():
            raise RuntimeError("a transaction inside a transaction of the same task")
        async with self._writing.held(urgent=urgent):
            return await _to_its_end(self._written(work, durable=durable))

    async def _written(
        self, work: Callable[[Transaction], Coroutine[Any, Any, T]], *, durable: bool
    ) -> T:
        done, touched = await self._quick_writer.write(work, durable=durable)
        for table in touched:
            self._touch(table)
        return done

    async def _commit(self, transaction: Transaction) -> None:
        with sqlite_errors(NAME):
            await self._writer.commit()
        for table in transaction.touched:
            self._touch(table)

    async def _rollback(self) -> None:
        # does nothing where SQLite has undone it already, or where the commit was reached
        with sqlite_errors(NAME):
            await self._writer.rollback()

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Every row that a SELECT yields, read beside the writer from what is committed.

        Raises:
            Unavailable: the disk is failing.
            Damaged: the database is corrupt.
        """
        return await self._readers.rows(sql, parameters)

    async def at_once(self, work: Callable[[Reads], Coroutine[Any, Any, T]]) -> T:
        """A few small reads that fit together, of one moment, without going to a thread and back.

        Args:
            work: awaits the `Reads` that it is given, perhaps through functions of this package,
                and nothing else. What it reads is found by an index and is not much, because the
                event loop waits for it; see `Readers`. On a slow disk it may run on a thread.

        Raises:
            Unavailable: the disk is failing.
            Damaged: the database is corrupt.
        """
        return await self._readers.at_once(work)

    def version(self, table: str) -> int:
        """How many committed transactions have touched `table` since the store was opened."""
        return self._versions.get(table, 0)

    async def changed(self, table: str, since: int) -> int:
        """Wait until `version(table)` is above `since`, and return it."""
        while self.version(table) <= since:
            await self._changes.setdefault(table, asyncio.Event()).wait()
        return self.version(table)

    async def checkpoint(self) -> bool:
        """Move the write-ahead log into the database and empty it.

        Until then the log still holds what was deleted. Returns False where a reader kept it
        from being emptied; try again later.
        """
        async with self._writing.held():
            with sqlite_errors(NAME):
                rows = await self._writer.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        return all(row[0] == 0 for row in rows)

    def _touch(self, table: str) -> None:
        self._versions[table] = self.version(table) + 1
        waiting = self._changes.pop(table, None)
        if waiting is not None:
            waiting.set()

    def _alarm(self, message: str) -> None:
        self.alarms.append(message)
        self._touch("alarm")
