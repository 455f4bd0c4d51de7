import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.resemblance import evidence, fused, matched_parts
from edge_agent.domain.vector import Part
from edge_agent.search.ranking import Compared, Judgement, ranked

THRESHOLDS = {Part.FACE: 0.35, Part.BODY: 0.5}
SIMILARITY = st.floats(-1, 1)
BOTH = st.fixed_dictionaries({}, optional={Part.FACE: SIMILARITY, Part.BODY: SIMILARITY})


def compared(track: str, person: int = 0, **similarity: float) -> Compared:
    return Compared(
        track=track,
        person=person,
        similarity={Part(part): value for part, value in similarity.items()},
    )


def test_evidence_is_half_at_the_threshold_and_never_overflows() -> None:
    assert evidence(0.35, 0.35) == 0.5
    assert evidence(0.51, 0.35) == pytest.approx(0.88, abs=0.01)
    assert 0 <= evidence(-1e9, 0.0) < evidence(1e9, 0.0) <= 1


@given(similarity=BOTH)
def test_a_score_says_what_matched(similarity: dict[Part, float]) -> None:
    matched = matched_parts(similarity, THRESHOLDS)
    score = fused(similarity, THRESHOLDS)
    assert 0 <= score <= 1
    assert (score >= 0.5) == (Part.FACE in matched)
    assert (score > 0) == bool(matched)


@given(similarity=BOTH, part=st.sampled_from(Part), more=st.floats(0, 0.5))
def test_a_higher_similarity_never_lowers_the_score(
    similarity: dict[Part, float], part: Part, more: float
) -> None:
    if part in similarity:
        higher = {**similarity, part: similarity[part] + more}
        assert fused(higher, THRESHOLDS) >= fused(similarity, THRESHOLDS)


@given(face=st.floats(0.35, 1), body=st.floats(0.5, 1), other=st.floats(0.5, 1))
def test_a_face_outranks_any_body_and_both_outrank_a_face(
    face: float, body: float, other: float
) -> None:
    alone = fused({Part.FACE: face}, THRESHOLDS)
    assert alone > fused({Part.BODY: other}, THRESHOLDS)
    assert fused({Part.FACE: face, Part.BODY: body}, THRESHOLDS) >= alone


def test_a_body_whose_face_is_another_one_counts_less() -> None:
    unknown = fused({Part.BODY: 0.8}, THRESHOLDS)
    another = fused({Part.BODY: 0.8, Part.FACE: 0.0}, THRESHOLDS)
    assert 0.4 * unknown < another < 0.6 * unknown


def test_hits_are_ranked_per_track_with_the_person_each_resembles_most() -> None:
    hits = ranked(
        [
            compared("a", 0, face=0.4),
            compared("a", 1, face=0.6, body=0.7),
            compared("b", 0, body=0.9),
            compared("c", 0, face=0.2, body=0.4),
            compared("d", 2, face=0.5),
        ],
        Judgement(thresholds=THRESHOLDS),
        limit=10,
    )
    assert [(hit.rank, hit.track, hit.person) for hit in hits] == [
        (1, "a", 1),
        (2, "d", 2),
        (3, "b", 0),
    ]
    first = hits[0]
    assert (first.face_score, first.body_score) == (0.6, 0.7)
    assert first.matched == {Part.FACE, Part.BODY}
    assert hits[1].body_score is None


def test_equal_hits_come_newest_first_and_no_more_than_asked_for() -> None:
    hits = ranked(
        [compared(f"t{n}", face=0.5) for n in (2, 9, 5)], Judgement(thresholds=THRESHOLDS), 2
    )
    assert [hit.track for hit in hits] == ["t9", "t5"]
