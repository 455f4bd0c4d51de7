"""Sixteen cameras, one flooding, for twenty minutes: fair turns, flat memory, no lost frame.

Five still, five quiet and five busy scenes at 720p15, and a busy one at 60 frames per second whose
camera asks for all of them to be looked at, through the real workers, models, tracker, clips and
memory. `--minutes` says for how long (20); a quarter of it is warm-up. What counts as starving: a
busy camera that in some minute is looked at less often than `vision.floor_fps` says.
"""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from edge_agent.ingest import Source
from edge_agent.pipeline.turns import TurnOptions
from tests.benchmarks.metered import MeteredVision
from tests.benchmarks.processor_time import Memory, memory_of
from tests.benchmarks.report import Report
from tests.benchmarks.scenes import make_flood, make_scenes
from tests.benchmarks.setting import Setting
from tests.benchmarks.watched_cameras import Watched, watched
from tests.support.links import worker_pids

OF_EACH = 5
FLOOD = "flood-0"
FLOOD_FPS = 60
WARM_UP = 0.25
LOOK_EVERY_S = 10.0
WINDOW = 6
"""Samples in a minute."""

MIB = 1 << 20
FATES = ("gated", "superseded", "dropped", "inferred", "failed")
UNDER_WAY = 4


@dataclass(slots=True)
class Sample:
    """One look from outside.

    Attributes:
        at: seconds.
        daemon: memory of this process.
        workers: memory of all workers.
        inferred: frames so far, by camera.
        under_way: frames without a fate, by camera.
    """

    at: float
    daemon: Memory
    workers: Memory
    inferred: dict[str, float]
    under_way: dict[str, float]


@dataclass(slots=True)
class Soak:
    """Everything that was sampled, and what was left at the end."""

    samples: list[Sample] = field(default_factory=list)
    left: dict[str, float] = field(default_factory=dict)


def run(setting: Setting) -> Report:
    """Soak, then judge."""
    report = Report("soak")
    vision = MeteredVision(setting.vision())
    with setting.console.status("making scenes"):
        scenes = make_scenes(setting.need_data(), setting.scratch() / "scenes", vision)
        flood = make_flood(scenes[-1], FLOOD_FPS)
    sources = [
        Source(id=f"{scene.name}-{number}", url=str(scene.clip))
        for scene in scenes
        for number in range(OF_EACH)
    ]
    sources.append(Source(id=FLOOD, url=str(flood), detect_fps=FLOOD_FPS))
    soak = asyncio.run(_soaked(setting, vision, sources))
    _judge(report, soak, len(sources))
    return report


async def _soaked(setting: Setting, vision: MeteredVision, sources: list[Source]) -> Soak:
    soak = Soak()
    names = [source.id for source in sources]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder:
        state = Path(folder) / "state"
        async with watched(state, vision, sources, noting=False) as running:
            await _sampled(soak, running, names, setting.minutes * 60, setting.console)
        soak.left = {name: _under_way(running, name) for name in names}
    return soak


async def _sampled(
    soak: Soak, running: Watched, names: list[str], seconds: float, console: Console
) -> None:
    began = time.monotonic()
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("soaking", total=seconds)
        while (passed := time.monotonic() - began) < seconds:
            progress.update(task, completed=passed)
            await asyncio.sleep(LOOK_EVERY_S)
            soak.samples.append(_sample(running, names))


def _sample(running: Watched, names: list[str]) -> Sample:
    return Sample(
        at=time.monotonic(),
        daemon=memory_of([os.getpid()]),
        workers=memory_of(worker_pids()),
        inferred={name: running.frames(name).get("inferred", 0) for name in names},
        under_way={name: _under_way(running, name) for name in names},
    )


def _under_way(running: Watched, name: str) -> float:
    frames = running.frames(name)
    return frames.get("decoded", 0) - sum(frames.get(fate, 0) for fate in FATES)


def _judge(report: Report, soak: Soak, cameras: int) -> None:
    warm = soak.samples[int(len(soak.samples) * WARM_UP) :]
    first, last = warm[0], warm[-1]
    rates = _rates(first, last)
    busy = {name: rate for name, rate in rates.items() if name.startswith("busy")}
    report.fact("minutes after warm-up", (last.at - first.at) / 60)
    report.fact(
        "frames inferred per second", {name: round(rate, 2) for name, rate in rates.items()}
    )
    report.fact("daemon, PSS in MiB at first and last", _first_and_last(warm, workers=False))
    report.fact("workers, PSS in MiB at first and last", _first_and_last(warm, workers=True))
    report.fact("PSS per camera, MiB", last.workers.everything / MIB / cameras)
    worst = min(_lowest(warm, name) for name in busy)
    floor = TurnOptions().floor_fps
    report.target("busy cameras, the worst minute of the worst", worst, "fps", f">= {floor}")
    report.target(
        "busy cameras, least / most", min(busy.values()) / max(busy.values()), "", ">= 0.8"
    )
    for who, sizes in (
        ("daemon", [one.daemon.own for one in warm]),
        ("workers", [one.workers.own for one in warm]),
    ):
        report.target(f"{who}: own memory, growth", _growth(sizes), "%", "<= 5")
    worst_balance = max(max(abs(n) for n in one.under_way.values()) for one in soak.samples)
    negative = min(min(one.under_way.values()) for one in soak.samples)
    report.target("frames under way, most of any camera", worst_balance, "", f"<= {UNDER_WAY}")
    report.target("frames with more than one fate", -negative, "", "<= 0")
    report.target("frames without a fate in the end", max(soak.left.values()), "", "<= 0")


def _rates(first: Sample, last: Sample) -> dict[str, float]:
    seconds = max(1e-9, last.at - first.at)
    return {name: (last.inferred[name] - first.inferred[name]) / seconds for name in last.inferred}


def _lowest(samples: list[Sample], name: str) -> float:
    """The lowest rate of a camera in any minute; in all of the time where that is shorter."""
    window = min(WINDOW, len(samples) - 1)
    pairs = zip(samples, samples[window:], strict=False)
    return min(_rates(before, after)[name] for before, after in pairs)


def _first_and_last(samples: list[Sample], *, workers: bool) -> str:
    of = [(one.workers if workers else one.daemon).everything / MIB for one in samples]
    return f"{of[0]:.1f}, {of[-1]:.1f} (most {max(of):.1f})"


def _growth(sizes: list[int]) -> float:
    """Percent from the first fifth to the last, medians: a clip or a search comes and goes."""
    fifth = max(1, len(sizes) // 5)
    before, after = sorted(sizes[:fifth])[fifth // 2], sorted(sizes[-fifth:])[fifth // 2]
    return (after / before - 1) * 100
