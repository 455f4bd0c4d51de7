"""A vector's row: read back as written, and no changed bit goes unseen."""

# ruff: noqa: S608 - statements are put together from constants

import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.storage.transaction import Row
from edge_agent.storage.vector_rows import COLUMNS, SCHEMA, Read, day_of, from_rows, to_row

names = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
stored_vectors = st.builds(
    StoredVector,
    id=names,
    track=names,
    camera=names,
    at_ms=st.integers(0, 1 << 42),
    quality=st.floats(0, 1),
    vector=st.builds(
        Vector,
        part=st.sampled_from(Part),
        model=names,
        values=st.lists(st.floats(-1, 1, width=32), max_size=40).map(
            lambda values: np.array(values, np.float32)
        ),
    ),
)


def through_sqlite(row: tuple[object, ...]) -> list[Row]:
    database = sqlite3.connect(":memory:")
    try:
        database.row_factory = sqlite3.Row
        database.execute(SCHEMA)
        database.execute(f"INSERT INTO vector ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", row)
        return database.execute(f"SELECT {COLUMNS}, rowid FROM vector").fetchall()
    finally:
        database.close()


@given(stored_vectors)
def test_a_vector_survives_the_way_through_its_row(stored: StoredVector) -> None:
    read = from_rows(through_sqlite(to_row(stored)))
    assert read.damaged == []
    (back,) = read.vectors
    assert (back.id, back.track, back.camera) == (stored.id, stored.track, stored.camera)
    assert (back.at_ms, back.quality) == (stored.at_ms, stored.quality)
    assert (back.vector.part, back.vector.model) == (stored.vector.part, stored.vector.model)
    np.testing.assert_array_equal(back.vector.values, stored.vector.values)


@given(stored_vectors, st.data())
def test_any_changed_bit_is_seen(stored: StoredVector, data: st.DataObject) -> None:
    row = list(to_row(stored))
    column = data.draw(st.sampled_from([7, 8] if len(stored.vector.values) else [8]))
    raw = bytearray(row[column])  # type: ignore[call-overload]
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    row[column] = bytes(raw)
    assert from_rows(through_sqlite(tuple(row))) == Read([], [stored.id])


@given(stored_vectors, st.integers(1, 6))
def test_a_changed_field_is_seen(stored: StoredVector, column: int) -> None:
    row = list(to_row(stored))
    value = row[column]
    row[column] = value + "x" if isinstance(value, str) else float(value) + 1  # type: ignore[arg-type]
    assert from_rows(through_sqlite(tuple(row))) == Read([], [stored.id])


def test_vectors_of_a_wrong_shape_are_a_mistake() -> None:
    vector = Vector(part=Part.FACE, model="m", values=np.zeros((2, 2), np.float32))
    stored = StoredVector(id="v", track="t", camera="c", at_ms=0, quality=0, vector=vector)
    with pytest.raises(ValueError, match="shape"):
        to_row(stored)


def test_days_are_those_of_utc() -> None:
    assert day_of(1_760_054_399_999) == "20251009"
    assert day_of(1_760_054_400_000) == "20251010"
