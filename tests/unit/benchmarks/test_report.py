"""The helpers of the benches, on cases whose answers are known."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.detection import Floats
from tests.benchmarks.report import Report, median_seconds, quantile
from tests.benchmarks.scoring import (
    Judged,
    best_threshold,
    detection_precision,
    folded_accuracy,
    judge_boxes,
    likely_range,
    ranking_precision,
)

NOBODY = np.empty((0, 4), np.float32)


def boxes(*rows: tuple[float, float, float, float]) -> Floats:
    return np.array(rows, np.float32).reshape(-1, 4)


def judged(score: list[float], right: list[bool], wanted: int) -> Judged:
    return Judged(np.array(score, np.float32), np.array(right, np.bool_), wanted)


class TestReport:
    @pytest.mark.parametrize(
        ("value", "target", "ok"),
        [
            (0.5, "<= 0.5", True),
            (0.51, "<= 0.5", False),
            (0.5, ">= 0.5", True),
            (0.49, ">= 0.5", False),
            (float("nan"), "<= 0.5", False),
        ],
    )
    def test_a_target_is_met_or_not(self, value: float, target: str, ok: bool) -> None:  # noqa: FBT001
        report = Report("x")
        report.target("something", value, "ms", target)
        assert report.targets[0].ok is ok

    @pytest.mark.parametrize("target", ["< 5", "5", ">=5", ""])
    def test_a_target_that_is_none_is_refused(self, target: str) -> None:
        with pytest.raises(ValueError, match="must begin with"):
            Report("x").target("something", 1, "ms", target)

    def test_what_is_written_has_facts_and_targets(self, tmp_path: Path) -> None:
        report = Report("x")
        report.fact("pack", "open")
        report.target("late", 3.5, "ms", "<= 4")
        report.write(tmp_path / "x.json")
        document = json.loads((tmp_path / "x.json").read_text())
        assert document["bench"] == "x"
        assert document["facts"] == {"pack": "open"}
        assert document["targets"] == [
            {"name": "late", "value": 3.5, "unit": "ms", "target": "<= 4", "ok": True}
        ]


class TestTimes:
    def test_quantiles_of_a_hundred_values(self) -> None:
        values = [float(value) for value in range(100, 0, -1)]
        assert [quantile(values, share) for share in (0.0, 0.5, 0.95, 1.0)] == [1, 51, 96, 100]

    def test_a_single_value_is_every_quantile(self) -> None:
        assert {quantile([7.0], share) for share in (0.0, 0.5, 1.0)} == {7.0}

    @given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 1))
    def test_at_most_that_share_lies_below_a_quantile(
        self, values: list[float], share: float
    ) -> None:
        found = quantile(values, share)
        assert found in values
        assert sum(value < found for value in values) <= share * len(values)

    def test_the_warm_up_is_not_counted_among_the_times(self) -> None:
        calls: list[int] = []
        assert median_seconds(lambda: calls.append(1), times=3, warm_up=2) >= 0
        assert len(calls) == 5


class TestLikelyRange:
    @pytest.mark.parametrize(
        ("right", "asked", "low", "high"),
        [  # published values of the Wilson score interval
            (0, 10, 0.0, 0.2775),
            (10, 10, 0.7225, 1.0),
            (81, 263, 0.2553, 0.3662),
        ],
    )
    def test_known_ranges(self, right: int, asked: int, low: float, high: float) -> None:
        assert likely_range(right, asked) == pytest.approx((low, high), abs=1e-4)

    @given(st.integers(1, 2000), st.data())
    def test_the_measured_share_lies_inside(self, asked: int, data: st.DataObject) -> None:
        right = data.draw(st.integers(0, asked))
        low, high = likely_range(right, asked)
        assert 0 <= low <= right / asked + 1e-9
        assert right / asked - 1e-9 <= high <= 1


class TestRankingPrecision:
    @pytest.mark.parametrize(
        ("relevant", "wanted", "precision"),
        [
            ([True, True, False], 2, 1.0),
            ([False, True], 1, 0.5),
            ([True, False, True], 2, (1 + 2 / 3) / 2),
            ([True], 2, 0.5),
            ([False, False], 1, 0.0),
            ([], 3, 0.0),
            ([], 0, 0.0),
        ],
    )
    def test_known_answers(self, relevant: list[bool], wanted: int, precision: float) -> None:
        assert ranking_precision(relevant, wanted) == pytest.approx(precision)


class TestBoxes:
    def test_each_true_box_is_found_once_by_the_best_score(self) -> None:
        found = boxes((0, 0, 10, 10), (0, 0, 10, 9), (50, 50, 60, 60))
        score = np.array([0.5, 0.9, 0.7], np.float32)
        one = judge_boxes(found, score, boxes((0, 0, 10, 10)), np.array([False]))
        assert one.score.tolist() == pytest.approx([0.9, 0.7, 0.5])
        assert one.right.tolist() == [True, False, False]
        assert one.wanted == 1

    @pytest.mark.parametrize(("right", "is_right"), [(10, True), (20, True), (20.5, False)])
    def test_half_of_the_union_is_the_least(self, right: float, is_right: bool) -> None:  # noqa: FBT001
        one = judge_boxes(
            boxes((0, 0, right, 10)), np.ones(1, np.float32), boxes((0, 0, 10, 10)),
            np.array([False]),
        )  # fmt: skip
        assert one.right.tolist() == [is_right]

    def test_what_lies_in_a_crowd_counts_neither_way(self) -> None:
        found = boxes((1, 1, 9, 9), (200, 0, 210, 10))
        one = judge_boxes(
            found, np.array([0.9, 0.8], np.float32), boxes((0, 0, 100, 100)), np.array([True])
        )
        assert one.right.tolist() == [False]
        assert one.wanted == 0

    def test_a_real_person_in_a_crowd_is_found_all_the_same(self) -> None:
        truth = boxes((0, 0, 100, 100), (10, 10, 20, 20))
        one = judge_boxes(
            boxes((10, 10, 20, 20)), np.ones(1, np.float32), truth, np.array([True, False])
        )
        assert (one.right.tolist(), one.wanted) == ([True], 1)

    def test_nobody_found_and_nobody_there(self) -> None:
        nothing = np.empty(0, np.float32)
        missed = judge_boxes(NOBODY, nothing, boxes((0, 0, 1, 1)), np.array([False]))
        assert (len(missed.right), missed.wanted) == (0, 1)
        wrong = judge_boxes(boxes((0, 0, 1, 1)), np.ones(1, np.float32), NOBODY, nothing > 0)
        assert (wrong.right.tolist(), wrong.wanted) == ([False], 0)


class TestDetectionPrecision:
    def test_everybody_found_and_nothing_else_is_one(self) -> None:
        pictures = [judged([0.9, 0.4], [True, True], 2), judged([0.5], [True], 1)]
        assert detection_precision(pictures) == pytest.approx(1.0)

    def test_a_false_box_ahead_halves_it_and_one_behind_costs_nothing(self) -> None:
        assert detection_precision([judged([0.9, 0.8], [False, True], 1)]) == pytest.approx(0.5)
        assert detection_precision([judged([0.9, 0.8], [True, False], 1)]) == pytest.approx(1.0)

    def test_the_curve_is_made_to_fall(self) -> None:
        # precision 1, 1/2, 2/3 at recalls 1/2, 1/2, 1: what counts is 1 and 2/3
        one = judged([0.9, 0.8, 0.7], [True, False, True], 2)
        assert detection_precision([one]) == pytest.approx((1 + 2 / 3) / 2)

    def test_who_was_missed_counts_as_nothing(self) -> None:
        pictures = [judged([0.9], [True], 1), judged([], [], 3)]
        assert detection_precision(pictures) == pytest.approx(0.25)

    @pytest.mark.parametrize("pictures", [[], [judged([], [], 2)], [judged([0.5], [False], 0)]])
    def test_nothing_found_is_nothing(self, pictures: list[Judged]) -> None:
        assert detection_precision(pictures) == 0.0


class TestPairs:
    def test_the_threshold_lies_between_what_it_parts(self) -> None:
        score = np.array([0.1, 0.2, 0.6, 0.8], np.float32)
        same = np.array([False, False, True, True])
        assert best_threshold(score, same) == pytest.approx(0.4)

    def test_one_mistake_is_accepted_where_two_would_be_made_otherwise(self) -> None:
        score = np.array([0.1, 0.2, 0.9, 0.6, 0.7, 0.8], np.float32)
        same = np.array([False, False, False, True, True, True])
        assert best_threshold(score, same) == pytest.approx(0.4)

    @given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.booleans()), min_size=1, max_size=40))
    def test_no_other_threshold_makes_fewer_mistakes(self, pairs: list[tuple[float, bool]]) -> None:
        score = np.array([one for one, _ in pairs], np.float64)
        same = np.array([two for _, two in pairs], np.bool_)

        def mistakes(threshold: float) -> int:
            return int(((score >= threshold) != same).sum())

        tried = [-np.inf, np.inf, *score.tolist()]
        assert mistakes(best_threshold(score, same)) <= min(map(mistakes, tried))

    def test_pairs_that_part_cleanly_are_all_told_right(self) -> None:
        same = np.arange(100) % 2 == 0
        score = np.where(same, 0.7, 0.1).astype(np.float32)
        folded = folded_accuracy(score, same)
        assert (folded.mean, folded.spread) == (1.0, 0.0)
        assert folded.threshold == pytest.approx(0.4)
