import asyncio

import pytest

from edge_agent.runtime.ranked_lock import RankedLock


async def _settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_is_in_a_hurry_goes_before_all_that_wait() -> None:
    lock, order, leave = RankedLock(), list[str](), asyncio.Event()

    async def work(name: str, *, urgent: bool = False) -> None:
        async with lock.held(urgent=urgent):
            order.append(name)
            await leave.wait()

    async with asyncio.TaskGroup() as group:
        for name, urgent in (("a", False), ("b", False), ("c", True), ("d", False), ("e", True)):
            group.create_task(work(name, urgent=urgent))
            await _settle()
        leave.set()
    assert order == ["a", "c", "e", "b", "d"]


async def test_it_is_free_after_an_error() -> None:
    lock = RankedLock()
    with pytest.raises(ValueError, match="no"):
        async with lock.held():
            raise ValueError("no")
    async with asyncio.timeout(1), lock.held():
        pass


async def test_who_gives_up_waiting_keeps_nobody_out() -> None:
    lock, got = RankedLock(), list[str]()

    async def work(name: str) -> None:
        async with lock.held():
            got.append(name)

    async with asyncio.timeout(1), asyncio.TaskGroup() as group, lock.held():
        waits = group.create_task(work("waits"))
        group.create_task(work("follows"))
        await _settle()
        waits.cancel()
        await _settle()
    assert got == ["follows"]


async def test_who_is_cancelled_as_the_lock_comes_hands_it_on() -> None:
    lock, got = RankedLock(), list[str]()

    async def work(name: str) -> None:
        async with lock.held():
            got.append(name)

    async with asyncio.timeout(1), asyncio.TaskGroup() as group:
        async with lock.held():
            late = group.create_task(work("late"))
            group.create_task(work("follows"))
            await _settle()
        late.cancel()  # its turn has come, and it has not run yet
    assert late.cancelled()
    assert got == ["follows"]
    async with asyncio.timeout(1), lock.held():
        pass
