"""Whom counterexamples take away, and whom several pictures have in common; random people."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import VectorIndex, Where
from edge_agent.search.asked import AskedPerson
from edge_agent.search.compare import Comparison, compare
from edge_agent.search.not_these import without
from edge_agent.search.same_person import one_person

FACE, BODY = Part.FACE, Part.BODY
MODELS = {FACE: "p/face@1", BODY: "p/body@1"}
LOW = {FACE: -1.0, BODY: -1.0}
PARTS = st.sampled_from([(FACE,), (BODY,), (FACE, BODY)])


def looks(number: int, parts: tuple[Part, ...], seed: int) -> dict[Part, Floats]:
    random = np.random.default_rng([seed, number])
    rows = {part: random.normal(size=6) for part in parts}
    return {part: (row / np.linalg.norm(row)).astype(np.float32) for part, row in rows.items()}


def person(number: int, look: dict[Part, Floats]) -> AskedPerson:
    return AskedPerson(number, {part: row[None] for part, row in look.items()})


@given(
    tracks=st.lists(PARTS, min_size=1, max_size=8),
    asked=PARTS,
    others=st.lists(PARTS, max_size=3),
    seed=st.integers(0, 1000),
)
def test_what_is_left_is_what_brute_force_leaves(
    tracks: list[tuple[Part, ...]],
    asked: tuple[Part, ...],
    others: list[tuple[Part, ...]],
    seed: int,
) -> None:
    remembered = {f"{n:02}": looks(n, parts, seed) for n, parts in enumerate(tracks)}
    who, not_meant = looks(90, asked, seed), [looks(91 + n, p, seed) for n, p in enumerate(others)]
    index = VectorIndex()
    index.add(
        [
            StoredVector(
                id=f"{track}{part}", track=track, camera="door", at_ms=1, quality=1.0,
                vector=Vector(part, MODELS[part], row),
            )
            for track, look in remembered.items()
            for part, row in look.items()
        ]
    )  # fmt: skip
    comparison = Comparison(
        persons=(person(0, who),), models=MODELS, thresholds=LOW, where=Where(), candidates=100
    )
    found = compare(index, comparison).compared
    left = without(index, comparison, found, [person(n, each) for n, each in enumerate(not_meant)])

    def stays(look: dict[Part, Floats], other: dict[Part, Floats]) -> bool:
        shared = [part for part in (FACE, BODY) if part in look and part in who and part in other]
        return not shared or bool(
            look[shared[0]] @ other[shared[0]] <= look[shared[0]] @ who[shared[0]]
        )

    assert {one.track for one in left} == {
        one.track
        for one in found
        if all(stays(remembered[one.track], other) for other in not_meant)
    }


@given(seed=st.integers(0, 1000), pictures=st.integers(2, 8), alone=st.integers(0, 1))
def test_who_is_in_every_picture_is_found_in_any_company(
    seed: int, pictures: int, alone: int
) -> None:
    random = np.random.default_rng(seed)

    def seen(who: int) -> dict[Part, Floats]:
        true = np.eye(16, dtype=np.float32)[who]
        row = true + 0.05 * random.normal(size=16).astype(np.float32)
        return {FACE: row / np.linalg.norm(row)}

    shown = []
    for number in range(pictures):
        others = [] if number < alone else [2 * number + 1]
        who = random.permutation([0, *others])
        shown.append([person(row, seen(int(one))) for row, one in enumerate(who)])
    meant = one_person(shown, {FACE: 0.5, BODY: 0.5})
    assert meant is not None
    assert set(meant.vectors) == {FACE}
    assert meant.vectors[FACE].shape == (1, 16)
    assert abs(np.linalg.norm(meant.vectors[FACE]) - 1) < 1e-5
    assert meant.vectors[FACE][0, 0] > 0.9


def test_nobody_anywhere_is_nobody() -> None:
    assert one_person([[], []], {FACE: 0.5, BODY: 0.5}) is None
