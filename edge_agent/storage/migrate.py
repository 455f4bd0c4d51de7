"""Bring a database to the shape this code knows.

`migrations/NNNN_name.sql` are applied in the order of their names, each in one transaction with
the row of table `migration` (name, sha256, time) that records it.
"""

import hashlib
import sqlite3
from collections.abc import Iterator
from importlib import resources
from typing import NamedTuple

from edge_agent.domain.errors import Unusable


class Migration(NamedTuple):
    """One file of SQL."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """Of the file, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def known_migrations() -> list[Migration]:
    """The migrations this code carries, in order."""
    folder = resources.files("edge_agent.storage") / "migrations"
    files = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return sorted(Migration(file.name, file.read_text("utf-8")) for file in files)


def migrate(database: sqlite3.Connection, known: list[Migration], *, at_ms: int) -> list[str]:
    """Apply what is missing and return its names.

    Raises:
        Unusable: the database was written by a newer version, or by other files of these names.
        sqlite3.Error: callers translate.
    """
    database.execute(
        "CREATE TABLE IF NOT EXISTS migration"
        " (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, at_ms INTEGER NOT NULL)"
        " STRICT, WITHOUT ROWID"
    )
    applied = dict(database.execute("SELECT name, sha256 FROM migration").fetchall())
    _check_known(applied, known)
    missing = [migration for migration in known if migration.name not in applied]
    for migration in missing:
        _apply(database, migration, at_ms)
    return [migration.name for migration in missing]


def _check_known(applied: dict[str, str], known: list[Migration]) -> None:
    ours = {migration.name: migration.sha256 for migration in known}
    for name, sha256 in sorted(applied.items()):
        if name not in ours:
            raise Unusable(
                f"edge.db was written by a newer edge-agent (it has {name});"
                " install that version or name another state folder"
            )
        if ours[name] != sha256:
            raise Unusable(
                f"edge.db was made by another {name} than this edge-agent carries;"
                " install the version that wrote it or name another state folder"
            )


def _apply(database: sqlite3.Connection, migration: Migration, at_ms: int) -> None:
    database.execute("BEGIN IMMEDIATE")
    try:
        for statement in _statements(migration.sql):
            database.execute(statement)
        database.execute(
            "INSERT INTO migration (name, sha256, at_ms) VALUES (?, ?, ?)",
            (migration.name, migration.sha256, at_ms),
        )
        database.execute("COMMIT")
    except BaseException:
        database.rollback()
        raise


def _statements(script: str) -> Iterator[str]:
    # executescript() would commit the transaction that is open
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
