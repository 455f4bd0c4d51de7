"""Whoever ordered an import with a CallbackAddress is told of its end.

One POST of JSON, what IncreaseList shows of the import, until the host answers 2xx; also over
restarts. The address is judged as that of a picture is, and nothing secret is sent: no links.
"""

import asyncio
import json
import logging

from edge_agent.images.parts import ImagesParts
from edge_agent.images.task_rows import task_row
from edge_agent.outbound import MOST_REFUSALS, Outcome, PostLimits, tell
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.image_tasks import ImageTask, next_call, note_call

log = logging.getLogger(__name__)

_PATIENCE_MS = 3 * 86_400_000
"""From the end of an import on; then its callback is dropped."""

RETRY = Backoff(first=1.0, longest=600.0)
"""Between the tries of one callback."""


class CallingBack:
    """Calls back, one at a time; who is dead holds up nobody else for longer than a try.

    Args:
        parts: of the house.
        limits: how far the box goes.
    """

    def __init__(self, parts: ImagesParts, limits: PostLimits) -> None:
        self._store = parts.store
        self._clock = parts.clock
        self._limits = limits
        self._called = parts.counters.counter(
            "edge_agent_images_callbacks_total", "Ends of imports told to callbacks, by outcome."
        )

    async def run(self) -> None:
        """Call until cancelled.

        Raises:
            Unavailable: the disk does not answer; run again, nothing is lost.
        """
        while True:
            version = self._store.version("image_task")
            due = await next_call(self._store)
            wait_s = None if due is None else (due.call_ms - self._clock.now_ms()) / 1e3
            if due is not None and wait_s is not None and wait_s <= 0:
                await self._call(due.task, due.calls + 1)
                continue
            try:
                async with asyncio.timeout(wait_s):
                    await self._store.changed("image_task", version)
            except TimeoutError:
                pass

    async def _call(self, task: ImageTask, calls: int) -> None:
        body = json.dumps({"InstanceName": task.instance, **task_row(task)}, ensure_ascii=False)
        tried = await tell(task.callback, body.encode(), {}, self._limits)
        self._called.add(outcome=tried.outcome.value)
        again_ms = None
        if not tried.taken:
            log.warning("callback of import %d: %s", task.id, tried.problem)
            again_ms = self._again_ms(task, tried.outcome, calls)
            if again_ms is None:
                log.error("callback of import %d is dropped after %d tries", task.id, calls)
        async with self._store.transaction() as tx:
            await note_call(tx, task.id, calls, again_ms)

    def _again_ms(self, task: ImageTask, outcome: Outcome, calls: int) -> int | None:
        now_ms = self._clock.now_ms()
        if outcome is Outcome.REFUSED and calls >= MOST_REFUSALS:
            return None
        again_ms = now_ms + round(RETRY.after(calls) * 1e3)
        return None if again_ms > task.modified_ms + _PATIENCE_MS else again_ms
