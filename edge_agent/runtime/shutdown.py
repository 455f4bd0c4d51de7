"""Run named tasks until SIGTERM or SIGINT, then end them all."""

import asyncio
import signal
from collections.abc import Coroutine, Mapping
from typing import Any

from edge_agent.runtime import systemd


class StopRequested(Exception):  # noqa: N818 - a request, not a fault
    """Raised inside the task group to end it in good order."""


async def run_until_stopped(tasks: Mapping[str, Coroutine[Any, Any, None]]) -> None:
    """Own every long-lived task of the process; return once all of them have ended."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as group:
            for name, task in tasks.items():
                group.create_task(task, name=name)
            await stop.wait()
            systemd.notify("STOPPING=1")
            raise StopRequested
    except* StopRequested:
        pass
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
