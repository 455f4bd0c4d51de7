"""Stored pictures embedded anew: how near to the vectors made of the frames, and how fast.

Every face and body that is good enough to keep, in photographs (one of each person under
`labelled/*/images/`) and in footage (every tenth frame), is stored as the box would store it and
embedded again: with the marks that are stored beside it, and without, as of pictures that older
versions stored. `--quick` takes a tenth of the photographs.
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.vector import Part
from edge_agent.media import decode_picture, encode_jpeg
from edge_agent.pipeline.embedding import marks_of
from edge_agent.pipeline.memory import MemoryOptions
from edge_agent.pipeline.sighting import Sight, look_of
from edge_agent.pipeline.update import Look
from edge_agent.settings import default_settings
from edge_agent.vision.vision import Vision
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting

EVERY = 10
PROMISED = {(Part.FACE, "marked"): 0.95, (Part.BODY, "marked"): 0.99}
"""Least medians; of pictures without marks nothing is promised."""


class Likenesses:
    """Similarities of vectors made anew to those of the frames; None where there is none."""

    def __init__(self, vision: Vision) -> None:
        self._vision = vision
        self.found: dict[tuple[str, Part, str], list[float | None]] = defaultdict(list)
        self.took_ms: dict[tuple[Part, str], list[float]] = defaultdict(list)

    def take(self, source: str, image: Image) -> None:
        """Store and embed everybody in a frame who is good enough."""
        vision, settings = self._vision, default_settings()
        seen = vision.detect(image)
        sight = Sight(
            image=image,
            at_ms=0,
            seen=seen,
            face_quality=vision.face_quality(image, seen.faces),
            body_quality=vision.body_quality(image, seen.bodies),
            fragment=None,
        )
        for row in np.flatnonzero(sight.face_quality >= settings.face_shot.least):
            true = vision.embed_faces(image, seen.faces.landmarks[[row]])[0]
            self._again(source, look_of(sight, Part.FACE, int(row), 1.0), true)
        for row in np.flatnonzero(sight.body_quality >= settings.body_shot.least):
            true = vision.embed_bodies(image, seen.bodies.xyxy[[row]])[0]
            self._again(source, look_of(sight, Part.BODY, int(row), 1.0), true)

    def _again(self, source: str, look: Look, true: Floats) -> None:
        stored = decode_picture(encode_jpeg(look.crop, MemoryOptions().jpeg_quality))
        for how, marks in (("marked", marks_of(look, self._vision.info)), ("unmarked", None)):
            began = time.perf_counter()
            made = self._vision.embed_kept(look.part, stored, marks)
            self.took_ms[look.part, how].append((time.perf_counter() - began) * 1e3)
            likeness = None if made is None else float(made @ true)
            self.found[source, look.part, how].append(likeness)


def run(setting: Setting) -> Report:
    """Measure everything there is data for."""
    report = Report("reembed")
    vision = setting.vision()
    report.fact("pack", vision.info.name)
    likenesses = Likenesses(vision)
    data = setting.need_data()
    people = sorted(data.glob("labelled/*/images/*/"))[:: 10 if setting.quick else 1]
    for person in track(people, "photographs", console=setting.console):
        image = cv2.imread(str(min(person.glob("*.jpg"))))
        likenesses.take("photographs", np.asarray(image, np.uint8))
    clips = sorted(data.glob("footage/*.mp4"))
    for clip in track(clips, "footage", console=setting.console):
        for image in _frames(clip):
            likenesses.take("footage", image)
    for key, values in likenesses.found.items():
        _tell(report, vision, key, values)
    for (part, how), took in likenesses.took_ms.items():
        report.fact(f"{how} {part}, ms", float(np.median(took)))
    return report


def _tell(
    report: Report, vision: Vision, key: tuple[str, Part, str], values: list[float | None]
) -> None:
    source, part, how = key
    name = f"{source}, {how} {part}"
    found = [value for value in values if value is not None]
    least = vision.info.face_threshold if part is Part.FACE else vision.info.body_threshold
    report.fact(f"{name}, found again", f"{len(found)} of {len(values)}")
    report.fact(f"{name}, similarity, median", float(np.median(found)))
    report.fact(f"{name}, similarity, lowest twentieth", quantile(found, 0.05))
    report.fact(f"{name}, similarity, worst", min(found))
    report.fact(f"{name}, below the threshold", sum(value < least for value in found))
    if (part, how) in PROMISED and vision.info.name == "open":
        promised = f">= {PROMISED[part, how]}"
        report.target(f"{name}, similarity, median", float(np.median(found)), "", promised)


def _frames(clip: Path) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(clip))
    number = 0
    while capture.grab():
        if number % EVERY == 0:
            done, image = capture.retrieve()
            if done:
                yield np.asarray(image, np.uint8)
        number += 1
