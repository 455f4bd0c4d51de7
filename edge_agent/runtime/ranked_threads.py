"""Threads that take what is urgent first."""

import asyncio
import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

R = TypeVar("R")

_Job = tuple[bool, int, "Future[Any]", Callable[[], Any]]
"""Whether it may wait, its number, where its answer goes and what to do; sorted, urgent ones come
first."""


class RankedThreads:
    """Runs functions on a fixed number of named threads.

    Urgent ones go before all that wait, else the order is that in which they were handed in; what
    runs is not interrupted. Made, called and closed on the event loop.
    """

    def __init__(self, count: int, name: str) -> None:
        self._jobs: queue.PriorityQueue[_Job] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}_{number}", daemon=True)
            for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    async def call(self, function: Callable[[], R], *, urgent: bool = False) -> R:
        """Run `function` and wait for what it returns or raises.

        Where the caller is cancelled while it waits, it is not run.
        """
        if self._closed:
            raise RuntimeError("the threads have been closed")
        future: Future[R] = Future()
        self._jobs.put((not urgent, next(self._numbers), future, function))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Let what runs end and cancel what waits; may be called twice."""
        self._closed = True
        while not self._jobs.empty():
            *_, future, _ = self._jobs.get()
            future.cancel()
        for _ in self._threads:  # a woken thread sees that it is over
            self._jobs.put((False, next(self._numbers), Future(), _nothing))
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while True:
            *_, future, function = self._jobs.get()
            if self._closed:
                future.cancel()
                return
            _answer(future, function)


def _nothing() -> None:
    """Wake a thread."""


def _answer(future: "Future[Any]", function: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = function()
    except BaseException as error:  # noqa: BLE001 - raised where it was called
        future.set_exception(error)
    else:
        future.set_result(result)
