"""Give a thing that is not thread-safe a thread of its own."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class OneThread:
    """Runs functions one after the other on one named thread.

    Whoever owns a session, an index or a file hands every touch of it to its `OneThread`; then no
    lock is needed. `close` waits until what was handed in has run.
    """

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` on the thread and wait for what it returns or raises."""
        work = functools.partial(function, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def close(self) -> None:
        """Finish what was handed in and end the thread; may be called twice."""
        self._executor.shutdown(wait=True)
