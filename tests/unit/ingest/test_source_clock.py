import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.ingest.source_clock import Jump, SourceClock

WALL = 1_700_000_000_000


def test_frames_of_a_burst_do_not_move_those_that_follow() -> None:
    clock = SourceClock(2000)
    for source in range(0, 1000, 40):  # all arrive at once, a second late
        clock.arrived(source, 1000, WALL)
    walls = [clock.arrived(source, source, WALL + source - 1000)[0] for source in (1040, 1080)]
    assert walls == [WALL + 40, WALL + 80]


def test_a_stalled_network_is_no_jump_and_times_stay_true() -> None:
    clock = SourceClock(2000)
    clock.arrived(0, 0, WALL)
    wall, jump = clock.arrived(40, 8000, WALL + 8000)
    assert (wall, jump) == (WALL + 40, None)


def test_the_cameras_clock_leaping_ahead_is_told() -> None:
    clock = SourceClock(2000)
    clock.arrived(0, 0, WALL)
    assert clock.arrived(60_040, 40, WALL + 40) == (WALL + 40, Jump("source", 60_000))


def test_the_cameras_clock_running_backwards_is_told() -> None:
    clock = SourceClock(2000)
    clock.arrived(90_000, 0, WALL)
    assert clock.arrived(0, 40, WALL + 40) == (WALL + 40, Jump("source", -90_000))
    assert clock.arrived(40, 80, WALL + 80) == (WALL + 80, None)


def test_setting_the_boxs_clock_is_told_and_followed() -> None:
    clock = SourceClock(2000)
    clock.arrived(0, 0, WALL)
    wall, jump = clock.arrived(40, 40, WALL - 3_600_000 + 40)
    assert jump == Jump("box", -3_600_000)
    assert wall == WALL - 3_600_000 + 40


def test_a_camera_whose_clock_is_slow_is_followed() -> None:
    clock = SourceClock(2000)
    wall = 0
    for at in range(0, 1_000_000, 1000):  # 1000 ppm slow
        wall, jump = clock.arrived(at * 999 // 1000, at, WALL + at)
        assert jump is None
    assert 0 <= WALL + 999_000 - wall < 70


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-5000, 5000), st.integers(0, 5000)), min_size=1, max_size=60))
def test_times_never_run_backwards_and_never_lie_ahead(steps: list[tuple[int, int]]) -> None:
    clock = SourceClock(2000)
    sources = itertools.accumulate(step for step, _ in steps)
    arrivals = itertools.accumulate(step for _, step in steps)
    before = 0
    for source, arrival in zip(sources, arrivals, strict=True):
        wall, _ = clock.arrived(source, arrival, WALL + arrival)
        assert before <= wall <= WALL + arrival
        before = wall
