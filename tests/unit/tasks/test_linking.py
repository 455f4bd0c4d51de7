"""Which tracks may be one visit."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.vector import Part, Vector
from edge_agent.tasks.linking import LinkingOptions, Sighted, alike, best_link, possible
from tests.support.painted import vector_of

FACE, BODY = Part.FACE, Part.BODY
THRESHOLDS = {FACE: 0.5, BODY: 0.6}
OPTIONS = LinkingOptions(
    overlapping=frozenset({frozenset({"door", "hall"})}),
    ways={frozenset({"door", "stock"}): 20_000},
)
DAY_MS = 86_400_000


def seen(
    track: str,
    who: int,
    *,
    camera: str = "door",
    start_s: float = 0,
    end_s: float = 10,
    likeness: Mapping[Part, float] | None = None,
) -> Sighted:
    """Somebody, as alike as is said to how they really look."""
    likeness = {FACE: 1.0, BODY: 1.0} if likeness is None else likeness
    return Sighted(
        track=track,
        camera=camera,
        start_ms=round(start_s * 1000),
        end_ms=round(end_s * 1000),
        vectors={p: Vector(p, "m@1", vector_of(p, who, much)) for p, much in likeness.items()},
    )


def day_of(at_ms: int) -> object:
    return at_ms // DAY_MS


def score(one: Sighted, other: Sighted) -> float:
    return alike(one, other, THRESHOLDS, OPTIONS, day_of)


def link(new: Sighted, sessions: Mapping[str, list[Sighted]], *apart: str) -> str | None:
    found = best_link(
        new, sessions, apart=apart, thresholds=THRESHOLDS, options=OPTIONS, day_of=day_of
    )
    return None if found is None else found.session


@pytest.mark.parametrize(
    ("camera", "start_s", "may_be"),
    [
        ("till", 5, False),  # at the same time elsewhere
        ("till", 9.5, True),  # within the slack
        ("till", 12, True),
        ("door", 5, False),  # twice in one picture
        ("hall", 5, True),  # a camera that overlaps
        ("stock", 12, False),  # nobody is so fast
        ("stock", 30, True),
    ],
)
def test_nobody_is_in_two_places(camera: str, start_s: float, may_be: bool) -> None:  # noqa: FBT001
    first = seen("a", 1)
    then = seen("b", 1, camera=camera, start_s=start_s, end_s=start_s + 10)
    assert possible(first, then, OPTIONS) is possible(then, first, OPTIONS) is may_be
    assert (link(then, {"s": [first]}) == "s") is may_be


def test_faces_link_and_clothes_make_surer() -> None:
    first = seen("a", 1)
    both = score(first, seen("b", 1, camera="till", start_s=20, end_s=30))
    face = score(first, seen("b", 1, camera="till", start_s=20, end_s=30, likeness={FACE: 1.0}))
    assert both > face > 0.5
    assert score(first, seen("b", 2, camera="till", start_s=20, end_s=30)) == 0


def test_clothes_alone_link_within_minutes_and_never_across_days() -> None:
    clothes = {BODY: 1.0}
    first = seen("a", 1, likeness=clothes)
    assert 0 < score(first, seen("b", 1, start_s=100, end_s=110, likeness=clothes)) < 0.5
    assert score(first, seen("b", 1, start_s=400, end_s=410, likeness=clothes)) == 0
    late = DAY_MS / 1000 - 20
    evening = seen("a", 1, start_s=late, end_s=late + 5, likeness=clothes)
    after = seen("b", 1, start_s=late + 30, end_s=late + 40, likeness=clothes)
    assert score(evening, after) == 0
    with_faces = [seen("x", 1, start_s=late + s, end_s=late + s + 5) for s in (0, 30)]
    assert score(*with_faces) > 0.5  # a face is the same on the next day


def test_clothes_never_make_good_what_faces_refuse() -> None:
    uniform = [
        Sighted(
            track=track, camera="door", start_ms=at, end_ms=at + 1000,
            vectors={
                FACE: Vector(FACE, "m@1", vector_of(FACE, who)),
                BODY: Vector(BODY, "m@1", vector_of(BODY, 9)),
            },
        )
        for track, who, at in (("a", 1, 0), ("b", 2, 10_000))
    ]  # fmt: skip
    assert score(*uniform) == 0
    # nor by way of a third track without a face
    back = seen("c", 9, start_s=20, end_s=21, likeness={BODY: 1.0})
    assert link(uniform[1], {"s": [uniform[0], back]}) is None
    assert link(back, {"s": [uniform[0]]}) == "s"


def test_of_two_who_are_dressed_alike_neither_is_taken() -> None:
    back = seen("c", 9, start_s=20, end_s=21, likeness={BODY: 1.0})
    dressed = {f"s{n}": [seen(f"t{n}", 9, likeness={BODY: 1.0})] for n in range(2)}
    assert link(back, dressed) is None
    dressed["s1"] = [seen("t1", 9, likeness={BODY: 0.65})]
    assert link(back, dressed) == "s0"


def test_vectors_of_different_models_are_never_compared() -> None:
    first, then = seen("a", 1), seen("b", 1, start_s=20, end_s=30)
    other = {part: Vector(part, "m@2", v.values) for part, v in then.vectors.items()}
    assert score(first, Sighted(
        track="b", camera="till", start_ms=20_000, end_ms=30_000, vectors=other,
    )) == 0  # fmt: skip


def test_what_a_person_took_apart_is_not_put_together() -> None:
    new = seen("new", 1, start_s=20, end_s=30)
    sessions = {"s": [seen("a", 1)], "t": [seen("b", 1, likeness={FACE: 0.8, BODY: 0.8})]}
    assert link(new, sessions) == "s"
    assert link(new, sessions, "a") == "t"
    assert link(new, sessions, "a", "b") is None


@given(
    st.integers(1, 4),
    st.integers(1, 4),
    st.floats(0.3, 1.0),
    st.floats(0, 1000),
    st.sampled_from([frozenset({FACE}), frozenset({BODY}), frozenset({FACE, BODY})]),
)
def test_likeness_is_mutual_and_a_share(
    who: int, whose: int, much: float, start_s: float, parts: frozenset[Part]
) -> None:
    one = seen("a", who)
    other = seen(
        "b", whose, start_s=start_s, end_s=start_s + 5, likeness=dict.fromkeys(parts, much)
    )
    assert score(one, other) == score(other, one)
    assert 0 <= score(one, other) <= 1
