"""What a camera costs: the motion gate and the conversion against the decoder; the whole worker.

Times are processor time of one thread or one process, so that a busy machine distorts them less
than it would a stopwatch; only their ratios within one run are compared. The floor is PyAV reading
and decoding the same frames on one thread.
"""

import asyncio
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from edge_agent.ingest.gate import MotionGate, luma_cells
from edge_agent.ingest.link import CameraLink
from edge_agent.ingest.picture_watch import PictureWatch
from edge_agent.ingest.planes import first_plane
from edge_agent.ingest.source import IngestOptions, Source
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from tests.benchmarks.report import Report
from tests.benchmarks.setting import Setting

REPEATS = 5
FRAMES = 100
WATCHED_S = 12.0
SETTLE_S = 2.0
CAMERA = "bench"


@dataclass(slots=True)
class Spent:
    """Processor time per frame of one clip, in milliseconds, one value per repeat."""

    decode: list[float] = field(default_factory=list)
    gate: list[float] = field(default_factory=list)
    convert: list[float] = field(default_factory=list)


def run(setting: Setting) -> Report:
    """Measure one clip per codec and size, and the worker on the one with most pixels."""
    report = Report("ingest")
    clips = _one_per_kind(setting.need_data())
    if not clips:
        raise SystemExit("there is no clip under footage/")
    ratios = []
    for kind, clip in clips.items():
        with setting.console.status(kind):
            spent = _spent(clip)
        decode, gate = statistics.median(spent.decode), statistics.median(spent.gate)
        ratios.append(_ratio(spent.gate, spent.decode))
        report.fact(
            kind,
            f"decode {decode:.2f} ms, gate {gate:.3f} ms ({ratios[-1]:.1%}), conversion"
            f" {statistics.median(spent.convert):.2f} ms"
            f" ({_ratio(spent.convert, spent.decode):.0%}) of a frame",
        )
    with setting.console.status("one worker"):
        _worker(report, list(clips.values())[-1])
    report.fact(
        "gate / decode, least and most of all clips", f"{min(ratios):.1%}, {max(ratios):.1%}"
    )
    report.target("gate / decode, middle of all clips", statistics.median(ratios), "", "<= 0.1")
    return report


def _one_per_kind(data: Path) -> dict[str, Path]:
    """The longest clip of each codec and size, by codec and size; the most pixels last."""
    found: dict[tuple[int, str], tuple[int, Path]] = {}
    for path in sorted((data / "footage").glob("*.mp4")):
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            name = f"{stream.codec_context.name} {stream.width} x {stream.height}"
            key = (stream.width * stream.height, name)
            found[key] = max(found.get(key, (0, path)), (stream.frames, path))
    return {name: found[pixels, name][1] for pixels, name in sorted(found)}


def _ratio(part: list[float], whole: list[float]) -> float:
    return statistics.median(one / other for one, other in zip(part, whole, strict=True))


def _spent(clip: Path) -> Spent:
    spent = Spent()
    for _ in range(REPEATS):
        _measure(clip, spent)
    return spent


def _measure(clip: Path, spent: Spent) -> None:
    """Do to each frame what a worker does, in the same order and on one thread."""
    options = IngestOptions()
    source = Source(id=CAMERA, url=str(clip))
    gate, watch = MotionGate(options.gate, source.detect_fps), PictureWatch(options.watch)
    reformatter, slot = VideoReformatter(), np.empty(0, np.uint8)
    decoded = gated = converted = 0.0
    count = 0
    before = time.thread_time()
    for picture, at_ms in _pictures(clip):
        after_decoding = time.thread_time()
        if gate.due(at_ms):
            cells = luma_cells(picture)
            watch.look(cells, at_ms)
            gate.admits(cells, at_ms, attentive=False)
        after_gate = time.thread_time()
        slot.resize((picture.height, picture.width * 3), refcheck=False)
        bgr = reformatter.reformat(picture, picture.width, picture.height, "bgr24", threads=1)
        np.copyto(slot, first_plane(bgr)[:, : picture.width * 3])
        after_conversion = time.thread_time()
        decoded += after_decoding - before
        gated += after_gate - after_decoding
        converted += after_conversion - after_gate
        count += 1
        before = time.thread_time()
    for kept, total in (
        (spent.decode, decoded),
        (spent.gate, gated),
        (spent.convert, converted),
    ):
        kept.append(total * 1000 / count)


def _pictures(clip: Path, most: int = FRAMES) -> Iterator[tuple[av.VideoFrame, int]]:
    """Frames and their source time in ms, decoded as a worker decodes: on the calling thread."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        count = 0
        for packet in container.demux(stream):
            for picture in stream.codec_context.decode(packet):
                yield picture, round((picture.time or 0.0) * 1000)
                count += 1
            if count >= most:
                return


@dataclass(frozen=True, slots=True)
class Watched:
    """What one worker did within some seconds.

    Attributes:
        processor_s: seconds of processor time of its process.
        decoded: frames.
        delivered: frames that were converted and handed over.
    """

    processor_s: float
    decoded: float
    delivered: float


def _worker(report: Report, clip: Path) -> None:
    watched = asyncio.run(_watched(clip))
    began, frames = time.thread_time(), 0
    for _ in _pictures(clip, most=10_000):
        frames += 1
    floor = (time.thread_time() - began) / frames * watched.decoded
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or 0)
        report.fact("worker, clip", f"{stream.width} x {stream.height}, {rate:.0f} fps")
    report.fact("worker, seconds watched", WATCHED_S)
    report.fact("worker, frames decoded", watched.decoded)
    report.fact("worker, frames delivered", watched.delivered)
    report.fact("worker, share of one core", watched.processor_s / WATCHED_S)
    report.fact("PyAV alone, share of one core", floor / WATCHED_S)
    report.fact("worker / PyAV alone", watched.processor_s / floor)


async def _watched(clip: Path) -> Watched:
    """Play the clip as a camera in real time and look at its worker from outside."""
    counters = Counters()
    link = CameraLink(Source(id=CAMERA, url=str(clip)), IngestOptions(), SystemClock(), counters)
    try:
        async with asyncio.TaskGroup() as group:
            life = group.create_task(link.run())
            link.release(await link.frame())
            looking = group.create_task(_look(link))
            await asyncio.sleep(SETTLE_S)
            before = _counted(counters)
            await asyncio.sleep(WATCHED_S)
            after = _counted(counters)
            looking.cancel()
            life.cancel()
    finally:
        link.close()
    return Watched(*(late - early for late, early in zip(after, before, strict=True)))


async def _look(link: CameraLink) -> None:
    while True:
        link.release(await link.frame())


def _counted(counters: Counters) -> tuple[float, float, float]:
    frames = counters.counter("edge_agent_frames_total", "")
    return (
        _processor_seconds_of_children(),
        frames.get(camera=CAMERA, stage="decoded"),
        frames.get(camera=CAMERA, stage="delivered"),
    )


def _processor_seconds_of_children() -> float:
    """Of the living ones, as proc_pid_stat(5) counts them: in hundredths of a second."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid():
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
