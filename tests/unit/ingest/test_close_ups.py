"""Asking for close-ups, and what is not taken for an answer."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from edge_agent.ingest.close_ups import CloseUps
from edge_agent.ingest.recorder import Encoded, Recorder
from edge_agent.ingest.ring import CLOSE_UP, Ring, make_memory
from edge_agent.ingest.source import PrerollOptions
from edge_agent.runtime.counters import Counters

if TYPE_CHECKING:
    from edge_agent.ingest.frame import CloseUp

NOTHING = {"width": 0, "height": 0, "wall_ms": 0, "decoded": 0}
FOUND = {"width": 4, "height": 2, "wall_ms": 990, "decoded": 3}


@pytest.fixture
def counters() -> Counters:
    return Counters()


@pytest.fixture
def close_ups(counters: Counters) -> CloseUps:
    memory = make_memory()
    Ring(memory, writable=True).image(CLOSE_UP, 4, 2)[:] = 77
    return CloseUps("door", Ring(memory, writable=False), counters)


def outcomes(counters: Counters) -> tuple[float, float]:
    counter = counters.counter("edge_agent_close_ups_total", "")
    shown, missed = (counter.get(camera="door", outcome=each) for each in ("shown", "missed"))
    return shown, missed


async def asked(close_ups: CloseUps, at_ms: int) -> "asyncio.Task[CloseUp | None]":
    told: list[int] = []
    task = asyncio.get_running_loop().create_task(close_ups.ask(at_ms, told.append))
    await asyncio.sleep(0)
    assert told == [at_ms]
    return task


async def test_only_the_answer_to_the_question_is_taken(
    close_ups: CloseUps, counters: Counters
) -> None:
    close_ups.heard(at_ms=500, **FOUND)  # nobody asked
    task = await asked(close_ups, 1000)
    close_ups.heard(at_ms=500, **FOUND)  # for somebody who has given up
    assert not task.done()
    close_ups.heard(at_ms=1000, **FOUND)
    found = await task
    assert found is not None
    assert found.image.shape == (2, 4, 3)
    assert found.image.min() == 77
    assert found.wall_ms == 990
    assert outcomes(counters) == (1, 0)


async def test_nothing_found_and_a_worker_gone_are_misses(
    close_ups: CloseUps, counters: Counters
) -> None:
    task = await asked(close_ups, 1000)
    close_ups.heard(at_ms=1000, **NOTHING)
    assert await task is None
    task = await asked(close_ups, 2000)
    close_ups.gone()
    assert await task is None
    assert outcomes(counters) == (0, 2)


async def test_an_answer_of_an_impossible_size_is_refused(close_ups: CloseUps) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        close_ups.heard(at_ms=1, **{**FOUND, "width": 100_000, "height": 1000})


def recorded(*, sound: bool = False) -> Recorder:
    recorder = Recorder(PrerollOptions(seconds=60))
    for number in range(30):
        recorder.take(Encoded(b"x", number, number, number * 100, key=number % 10 == 0))
        if sound:
            recorder.take(Encoded.heard(b"y", number))
    return recorder


@pytest.mark.parametrize("sound", [False, True])
def test_around_a_moment_lies_its_group_and_a_few_packets_more(sound: bool) -> None:  # noqa: FBT001
    found = recorded(sound=sound).around(1500)
    assert [packet.wall_ms for packet in found] == [each * 100 for each in range(10, 20)]


def test_around_what_is_not_kept_lies_nothing() -> None:
    assert Recorder(PrerollOptions()).around(1500) == []
    assert recorded().around(-1) == []
