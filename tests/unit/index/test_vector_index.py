"""The index must always agree with brute force."""

import logging
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import VectorIndex, Where
from edge_agent.index.exact import InFile
from edge_agent.index.nearest import FEW
from edge_agent.index.zones import ZONE

FACE, BODY = "open/face@00000000", "open/body@00000000"
DIMENSIONS = 8


def unit(values: npt.NDArray[np.floating]) -> Floats:
    return (values / np.linalg.norm(values)).astype(np.float32)


def stored(
    number: int, *, track: int = 0, camera: str = "door", at_ms: int = 0, model: str = FACE,
    part: Part = Part.FACE,
) -> StoredVector:  # fmt: skip
    values = unit(np.random.default_rng(number).normal(size=DIMENSIONS))
    return StoredVector(
        f"v{number:04}", f"t{track}", camera, at_ms, 0.5, Vector(part, model, values)
    )


def query(seed: int = 0) -> Floats:
    return unit(np.random.default_rng(10_000 + seed).normal(size=DIMENSIONS))


def similarity(values: Floats, query: Floats) -> float:
    """Of the numbers as they were given, rounded once."""
    return float(np.float32(values.astype(np.float64) @ query.astype(np.float64)))


def brute_force(
    vectors: list[StoredVector], query: Floats, model: str, where: Where, threshold: float
) -> dict[str, float]:
    best: dict[str, float] = {}
    for one in vectors:
        in_time = where.start_ms <= one.at_ms < where.end_ms or one.track in where.also_tracks
        admitted = (
            one.vector.model == model
            and in_time
            and (not where.cameras or one.camera in where.cameras)
            and one.track not in where.exclude_tracks
            and (where.only_tracks is None or one.track in where.only_tracks)
        )
        score = similarity(one.vector.values, query)
        if admitted and score >= threshold:
            best[one.track] = max(score, best.get(one.track, -2.0))
    return best


TRACKS = st.frozensets(st.integers(0, 9).map("t{}".format), max_size=4)


@st.composite
def wheres(draw: st.DrawFn) -> Where:
    start = draw(st.integers(-5, 60))
    return Where(
        start_ms=start,
        end_ms=start + draw(st.integers(0, 70)),
        cameras=draw(st.frozensets(st.sampled_from(["door", "till", "never"]), max_size=2)),
        exclude_tracks=draw(TRACKS),
        also_tracks=draw(TRACKS),
        only_tracks=draw(st.none() | TRACKS),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, list[int], list[StoredVector]]]:
    """Rounds of adding and forgetting; times in any order, ids sometimes twice."""
    rounds = []
    for _ in range(draw(st.integers(1, 4))):
        numbers = draw(st.lists(st.integers(0, 40), max_size=25, unique=True))
        added = [
            stored(
                number,
                track=number % 10,
                camera="till" if number % 3 else "door",
                at_ms=draw(st.integers(0, 60)),
                model=BODY if number % 4 == 0 else FACE,
                part=Part.BODY if number % 4 == 0 else Part.FACE,
            )
            for number in numbers
        ]
        rounds.append(("round", draw(st.lists(st.integers(0, 40), max_size=8)), added))
    return rounds


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    history=histories(),
    where=wheres(),
    k=st.integers(0, 6),
    threshold=st.sampled_from([-1.0, 0.0, 0.3]),
    ordered=st.booleans(),
    in_file=st.booleans(),
)
def test_agrees_with_brute_force(
    history: list[tuple[str, list[int], list[StoredVector]]],
    where: Where,
    k: int,
    threshold: float,
    tmp_path: Path,
    *,
    ordered: bool,
    in_file: bool,
) -> None:
    index, truth = VectorIndex(tmp_path if in_file else None), dict[str, StoredVector]()
    index.mark_complete()
    for _, forgotten, added in history:
        some = sorted(added, key=lambda one: one.at_ms) if ordered else added
        assert index.add(some) == sum(one.id not in truth for one in some)
        for one in some:
            truth.setdefault(one.id, one)
        ids = {f"v{number:04}" for number in forgotten}
        assert index.forget(ids) == len(ids & truth.keys())
        truth = {own: one for own, one in truth.items() if own not in ids}
    for part, model in ((Part.FACE, FACE), (Part.BODY, BODY)):
        found = index.search(query(), part=part, model=model, where=where, k=k, threshold=threshold)
        expected = brute_force(list(truth.values()), query(), model, where, threshold)
        best = sorted(expected.items(), key=lambda item: (-item[1], item[0]))[:k]
        assert list(zip(found.tracks, found.scores.tolist(), strict=True)) == best
        for track, vector in zip(found.tracks, found.vectors, strict=True):
            assert truth[vector].track == track
            assert similarity(truth[vector].vector.values, query()) == expected[track]
    held = index.counts()
    assert sum(held.vectors.values()) == len(index) == len(truth)
    assert held.tracks == len({one.track for one in truth.values()})


def test_filter_applies_before_top_k() -> None:
    index = VectorIndex()
    near, far = stored(1, track=1, camera="door"), stored(2, track=2, camera="till")
    index.add([near, far])
    found = index.search(
        near.vector.values, part=Part.FACE, model=FACE,
        where=Where(cameras=frozenset({"till"})), k=1, threshold=-1,
    )  # fmt: skip
    assert found.tracks == ("t2",)
    assert found.considered == 1


def test_vectors_of_another_model_are_never_compared() -> None:
    index = VectorIndex()
    index.add([stored(1)])
    for part, model in ((Part.BODY, BODY), (Part.FACE, "open/face@11111111")):
        found = index.search(query(), part=part, model=model, where=Where(), k=5, threshold=-1)
        assert (len(found), found.considered) == (0, 0)
    assert index.models == {(Part.FACE, FACE)}


def test_many_blocks_and_ranges_across_their_borders() -> None:
    rng = np.random.default_rng(3)
    count = 2 * ZONE + 100
    values = rng.normal(size=(count, DIMENSIONS)).astype(np.float32)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    vectors = [
        StoredVector(f"v{n}", f"t{n // 3}", "door", n, 1.0, Vector(Part.FACE, FACE, values[n]))
        for n in range(count)
    ]
    index = VectorIndex()
    index.add(vectors)
    for start, end in ((0, count), (ZONE - 5, ZONE + 5), (10, 12), (count, 2 * count)):
        where = Where(start_ms=start, end_ms=end)
        found = index.search(query(), part=Part.FACE, model=FACE, where=where, k=20, threshold=0)
        expected = sorted(brute_force(vectors, query(), FACE, where, 0).values(), reverse=True)[:20]
        assert found.scores.tolist() == expected
        assert found.considered == max(0, min(end, count) - start)


def people(count: int, sights: int, dimensions: int = 32) -> list[StoredVector]:
    """So many, some sights of each, every other one at the till."""
    chance = np.random.default_rng(count)
    middles = np.repeat(chance.normal(size=(count, dimensions)), sights, axis=0)
    rows = (middles + 0.4 * chance.normal(size=middles.shape)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return [
        StoredVector(
            f"{n:032x}", f"{n // 2:032x}", "till" if n % 2 else "door", n, 1.0,
            Vector(Part.FACE, FACE, row),
        )
        for n, row in enumerate(rows)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "where",
    [
        Where(),
        Where(cameras=frozenset({"till"})),
        Where(start_ms=1_000),
        Where(start_ms=3_000, end_ms=20_000),
    ],
)
def test_where_signs_choose_whom_to_compare_the_answer_is_that_of_brute_force(
    where: Where, tmp_path: Path
) -> None:
    index, vectors = VectorIndex(tmp_path), people(10_000, 4)
    assert len(vectors) > 2 * FEW
    for first in range(0, len(vectors), 5_000):
        index.add(vectors[first : first + 5_000])
    index.forget(one.id for one in vectors[5_000:15_000])
    left = vectors[:5_000] + vectors[15_000:]
    for number in (3, 20_001, 39_990):
        asked = unit(vectors[number].vector.values + 0.1)
        found = index.search(asked, part=Part.FACE, model=FACE, where=where, k=5, threshold=-1)
        expected = brute_force(left, asked, FACE, where, -1)
        best = sorted(expected.items(), key=lambda item: (-item[1], item[0]))[:5]
        assert list(zip(found.tracks, found.scores.tolist(), strict=True)) == best


def full_disk(_: int, __: object, ___: int) -> int:
    raise OSError(28, "No space")


def test_without_a_disk_scores_are_told_from_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    index, vectors = VectorIndex(tmp_path), people(100, 2)
    index.add(vectors[:100])
    monkeypatch.setattr(os, "pwrite", full_disk)
    with caplog.at_level(logging.WARNING):
        index.add(vectors[100:])
        index.forget(one.id for one in vectors[:10])
    assert caplog.messages == [
        "the file of exact vectors is given up, scores are good to 0.0008: [Errno 28] No space"
    ]
    asked = vectors[150].vector.values
    found = index.search(asked, part=Part.FACE, model=FACE, where=Where(), k=20, threshold=-1)
    best = sorted(brute_force(vectors[10:], asked, FACE, Where(), -1).values(), reverse=True)
    np.testing.assert_allclose(found.scores, best[:20], atol=1e-3)


def test_a_disk_that_tells_something_else_is_not_believed(tmp_path: Path) -> None:
    index, vectors = VectorIndex(tmp_path), people(100, 2)
    index.add(vectors)
    exact = index._tables[Part.FACE, FACE]._exact
    assert isinstance(exact, InFile)
    assert exact._file is not None
    os.pwrite(exact._file, bytes(32 * 4), 150 * 32 * 4)
    asked = vectors[150].vector.values
    found = index.search(asked, part=Part.FACE, model=FACE, where=Where(), k=1, threshold=0.9)
    assert found.vectors == (vectors[150].id,)
    assert found.scores[0] == pytest.approx(1, abs=1e-3)


def test_the_file_of_exact_vectors_has_no_name_and_keeps_nothing_that_was_forgotten(
    tmp_path: Path,
) -> None:
    index, vectors = VectorIndex(tmp_path), people(50, 2)
    index.add(vectors)
    index.forget(one.id for one in vectors[20:40])
    assert not list(tmp_path.iterdir())
    exact = index._tables[Part.FACE, FACE]._exact
    assert isinstance(exact, InFile)
    assert exact._file is not None
    held = os.pread(exact._file, 1 << 20, 0)
    for number, one in enumerate(vectors):
        assert (one.vector.values.tobytes() in held) == (not 20 <= number < 40)
    close = exact._close
    del exact
    index.forget(one.id for one in vectors)
    assert not close.alive


def test_a_forgotten_vector_leaves_no_bytes() -> None:
    index = VectorIndex()
    vectors = [stored(number, track=number) for number in range(50)]
    index.add(vectors)
    index.forget(one.id for one in vectors[7:23])
    for name in ("_coarse", "_fine", "_signs"):
        before, after = alone(vectors, name), bytes_of(index, name)
        for one in vectors[:7] + vectors[23:]:
            assert before[one.id] in after
        for one in vectors[7:23]:
            assert (
                before[one.id] not in after or name == "_fine"
            )  # four bytes may be another's, too
    table = index._tables[Part.FACE, FACE]
    gone = [row for row in range(table.ids.limit) if not table.numbers._step.rows[row]]
    assert len(gone) == 16
    for column in table.numbers._columns:
        assert not column.rows[gone].any()
    assert all(one.id not in index for one in vectors[7:23])
    assert not len(index._tracks.find([one.track for one in vectors[7:23]]))


def alone(vectors: list[StoredVector], column: str) -> dict[str, bytes]:
    """What each vector looks like in a column of the index."""
    looks = {}
    for one in vectors:
        index = VectorIndex()
        index.add([one])
        table = index._tables[one.vector.part, one.vector.model]
        looks[one.id] = getattr(table.numbers, column).rows[0].tobytes()
    return looks


def bytes_of(index: VectorIndex, column: str) -> bytes:
    """All bytes of a column."""
    return b"".join(
        getattr(table.numbers, column).rows.tobytes() for table in index._tables.values()
    )


def test_forgetting_everything_gives_the_memory_back() -> None:
    index = VectorIndex()
    index.add([stored(number) for number in range(20)])
    assert index.counts().memory_bytes > 0
    index.forget(f"v{number:04}" for number in range(20))
    assert index.counts().memory_bytes == 0
    assert index.models == frozenset()


def test_a_rebuild_does_not_bring_back_what_was_forgotten_meanwhile() -> None:
    index = VectorIndex()
    batch = [stored(1), stored(2)]  # read from storage, not yet added
    index.forget(["v0001"])
    assert index.add(batch) == 1
    index.mark_complete()
    assert index.complete
    assert "v0001" not in index
    assert index.add([stored(1)]) == 1


def test_equal_scores_come_in_the_order_of_tracks() -> None:
    index = VectorIndex()
    same = stored(1)
    index.add([replace(same, id=f"v{n}", track=f"t{n}") for n in (5, 3, 9, 1)])
    found = index.search(
        same.vector.values, part=Part.FACE, model=FACE, where=Where(), k=3, threshold=0.5
    )
    assert found.tracks == ("t1", "t3", "t5")


@dataclass(frozen=True)
class Wrong:
    values: Floats
    says: str


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong(np.ones(DIMENSIONS, np.float32), "not of length 1"),
        Wrong(np.full(DIMENSIONS, np.nan, np.float32), "not of length 1"),
        Wrong(unit(np.ones(5, np.float32)), "numbers per vector"),
    ],
)
def test_a_wrong_vector_is_refused_and_nothing_of_its_batch_is_added(wrong: Wrong) -> None:
    index = VectorIndex()
    index.add([stored(1)])
    bad = replace(stored(3), vector=Vector(Part.FACE, FACE, wrong.values))
    with pytest.raises(ValueError, match=wrong.says):
        index.add([stored(2), bad])
    assert len(index) == 1


def test_a_query_of_another_length_is_refused() -> None:
    index = VectorIndex()
    index.add([stored(1)])
    with pytest.raises(ValueError, match="8 numbers"):
        index.search(query()[:4], part=Part.FACE, model=FACE, where=Where(), k=1, threshold=0)
