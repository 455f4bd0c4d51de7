"""From a good view to searchable: updates through `pipeline.Memory` with real vision and storage.

The floor is what cannot be left out: embedding the same pictures on one thread, and writing the
same files with an fsync for each; measured before and after, the faster of both counts. What is
searchable is also durable, so the latency of one update includes every fsync on the way.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import av
import numpy as np

from edge_agent.domain.detection import Floats, Image, Seen
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex
from edge_agent.media import encode_jpeg
from edge_agent.pipeline.memory import Memory, MemoryOptions
from edge_agent.pipeline.update import Look, Update
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.store import Store
from edge_agent.vision.threads import VisionThreads, VisionThreadsOptions
from edge_agent.vision.vision import Vision
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting

ALONE = 60
TOGETHER = 128
FRAMES_PER_CLIP = 12
MARGIN = 0.3


@dataclass(frozen=True, slots=True)
class Took:
    """What was measured.

    Attributes:
        alone_s: of each update that was handed in while nothing else waited.
        together_s: of all that were handed in at once.
        vectors: in the index at the end.
    """

    alone_s: list[float]
    together_s: float
    vectors: int


def run(setting: Setting) -> Report:
    """Take people out of footage, remember them one by one and all at once."""
    report = Report("remember")
    vision = setting.vision()
    with setting.console.status("taking people out of footage"):
        people = [looks for looks in _people(vision, setting.need_data()) if looks]
    if not people:
        raise SystemExit("nobody was found in footage/")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder:
        same = list(islice(cycle(people), TOGETHER))
        with setting.console.status("remembering"):
            before = _floor(vision, same, Path(folder) / "before")
            took = asyncio.run(_remember(vision, people, Path(folder) / "state"))
            after = _floor(vision, same, Path(folder) / "after")
    floor = min(before, after, key=sum)
    report.fact("people taken out of footage", len(people))
    report.fact("pictures per update", statistics.fmean(map(len, people)))
    report.fact("one alone, median ms", statistics.median(took.alone_s) * 1000)
    report.fact("many at once, updates per second", TOGETHER / took.together_s)
    report.fact("floor, updates per second", TOGETHER / sum(floor))
    report.fact("floor, share of it that is embedding", floor[0] / sum(floor))
    report.fact("time of many at once / floor", took.together_s / sum(floor))
    report.fact("vectors that can be searched", took.vectors)
    late = quantile(took.alone_s, 0.95) * 1000
    report.target("one alone, put to searchable, p95", late, "ms", "<= 500")
    missing = sum(map(len, islice(cycle(people), ALONE + TOGETHER))) - took.vectors
    report.target("vectors that cannot be found afterwards", missing, "", "<= 0")
    return report


def _people(vision: Vision, data: Path) -> Iterator[list[Look]]:
    """The pictures that a camera would keep of everybody in some frames of every clip."""
    for clip in sorted((data / "footage").glob("*.mp4")):
        for image in _some_frames(clip):
            seen = vision.detect(image)
            yield from _kept(vision, image, seen)


def _some_frames(clip: Path) -> Iterator[Image]:
    with av.open(str(clip)) as container:
        frames = container.streams.video[0].frames
        step = max(1, frames // FRAMES_PER_CLIP)
        for number, frame in enumerate(container.decode(video=0)):
            if number % step == 0:
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def _kept(vision: Vision, image: Image, seen: Seen) -> Iterator[list[Look]]:
    bodies = seen.bodies[vision.body_quality(image, seen.bodies) > 0]
    for box in bodies.xyxy:
        looks = [_look(Part.BODY, image, box, None)]
        faces = seen.faces
        middle = (faces.xyxy[:, :2] + faces.xyxy[:, 2:]) / 2
        inside = ((middle >= box[:2]) & (middle <= box[2:])).all(axis=1)
        looks += [
            _look(Part.FACE, image, faces.xyxy[row], faces.landmarks[row])
            for row in np.flatnonzero(inside)[:1]
        ]
        yield looks


def _look(part: Part, image: Image, xyxy: Floats, landmarks: Floats | None) -> Look:
    height, width = image.shape[:2]
    extra = (xyxy[2:] - xyxy[:2]) * MARGIN
    left, top = np.clip(xyxy[:2] - extra, 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(xyxy[2:] + extra, (left + 1, top + 1), (width, height)).astype(int)
    origin = np.array([left, top], np.float32)
    return Look(
        part=part,
        at_ms=0,
        quality=0.8,
        crop=image[top:bottom, left:right].copy(),
        xyxy=np.asarray(xyxy - np.tile(origin, 2), np.float32),
        landmarks=None if landmarks is None else np.asarray(landmarks - origin, np.float32),
    )


async def _remember(vision: Vision, people: Sequence[Sequence[Look]], folder: Path) -> Took:
    clock, counters, index = SystemClock(), Counters(), VectorIndex()
    threads = VisionThreads(vision, VisionThreadsOptions(), clock, counters)
    index_thread = OneThread("index")
    try:
        async with await Store.open(folder, clock=clock) as store:
            memory = Memory(
                store=store,
                embedder=threads,
                index=index,
                index_thread=index_thread,
                options=MemoryOptions(),
                clock=clock,
                counters=counters,
            )
            async with memory.running():
                alone, together = await _measured(memory, people, clock)
            return Took(alone, together, len(index))
    finally:
        index_thread.close()
        threads.close()


async def _measured(
    memory: Memory, people: Sequence[Sequence[Look]], clock: SystemClock
) -> tuple[list[float], float]:
    every = cycle(people)
    alone: list[float] = []
    for looks in islice(every, ALONE):
        update = _update(looks, clock.now_ms())
        began = clock.monotonic()
        await memory.put(update)
        await memory.drained()
        alone.append(clock.monotonic() - began)
    updates = [_update(looks, clock.now_ms()) for looks in islice(every, TOGETHER)]
    began = clock.monotonic()
    for update in updates:
        await memory.put(update)
    await memory.drained()
    return alone, clock.monotonic() - began


def _update(looks: Sequence[Look], now_ms: int) -> Update:
    track = Track(
        id=new_id(now_ms),
        camera="bench",
        start_ms=now_ms - 1000,
        end_ms=now_ms,
        state=TrackState.ENDED,
        face=None,
        body=None,
        fragment=None,
    )
    fresh = [replace(look, at_ms=now_ms) for look in looks]
    return Update(track=track, looks=fresh, fragments=frozenset())


def _floor(vision: Vision, people: Sequence[Sequence[Look]], folder: Path) -> tuple[float, float]:
    """Seconds of embedding, and of writing: a file with an fsync for each picture."""
    looks = [look for one in people for look in one]
    began = time.perf_counter()
    for look in looks:
        if look.landmarks is None:
            vision.embed_bodies(look.crop, look.xyxy[None])
        else:
            vision.embed_faces(look.crop, look.landmarks[None])
    embedding = time.perf_counter() - began
    files = [encode_jpeg(look.crop, MemoryOptions().jpeg_quality) for look in looks]
    folder.mkdir()
    began = time.perf_counter()
    for number, data in enumerate(files):
        with (folder / str(number)).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    return embedding, time.perf_counter() - began
