import pytest

from tests.benchmarks.yes_or_no import Answer, Answered, f1_range, mean_confidence

YES, NO = True, False
SOME = [
    Answer(YES, YES, 0.9),
    Answer(YES, YES, 0.7),
    Answer(YES, NO, 0.6),
    Answer(NO, YES, 0.8),
    Answer(NO, NO, 1.0),
    Answer(NO, NO),
]


def test_shares_are_those_of_the_definitions() -> None:
    count = Answered.of(SOME)
    assert (count.positives, count.negatives) == (3, 3)
    assert count.precision == count.recall == count.f1 == count.specificity == pytest.approx(2 / 3)
    assert count.always_yes == pytest.approx(2 / 3)


def test_saying_yes_of_everybody_is_no_art() -> None:
    everybody = Answered.of([Answer(YES, YES)] * 9 + [Answer(NO, YES)])
    assert everybody.f1 == everybody.always_yes > 0.9
    assert everybody.specificity == 0


def test_without_positives_there_is_no_f1() -> None:
    assert Answered.of([Answer(NO, NO)] * 5).f1 == 0


def test_the_range_holds_the_f1_and_narrows_with_more_answers() -> None:
    low, high = f1_range(SOME)
    assert low < Answered.of(SOME).f1 < high
    assert f1_range(SOME) == (low, high)
    fewer, more = f1_range(SOME * 20)
    assert low < fewer < more < high
    assert f1_range([Answer(YES, YES)] * 3) == (1, 1)


def test_confidence_is_told_apart_by_whether_the_answer_was_right() -> None:
    assert mean_confidence(SOME, right=True) == pytest.approx((0.9 + 0.7 + 1.0) / 3)
    assert mean_confidence(SOME, right=False) == pytest.approx(0.7)
    assert mean_confidence(SOME[:1], right=False) is None
