"""A thousand reconnects to a dead camera: memory of daemon and worker stays flat, no file is left.

Half of the tries meet a port that nobody listens on, half a server that takes the connection and
hangs up. Each try is what it is on a box: a worker process that is started, fails, says why and
goes. Memory is the proportional set size of this process after each hundred tries; that of the
workers is taken while they live. `--quick` tries a hundred times.
"""

import asyncio
import contextlib
import gc
import os
import socket
import statistics
from collections.abc import AsyncIterator

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest import CameraLink, IngestOptions, Source
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from tests.benchmarks.processor_time import Memory, memory_of
from tests.benchmarks.report import Report
from tests.benchmarks.setting import Setting
from tests.support.links import open_files, worker_pids

TRIES, FEW_TRIES = 1000, 100
SIDE_BY_SIDE = 2
LOOK_EVERY_S = 0.2
MIB = 1 << 20


class Try:
    """What the tries brought.

    Attributes:
        reasons: how often each was given.
        ours: memory of this process, one per tenth of the tries.
        workers: bytes of single workers.
        files: file descriptors, one per tenth.
    """

    def __init__(self, tries: int) -> None:
        self.left = tries
        self.tries = tries
        self.reasons: dict[str, int] = {}
        self.ours: list[Memory] = []
        self.workers: list[int] = []
        self.files: list[int] = []

    def done(self, reason: str) -> None:
        """Note how one try ended."""
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        if sum(self.reasons.values()) % max(1, self.tries // 10) == 0:
            gc.collect()
            self.ours.append(memory_of([os.getpid()]))
            self.files.append(open_files())


def run(setting: Setting) -> Report:
    """Try, and hold what memory did against the targets."""
    report = Report("reconnect")
    tries = Try(FEW_TRIES if setting.quick else TRIES)
    with setting.console.status(f"{tries.tries} reconnects"):
        asyncio.run(_all(tries))
    own = [memory.own for memory in tries.ours]
    growth = max(own[1:]) / own[0] - 1
    report.fact("reasons", tries.reasons)
    everything = [round(memory.everything / MIB, 1) for memory in tries.ours]
    report.fact("this process, MiB, after each tenth", everything)
    report.fact("of that its own, without code", [round(size / MIB, 1) for size in own])
    report.fact("one worker, MiB, median and most", _middle_and_most(tries.workers))
    report.fact("file descriptors after each tenth", tries.files)
    report.target("reconnects", sum(tries.reasons.values()), "", f">= {tries.tries}")
    report.target("own memory after the first tenth, growth at most", growth * 100, "%", "<= 5")
    report.target("file descriptors, growth", max(tries.files) - tries.files[0], "", "<= 0")
    known = sum(count for reason, count in tries.reasons.items() if "cannot be read" in reason)
    report.target("tries whose reason names the camera", known, "", f">= {tries.tries}")
    return report


def _middle_and_most(values: list[int]) -> str:
    if not values:
        return "none was caught"
    return f"{statistics.median(values) / MIB:.1f}, {max(values) / MIB:.1f}"


async def _all(tries: Try) -> None:
    async with _hanging_up() as rude, asyncio.TaskGroup() as group:
        watching = group.create_task(_watch_workers(tries))
        dead = _closed_port()
        async with asyncio.TaskGroup() as cameras:
            for number in range(SIDE_BY_SIDE):
                port = (dead, rude)[number % 2]
                cameras.create_task(_camera(f"camera-{number}", port, tries))
        watching.cancel()


async def _camera(name: str, port: int, tries: Try) -> None:
    counters, clock = Counters(), SystemClock()
    source = Source(id=name, url=f"rtsp://127.0.0.1:{port}/stream")
    link = CameraLink(source, IngestOptions(), clock, counters)
    try:
        while tries.left > 0:
            tries.left -= 1
            try:
                await link.run()
            except Unavailable as error:
                tries.done(str(error).replace(name, "…"))
    finally:
        link.close()


async def _watch_workers(tries: Try) -> None:
    while True:
        tries.workers += [size for pid in worker_pids() if (size := memory_of([pid]).everything)]
        await asyncio.sleep(LOOK_EVERY_S)


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.asynccontextmanager
async def _hanging_up() -> AsyncIterator[int]:
    """A server that takes every connection and hangs up; its port."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        yield int(server.sockets[0].getsockname()[1])
