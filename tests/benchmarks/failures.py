"""When people are missed: by their size, by the light, by the turn of the head.

The true boxes of annotated photographs and footage, and pairs of portraits of one person. Darkness
is made: a picture is scaled towards black and given the noise of a sensor that amplifies.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Faces, Floats, Image
from edge_agent.vision.vision import Vision
from tests.benchmarks.body_accuracy import true_boxes_of_footage, true_boxes_of_photographs
from tests.benchmarks.faces_beside import middle_face, read
from tests.benchmarks.scoring import overlap

HEIGHTS = (0, 32, 64, 128, 256, 417)
"""Edges of classes: pixels of a picture whose longer side is 416."""

FACE_SIDES = (0, 12, 20, 32, 64, 417)
LIGHTS = (1.0, 0.5, 0.25, 0.12)
TURNS = (0.0, 0.1, 0.2, 0.35, 10.0)
"""Of the nose, from the middle of the eyes along their line, in eye distances; at 0.35 a head is
turned by about half of a right angle."""

BRIGHTNESS = (0, 70, 110, 150, 256)
_NOISE = 3.0
_SAME = 0.5


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a class were found."""

    name: str
    found: int
    asked: int


def shares(values: Floats, found: npt.NDArray[np.bool_], edges: Sequence[float]) -> list[Share]:
    """Count by classes; those in which nothing is are left out.

    Args:
        values: (n,) what tells the class.
        found: (n,) what is counted.
        edges: k + 1 of them, the lower one inside.
    """
    made = []
    for low, high in pairwise(edges):
        rows = (values >= low) & (values < high)
        if rows.any():
            made.append(Share(f"{low:g} to {high:g}", int(found[rows].sum()), int(rows.sum())))
    return made


def bodies_by_size_and_light(vision: Vision, data: Path) -> tuple[list[Share], list[Share]]:
    """Found true bodies by height, and by light all of them."""
    heights: list[Floats] = []
    seen: list[npt.NDArray[np.bool_]] = []
    lit: dict[float, list[npt.NDArray[np.bool_]]] = defaultdict(list)
    for image, truth in _scenes(data):
        heights.append((truth[:, 3] - truth[:, 1]) * 416 / max(image.shape[:2]))
        for light in LIGHTS:
            bodies = vision.detect(darkened(image, light)).bodies
            lit[light].append(_covered(truth, bodies.xyxy))
        seen.append(lit[1.0][-1])
    if not seen:
        return [], []
    by_light = [
        Share(f"light times {light:g}", int(np.concatenate(rows).sum()), sum(map(len, rows)))
        for light, rows in lit.items()
    ]
    return shares(np.concatenate(heights), np.concatenate(seen), HEIGHTS), by_light


def darkened(image: Image, light: float) -> Image:
    """The picture in so much of its light (1: as it is), with noise that the same seed gives."""
    if light >= 1:
        return image
    noise = np.random.default_rng(image.size).normal(0, _NOISE, image.shape)
    return np.asarray((image * light + noise).clip(0, 255), np.uint8)


def _scenes(data: Path) -> Iterator[tuple[Image, Floats]]:
    for annotations in sorted(data.glob("labelled/*/*.json")):
        yield from _counting(true_boxes_of_photographs(annotations))
    for truth in sorted(data.glob("footage/*.gt.txt")):
        yield from _counting(true_boxes_of_footage(truth, most=60))


def _counting(
    boxes: Iterable[tuple[Image, Floats, npt.NDArray[np.bool_]]],
) -> Iterator[tuple[Image, Floats]]:
    for image, truth, ignored in boxes:
        if not ignored.all():
            yield image, truth[~ignored]


def _covered(truth: Floats, found: Floats) -> npt.NDArray[np.bool_]:
    if not len(found):
        return np.zeros(len(truth), np.bool_)
    return np.asarray(overlap(truth, found).max(axis=1) >= _SAME, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Faced:
    """One portrait: its vector, how far the head is turned, how bright the face is (0 to 255)."""

    vector: Floats
    turn: float
    brightness: float


def pairs_by_turn_and_light(
    vision: Vision, data: Path, threshold: float
) -> tuple[list[Share], list[Share]]:
    """Pairs of portraits of one person that reach the threshold, by the worse of the two."""
    turns, lights, reached = [], [], []
    for folder in sorted(path for path in data.glob("labelled/*/images/*") if path.is_dir()):
        faced = [one for path in sorted(folder.glob("*.jpg")) if (one := _faced(vision, path))]
        for one, other in combinations(faced, 2):
            turns.append(max(one.turn, other.turn))
            lights.append(min(one.brightness, other.brightness))
            reached.append(float(one.vector @ other.vector) >= threshold)
    values = [np.asarray(one, np.float32) for one in (turns, lights)]
    found = np.asarray(reached, np.bool_)
    return shares(values[0], found, TURNS), shares(values[1], found, BRIGHTNESS)


def _faced(vision: Vision, path: Path) -> Faced | None:
    image = read(path)
    face = middle_face(vision.detect(image).faces, image)
    if face is None:
        return None
    left, top, right, bottom = face.xyxy[0].clip(0).astype(int)
    crop = image[top : max(bottom, top + 1), left : max(right, left + 1)]
    return Faced(vision.embed_faces(image, face.landmarks)[0], turn_of(face), float(crop.mean()))


def turn_of(face: Faces) -> float:
    """How far the nose lies from the middle of the eyes along their line, in eye distances."""
    left, right, nose = face.landmarks[0, :3]
    across = right - left
    return float(abs((nose - (left + right) / 2) @ across) / max(float(across @ across), 1e-6))
