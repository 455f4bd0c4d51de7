"""Hands one input after the other to a target, over doors that are opened afresh now and then."""

import asyncio
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fuzz.target import Judge, Target

LONGEST_S = 30.0
"""An input that has not been judged by then hangs."""


class Session:
    """A target while inputs are judged; to be used in a `with` block.

    Args:
        target: what is fuzzed.
        folder: where doors may keep things; the system's own when None.
    """

    def __init__(self, target: Target, folder: Path | None = None) -> None:
        self._target = target
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._owner: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._judge: Judge | None = None
        self._left = 0

    def judge(self, data: bytes) -> None:
        """Judge one input.

        Raises:
            TimeoutError: it hangs.
            Exception: the target's own, at a fault.
        """
        if not self._left:
            self._close()
            self._open()
        self._left -= 1
        self._loop.run_until_complete(self._judged(data))
        if self._owner is not None and self._owner.done():
            self._owner.result()  # what works behind the door failed

    async def _judged(self, data: bytes) -> None:
        assert self._judge is not None
        async with asyncio.timeout(LONGEST_S):
            await self._judge(data)

    def _open(self) -> None:
        ready = self._loop.create_future()
        self._over = asyncio.Event()
        self._owner = self._loop.create_task(self._own(ready))
        self._loop.run_until_complete(
            asyncio.wait((ready, self._owner), return_when=asyncio.FIRST_COMPLETED)
        )
        if self._owner.done():
            self._owner.result()
        self._left = self._target.renew_after

    async def _own(self, ready: "asyncio.Future[None]") -> None:
        with tempfile.TemporaryDirectory(prefix="fuzz-", dir=self._folder) as folder:
            async with self._target.opened(Path(folder) / "door") as self._judge:
                ready.set_result(None)
                await self._over.wait()

    def _close(self) -> None:
        if self._owner is not None:
            self._over.set()
            self._loop.run_until_complete(self._owner)
            self._owner = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()
        self._loop.close()
