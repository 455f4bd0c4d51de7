"""A box asked over MQTT while four cameras are looked at, all of it in processes of its own.

Broker, RTSP server and daemon are those of the demonstration; its client sends the questions. A
question is over when its hits have been read: command, first answer, end, hits.
"""

import os
import re
import time
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from scripts.demonstration.asking import Asker, asking
from scripts.demonstration.cast import Cast, cast_from_test_data
from scripts.demonstration.footage import scenes_of
from scripts.demonstration.stage import Stage, start_broker, start_cameras, start_daemon
from tests.benchmarks.processor_time import of_family
from tests.benchmarks.setting import Setting

CAMERAS = 4
QUESTIONS = 40
WARM_UP_S = 20.0
WITHIN_S = 60.0

_TOLD = re.compile(r"search \w+: .* ms \((.*)\)")


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of the questions.

    Attributes:
        seconds: of each, in order.
        remembered: tracks with a picture at the end.
        succeeded: questions that were compared with somebody.
        load: the machine's load average (1 min) at the end.
        stages: milliseconds of each question by stage: those the asker sees, and those of the end
            that the box's log tells.
        processor: seconds of the box's own processes (daemon and camera workers) per second.
    """

    seconds: list[float]
    remembered: int
    succeeded: int
    load: float
    stages: dict[str, list[float]]
    processor: float


def asked_over_mqtt(setting: Setting, folder: Path) -> Asked:
    """Start everything, let people be remembered, and ask.

    Raises:
        SystemExit: there is nobody to show.
    """
    cast = cast_from_test_data(setting.need_data())
    if cast is None:
        raise SystemExit("there is no watchlist_1n.txt under labelled/: nobody to ask for")
    scenes = list(scenes_of(cast, setting.scratch() / "scenes", setting.console).values())
    clips = {f"camera-{number}": scenes[number % len(scenes)] for number in range(CAMERAS)}
    models = folder / "models"
    with Stage(folder / "run") as stage:
        broker = start_broker(stage)
        cameras = start_cameras(stage, clips)
        start_daemon(stage, cameras=cameras, broker=broker, pack=setting.pack, models=models)
        with asking(broker) as asker:
            _wait_for_people(asker)
            daemon = stage.pid("edge-agent")
            busy, began = of_family(daemon), time.monotonic()
            asked = _ask(asker, cast)
            busy = (of_family(daemon) - busy) / (time.monotonic() - began)
        told = told_stages((stage.folder / "logs" / "edge-agent.log").read_text())
        return replace(asked, stages={**asked.stages, **told}, processor=busy)


def _wait_for_people(asker: Asker) -> None:
    began = time.monotonic()
    while time.monotonic() - began < WITHIN_S:
        tracks = asker.ask("track.query", limit=200)["tracks"]
        seen = {track["camera"] for track in tracks if track["face"] or track["body"]}
        if len(seen) == CAMERAS and time.monotonic() - began > WARM_UP_S:
            return
        time.sleep(1)
    raise SystemExit(f"not every camera showed somebody within {WITHIN_S:g} s")


def _ask(asker: Asker, cast: Cast) -> Asked:
    pictures = [cv2.imencode(".jpg", portrait)[1].tobytes() for portrait in cast.portraits]
    seconds, succeeded = [], 0
    stages = defaultdict[str, list[float]](list)
    for number in range(QUESTIONS + 1):
        began = time.perf_counter()
        job = asker.search(pictures[number % len(pictures)])
        if number:  # the first one warms up
            seconds.append(time.perf_counter() - began)
            succeeded += job["state"] == "succeeded"
            for name, took in asker.steps.items():
                stages[name].append(took * 1000)
        time.sleep(0.2)
    counts = asker.ask("box.status")["counts"]
    return Asked(seconds, counts["tracks"], succeeded, os.getloadavg()[0], dict(stages), 0.0)


def told_stages(log: str) -> dict[str, list[float]]:
    """Milliseconds by stage of every search but the first, as the daemon's log tells them."""
    stages = defaultdict[str, list[float]](list)
    for told in _TOLD.findall(log)[1:]:
        for part in told.split(", "):
            name, _, took = part.rpartition(" ")
            stages[f"box: {name}"].append(float(took))
    return dict(stages)
