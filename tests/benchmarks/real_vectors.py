"""Vectors of real people, to say how near made-up ones come to them.

Faces: `labelled/*/images/<person>/*.jpg`. Bodies: people found in `labelled/*/frames/`, and those
in `footage/*.gt.txt` (MOT15's form) beside a clip, who say which boxes are one person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from rich.progress import track

from edge_agent.domain.detection import Floats, Image
from edge_agent.vision.vision import Vision
from tests.benchmarks.body_accuracy import frames
from tests.benchmarks.face_accuracy import Portraits
from tests.benchmarks.setting import Setting

_EVERY = 12
_COLUMNS = 6
_LEAST = 5


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Vectors, and whose they are.

    Attributes:
        rows: (n, d) of length 1.
        who: (n,) a number per person; below 0 for people of whom there is one vector.
    """

    rows: Floats
    who: np.ndarray[tuple[int], np.dtype[np.int64]]


def faces(setting: Setting, vision: Vision) -> People | None:
    """Faces in portraits; None where there are too few."""
    people = sorted(setting.need_data().glob("labelled/*/images/*/"))
    found = [
        path
        for person in people[:: 10 if setting.quick else 1]
        for path in sorted(person.glob("*.jpg"))
    ]
    portraits = Portraits(vision)
    for path in track(found, "faces of real people", console=setting.console):
        portraits.vector(path)
    if len(portraits) - len(portraits.without_face) < _LEAST:
        return None
    rows, names = portraits.known()
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return People(rows, np.array([numbers[name] for name in names]))


def bodies(setting: Setting, vision: Vision) -> People | None:
    """Bodies in frames and in footage; None where there are too few."""
    rows: list[Floats] = []
    who: list[int] = []
    data = setting.need_data()
    stills = sorted(data.glob("labelled/*/frames/*.jpg"))[:: 5 if setting.quick else 1]
    for path in track(stills, "bodies of real people", console=setting.console):
        image = np.asarray(cv2.imread(str(path)), np.uint8)
        for vector in vision.embed_bodies(image, vision.detect(image).bodies.xyxy):
            rows.append(vector)
            who.append(-1 - len(who))
    for number, truth in enumerate(sorted(data.glob("footage/*.gt.txt"))):
        for person, vector in _in_footage(vision, truth):
            rows.append(vector)
            who.append(1000 * number + person)
    return People(np.stack(rows), np.array(who)) if len(rows) >= _LEAST else None


def _in_footage(vision: Vision, truth: Path) -> Iterator[tuple[int, Floats]]:
    boxes: dict[int, list[tuple[int, Floats]]] = {}
    for line in truth.read_text().splitlines():
        words = line.split(",")
        if len(words) >= _COLUMNS:
            left, top, width, height = map(float, words[2:6])
            box = np.array([left, top, left + width, top + height], np.float32)
            boxes.setdefault(int(words[0]), []).append((int(words[1]), box))
    clip = truth.with_name(truth.name.removesuffix(".gt.txt") + ".mp4")
    for number, image in frames(clip):
        if number % _EVERY == 0 and number in boxes:
            yield from _embedded(vision, image, boxes[number])


def _embedded(
    vision: Vision, image: Image, boxes: Sequence[tuple[int, Floats]]
) -> Iterator[tuple[int, Floats]]:
    made = vision.embed_bodies(image, np.stack([box for _, box in boxes]))
    yield from zip((person for person, _ in boxes), made, strict=True)
