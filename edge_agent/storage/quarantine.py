"""Put a damaged database aside: it is evidence, and may be all that is left of some rows."""

from pathlib import Path

from edge_agent.storage.durable import make_folder, sync_folder

_SUFFIXES = ("", "-wal", "-shm")


def quarantine(database: Path, into: Path) -> Path | None:
    """Move a database and its log into the folder `into`; None where there was nothing to move.

    Raises:
        OSError: callers translate.
    """
    present = [database.with_name(database.name + suffix) for suffix in _SUFFIXES]
    present = [path for path in present if path.exists()]
    if not present:
        return None
    make_folder(into)
    for path in present:
        path.replace(into / path.name)
    sync_folder(into)
    sync_folder(database.parent)
    return into
