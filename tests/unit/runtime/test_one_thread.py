import asyncio
import threading
import time

import pytest

from edge_agent.runtime.one_thread import OneThread


async def test_work_runs_in_the_order_it_was_handed_in_on_one_named_thread() -> None:
    one = OneThread("index")
    done: list[int] = []
    names: set[str] = set()

    def work(number: int) -> int:
        time.sleep(0.001 * (number % 3))  # the quick ones must not overtake
        done.append(number)
        names.add(threading.current_thread().name)
        return number * 2

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.call(work, number)) for number in range(20)]
    one.close()
    assert [task.result() for task in tasks] == [number * 2 for number in range(20)]
    assert done == list(range(20))
    assert names == {"index_0"}


async def test_what_a_function_raises_comes_to_who_called_and_the_thread_goes_on() -> None:
    one = OneThread("store")
    with pytest.raises(ZeroDivisionError):
        await one.call(divmod, 1, 0)
    assert await one.call(divmod, 7, 2) == (3, 1)
    one.close()


async def test_keywords_are_handed_on() -> None:
    one = OneThread("store")
    assert await one.call(int, "ff", base=16) == 255
    one.close()


async def test_close_finishes_what_was_handed_in_and_may_be_called_twice() -> None:
    one = OneThread("store")
    go_on, done = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(10)
        done.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(one.call(work))
        await asyncio.sleep(0)
        closing = group.create_task(asyncio.to_thread(one.close))
        go_on.set()
        await closing
        assert done.is_set()
    one.close()
    with pytest.raises(RuntimeError, match="after shutdown"):
        await one.call(work)


async def test_who_gives_up_waiting_does_not_stop_the_work() -> None:
    one = OneThread("store")
    go_on, done = threading.Event(), threading.Event()

    def work() -> None:
        go_on.wait(10)
        done.set()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await one.call(work)
    go_on.set()
    await one.call(lambda: None)
    assert done.is_set()
    one.close()
