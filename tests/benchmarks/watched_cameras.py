"""Cameras of the real pipeline on paced files, and what the kernel accounts to each part of it.

Files and not an RTSP server: it would take its own time from the same cores, and with files the
floor, the obvious loop and the box see exactly the same frames, so that the people they find can
be compared. Everything behind the file is real: worker processes, models, tracker, clips, memory.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import override

from edge_agent.domain.detection import Seen
from edge_agent.index import VectorIndex
from edge_agent.ingest import CameraLink, Frame, IngestOptions, Source
from edge_agent.pipeline.camera import Camera, CameraOptions, Surroundings
from edge_agent.pipeline.memory import Memory, MemoryOptions
from edge_agent.pipeline.recorder import FragmentOptions
from edge_agent.pipeline.turns import TurnOptions, Turns
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.store import Store
from edge_agent.tracking.best import BestShotOptions
from edge_agent.tracking.tracker import Tracker, TrackerOptions, TrackerStep
from edge_agent.vision.threads import VisionThreads, VisionThreadsOptions
from tests.benchmarks.found_people import Moment
from tests.benchmarks.metered import MeteredVision
from tests.benchmarks.processor_time import of_named_threads, of_thread, threads_of
from tests.support.links import worker_pids

FRAMES = "edge_agent_frames_total"


class NotingLink(CameraLink):
    """Remembers where in the file a frame stood.

    Attributes:
        source_ms: by wall time.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.source_ms: dict[int, int] = {}

    @override
    async def frame(self) -> Frame:
        frame = await super().frame()
        self.source_ms[frame.wall_ms] = frame.source_ms
        return frame


class NotingTracker(Tracker):
    """Remembers whom it followed.

    Attributes:
        moments: times are wall times.
    """

    def __init__(self, options: TrackerOptions) -> None:
        super().__init__(options)
        self.moments: list[Moment] = []

    @override
    def update(self, seen: Seen, at_ms: int, **more: Any) -> TrackerStep:
        step = super().update(seen, at_ms, **more)
        in_view = [live for live in step.live if live.seen]
        boxes = np.array([live.xyxy for live in in_view], np.float32).reshape(-1, 4)
        self.moments.append(Moment(at_ms, tuple(live.number for live in in_view), boxes))
        return step


@dataclass(slots=True)
class Spent:
    """Processor time since the start, in seconds, and what was done in it.

    Attributes:
        reading: the workers' main threads: read, decode, gate, record.
        converting: their other threads.
        watching: this process as a whole.
        vision: of that, the vision threads.
        floor: the raw decoder, and `floor_frames` that it has decoded.
        seconds: of `MeteredVision.meter`.
    """

    at: float
    reading: float
    converting: float
    watching: float
    vision: float
    floor: float
    floor_frames: int
    frames: dict[str, float]
    seconds: dict[str, float]
    calls: dict[str, int] = field(default_factory=dict)

    def since(self, before: "Spent") -> "Spent":
        """The difference."""
        return Spent(
            at=self.at - before.at,
            reading=self.reading - before.reading,
            converting=self.converting - before.converting,
            watching=self.watching - before.watching,
            vision=self.vision - before.vision,
            floor=self.floor - before.floor,
            floor_frames=self.floor_frames - before.floor_frames,
            frames={key: self.frames[key] - before.frames.get(key, 0) for key in self.frames},
            seconds={key: self.seconds[key] - before.seconds.get(key, 0) for key in self.seconds},
            calls={key: self.calls[key] - before.calls.get(key, 0) for key in self.calls},
        )


class Watched:
    """Some cameras that are running."""

    def __init__(self, vision: MeteredVision, counters: Counters, clip: Path | None) -> None:
        self._vision = vision
        self._counters = counters
        self._floor = _raw_decoder(clip) if clip else None
        self.links: list[NotingLink] = []
        self.trackers: list[NotingTracker] = []

    def spent(self) -> Spent:
        """What has been spent until now."""
        workers = [(worker, threads_of(worker)) for worker in worker_pids()]
        seconds, calls = self._vision.meter.copy()
        floor_frames, floor = self._asked_floor()
        return Spent(
            at=time.monotonic(),
            reading=sum(of_thread(worker, worker) for worker, _ in workers),
            converting=sum(of_thread(worker, one) for worker, all_ in workers for one in all_[1:]),
            watching=time.process_time(),
            vision=of_named_threads("vision"),
            floor=floor,
            floor_frames=floor_frames,
            frames=self.frames(),
            seconds=seconds,
            calls=calls,
        )

    def frames(self, camera: str | None = None) -> dict[str, float]:
        """Frames by what became of them, of all cameras or of one."""
        counts: dict[str, float] = {}
        for labels, value in self._counters.counter(FRAMES, "").values.items():
            named = dict(labels)
            if camera in (None, named["camera"]):
                counts[named["stage"]] = counts.get(named["stage"], 0) + value
        return counts

    def moments(self, camera: int, loop_ms: float, since_ms: int) -> list[Moment]:
        """Whom a camera followed, at times within its scene."""
        known = self.links[camera].source_ms
        return [
            Moment(round(known[one.at_ms] % loop_ms), one.numbers, one.xyxy)
            for one in self.trackers[camera].moments
            if one.at_ms in known and one.at_ms >= since_ms
        ]

    def close(self) -> None:
        """End the raw decoder."""
        if self._floor:
            self._floor.communicate()

    def _asked_floor(self) -> tuple[int, float]:
        if not self._floor:
            return 0, 0.0
        channel, answers = self._floor.stdin, self._floor.stdout
        if channel is None or answers is None:
            raise RuntimeError("the raw decoder has no pipes")
        channel.write("?\n")
        channel.flush()
        frames, seconds = answers.readline().split()
        return int(frames), float(seconds)


def _raw_decoder(clip: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.raw_decoder", str(clip)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextlib.asynccontextmanager
async def watched(
    folder: Path,
    vision: MeteredVision,
    sources: list[Source],
    *,
    threads: int = 2,
    noting: bool = True,
) -> AsyncIterator[Watched]:
    """Run cameras until the block ends.

    Args:
        folder: for the state; what the cameras remember is lost with it.
        vision: what they look with.
        sources: files.
        threads: vision threads.
        noting: note whom they follow and run the raw decoder beside them; takes memory.
    """
    clock, counters = SystemClock(), Counters()
    looking = VisionThreads(vision, VisionThreadsOptions(threads=threads), clock, counters)
    index_thread = OneThread("index")
    running = Watched(vision, counters, Path(sources[0].url) if noting else None)
    try:
        async with await Store.open(folder, clock=clock) as store:
            async with store.transaction() as tx:
                await ensure_cameras(tx, [source.id for source in sources])
            memory = Memory(
                store=store, embedder=looking, index=VectorIndex(), index_thread=index_thread,
                options=MemoryOptions(), clock=clock, counters=counters,
            )  # fmt: skip
            around = Surroundings(
                store=store,
                vision=looking,
                turns=Turns(TurnOptions(side_by_side=threads), clock, counters),
                memory=memory,
                recording_allowed=lambda: True,
                clock=clock,
                counters=counters,
            )
            async with memory.running(), asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(_camera(one, around, running, noting)) for one in sources
                ]
                yield running
                for task in tasks:
                    task.cancel()
    finally:
        running.close()
        looking.close()
        index_thread.close()


async def _camera(source: Source, around: Surroundings, running: Watched, noting: bool) -> None:  # noqa: FBT001
    kind = NotingLink if noting else CameraLink
    link = kind(source, IngestOptions(), around.clock, around.counters)
    options = CameraOptions(
        detect_fps=source.detect_fps,
        tracker=TrackerOptions(),
        face=BestShotOptions(least=0.35),
        body=BestShotOptions(),
        fragments=FragmentOptions(),
        backoff=Backoff(),
    )
    camera = Camera(source.id, link, options, around)
    if isinstance(link, NotingLink):
        camera._tracker = tracker = NotingTracker(options.tracker)
        running.links.append(link)
        running.trackers.append(tracker)
    await camera.run()
