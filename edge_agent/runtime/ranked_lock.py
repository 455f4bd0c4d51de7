"""A lock for tasks of one event loop that whoever is in a hurry gets first."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class RankedLock:
    """Held by one task at a time.

    Those in a hurry go before all others that wait, else the order is that in which they came; who
    holds it is not disturbed. Where hurry never ends, the others never get it.
    """

    def __init__(self) -> None:
        self._held = False
        self._hurried: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def held(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Wait for the lock and hold it for the block."""
        await self._acquire(self._hurried if urgent else self._others)
        try:
            yield
        finally:
            self._hand_on()

    async def _acquire(self, queue: deque[asyncio.Future[None]]) -> None:
        if not self._held:  # then nobody waits either: it is handed from one to the next
            self._held = True
            return
        turn = asyncio.get_running_loop().create_future()
        queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was handed over just before
                self._hand_on()
            raise

    def _hand_on(self) -> None:
        for queue in (self._hurried, self._others):
            while queue:
                turn = queue.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._held = False
