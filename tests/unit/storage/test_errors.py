"""SQLite's exceptions become ours where the world is to blame, and only there."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.storage.connection import connect
from edge_agent.storage.errors import Damaged, file_errors, sqlite_errors


@pytest.fixture
def database(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "a.db")) as opened:
        opened.execute("CREATE TABLE t (x UNIQUE)")
        yield opened


def test_a_locked_database_is_unavailable(database: sqlite3.Connection, tmp_path: Path) -> None:
    database.execute("BEGIN IMMEDIATE")
    locked = pytest.raises(Unavailable, match=r"edge\.db cannot be used now: .*locked")
    other = sqlite3.connect(tmp_path / "a.db", timeout=0)
    with closing(other), locked, sqlite_errors("edge.db"):
        other.execute("BEGIN IMMEDIATE")
    database.rollback()


def test_a_full_disk_is_unavailable_and_nothing_is_lost(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO t VALUES (1)")
    (pages,) = database.execute("PRAGMA page_count").fetchone()
    database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable, match="full"), sqlite_errors("edge.db"):
        database.execute("INSERT INTO t VALUES (zeroblob(100000))")
    assert database.execute("SELECT x FROM t").fetchall()[0][0] == 1


def test_what_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "b.db").write_bytes(b"x" * 5000)
    with pytest.raises(Damaged, match="restart"), sqlite_errors("b.db"):
        connect(tmp_path / "b.db")


@pytest.mark.parametrize("sql", ["SELECT nothing", "INSERT INTO t VALUES (1), (1)", "SELEKT"])
def test_programming_errors_pass_as_they_are(database: sqlite3.Connection, sql: str) -> None:
    with pytest.raises(sqlite3.Error), sqlite_errors("edge.db"):
        database.execute(sql)


def test_file_trouble_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no clip: "), file_errors("no clip"):
        (tmp_path / "none").read_bytes()
