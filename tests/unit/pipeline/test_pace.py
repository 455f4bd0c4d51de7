import numpy as np
import pytest

from edge_agent.pipeline.pace import BARREN_MS, Pace
from edge_agent.tracking.tracker import LiveTrack, TrackerStep

MOST, CALM = 5.0, 2.0


def somebody(left: float, at_ms: int, *, seen: bool = True, confirmed: bool = True) -> LiveTrack:
    return LiveTrack(
        number=1,
        start_ms=0,
        last_ms=at_ms,
        face_row=None,
        body_row=0 if seen else None,
        xyxy=np.array([left, 0, left + 100, 250], np.float32),
        confirmed=confirmed,
    )


def wanted(speed: float, pace: Pace) -> float:
    """After six seconds at so many pixels a second, 100 of which are the own width."""
    fps = 0.0
    for at_ms in range(0, 6000, 300):
        step = TrackerStep((somebody(speed * at_ms / 1000, at_ms),), ())
        fps = pace.after(step, at_ms, moving=True)
    return fps


def test_who_stands_is_looked_at_seldom_and_who_runs_often() -> None:
    assert wanted(0, Pace(MOST, CALM)) == CALM
    assert wanted(100, Pace(MOST, CALM)) == pytest.approx(100 / 100 / 0.35, rel=0.1)
    assert wanted(500, Pace(MOST, CALM)) == MOST


def test_who_is_new_is_looked_at_often() -> None:
    pace = Pace(MOST, CALM)
    assert wanted(0, pace) == CALM
    young = somebody(0, 6000, confirmed=False)
    assert pace.after(TrackerStep((somebody(0, 6000),), (), (young,)), 6000, moving=True) == MOST
    assert pace.after(TrackerStep((somebody(0, 6300),), ()), 6300, moving=True) == CALM


def test_whoever_is_out_of_sight_is_still_as_quick_as_before() -> None:
    pace = Pace(MOST, CALM)
    before = wanted(100, pace)
    hidden = TrackerStep((somebody(0, 5700, seen=False),), ())
    assert pace.after(hidden, 6000, moving=True) == before


def test_motion_in_which_nobody_is_ever_found_is_looked_at_seldom() -> None:
    pace = Pace(MOST, CALM)
    nobody = TrackerStep((), ())
    assert pace.after(nobody, 0, moving=True) == MOST
    assert pace.after(nobody, BARREN_MS - 1, moving=True) == MOST
    assert pace.after(nobody, BARREN_MS, moving=True) == CALM
    assert pace.after(nobody, BARREN_MS + 500, moving=False) == MOST  # it has become still


def test_the_calm_rate_is_never_above_the_cameras_own() -> None:
    assert wanted(0, Pace(1.0, CALM)) == 1.0
