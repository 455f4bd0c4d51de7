import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.calibration import FOUND, Curve, Step, evidence, probability
from edge_agent.domain.vector import Part

FACE = Curve(slope=36.0, offset=-10.5, highest=11.0, unlike=0.015)
BODY = Curve(slope=13.0, offset=-6.0, highest=4.0, unlike=0.5)
SIMILARITY = st.floats(-1, 1)


@given(one=SIMILARITY, other=SIMILARITY)
def test_more_similar_is_never_worth_less(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for curve in (FACE, BODY, Step(threshold=0.4, false_alarm_rate=0.001)):
        assert curve.evidence(low) <= curve.evidence(high)


@given(similarity=SIMILARITY)
def test_other_clothes_speak_against_somebody_by_no_more_than_is_assumed(similarity: float) -> None:
    assert math.log(0.5) <= BODY.evidence(similarity) <= BODY.highest


def test_a_threshold_with_a_known_rate_is_worth_what_the_rate_says() -> None:
    step = Step(threshold=0.4, false_alarm_rate=0.001)
    assert step.evidence(0.4) == pytest.approx(math.log(FOUND / 0.001))
    assert step.evidence(0.39) == 0


def test_face_and_body_add_up_and_what_nobody_knows_is_not_guessed() -> None:
    both = {Part.FACE: 0.5, Part.BODY: 0.7}
    known = {Part.FACE: FACE, Part.BODY: BODY}
    assert evidence(both, known) == pytest.approx(FACE.evidence(0.5) + BODY.evidence(0.7))
    assert evidence(both, {Part.FACE: FACE}) is None
    assert evidence({}, known) is None


def test_among_more_people_the_same_likeness_is_less_likely_theirs() -> None:
    found = FACE.evidence(0.45)
    assert probability(found, 10) > 0.95
    assert probability(found, 10_000) < 0.1
    assert probability(0.0, 1000) == pytest.approx(0.001)
    assert probability(-1e9, 1) == pytest.approx(0)
    assert probability(1e9, 1) == pytest.approx(1)
