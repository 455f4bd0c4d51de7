"""What a camera costs: processor time by stage, beside the floor and beside the obvious loop.

1, 4, 8 and 16 cameras at 720p15 in a still, a quiet and a busy scene, through the real workers,
models, tracker, clips and memory. The floor is a raw decoder of the same file, which runs beside
the cameras, plus the time that onnxruntime itself took for the frames that were really inferred
and the pictures that were really embedded. Only processor time is compared, per second of video
that was decoded, so that a busy machine distorts little. `--quick` leaves out 8 and 16.
"""

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from edge_agent.ingest import Source
from edge_agent.vision.vision import VisionOptions
from tests.benchmarks.found_people import found, people_in
from tests.benchmarks.metered import MeteredVision
from tests.benchmarks.obvious_loop import Walked, walk
from tests.benchmarks.report import Report
from tests.benchmarks.scenes import FPS, Scene, make_scenes
from tests.benchmarks.setting import Setting
from tests.benchmarks.watched_cameras import Spent, Watched, watched

CAMERAS = (1, 4, 8, 16)
FEW = (1, 4)
WARM_UP_S = 5.0
STAGES = (
    "decode", "gate, read, record", "convert", "infer", "prepare", "quality, looks", "embed",
    "track, remember",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time per camera second.

    Attributes:
        stages: by name, as `STAGES`.
        floor: decoding and inference that cannot be left out.
        inferred: frames inferred per camera second.
        recall: share of the obvious loop's people that were found; 1 where it found nobody.
    """

    stages: dict[str, float]
    floor: float
    inferred: float
    recall: float

    @property
    def total(self) -> float:
        """All stages together."""
        return sum(self.stages.values())


def run(setting: Setting) -> Report:
    """Every scene with every number of cameras."""
    report = Report("vision")
    vision = MeteredVision(setting.vision())
    as_published = setting.vision(VisionOptions(fitted_bodies=False))
    with setting.console.status("making scenes"):
        scenes = make_scenes(setting.need_data(), setting.scratch() / "scenes", vision)
    costs: dict[tuple[str, int], Cost] = {}
    for scene in scenes:
        with setting.console.status(f"{scene.name}: the obvious loop"):
            obvious = walk(scene, as_published)
        for cameras in FEW if setting.quick else CAMERAS:
            with setting.console.status(f"{scene.name}: {cameras} cameras"):
                cost = asyncio.run(_measured(setting, vision, scene, cameras, obvious))
            costs[scene.name, cameras] = cost
            _note(report, scene, cameras, cost, obvious)
    _judge(report, scenes, costs)
    _show(setting.console, costs)
    return report


async def _measured(
    setting: Setting, vision: MeteredVision, scene: Scene, cameras: int, obvious: Walked
) -> Cost:
    sources = [Source(id=f"camera-{number}", url=str(scene.clip)) for number in range(cameras)]
    with tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder:
        async with watched(Path(folder) / "state", vision, sources) as running:
            while len(running.trackers) < cameras or not running.frames().get("decoded"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            await asyncio.sleep(WARM_UP_S)
            before = running.spent()
            since_ms = _now_ms(running)
            await asyncio.sleep(scene.seconds + 1.0)  # counts come once a second
            spent = running.spent().since(before)
            recall = _recall(running, scene, obvious, since_ms)
    return _cost(spent, recall)


def _now_ms(running: Watched) -> int:
    return max((max(link.source_ms, default=0) for link in running.links), default=0)


def _recall(running: Watched, scene: Scene, obvious: Walked, since_ms: int) -> float:
    people = people_in(obvious.moments)
    if not people:
        return 1.0
    hits: list[bool] = []
    for camera in range(len(running.links)):
        moments = running.moments(camera, scene.seconds * 1000, since_ms)
        hits += found(people, moments, 1000 / FPS)
    return sum(hits) / len(hits)


def _cost(spent: Spent, recall: float) -> Cost:
    decoded = max(1.0, spent.frames.get("decoded", 0))
    ms = 1000 * FPS / decoded  # seconds in all to milliseconds per camera second
    took = {name: spent.seconds.get(name, 0.0) for name in _METERED}
    decode = spent.floor / max(1, spent.floor_frames) * decoded
    looks = spent.vision - took["detect"] - took["embed"]
    stages = (
        decode,
        spent.reading - decode,
        spent.converting,
        took["raw detect"],
        took["detect"] - took["raw detect"],
        looks,
        took["embed"],
        spent.watching - spent.vision,
    )
    return Cost(
        stages={name: value * ms for name, value in zip(STAGES, stages, strict=True)},
        floor=(decode + took["raw detect"] + took["raw embed"]) * ms,
        inferred=spent.calls.get("detect", 0) * FPS / decoded,
        recall=recall,
    )


_METERED = ("detect", "raw detect", "embed", "raw embed")


def _note(report: Report, scene: Scene, cameras: int, cost: Cost, obvious: Walked) -> None:
    name = f"{scene.name}, {cameras}"
    report.fact(f"{name}: ms per camera second", cost.total)
    report.fact(
        f"{name}: by stage", {stage: round(value, 2) for stage, value in cost.stages.items()}
    )
    report.fact(f"{name}: / floor", cost.total / cost.floor)
    report.fact(f"{name}: obvious loop / this", obvious.per_frame_s * FPS * 1000 / cost.total)
    report.fact(f"{name}: frames inferred per camera second", cost.inferred)
    report.fact(f"{name}: people found of the obvious loop's", cost.recall)


def _judge(report: Report, scenes: Sequence[Scene], costs: dict[tuple[str, int], Cost]) -> None:
    for scene in scenes:
        ours = {count: cost for (name, count), cost in costs.items() if name == scene.name}
        ratios = [cost.total / cost.floor for cost in ours.values()]
        report.target(f"{scene.name}: cost / floor, worst", max(ratios), "", "<= 1.15")
        gains = [report.facts[f"{scene.name}, {count}: obvious loop / this"] for count in ours]
        report.target(f"{scene.name}: cameras per core / obvious loop", min(gains), "", ">= 3")
        recalls = [cost.recall for cost in ours.values()]
        report.target(f"{scene.name}: people found, worst", min(recalls), "", ">= 0.95")


def _show(console: Console, costs: dict[tuple[str, int], Cost]) -> None:
    table = Table(
        "scene",
        "cameras",
        *STAGES,
        "total",
        "floor",
        "ratio",
        title="ms of processor time per camera second",
    )
    for (name, count), cost in costs.items():
        values = [cost.stages[stage] for stage in STAGES] + [cost.total, cost.floor]
        table.add_row(
            name,
            str(count),
            *(f"{value:.1f}" for value in values),
            f"{cost.total / cost.floor:.2f}",
        )
    console.print(table)
