"""A camera's time and the rate of its pictures."""

import re

import pytest

from edge_agent.ingest.fault import Fault
from edge_agent.ingest.source import PictureWatchOptions
from edge_agent.ingest.source_clock import Jump
from edge_agent.ingest.time_watch import TimeWatch

OPTIONS = PictureWatchOptions(slow_s=30, steady_s=60)


def sent(watch: TimeWatch, fps: float, start_ms: int, seconds: int) -> list[Fault]:
    return [
        fault
        for number in range(round(seconds * fps))
        for fault in watch.arrived(
            start_ms + round(number * 1000 / fps), start_ms + round(number * 1000 / fps)
        )
    ]


@pytest.mark.parametrize("declared", [25.0, 0.0, 90_000.0])
def test_a_low_rate_is_told_once_and_its_end(declared: float) -> None:
    watch = TimeWatch(OPTIONS)
    watch.declared(declared)
    assert sent(watch, 25, 0, 100) == []
    (began,) = sent(watch, 8, 100_000, 100)
    assert (began.kind, began.present) == ("slow", True)
    assert re.search(r"pictures a second instead of 2\d", began.detail)
    (ended,) = sent(watch, 25, 200_000, 100)
    assert (ended.kind, ended.present, ended.since_ms) == ("slow", False, began.since_ms)


def test_less_than_half_of_what_is_declared_is_too_little_from_the_start() -> None:
    watch = TimeWatch(OPTIONS)
    watch.declared(30.0)
    (began,) = sent(watch, 12, 0, 100)
    assert (began.kind, began.present) == ("slow", True)


def test_a_camera_that_was_always_slow_is_not_mentioned() -> None:
    watch = TimeWatch(OPTIONS)
    watch.declared(0.0)
    assert sent(watch, 2, 0, 200) == []


def shown(
    watch: TimeWatch, source_ms: list[int], jumps: dict[int, Jump] | None = None
) -> list[Fault]:
    return [
        fault
        for number, source in enumerate(source_ms)
        for fault in watch.shown(source, (jumps or {}).get(number), number * 40)
    ]


def test_time_that_runs_backwards_is_told_once_until_it_has_run_well_for_a_minute() -> None:
    forwards = [number * 40 for number in range(4000)]
    again_and_again = [at - 500 * (at // 4000) * 9 for at in forwards[:500]]
    told = shown(TimeWatch(OPTIONS), again_and_again + [at + 99_000 for at in forwards])
    assert [(fault.kind, fault.present) for fault in told] == [
        ("backwards", True),
        ("backwards", False),
    ]
    assert "by " in told[0].detail


def test_a_leap_is_told_once_and_its_end_and_one_of_the_boxs_clock_is_not() -> None:
    forwards = [number * 40 for number in range(4000)]
    jumps = {10: Jump("source", 5000), 400: Jump("source", 9000), 2: Jump("box", 5000)}
    told = shown(TimeWatch(OPTIONS), forwards, jumps)
    assert [(fault.kind, fault.present) for fault in told] == [("clock", True), ("clock", False)]
    assert told[0].detail == "by 5.0 s"


def test_pictures_a_moment_out_of_order_are_no_fault() -> None:
    shuffled = [number * 40 - (80 if number % 3 == 0 else 0) for number in range(300)]
    assert shown(TimeWatch(OPTIONS), shuffled) == []
