import numpy as np
import pytest

from edge_agent.tracking.motion import Motion, MotionOptions
from tests.support.sightings import boxes, standing


def test_learns_a_velocity_at_irregular_times() -> None:
    motion = Motion(boxes([standing(100)])[0], 0, MotionOptions(), 1.0)
    at_ms = 0
    for gap_ms in (100, 330, 60, 200, 500, 120, 250, 90, 300, 150):
        at_ms += gap_ms
        motion.predict(at_ms)
        motion.correct(boxes([standing(100 + 0.1 * at_ms)])[0], at_ms)
    motion.predict(at_ms + 400)
    expected = boxes([standing(100 + 0.1 * (at_ms + 400))])[0]
    np.testing.assert_allclose(motion.xyxy(), expected, atol=4)


def test_uncertainty_grows_unseen_and_shrinks_seen() -> None:
    motion = Motion(boxes([standing(100)])[0], 0, MotionOptions(), 1.0)
    start = motion.sigma()[0]
    motion.predict(500)
    unseen = motion.sigma()[0]
    motion.correct(boxes([standing(110)])[0], 500)
    assert unseen > 3 * start
    assert motion.sigma()[0] < unseen


def test_coasts_and_then_stands_still() -> None:
    options = MotionOptions(coast_ms=1000)
    motion = Motion(boxes([standing(100)])[0], 0, options, 1.0)
    for step in range(1, 11):
        motion.predict(step * 100)
        motion.correct(boxes([standing(100 + 10 * step)])[0], step * 100)
    motion.predict(2000)
    coasted = motion.xyxy()
    motion.predict(9000)
    np.testing.assert_array_equal(motion.xyxy(), coasted)
    assert coasted[0] == pytest.approx(standing(300)[0], abs=8)


def test_time_running_backwards_changes_nothing() -> None:
    motion = Motion(boxes([standing(100)])[0], 1000, MotionOptions(), 1.0)
    before = motion.xyxy()
    motion.predict(500)
    np.testing.assert_array_equal(motion.xyxy(), before)
