"""How a vector lies in its day file.

| column   | type    | what |
|----------|---------|------|
| id       | TEXT    | its own id |
| track, camera, part, model | TEXT | as in `StoredVector` and `Vector` |
| at_ms    | INTEGER | its UTC day names the file |
| quality  | REAL    | 0 to 1 |
| numbers  | BLOB    | float32, little-endian |
| checksum | BLOB    | 8 bytes of BLAKE2b over all of the above |

SQLite's own checks do not see a flipped byte in a blob; the checksum does.
"""

import hashlib
import json
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.storage.transaction import Row

SCHEMA = """
CREATE TABLE IF NOT EXISTS vector (
    id TEXT PRIMARY KEY, track TEXT NOT NULL, camera TEXT NOT NULL, part TEXT NOT NULL,
    model TEXT NOT NULL, at_ms INTEGER NOT NULL, quality REAL NOT NULL,
    numbers BLOB NOT NULL, checksum BLOB NOT NULL
) STRICT
"""
COLUMNS = "id, track, camera, part, model, at_ms, quality, numbers, checksum"
_WIDTH = 9


class Read(NamedTuple):
    """Vectors as they were read.

    Attributes:
        damaged: the ids of rows whose checksum does not fit.
    """

    vectors: list[StoredVector]
    damaged: list[str]


def day_of(at_ms: int) -> str:
    """The UTC day, `YYYYMMDD`."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y%m%d")


def to_row(stored: StoredVector) -> tuple[object, ...]:
    """The row of a vector, in the order of `COLUMNS`."""
    values = np.ascontiguousarray(stored.vector.values, "<f4")
    if values.ndim != 1:
        raise ValueError(f"values must have shape (d,), got {values.shape}")
    numbers = values.tobytes()
    fields = (
        stored.id,
        stored.track,
        stored.camera,
        stored.vector.part.value,
        stored.vector.model,
        int(stored.at_ms),
        float(stored.quality),
    )
    return (*fields, numbers, checksum_of(fields, numbers))


def from_rows(rows: list[Row]) -> Read:
    """The vectors of rows that begin with `COLUMNS`; damaged ones apart."""
    read = Read([], [])
    for row in rows:
        *fields, numbers, checksum = tuple(row)[:_WIDTH]
        if checksum_of(tuple(fields), numbers) == checksum:
            read.vectors.append(_vector(row))
        else:
            read.damaged.append(str(row["id"]))
    return read


def _vector(row: Row) -> StoredVector:
    values = np.frombuffer(row["numbers"], "<f4").astype(np.float32, copy=False)
    return StoredVector(
        id=row["id"],
        track=row["track"],
        camera=row["camera"],
        at_ms=row["at_ms"],
        quality=row["quality"],
        vector=Vector(part=Part(row["part"]), model=row["model"], values=values),
    )


def checksum_of(fields: tuple[object, ...], numbers: bytes) -> bytes:
    """8 bytes over everything that a row says of a vector, and over its numbers."""
    digest = hashlib.blake2b(json.dumps(fields).encode(), digest_size=8)
    digest.update(numbers)
    return digest.digest()
