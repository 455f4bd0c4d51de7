import asyncio
import threading

import pytest

from edge_agent.runtime.ranked_threads import RankedThreads


async def test_urgent_calls_go_before_all_that_wait() -> None:
    threads, go_on, order = RankedThreads(1, "ranked"), threading.Event(), list[str]()
    async with asyncio.TaskGroup() as group:
        group.create_task(threads.call(lambda: go_on.wait(30)))
        await asyncio.sleep(0)
        for name in ("first", "second"):
            group.create_task(threads.call(lambda name=name: order.append(name)))  # type: ignore[misc]
            await asyncio.sleep(0)
        group.create_task(threads.call(lambda: order.append("urgent"), urgent=True))
        await asyncio.sleep(0)
        go_on.set()
    threads.close()
    assert order == ["urgent", "first", "second"]


async def test_what_waits_is_cancelled_by_its_caller_or_when_the_threads_are_closed() -> None:
    threads, go_on, ran = RankedThreads(1, "ranked"), threading.Event(), list[str]()
    loop, begun = asyncio.get_running_loop(), threading.Event()

    def run() -> bool:
        begun.set()
        return go_on.wait(30)

    running = loop.create_task(threads.call(run))
    await asyncio.to_thread(begun.wait, 30)
    given_up = loop.create_task(threads.call(lambda: ran.append("given up")))
    waiting = loop.create_task(threads.call(lambda: ran.append("waiting")))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait([given_up])
    loop.call_later(0.05, go_on.set)
    closing = loop.create_task(asyncio.to_thread(threads.close))
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await running
    await closing
    assert ran == []
    with pytest.raises(RuntimeError, match="closed"):
        await threads.call(lambda: None)


async def test_an_error_is_raised_where_it_was_called() -> None:
    threads = RankedThreads(1, "ranked")
    with pytest.raises(ZeroDivisionError):
        await threads.call(lambda: 1 // 0)
    assert (await threads.call(lambda: threading.current_thread().name)).startswith("ranked")
    threads.close()
