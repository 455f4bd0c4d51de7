import asyncio
import logging
from itertools import pairwise
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.errors import Busy, Refused, Unavailable
from edge_agent.runtime.supervise import Backoff, insist, keep_running

AT_ONCE = Backoff(first=0.0, longest=0.0)
SECONDS = st.floats(0.001, 1000)


class _EnoughError(Exception):
    pass


@given(first=SECONDS, longest=SECONDS, jitter=st.floats(0, 1), failures=st.integers(1, 10_000))
def test_a_wait_stays_within_its_bounds(
    first: float, longest: float, jitter: float, failures: int
) -> None:
    wait = Backoff(first=first, longest=longest, jitter=jitter).after(failures)
    assert 0 <= wait <= longest * (1 + jitter) * 1.000_001
    assert wait >= min(first, longest) * (1 - jitter) * 0.999_999


@given(first=SECONDS, longest=SECONDS)
def test_without_jitter_waits_double_up_to_the_longest_and_never_shrink(
    first: float, longest: float
) -> None:
    backoff = Backoff(first=first, longest=longest, jitter=0)
    waits = [backoff.after(failures) for failures in range(1, 60)]
    assert waits[0] == min(first, longest)
    assert waits == sorted(waits)
    assert waits[-1] == longest
    assert all(
        later == pytest.approx(min(2 * sooner, longest)) for sooner, later in pairwise(waits)
    )


async def test_expected_trouble_and_a_plain_return_are_run_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lives: list[str] = []

    async def work() -> None:
        lives.append("life")
        if len(lives) == 1:
            raise Unavailable("the camera is away")
        if len(lives) == 2:
            raise Busy("full")  # no kind of Unavailable
        raise AssertionError

    with caplog.at_level(logging.WARNING), pytest.raises(Busy):
        await keep_running("camera door", work, retry_on=Unavailable, backoff=AT_ONCE)
    assert len(lives) == 2
    assert "camera door stopped: the camera is away" in caplog.text


async def test_a_run_that_returns_is_run_again(caplog: pytest.LogCaptureFixture) -> None:
    lives: list[int] = []

    async def work() -> None:
        lives.append(1)
        if len(lives) == 3:
            raise _EnoughError

    with pytest.raises(_EnoughError):
        await keep_running("sync", work, retry_on=Unavailable, backoff=AT_ONCE)
    assert len(lives) == 3
    assert caplog.text.count("sync stopped: it returned") == 2


async def test_children_of_the_expected_kind_are_expected_too() -> None:
    lives: list[int] = []

    async def work() -> None:
        lives.append(1)
        raise (Busy("full") if len(lives) < 3 else _EnoughError())

    with pytest.raises(_EnoughError):
        await keep_running("door", work, retry_on=Refused, backoff=AT_ONCE)
    assert len(lives) == 3


@pytest.mark.parametrize("error", [KeyError("x"), ExceptionGroup("", [Unavailable("away")])])
async def test_a_bug_gets_out_at_once(error: Exception) -> None:
    async def work() -> NoReturn:
        raise error

    with pytest.raises(type(error)):
        await keep_running("sync", work, retry_on=Unavailable, backoff=Backoff(first=1000))


async def waits_told(caplog: pytest.LogCaptureFixture, healthy_after: float) -> list[str]:
    """Three failures of lives that take some time; the waits that the log tells."""
    lives: list[int] = []

    async def work() -> None:
        lives.append(1)
        await asyncio.sleep(0.01)
        raise (Unavailable("away") if len(lives) <= 3 else _EnoughError())

    backoff = Backoff(first=0.1, longest=10, jitter=0, healthy_after=healthy_after)
    with pytest.raises(_EnoughError):
        await keep_running("camera", work, retry_on=Unavailable, backoff=backoff)
    return [record.getMessage().rpartition("next try in ")[2] for record in caplog.records]


async def test_the_wait_grows_from_failure_to_failure(caplog: pytest.LogCaptureFixture) -> None:
    assert await waits_told(caplog, healthy_after=1000) == ["0.1 s", "0.2 s", "0.4 s"]


async def test_a_healthy_life_starts_the_waits_afresh(caplog: pytest.LogCaptureFixture) -> None:
    assert await waits_told(caplog, healthy_after=0.001) == ["0.1 s", "0.1 s", "0.1 s"]


async def test_keeping_ends_when_it_is_cancelled() -> None:
    async def work() -> None:
        await asyncio.Event().wait()

    running = asyncio.get_running_loop().create_task(
        keep_running("camera", work, retry_on=Unavailable, backoff=AT_ONCE)
    )
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_who_insists_gets_the_answer_of_the_first_success(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tries: list[int] = []

    async def work() -> str:
        tries.append(1)
        if len(tries) < 4:
            raise Unavailable("the disk is full")
        return "written"

    assert await insist("the end of f1", work, retry_on=Unavailable, backoff=AT_ONCE) == "written"
    assert len(tries) == 4
    assert caplog.text.count("the end of f1 has to wait: the disk is full") == 3


async def test_who_insists_still_lets_bugs_out() -> None:
    async def work() -> NoReturn:
        raise KeyError("x")

    with pytest.raises(KeyError):
        await insist("the end", work, retry_on=Unavailable, backoff=AT_ONCE)
