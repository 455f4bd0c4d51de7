"""Fingerprint libraries and files as rows."""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection

from edge_agent.domain.fingerprint import Library, Medium, PrintedFile
from edge_agent.storage.transaction import Reads, Row, Transaction

_LIBRARY = "id, name, description, model, config, created_ms, changes, system"
_FILE = "id, library, primary_key, input, seconds, stored_ms, print, fragment"
_FILE_HEAD = _FILE.replace("print", "x'' AS print")
_IN = "IN (SELECT value FROM json_each(?))"


async def insert_library(tx: Transaction, library: Library) -> None:
    """Insert a new library."""
    await tx.execute(
        f"INSERT INTO fp_library ({_LIBRARY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            library.id,
            library.name,
            library.description,
            library.medium.value,
            library.config,
            library.created_ms,
            library.changes,
            library.system,
        ),
    )
    tx.touch("fp_library")


async def libraries(reads: Reads, ids: Collection[str] | None = None) -> list[Library]:
    """Libraries by their creation; all of them without `ids`."""
    where, values = ("", ()) if ids is None else (f"WHERE id {_IN}", (json.dumps(list(ids)),))
    rows = await reads.rows(f"SELECT {_LIBRARY} FROM fp_library {where} ORDER BY id", values)
    return [_library_of(row) for row in rows]


async def file_counts(reads: Reads) -> dict[str, int]:
    """How many files each library holds; those that hold none are left out."""
    rows = await reads.rows("SELECT library, count(*) AS held FROM fp_file GROUP BY library")
    return {row["library"]: int(row["held"]) for row in rows}


async def system_library(reads: Reads) -> Library | None:
    """The library of the box's own recordings, if it was made."""
    rows = await reads.rows(f"SELECT {_LIBRARY} FROM fp_library WHERE system = 1")
    return _library_of(rows[0]) if rows else None


async def delete_library(tx: Transaction, library: str, *, keep: bool) -> None:
    """Empty a library, and forget it unless it shall be kept."""
    await tx.execute("DELETE FROM fp_file WHERE library = ?", (library,))
    if keep:
        await _changed(tx, library)
    else:
        await tx.execute("DELETE FROM fp_library WHERE id = ?", (library,))
    tx.touch("fp_library")


async def insert_file(tx: Transaction, file: PrintedFile) -> None:
    """Put a fingerprint into a library; an older one of the same primary key goes."""
    await tx.execute(
        "DELETE FROM fp_file WHERE library = ? AND primary_key = ?",
        (file.library, file.primary_key),
    )
    await tx.execute(
        f"INSERT INTO fp_file ({_FILE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            file.id,
            file.library,
            file.primary_key,
            file.input,
            file.seconds,
            file.stored_ms,
            file.print,
            file.fragment,
        ),
    )
    await _changed(tx, file.library)


async def delete_files(
    tx: Transaction, library: str, ids: Collection[str], keys: Collection[str]
) -> int:
    """Delete fingerprints by id or primary key; returns how many there were."""
    result = await tx.execute(
        f"DELETE FROM fp_file WHERE library = ? AND (id {_IN} OR primary_key {_IN})",
        (library, json.dumps(list(ids)), json.dumps(list(keys))),
    )
    await _changed(tx, library)
    return result.rowcount


async def library_files(
    reads: Reads,
    library: str,
    *,
    after: str = "",
    limit: int,
    start_ms: int = 0,
    end_ms: int = 1 << 62,
) -> list[PrintedFile]:
    """Files without their prints, by their id, those stored within a time, from `after` on."""
    rows = await reads.rows(
        f"SELECT {_FILE_HEAD} FROM fp_file WHERE library = ? AND id > ?"
        " AND stored_ms >= ? AND stored_ms <= ? ORDER BY id LIMIT ?",
        (library, after, start_ms, end_ms, limit),
    )
    return [_file_of(row) for row in rows]


async def prints(reads: Reads, library: str) -> list[PrintedFile]:
    """Everything of a library, prints included."""
    rows = await reads.rows(
        f"SELECT {_FILE} FROM fp_file WHERE library = ? ORDER BY id", (library,)
    )
    return [_file_of(row) for row in rows]


async def file_keys(reads: Reads, library: str) -> dict[str, str]:
    """Primary key of every file of a library, by its id."""
    rows = await reads.rows("SELECT id, primary_key FROM fp_file WHERE library = ?", (library,))
    return {row["id"]: row["primary_key"] for row in rows}


async def prints_of(reads: Reads, ids: Collection[str]) -> list[PrintedFile]:
    """These files with their prints; those that have gone meanwhile are left out."""
    rows = await reads.rows(f"SELECT {_FILE} FROM fp_file WHERE id {_IN}", (json.dumps(list(ids)),))
    return [_file_of(row) for row in rows]


async def print_part(
    reads: Reads, file: str, *, part: int, parts: int, first: int, size: int
) -> bytes:
    """Some bytes of a part of a print, without reading all of it; none where it has gone.

    Args:
        reads: where.
        file: its id.
        part: which of its `parts` equal parts, from 0.
        parts: of the print.
        first: byte of that part.
        size: how many bytes, fewer where the part ends.
    """
    rows = await reads.rows(
        "SELECT substr(print, 1 + length(print) / ? * ? + ?,"
        " max(0, min(?, length(print) / ? - ?))) AS part FROM fp_file WHERE id = ?",
        (parts, part, first, size, parts, first, file),
    )
    return bytes(rows[0]["part"]) if rows else b""


async def existing_fragments(reads: Reads, ids: Collection[str]) -> list[str]:
    """Those of these clips that are still there."""
    rows = await reads.rows(f"SELECT id FROM fragment WHERE id {_IN}", (json.dumps(sorted(ids)),))
    return [row["id"] for row in rows]


async def fragments_without_print(reads: Reads, library: str, limit: int) -> list[Row]:
    """Closed clips, the newest first, that the library does not hold (id, camera, path, times)."""
    return await reads.rows(
        "SELECT id, camera, path, start_ms, end_ms FROM fragment"
        " WHERE state IN ('closed', 'cut') AND NOT EXISTS"
        " (SELECT 1 FROM fp_file WHERE fp_file.fragment = fragment.id AND library = ?)"
        " ORDER BY id DESC LIMIT ?",
        (library, limit),
    )


async def _changed(tx: Transaction, library: str) -> None:
    await tx.execute("UPDATE fp_library SET changes = changes + 1 WHERE id = ?", (library,))
    tx.touch("fp_library")


def _library_of(row: Row) -> Library:
    return Library(
        id=row["id"],
        name=row["name"],
        description=row["description"],
        medium=Medium(row["model"]),
        config=row["config"],
        created_ms=row["created_ms"],
        changes=row["changes"],
        system=bool(row["system"]),
    )


def _file_of(row: Row) -> PrintedFile:
    return PrintedFile(
        id=row["id"],
        library=row["library"],
        primary_key=row["primary_key"],
        input=row["input"],
        seconds=row["seconds"],
        stored_ms=row["stored_ms"],
        print=row["print"],
        fragment=row["fragment"],
    )
