"""What the index tells about its own answers."""

from pathlib import Path

import numpy as np
import pytest

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import VectorIndex
from edge_agent.index.nearest import FEW
from edge_agent.index.shadow import SLICE, Shadow
from edge_agent.index.table import Table

FACE = "open/face@00000000"


def filled(count: int, folder: Path | None = None) -> VectorIndex:
    rows = np.random.default_rng(count).normal(size=(count, 24)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = VectorIndex(folder)
    index.add([sight(n, row) for n, row in enumerate(rows)])
    return index


def sight(number: int, row: Floats) -> StoredVector:
    camera, at_ms = "door" if number % 2 else "till", number * 100
    vector = Vector(Part.FACE, FACE, row)
    return StoredVector(f"{number:032x}", f"{number // 3:032x}", camera, at_ms, 1.0, vector)


def asked(index: VectorIndex, seed: int) -> Shadow:
    shadow = index.shadow(np.random.default_rng(seed), 10)
    assert shadow is not None
    while shadow.go_on():
        pass
    return shadow


@pytest.mark.parametrize("count", [1, 2, 200])
def test_few_rows_are_always_answered_fully(count: int) -> None:
    index = filled(count)
    assert [asked(index, seed).recall for seed in range(20)] == [1.0] * 20


def test_many_rows_are_compared_slice_by_slice(tmp_path: Path) -> None:
    index = filled(SLICE + 1000, tmp_path)
    recalls = [asked(index, seed).recall for seed in range(12)]
    assert all(recall is not None and recall >= 0.9 for recall in recalls)


def test_signs_that_say_nothing_show() -> None:
    index = filled(3 * FEW)
    table = index._tables[Part.FACE, FACE]
    signs = table.numbers._signs.rows[: 3 * FEW]
    np.random.default_rng(1).shuffle(signs)
    recalls = [asked(index, seed).recall for seed in range(12)]
    assert min(recall for recall in recalls if recall is not None) < 0.9


def test_nothing_is_told_where_vectors_came_meanwhile() -> None:
    index = filled(100)
    shadow = index.shadow(np.random.default_rng(0), 10)
    assert shadow is not None
    index.forget([f"{3:032x}"])
    assert not shadow.go_on()
    assert shadow.recall is None


def test_an_empty_index_asks_nothing_and_gone_rows_are_not_asked_about() -> None:
    assert VectorIndex().shadow(np.random.default_rng(0), 10) is None
    index = filled(50)
    index.forget(f"{n:032x}" for n in range(49))
    table = index._tables[Part.FACE, FACE]
    assert isinstance(table, Table)
    assert asked(index, 5).recall == 1.0
