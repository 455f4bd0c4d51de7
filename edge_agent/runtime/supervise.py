"""Keep one task running: expected trouble is retried, anything else ends the process."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, TypeVar

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """How long to wait before the next try, in seconds.

    Attributes:
        first: after the first failure.
        longest: the wait doubles up to this.
        healthy_after: a run that lasted this long starts again at `first`.
        jitter: each wait is multiplied by a random factor from 1 - jitter to 1 + jitter, so that
            many cameras behind one dead switch do not come back in one instant.
    """

    first: float = 1.0
    longest: float = 60.0
    healthy_after: float = 300.0
    jitter: float = 0.25

    def after(self, failures: int) -> float:
        """Seconds to wait after this many failures in a row, counted from 1."""
        wait = min(self.first * 2.0 ** min(failures - 1, 32), self.longest)
        return wait * random.uniform(1 - self.jitter, 1 + self.jitter)  # noqa: S311 - no secret


async def keep_running(
    name: str,
    work: Callable[[], Awaitable[None]],
    *,
    retry_on: type[Exception],
    backoff: Backoff,
) -> NoReturn:
    """Run `work` again and again, waiting longer after each `retry_on`.

    A run that lasted `healthy_after` seconds resets the wait; a run that returns counts as one
    that failed. Every other exception leaves through the task group and stops the daemon, for
    systemd to start it afresh.
    """
    clock = asyncio.get_running_loop().time
    failures = 0
    while True:
        started = clock()
        reason = "it returned"
        try:
            await work()
        except retry_on as error:
            reason = str(error) or type(error).__name__
        failures = 1 if clock() - started > backoff.healthy_after else failures + 1
        pause = backoff.after(failures)
        log.warning("%s stopped: %s; next try in %.1f s", name, reason, pause)
        await asyncio.sleep(pause)


async def insist(
    name: str,
    work: Callable[[], Awaitable[T]],
    *,
    retry_on: type[Exception],
    backoff: Backoff,
) -> T:
    """Do `work` until it succeeds, for what must not be lost and may only be late.

    Args:
        name: of the work, for the log.
        work: may be called many times; a failed call must have left nothing behind, or nothing
            that another call minds.
        retry_on: what counts as "not now"; every other exception leaves.
        backoff: how long to wait between calls.
    """
    failures = 0
    while True:
        try:
            return await work()
        except retry_on as error:
            failures += 1
            pause = backoff.after(failures)
            log.warning("%s has to wait: %s; next try in %.1f s", name, error, pause)
            await asyncio.sleep(pause)
