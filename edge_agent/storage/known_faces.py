"""Faces of people whom somebody made known to the box, as rows: of staff and of watch lists.

Every such table has the columns `id`, whose it is, `part`, `model`, `numbers`, `checksum`, in this
order. No picture is among them.
"""

from collections.abc import Sequence

import numpy as np

from edge_agent.domain.ids import new_id
from edge_agent.domain.vector import Part, Vector
from edge_agent.storage.transaction import Row
from edge_agent.storage.vector_rows import checksum_of


def face_rows(whose: str, vectors: Sequence[Vector], at_ms: int) -> list[tuple[object, ...]]:
    """The rows of somebody's new vectors.

    Args:
        whose: id of the person.
        vectors: to keep.
        at_ms: now.
    """
    rows: list[tuple[object, ...]] = []
    for vector in vectors:
        fields = (new_id(at_ms), whose, vector.part.value, vector.model)
        numbers = np.ascontiguousarray(vector.values, "<f4").tobytes()
        rows.append((*fields, numbers, checksum_of(fields, numbers)))
    return rows


def face_of(row: Row, whose: str) -> Vector | None:
    """The vector of a row; None where the disk has damaged it.

    Args:
        row: with all columns of its table.
        whose: name of the column that says whose it is.
    """
    fields = tuple(row[name] for name in ("id", whose, "part", "model"))
    if checksum_of(fields, row["numbers"]) != row["checksum"]:
        return None
    values = np.frombuffer(row["numbers"], "<f4").astype(np.float32)
    return Vector(Part(row["part"]), row["model"], values)
