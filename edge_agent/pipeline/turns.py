"""Who is looked at next, when more cameras want to be than the box has time for.

Each camera that has a frame waits for its turn; as many have one at a time as there are vision
threads. The next turn goes to the camera that has used the least time of late (start-time fair
queueing: Goyal, Vin, Cheng, 1996, with measured time in place of packet lengths), so that a camera
with huge or crowded pictures, or one that asks too often, costs its neighbours nothing: what all
want beyond the budget is taken from all alike, and who wants less than its share gets all of it.
A camera that has been waiting for longer than the floor rate allows goes first; if that holds for
all, they go in the order of their waiting.

While a question is being answered no turn begins, so that it has the threads and the cores to
itself; but for cameras that the floor rate is due to.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.precedence import Precedence

BURST_S = 0.5
"""Seconds of budget that may be saved up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnOptions:
    """How much is looked at.

    Attributes:
        side_by_side: turns at a time; the number of vision threads.
        budget: seconds of work per second, all turns together; None leaves it to `side_by_side`.
        floor_fps: no camera that has frames is looked at less often, as long as that is possible.
    """

    side_by_side: int = 2
    budget: float | None = None
    floor_fps: float = 1.0


@dataclass(slots=True)
class _Share:
    """What a camera has had.

    Attributes:
        used: seconds of work, with what it did not want made up for.
        last: when its last turn began.
        turn: where it waits, if it does.
    """

    used: float = 0.0
    last: float = 0.0
    turn: "asyncio.Future[None] | None" = None


class Turns:
    """Hands out turns; lives on the event loop."""

    def __init__(
        self,
        options: TurnOptions,
        clock: Clock,
        counters: Counters,
        questions: Precedence | None = None,
    ) -> None:
        self._options = options
        self._clock = clock
        self._questions = questions or Precedence()
        self._questions.afterwards(self._hand_out)
        self._shares: dict[str, _Share] = {}
        self._running = 0
        self._latest = 0.0  # what the camera had used that was chosen last
        self._credit = self._most_credit
        self._credited = clock.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        self._waited = counters.counter(
            "edge_agent_turn_wait_ms_total",
            "Milliseconds that frames waited for their turn, by camera.",
        )
        self._worked = counters.counter(
            "edge_agent_turn_work_ms_total", "Milliseconds that frames were looked at, by camera."
        )

    @asynccontextmanager
    async def turn(self, camera: str) -> AsyncIterator[None]:
        """Wait for this camera's turn; the turn is the block. One at a time for each camera."""
        share = self._shares.setdefault(camera, _Share(last=self._clock.monotonic()))
        asked = self._clock.monotonic()
        await self._wait(share)
        began = self._clock.monotonic()
        share.last = began
        self._waited.add((began - asked) * 1e3, camera=camera)
        try:
            yield
        finally:
            took = self._clock.monotonic() - began
            self._worked.add(took * 1e3, camera=camera)
            share.used += took
            self._credit -= took
            self._running -= 1
            self._hand_out()

    async def _wait(self, share: _Share) -> None:
        share.used = max(share.used, self._latest)  # nobody saves up by wanting nothing
        share.turn = turn = asyncio.get_running_loop().create_future()
        try:
            self._hand_out()
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._running -= 1
                self._hand_out()
            raise
        finally:
            share.turn = None

    def _hand_out(self) -> None:
        while self._running < self._options.side_by_side:
            waiting = self._waiting()
            if not waiting or not self._affordable():
                return
            chosen = self._next(waiting)
            self._latest = max(self._latest, chosen.used)
            self._running += 1
            if chosen.turn is not None:
                chosen.turn.set_result(None)

    def _waiting(self) -> list[_Share]:
        waiting = [share for share in self._shares.values() if share.turn and not share.turn.done()]
        if not self._questions.taken:
            return waiting
        due = [share for share in waiting if self._overdue(share)]
        if waiting and not due:
            since = self._clock.monotonic() - min(share.last for share in waiting)
            self._look_again(1 / self._options.floor_fps - since + 0.001)
        return due

    def _overdue(self, share: _Share) -> bool:
        return self._clock.monotonic() - share.last > 1 / self._options.floor_fps

    def _next(self, waiting: list[_Share]) -> _Share:
        oldest = min(waiting, key=lambda share: share.last)
        if self._overdue(oldest):
            return oldest
        return min(waiting, key=lambda share: share.used)

    @property
    def _most_credit(self) -> float:
        return BURST_S * (self._options.budget or 0.0)

    def _affordable(self) -> bool:
        """Whether the budget allows a turn now; if not, turns are handed out when it does."""
        budget = self._options.budget
        if budget is None:
            return True
        now = self._clock.monotonic()
        earned = (now - self._credited) * budget
        self._credit = min(self._most_credit, self._credit + earned)
        self._credited = now
        if self._credit > 0:
            return True
        self._look_again(-self._credit / budget + 0.001)
        return False

    def _look_again(self, wait: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(wait, self._later)

    def _later(self) -> None:
        self._timer = None
        self._hand_out()
