import numpy as np
import pytest

from edge_agent.domain.detection import Floats
from tests.benchmarks.calibrating import (
    fitted,
    judged,
    judged_range,
    reliability,
    thresholds,
    told,
)
from tests.benchmarks.labelled_sights import HALVES, Pairs, Sights, half_of


def normal_pairs(own: int = 20_000, strangers: int = 80_000) -> Pairs:
    """Two normal distributions with one spread: the true evidence is 12.5 s - 3.75."""
    random = np.random.default_rng(3)
    score = np.concatenate([random.normal(0.55, 0.2, own), random.normal(0.05, 0.2, strangers)])
    count = own + strangers
    same = np.arange(count) < own
    weight = np.ones(count, np.float32)
    return Pairs(score.astype(np.float32), same, weight, np.arange(count), own, strangers)


def test_the_true_line_is_found_and_its_probabilities_are_right() -> None:
    pairs = normal_pairs()
    curve = fitted(pairs)
    # two normals of one spread: (m1 - m0) / s^2 and (m0^2 - m1^2) / 2 s^2
    assert curve.slope == pytest.approx(12.5, rel=0.05)
    assert curve.offset == pytest.approx(-3.75, rel=0.05)
    evidence = told(curve, pairs)
    assert judged(evidence, pairs, 0.5).error < 0.01
    assert judged(evidence + 2, pairs, 0.5).error > 0.1
    low, high = judged_range(evidence, pairs, 0.5, rounds=20)
    assert low.brier < judged(evidence, pairs, 0.5).brier < high.brier
    assert all(abs(one.told - one.counted) < 0.4 for one in reliability(evidence, pairs)[1:-1])


def test_saying_nothing_costs_one_bit() -> None:
    pairs = normal_pairs(100, 100)
    assert judged(np.zeros(200), pairs, 0.5).cost == pytest.approx(1)


def test_thresholds_are_those_that_strangers_reach_so_often() -> None:
    pairs = normal_pairs(10, 100_000)
    found = thresholds(pairs)
    assert set(found) == {1, 4, 10, 100}
    strangers = pairs.score[~pairs.same]
    for alarms, at in found.items():
        assert (strangers > at).sum() == alarms * 10
    assert set(thresholds(normal_pairs(10, 20_000))) == {10, 100}, "eight alarms set no threshold"


def sights(names: str, *, boxes: Floats | None = None, every: int = 25) -> Sights:
    count = len(names)
    return Sights(
        np.eye(count, dtype=np.float32),
        np.array(list(names)),
        np.zeros(count, np.str_),
        np.arange(count) * every,
        np.zeros((count, 4), np.float32) if boxes is None else boxes,
    )


def test_pairs_are_of_one_half_apart_in_time_and_not_of_boxes_that_touch() -> None:
    people = "aabbeeff"
    every = sights(people).pairs(HALVES)
    assert every.same.sum() == 4
    assert (~every.same).sum() == 24
    assert every.strangers == 6
    halves = [sights(people).pairs([half]) for half in HALVES]
    assert sum(half.people for half in halves) == len({*people})
    assert {half_of(name) for name in people} == {0, 1}
    assert sights("aab", every=5).pairs(HALVES).same.sum() == 0
    touching = np.array([[0, 0, 10, 10], [9, 0, 19, 10], [30, 0, 40, 10]], np.float32)
    assert (~sights("abc", boxes=touching).pairs(HALVES).same).sum() == 2
