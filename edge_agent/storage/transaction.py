"""What code inside a transaction may do."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import aiosqlite

from edge_agent.storage.errors import sqlite_errors

Row = sqlite3.Row
"""One row of a result: `row["column"]`, `row[0]`, `tuple(row)`."""

NAME = "edge.db"


class Reads(Protocol):
    """Whoever answers a SELECT: the store, or a transaction, which sees its own writes."""

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Every row that the statement yields."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement did.

    Attributes:
        rowcount: how many rows it changed.
        lastrowid: the rowid of the last inserted row; 0 where there is none.
    """

    rowcount: int
    lastrowid: int


class Transaction:
    """Statements that are all committed or all undone.

    Made by `Store.transaction()`. Await nothing but its methods while it is open: everybody who
    wants to write is waiting.
    """

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._open = True
        self.touched: set[str] = set()

    async def execute(self, sql: str, parameters: Sequence[object] = ()) -> Result:
        """Run one statement.

        Raises:
            Unavailable: locked, full or failing disk.
            Damaged: the database is corrupt.
        """
        with sqlite_errors(NAME):
            async with self._live().execute(sql, tuple(parameters)) as cursor:
                return Result(cursor.rowcount, cursor.lastrowid or 0)

    async def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement once per row of parameters; raises as `execute`."""
        with sqlite_errors(NAME):
            async with self._live().executemany(sql, [tuple(row) for row in rows]):
                pass

    async def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Every row the statement yields, own writes included; raises as `execute`."""
        with sqlite_errors(NAME):
            return list(await self._live().execute_fetchall(sql, tuple(parameters)))

    def touch(self, *tables: str) -> None:
        """Wake those who wait for a change of these tables, after the commit."""
        self.touched.update(tables)

    def end(self) -> None:
        """Refuse every later use; called by the store."""
        self._open = False

    def _live(self) -> aiosqlite.Connection:
        if not self._open:
            raise RuntimeError("this transaction has ended")
        return self._connection
