"""How long a worker may say nothing before it counts as hung.

On a machine with more to do than it has processors for, a worker that is started takes many times
as long as it needs, and who kills it for that makes the load worse. The kernel accounts how long a
thread was ready to run and had no processor (`run_delay`, proc_pid_schedstat): that time is not
held against the worker. One that is blocked or stopped is not ready to run and gets no more than
its limit; one that spins gets longer on a busy machine, and never more than `AT_MOST` limits.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

AT_MOST = 10
"""Limits after which no load is an excuse any more."""

LATE_S = 0.05
"""Excuses shorter than this are none, and so long a worker gets to say what it has said already
while this process itself was late."""


def waited_for_processor(process: int) -> float:
    """Seconds the main thread of a process was ready to run without running, since its start.

    0 where the kernel does not account it or the process is gone.
    """
    with suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


class Patience:
    """The limit of one worker's silence.

    Args:
        waited: seconds for which the worker was kept waiting for a processor, in all.
        now: seconds, any clock that never jumps; all other times are of it.
        seconds: the first limit.

    Attributes:
        until: when to ask `over` next.
    """

    def __init__(self, waited: Callable[[], float], now: float, seconds: float) -> None:
        self._waited = waited
        self._heard = now
        self._limit = seconds
        self._waited_when_heard = 0.0
        self._last_chance = False
        self.until = now + seconds

    def renew(self, now: float, seconds: float) -> None:
        """The worker said something and has so many seconds to say something more."""
        self._heard, self._limit = now, seconds
        self._waited_when_heard = self._waited()
        self._last_chance = False
        self.until = now + seconds

    def over(self, now: float) -> bool:
        """Whether the worker is to be taken for hung; if not, `until` says when to ask again."""
        kept_waiting = max(0.0, self._waited() - self._waited_when_heard)
        allowed = min(self._limit + kept_waiting, AT_MOST * self._limit)
        left = self._heard + allowed - now
        if left >= LATE_S:
            self.until, self._last_chance = now + left, False
            return False
        if self._last_chance:
            return True
        # What it has said may lie unread, where this process is what was late.
        self.until, self._last_chance = now + LATE_S, True
        return False
