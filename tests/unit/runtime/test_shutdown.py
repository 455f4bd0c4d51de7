"""A process of its own for each test: signals are for whole processes."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.runtime.shutdown import run_until_stopped

ROOT = Path(__file__).parents[3]

PROGRAM = """
import asyncio, signal, sys
from edge_agent.runtime.shutdown import run_until_stopped

async def task(name, failing):
    print(name, "begins", flush=True)
    try:
        if failing:
            raise KeyError(name)
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0.01)  # its last work may take a while
        print(name, "ends", flush=True)

async def main():
    failing = sys.argv[1:] == ["failing"]
    await run_until_stopped({"one": task("one", False), "two": task("two", failing)})
    print("stopped", signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, flush=True)

asyncio.run(main())
"""


def started(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_every_task_in_good_order(number: signal.Signals) -> None:
    with started() as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["one begins\n", "two begins\n"]
        process.send_signal(number)
        rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    lines = rest.splitlines()
    assert sorted(lines[:2]) == ["one ends", "two ends"]
    assert lines[2:] == ["stopped True"]


def test_a_second_signal_does_not_tear_the_ending_apart() -> None:
    with started() as process:
        assert process.stdout is not None
        for _ in range(2):
            process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert rest.splitlines()[-1] == "stopped True"


def test_a_bug_in_one_task_ends_the_others_and_the_process() -> None:
    with started("failing") as process:
        rest, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "one ends" in rest
    assert "stopped" not in rest
    assert "KeyError: 'two'" in errors


async def test_a_bug_gets_out_as_a_group_and_the_handlers_are_gone() -> None:
    async def failing() -> None:
        await asyncio.sleep(0)
        raise KeyError("x")

    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(ExceptionGroup) as caught:
        await run_until_stopped({"failing": failing()})
    assert caught.group_contains(KeyError)
    assert signal.getsignal(signal.SIGTERM) == before
