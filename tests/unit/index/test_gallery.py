"""A gallery answers as brute force does, and forgets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part, Vector
from edge_agent.index import Gallery

MODEL = "open/face@00000000"
DIMENSIONS = 6


def vector(seed: int, model: str = MODEL) -> Vector:
    values = np.random.default_rng(seed).normal(size=DIMENSIONS)
    return Vector(Part.FACE, model, (values / np.linalg.norm(values)).astype(np.float32))


OWNERS = st.sampled_from(["ann", "ben", "cleo", "dan", "eve"])


@settings(max_examples=100, deadline=None)
@given(
    history=st.lists(st.tuples(st.booleans(), OWNERS), max_size=60),
    among=st.none() | st.frozensets(OWNERS),
    k=st.integers(0, 6),
    threshold=st.sampled_from([-1.0, 0.0, 0.4]),
)
def test_agrees_with_brute_force(
    history: list[tuple[bool, str]], among: frozenset[str] | None, k: int, threshold: float
) -> None:
    gallery, truth = Gallery(MODEL), list[tuple[str, Floats]]()
    for seed, (coming, owner) in enumerate(history):
        if coming or seed % 3:
            gallery.add(owner, vector(seed))
            truth.append((owner, vector(seed).values))
        else:
            assert gallery.remove(owner) == sum(own == owner for own, _ in truth)
            truth = [(own, values) for own, values in truth if own != owner]
    query = vector(1000).values
    best: dict[str, float] = {}
    for owner, values in truth:
        score = float(values @ query)
        if (among is None or owner in among) and score >= threshold:
            best[owner] = max(score, best.get(owner, -2.0))
    expected = sorted(best.items(), key=lambda item: -item[1])[:k]
    found = gallery.nearest(query, k=k, threshold=threshold, among=among)
    assert [one.owner for one in found] == [owner for owner, _ in expected]
    assert [one.score for one in found] == pytest.approx([score for _, score in expected], abs=1e-6)
    assert gallery.owners == {owner for owner, _ in truth}
    assert len(gallery) == len(truth)


def test_a_removed_vector_leaves_no_bytes_even_after_the_matrix_grew() -> None:
    gallery, matrices = Gallery(MODEL), list[Floats]()
    for seed in range(100):
        gallery.add(f"owner{seed}", vector(seed))
        if not any(gallery._matrix is known for known in matrices):
            matrices.append(gallery._matrix)
    assert len(matrices) > 2
    assert gallery.remove("owner3") == 1
    memory = b"".join(matrix.tobytes() for matrix in matrices)
    assert vector(3).values.tobytes() not in memory
    assert vector(4).values.tobytes() in memory


def test_wrong_vectors_are_refused() -> None:
    gallery = Gallery(MODEL)
    gallery.add("ann", vector(1))
    with pytest.raises(ValueError, match="not of open/face@11111111"):
        gallery.add("ben", vector(2, "open/face@11111111"))
    with pytest.raises(ValueError, match="6 numbers"):
        gallery.add("ben", Vector(Part.FACE, MODEL, np.ones(1, np.float32)))
    with pytest.raises(ValueError, match="not of length 1"):
        gallery.add("ben", Vector(Part.FACE, MODEL, np.full(DIMENSIONS, np.nan, np.float32)))
    with pytest.raises(ValueError, match="6 numbers"):
        gallery.nearest(vector(1).values[:3], k=1)
    assert gallery.owners == {"ann"}
