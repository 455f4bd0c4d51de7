"""What happens to a state folder before it is opened: lock, check, quarantine, restore, migrate.

`quick_check` reads all of edge.db; the vectors lie elsewhere, so this takes seconds even on a
full box. A damaged edge.db is moved into quarantine/ with its log, the newest backup that passes
`integrity_check` takes its place under a new epoch, and where there is none a fresh one does. An
edge.db that is missing although there are backups counts as damaged: it was moved away by a boot
that did not get further.
"""

import fcntl
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from edge_agent.domain.errors import Unusable
from edge_agent.runtime.clock import Clock
from edge_agent.storage.backup import backups, problems, restore_latest
from edge_agent.storage.connection import connect
from edge_agent.storage.durable import make_folder, sync_folder
from edge_agent.storage.epoch import current_epoch
from edge_agent.storage.errors import Damaged, file_errors, sqlite_errors
from edge_agent.storage.migrate import known_migrations, migrate
from edge_agent.storage.quarantine import quarantine

DATABASE = "edge.db"
_MAGIC = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A state folder that may be opened.

    Attributes:
        lock: held until it is closed.
        alarms: what was found wrong and what was done about it.
    """

    lock: FileIO
    epoch: str
    alarms: tuple[str, ...]


def prepare(folder: Path, clock: Clock) -> Prepared:
    """Make `folder` fit to be opened; blocks, so call it on a thread.

    Raises:
        Unusable: another process has it open, it may not be written, or a newer version wrote it.
        Unavailable: the disk is full or failing.
    """
    lock = _lock(folder)
    try:
        alarms = _repair(folder, at_ms=clock.now_ms())
        with sqlite_errors(DATABASE), closing(connect(folder / DATABASE)) as database:
            migrate(database, known_migrations(), at_ms=clock.now_ms())
            epoch = current_epoch(database, at_ms=clock.now_ms())
        with file_errors("the state folder cannot be written"):
            sync_folder(folder)
    except BaseException:
        lock.close()
        raise
    return Prepared(lock, epoch, tuple(alarms))


def _lock(folder: Path) -> FileIO:
    try:
        for each in (folder, *(folder / name for name in ("vectors", "pictures", "clips"))):
            make_folder(each)
        lock = FileIO(folder / "lock", "w")
    except OSError as error:
        raise Unusable(f"the state folder {folder} cannot be written: {error}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise Unusable(
            f"another edge-agent has the state folder {folder} open; stop it first"
        ) from error
    return lock


def _repair(folder: Path, *, at_ms: int) -> list[str]:
    fault = _fault(folder / DATABASE)
    if fault is None:
        return []
    with file_errors("a damaged database cannot be moved into quarantine"):
        moved = quarantine(folder / DATABASE, folder / "quarantine" / str(at_ms))
    alarms = [f"{DATABASE} {fault}" + (f"; it was moved to {moved}" if moved else "")]
    restored = restore_latest(folder, at_ms=at_ms)
    alarms += [f"the backup {refused.name} is damaged too" for refused in restored.refused]
    if restored.backup is None:
        alarms.append("there was no usable backup; a fresh database was begun")
    else:
        alarms.append(f"the backup {restored.backup.name} was restored; what came after it is lost")
    return alarms


def _fault(database: Path) -> str | None:
    """What is wrong with the database, None where it is well or not made yet."""
    with file_errors("the database cannot be read"):
        if not database.exists():
            return "is missing" if backups(database.parent) else None
        with database.open("rb") as file:
            magic = file.read(len(_MAGIC))
    if magic not in (b"", _MAGIC):
        return "is no database any more"
    try:
        with sqlite_errors(database.name), closing(connect(database)) as connection:
            faults = problems(connection, "quick_check")
    except Damaged as error:
        return f"is damaged ({_cause(error)})"
    return f"is damaged ({faults[0]})" if faults else None


def _cause(error: Damaged) -> str:
    return str(error.__cause__) if isinstance(error.__cause__, sqlite3.Error) else str(error)
