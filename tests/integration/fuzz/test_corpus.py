"""What the fuzzer once found worth keeping goes through every door again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fuzz.corpus import kept
from tests.fuzz.session import Session
from tests.fuzz.target import Judge, Target
from tests.fuzz.targets import NAMES, target


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", NAMES)
def test_kept_inputs_find_no_fault(name: str, tmp_path: Path) -> None:
    inputs = kept(name)
    assert inputs
    with Session(target(name), tmp_path) as session:
        for data in inputs:
            session.judge(data)


@pytest.mark.parametrize("name", NAMES)
def test_seeds_find_no_fault(name: str, tmp_path: Path) -> None:
    with Session(target(name), tmp_path) as session:
        for data in target(name).seeds():
            session.judge(data)


@pytest.mark.parametrize("fault", [AssertionError, ZeroDivisionError, TimeoutError])
def test_a_fault_is_noticed(
    fault: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.fuzz.session.LONGEST_S", 0.1)

    async def judge(data: bytes) -> None:
        if data == b"hang":
            await asyncio.Event().wait()
        assert data != b"wrong"
        if data == b"bug":
            raise ZeroDivisionError

    @asynccontextmanager
    async def opened(_: Path) -> AsyncIterator[Judge]:
        yield judge

    faults = {AssertionError: b"wrong", ZeroDivisionError: b"bug", TimeoutError: b"hang"}
    with Session(Target("faulty", opened), tmp_path) as session:
        session.judge(b"sound")
        with pytest.raises(fault):
            session.judge(faults[fault])
