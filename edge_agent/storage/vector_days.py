"""The day files behind `VectorFiles`; every method runs on its one thread.

A file that SQLite finds damaged is moved to quarantine/<day>-<n>/ and begun afresh; a note says
so. At most `OPEN` files are open at a time.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import re
import sqlite3
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from edge_agent.domain.vector import StoredVector
from edge_agent.storage.connection import connect
from edge_agent.storage.durable import sync_folder
from edge_agent.storage.errors import file_errors, means_damaged, sqlite_errors
from edge_agent.storage.quarantine import quarantine
from edge_agent.storage.transaction import Row
from edge_agent.storage.vector_rows import COLUMNS, SCHEMA, Read, from_rows, to_row

OPEN = 4
_DAY = re.compile(r"[0-9]{8}")
T = TypeVar("T")


class VectorDays:
    """One SQLite file per day.

    Attributes:
        folder: holds `<day>.db`.
    """

    def __init__(self, folder: Path, quarantine_folder: Path) -> None:
        self.folder = folder
        self._quarantine = quarantine_folder
        self._open: OrderedDict[str, sqlite3.Connection] = OrderedDict()
        self._notes: list[str] = []

    def write(self, day: str, vectors: Sequence[StoredVector]) -> None:
        """Write vectors of this day in one durable transaction."""
        rows = [to_row(vector) for vector in vectors]
        insert = f"INSERT OR REPLACE INTO vector ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._within(day, lambda database: _all_or_nothing(database, insert, rows), make=True)

    def delete(self, day: str, ids: Sequence[str]) -> None:
        """Remove vectors and every trace of their bytes; a day left empty is unlinked."""

        def work(database: sqlite3.Connection) -> bool:
            rows = [(vector_id,) for vector_id in ids]
            _all_or_nothing(database, "DELETE FROM vector WHERE id = ?", rows)
            # the log still holds the pages as they were
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return database.execute("SELECT 1 FROM vector LIMIT 1").fetchone() is None

        if self._within(day, work):
            self.drop(day)

    def get(self, day: str, ids: Sequence[str]) -> Read:
        """The vectors of these ids."""
        select = f"SELECT {COLUMNS} FROM vector WHERE id = ?"

        def work(database: sqlite3.Connection) -> list[Row]:
            return [row for each in ids for row in database.execute(select, (each,))]

        return from_rows(self._within(day, work) or [])

    def batch(self, day: str, before: int | None, size: int) -> tuple[Read, int | None]:
        """Up to `size` rows below the place `before`, and the place where to go on, if any."""
        select = f"SELECT {COLUMNS}, rowid FROM vector WHERE rowid < ? ORDER BY rowid DESC LIMIT ?"
        bounds = ((1 << 62) if before is None else before, size)
        rows = self._within(day, lambda database: database.execute(select, bounds).fetchall())
        if not rows:
            return Read([], []), None
        return from_rows(rows), int(rows[-1]["rowid"])

    def ids(self, day: str) -> list[str]:
        """The ids of all vectors of this day."""
        rows = self._within(
            day, lambda database: database.execute("SELECT id FROM vector").fetchall()
        )
        return [str(row["id"]) for row in rows or []]

    def days(self) -> list[str]:
        """The days that have a file, newest first."""
        found = (path.stem for path in self.folder.glob("*.db"))
        return sorted((day for day in found if _DAY.fullmatch(day)), reverse=True)

    def drop(self, day: str) -> None:
        """Remove a whole day."""
        self._forget(day)
        with file_errors(f"the vectors of {day} cannot be removed"):
            for suffix in ("-wal", "-shm", ""):
                self._path(day, suffix).unlink(missing_ok=True)
            sync_folder(self.folder)

    def take_notes(self) -> list[str]:
        """What has been found wrong since this was last asked; may be called from any thread."""
        notes, self._notes = self._notes, []
        return notes

    def close(self) -> None:
        """Close every file."""
        for day in list(self._open):
            self._forget(day)

    def _within(
        self, day: str, work: Callable[[sqlite3.Connection], T], *, make: bool = False
    ) -> T | None:
        """Run `work` on the day's file; where there is none, make one or return None."""
        with sqlite_errors(f"vectors/{day}.db"):
            try:
                database = self._database(day, make=make)
                return None if database is None else work(database)
            except sqlite3.Error as error:
                if not means_damaged(error):
                    raise
                self._put_away(day, str(error))
            again = self._database(day, make=make)
            return None if again is None else work(again)

    def _database(self, day: str, *, make: bool) -> sqlite3.Connection | None:
        if day in self._open:
            self._open.move_to_end(day)
            return self._open[day]
        fresh = not self._path(day).exists()
        if fresh and not make:
            return None
        while len(self._open) >= OPEN:
            self._forget(next(iter(self._open)))
        self._open[day] = database = connect(self._path(day))
        # a flipped byte in a text must reach the checksum, not fail on the way
        database.text_factory = lambda raw: raw.decode("utf-8", "replace")
        database.execute(SCHEMA)
        with suppress(sqlite3.OperationalError):  # on a full disk there is still reading
            # a kill may have come between a deletion and the emptying of its log
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if fresh:
            with file_errors(f"vectors/{day}.db cannot be made"):
                sync_folder(self.folder)
        return database

    def _put_away(self, day: str, why: str) -> None:
        self._forget(day)
        with file_errors(f"vectors/{day}.db cannot be moved into quarantine"):
            number = len(list(self._quarantine.glob(f"{day}-*")))
            moved = quarantine(self._path(day), self._quarantine / f"{day}-{number}")
        self._notes = [
            *self._notes,
            f"the vectors of {day} are damaged ({why}); their file was moved to {moved}",
        ]

    def _forget(self, day: str) -> None:
        database = self._open.pop(day, None)
        if database is not None:
            with suppress(sqlite3.Error):  # the file may be damaged; nothing is lost by closing
                database.close()

    def _path(self, day: str, suffix: str = "") -> Path:
        return self.folder / f"{day}.db{suffix}"


def _all_or_nothing(
    database: sqlite3.Connection, sql: str, rows: Sequence[Sequence[object]]
) -> None:
    database.execute("BEGIN IMMEDIATE")
    try:
        database.executemany(sql, rows)
        database.execute("COMMIT")
    except BaseException:
        database.rollback()
        raise
