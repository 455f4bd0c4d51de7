"""Migrations: each whole or not at all, and recorded with its hash."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from edge_agent.domain.errors import Unusable
from edge_agent.storage.migrate import Migration, known_migrations, migrate

FIRST = Migration("0001_a.sql", "CREATE TABLE a (x TEXT); -- why; so\n\nCREATE TABLE b (x);\n")
SECOND = Migration(
    "0002_c.sql", "INSERT INTO a VALUES ('one;\ntwo');\nALTER TABLE b ADD COLUMN y;\n"
)


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def recorded(database: sqlite3.Connection) -> list[tuple[str, str]]:
    return database.execute("SELECT name, sha256 FROM migration ORDER BY name").fetchall()


def test_missing_ones_are_applied_in_order_and_recorded(database: sqlite3.Connection) -> None:
    assert migrate(database, [FIRST], at_ms=1) == ["0001_a.sql"]
    assert migrate(database, [FIRST, SECOND], at_ms=2) == ["0002_c.sql"]
    assert migrate(database, [FIRST, SECOND], at_ms=3) == []
    assert recorded(database) == [(each.name, each.sha256) for each in (FIRST, SECOND)]
    assert database.execute("SELECT x FROM a").fetchall() == [("one;\ntwo",)]


def test_one_that_fails_half_way_leaves_nothing(database: sqlite3.Connection) -> None:
    broken = Migration("0002_c.sql", "CREATE TABLE c (x);\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(database, [FIRST, broken], at_ms=1)
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_schema")}
    assert {"a", "b"} <= tables
    assert "c" not in tables
    assert recorded(database) == [(FIRST.name, FIRST.sha256)]


def test_a_newer_or_another_history_is_refused(database: sqlite3.Connection) -> None:
    migrate(database, [FIRST, SECOND], at_ms=1)
    with pytest.raises(Unusable, match="newer"):
        migrate(database, [FIRST], at_ms=1)
    with pytest.raises(Unusable, match="another 0001"):
        migrate(database, [FIRST._replace(sql="CREATE TABLE a (x);"), SECOND], at_ms=1)


def test_a_box_of_the_first_version_takes_the_rest(database: sqlite3.Connection) -> None:
    first, *rest = known_migrations()
    migrate(database, [first], at_ms=1)
    database.execute(
        "INSERT INTO track (id, camera, start_ms, end_ms, state) VALUES ('t', 'door', 1, 2, 'open')"
    )
    database.execute(
        "INSERT INTO job (id, kind, state, created_ms, asker, question)"
        " VALUES ('j', 'picture-search', 'running', 1, 'mqtt', '{\"app\": null}')"
    )
    assert migrate(database, known_migrations(), at_ms=2) == [each.name for each in rest]
    database.execute("UPDATE track SET end_ms = 3")
    assert database.execute("SELECT id, end_ms FROM track").fetchall() == [("t", 3)]
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_the_migrations_this_code_carries_make_strict_tables(database: sqlite3.Connection) -> None:
    migrate(database, known_migrations(), at_ms=1)
    tables = database.execute(
        "SELECT name, strict FROM pragma_table_list"
        " WHERE schema = 'main' AND name NOT LIKE 'sqlite%'"
    ).fetchall()
    assert len(tables) > 10
    assert [name for name, strict in tables if not strict] == []
