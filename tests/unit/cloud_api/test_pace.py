from edge_agent.cloud_api.pace import Pace, PaceOptions
from edge_agent.domain.access_key import Rate


class _Hands:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now_ms(self) -> int:
        return int(self.seconds * 1000)

    def monotonic(self) -> float:
        return self.seconds


def test_a_burst_passes_and_then_the_steady_rate() -> None:
    clock = _Hands()
    pace = Pace(PaceOptions(rate=Rate(per_second=2.0, burst=3)), clock)
    assert [pace.wait_ms("a") for _ in range(4)] == [0, 0, 0, 500]
    assert pace.wait_ms("b") == 0
    clock.seconds = 0.5
    assert [pace.wait_ms("a") for _ in range(2)] == [0, 500]
    clock.seconds = 100.0
    assert [pace.wait_ms("a") for _ in range(4)] == [0, 0, 0, 500]


def test_waiting_as_told_is_enough() -> None:
    clock = _Hands()
    pace = Pace(PaceOptions(rate=Rate(per_second=3.0, burst=1)), clock)
    assert pace.wait_ms("a") == 0
    clock.seconds += pace.wait_ms("a") / 1000 + 0.001
    assert pace.wait_ms("a") == 0


def test_the_keys_that_are_watched_are_bounded() -> None:
    pace = Pace(PaceOptions(rate=Rate(per_second=1.0, burst=1), keys=2), _Hands())
    assert [pace.wait_ms(key) > 0 for key in "abcba"] == [False, False, False, True, False]


def test_a_key_may_have_a_rate_of_its_own() -> None:
    pace = Pace(PaceOptions(rate=Rate(per_second=1.0, burst=1)), _Hands())
    own = Rate(per_second=4.0, burst=2)
    assert [pace.wait_ms("a", own) for _ in range(3)] == [0, 0, 250]
    assert [pace.wait_ms("b") for _ in range(2)] == [0, 1000]
