"""Verified copies of edge.db, and the way back.

`backups/<ms>.db` is a whole database in one file, readable by any SQLite. It has passed
`integrity_check` and is durable before it gets that name. Pictures, clips and vectors are not in
it: they are files of their own.
"""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from edge_agent.runtime.clock import Clock
from edge_agent.storage.connection import connect
from edge_agent.storage.durable import make_folder, sync_file, sync_folder
from edge_agent.storage.epoch import renew_epoch
from edge_agent.storage.errors import Damaged, file_errors, sqlite_errors
from edge_agent.storage.migrate import known_migrations, migrate

KEEP = 3


class Restored(NamedTuple):
    """What a restore found.

    Attributes:
        backup: the copy that was taken, None where none was usable.
        refused: those that were damaged, newest first.
    """

    backup: Path | None
    refused: tuple[Path, ...]


def backups(folder: Path) -> list[Path]:
    """The backups of a state folder, newest first."""
    found = [path for path in (folder / "backups").glob("*.db") if path.stem.isdigit()]
    return sorted(found, key=lambda path: int(path.stem), reverse=True)


async def make_backup(folder: Path, *, clock: Clock, keep: int = KEEP) -> Path:
    """Copy edge.db while it is in use, verify the copy, and keep the newest `keep`.

    Runs on a thread of its own and reads one snapshot; nobody who writes has to wait.

    Raises:
        Damaged: edge.db is corrupt; the older backups are kept.
        Unavailable: the disk is full or failing.
    """
    return await asyncio.to_thread(_make_backup, folder, clock.now_ms(), keep)


def _make_backup(folder: Path, at_ms: int, keep: int) -> Path:
    target = folder / "backups" / f"{at_ms}.db"
    part = target.with_suffix(".part")
    with file_errors("no backup can be written"):
        make_folder(target.parent)
        part.unlink(missing_ok=True)
        try:
            with sqlite_errors("edge.db"):
                _copy(folder / "edge.db", part)
            sync_file(part)
            part.replace(target)
            sync_folder(target.parent)
        finally:
            part.unlink(missing_ok=True)
        for old in backups(folder)[keep:]:
            old.unlink()
        sync_folder(target.parent)
    return target


def _copy(source: Path, target: Path) -> None:
    with closing(connect(source, read_only=True)) as database, closing(_plain(target)) as copy:
        database.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no log beside it
        faults = problems(copy, "integrity_check")
    if faults:
        raise Damaged(f"edge.db is damaged ({faults[0]}); restart to repair it")


def _plain(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def problems(database: sqlite3.Connection, check: str) -> list[str]:
    """What `PRAGMA quick_check` or `integrity_check` complains about; nothing where all is well."""
    lines = [str(row[0]) for row in database.execute(f"PRAGMA {check}(5)")]
    return [] if lines == ["ok"] else lines


def restore_latest(folder: Path, *, at_ms: int) -> Restored:
    """Put the newest usable backup in the place of edge.db, which must not be there.

    The copy is verified, migrated and given a new epoch under another name before it takes its
    place, so that a crash on the way leaves no database that looks as if nothing had happened.

    Raises:
        Unusable: the backup was written by a newer version.
        Unavailable: the disk is full or failing.
    """
    refused: list[Path] = []
    with file_errors("no backup can be restored"):
        for backup in backups(folder):
            candidate = folder / "edge.db.restoring"
            shutil.copyfile(backup, candidate)
            if _made_usable(candidate, at_ms):
                sync_file(candidate)
                candidate.replace(folder / "edge.db")
                sync_folder(folder)
                return Restored(backup, tuple(refused))
            candidate.unlink()
            refused.append(backup)
    return Restored(None, tuple(refused))


def _made_usable(candidate: Path, at_ms: int) -> bool:
    try:
        with sqlite_errors(candidate.name), closing(_plain(candidate)) as database:
            if problems(database, "integrity_check"):
                return False
            migrate(database, known_migrations(), at_ms=at_ms)
            renew_epoch(database, at_ms=at_ms)
    except Damaged:
        return False
    return True
