"""Camera links running inside a test."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

from edge_agent.ingest import CameraEvent, CameraLink, IngestOptions, Source
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters

QUICK = IngestOptions(open_s=5, read_s=3, grace_s=0.5)

E = TypeVar("E")


def make_link(
    url: str, options: IngestOptions = QUICK, counters: Counters | None = None, **more: object
) -> CameraLink:
    """A link to a camera that offers every frame unless told otherwise."""
    settings: dict[str, object] = {"id": "door", "url": url, "detect_fps": 50.0, **more}
    source = Source(**settings)  # type: ignore[arg-type]
    return CameraLink(source, options, SystemClock(), counters or Counters())


@contextlib.asynccontextmanager
async def running(link: CameraLink) -> AsyncIterator["asyncio.Task[None]"]:
    """One life of the worker; what `run` raises is in the task, not in the test."""
    task = asyncio.get_running_loop().create_task(link.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        link.close()


async def event_of(link: CameraLink, kind: type[E], *, within: float = 20) -> E:
    """Wait for an event, forgetting those before it."""
    async with asyncio.timeout(within):
        while True:
            event: CameraEvent = await link.events.get()
            if isinstance(event, kind):
                return event


def worker_pids() -> list[int]:
    """Process ids of this process's ingest workers."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if b"edge_agent.ingest.worker" in words and parent == os.getpid():
                found.append(int(folder.name))
    return found


def command_line(pid: int) -> str:
    """What a process was started with, as everybody on the machine can read it."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def open_files() -> int:
    """How many file descriptors this process holds."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def until(so: Callable[[], bool], *, within: float = 20) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(within):
        while not so():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.05)


def is_running(pid: int) -> bool:
    """Whether a process exists and is more than a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"
