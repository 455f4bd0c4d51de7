"""Cameras that watch a scene of two photographed people, with everything behind them real."""

import asyncio
import contextlib
import itertools
import math
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from typing_extensions import override

from edge_agent.domain.detection import Image, Seen
from edge_agent.domain.polygon import Polygon
from edge_agent.index import VectorIndex
from edge_agent.ingest import CameraLink, Source
from edge_agent.media import write_h264_clip
from edge_agent.pipeline.camera import Camera, CameraOptions, Surroundings
from edge_agent.pipeline.memory import Memory, MemoryOptions
from edge_agent.pipeline.recorder import FragmentOptions
from edge_agent.pipeline.turns import TurnOptions, Turns
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.outbox import events_after
from edge_agent.storage.store import Store
from edge_agent.tracking.best import BestShotOptions
from edge_agent.tracking.tracker import TrackerOptions
from edge_agent.vision import Vision, VisionFailed, VisionThreads, VisionThreadsOptions
from scripts.demonstration.scenes import PORTRAIT, shown_portrait
from tests.support.links import QUICK
from tests.support.rtsp import number_of

LOST_MS = 1000
SHORT = FragmentOptions(post_roll=0.5, longest=60.0)


def two_people(path: Path, portraits: list[Image], *, larger: int = 1) -> Path:
    """Write a clip, to be looped, of two portraits that sway without ever leaving.

    Its pictures are 800 x 400, or `larger` times as wide and high.
    """
    frames = _swaying([shown_portrait(each) for each in portraits])
    size = (800 * larger, 400 * larger)
    resized = (np.asarray(cv2.resize(frame, size), np.uint8) for frame in frames)
    write_h264_clip(path, resized, fps=10, gop=5)
    return path


def _swaying(portraits: list[Image]) -> Iterator[Image]:
    for step in range(30):
        frame = np.full((400, 800, 3), 120, np.uint8)
        for portrait, x in zip(portraits, (40, 440), strict=True):
            left = x + round(10 * math.sin(2 * math.pi * step / 30))
            frame[40 : 40 + PORTRAIT, left : left + PORTRAIT] = portrait
        yield frame


class Blinking(Vision):
    """Sees what another one sees, unless it is told to fail.

    Attributes:
        blind: every look at a frame fails.
    """

    def __init__(self, sighted: Vision) -> None:
        self.__dict__.update(vars(sighted))
        self.blind = False

    @override
    def detect(self, image: Image, least_body: float | None = None) -> Seen:
        if self.blind:
            raise VisionFailed("the model is gone")
        return super().detect(image, least_body)


@dataclass
class Watching:
    """What cameras need, and what they have told."""

    store: Store
    vision: VisionThreads
    memory: Memory
    url: str
    counters: Counters
    detect_url: str = ""
    stalled_after: float = 60.0
    masks: tuple[Polygon, ...] = ()
    fragments: FragmentOptions = SHORT

    def camera(self, name: str = "door") -> Camera:
        """A camera that shows the scene; run it."""
        options = CameraOptions(
            detect_fps=10.0,
            stalled_after=self.stalled_after,
            tracker=TrackerOptions(lost_ms=LOST_MS),
            face=BestShotOptions(),
            body=BestShotOptions(),
            fragments=self.fragments,
            backoff=Backoff(first=0.05, longest=0.1),
        )
        source = Source(
            id=name,
            url=self.url,
            detect_url=self.detect_url,
            detect_fps=10.0,
            masks=self.masks,
        )
        clock = SystemClock()
        around = Surroundings(
            store=self.store,
            vision=self.vision,
            turns=Turns(TurnOptions(side_by_side=1), clock, self.counters),
            memory=self.memory,
            recording_allowed=lambda: True,
            clock=clock,
            counters=self.counters,
        )
        return Camera(name, CameraLink(source, QUICK, clock, self.counters), options, around)

    async def told(self, prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
        """Kind and data of every event so far whose kind begins with `prefix`."""
        return await told(self.store, prefix)

    async def until_rows(self, sql: str, count: int = 1) -> list[Any]:
        """Wait until a query has so many rows."""
        return await until_rows(self.store, sql, count)


@contextlib.asynccontextmanager
async def watching(folder: Path, sighted: Vision, clip: Path) -> AsyncIterator[Watching]:
    """A store, vision, an index and a memory; cameras must have stopped when the block ends."""
    clock, counters = SystemClock(), Counters()
    vision = VisionThreads(sighted, VisionThreadsOptions(threads=1), clock, counters)
    thread = OneThread("index")
    try:
        async with await Store.open(folder, clock=clock) as store:
            memory = Memory(
                store=store, embedder=vision, index=VectorIndex(), index_thread=thread,
                options=MemoryOptions(), clock=clock, counters=counters,
            )  # fmt: skip
            async with memory.running():
                yield Watching(store, vision, memory, str(clip), counters)
    finally:
        vision.close()
        thread.close()


async def told(store: Store, prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Kind and data of every event so far whose kind begins with `prefix`."""
    rows = await events_after(store, 0, 1000)
    return [(row.kind, dict(row.data)) for row in rows if row.kind.startswith(prefix)]


async def until_rows(store: Store, sql: str, count: int = 1) -> list[Any]:
    """Wait until a query on tracks, fragments, cameras or events has so many rows."""
    async with asyncio.timeout(30):
        while len(found := await store.rows(sql)) < count:  # noqa: ASYNC110 - many tables
            await asyncio.sleep(0.05)
    return list(found)


def numbers_in(path: Path) -> list[int]:
    """The numbers of a clip's frames, see `numbered_clip`."""
    with av.open(path) as clip:
        pictures = [frame.to_ndarray(format="bgr24") for frame in clip.decode(video=0)]
    return [number_of(np.asarray(picture, np.uint8)) for picture in pictures]


def in_a_row(found: list[int], frames: int = 100) -> bool:
    """Whether no frame of a looped clip is missing."""
    return all((later - sooner) % frames == 1 for sooner, later in itertools.pairwise(found))
