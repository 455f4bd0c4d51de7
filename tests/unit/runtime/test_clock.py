import time

from edge_agent.runtime.clock import Clock, SystemClock


def test_wall_time_is_that_of_the_machine_in_milliseconds() -> None:
    clock: Clock = SystemClock()
    before = time.time_ns() // 1_000_000
    now = clock.now_ms()
    assert isinstance(now, int)
    assert before <= now <= time.time_ns() // 1_000_000


def test_monotonic_time_never_runs_backwards() -> None:
    clock = SystemClock()
    times = [clock.monotonic() for _ in range(1000)]
    assert times == sorted(times)
