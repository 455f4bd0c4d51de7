"""Faces beside another detector's, where nobody has labelled any: found, and their five points.

What the other one (the pack `open`) finds counts as true; what it misses counts as wrong, so that
precision is understated. Data: the pictures of `labelled/*/captions.jsonl` and of annotated
photographs (`labelled/*/*.json`), and portraits in `labelled/*/images/<person>/`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from edge_agent.domain.detection import Faces, Floats, Image
from edge_agent.vision.vision import Vision
from tests.benchmarks.scoring import Flags, Judged, judge_boxes, overlap

_SAME = 0.5
"""Intersection over union from which two boxes are one face."""


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """What came of looking for faces in photographs.

    Attributes:
        judged: by photograph.
        sides: (n,) longer sides of the other's faces, pixels of a picture whose longer side is 416.
        found: (n,) which of them were found.
    """

    judged: list[Judged]
    sides: Floats
    found: Flags

    def recall_at(self, precision: float) -> float:
        """The largest share that is found where so many of those reported are right.

        By raising the score from which a face is reported; 0 where it is never reached.
        """
        score = np.concatenate([one.score for one in self.judged])
        right = np.concatenate([one.right for one in self.judged])[np.argsort(-score)]
        if not len(right):
            return 0.0
        good = np.cumsum(right)
        reached = good / np.arange(1, len(right) + 1) >= precision
        return float(good[reached].max(initial=0) / max(1, len(self.sides)))


def photographs(data: Path, most: int) -> list[Path]:
    """At most so many photographs of everyday life, evenly spread over what there is."""
    folders = {path.parent for path in data.glob("labelled/*/captions.jsonl")}
    folders |= {path.parent for path in data.glob("labelled/*/*.json")}
    every = sorted({path for folder in folders for path in folder.rglob("*.jpg")})
    return every[:: -(-len(every) // most)] if every else []


def faces_beside(ours: Vision, other: Vision, paths: Iterable[Path]) -> Beside:
    """Look for faces with both."""
    judged, sides, found = [], [], []
    for path in paths:
        image = read(path)
        mine, true = ours.detect(image).faces, other.detect(image).faces
        none_ignored = np.zeros(len(true), np.bool_)
        judged.append(judge_boxes(mine.xyxy, mine.score, true.xyxy, none_ignored, least=_SAME))
        sides.append(longer_sides(true) * 416 / max(image.shape[:2]))
        fits = overlap(true.xyxy, mine.xyxy) if len(mine) else np.zeros((len(true), 1), np.float32)
        found.append(fits.max(axis=1, initial=0) >= _SAME)
    return Beside(
        judged,
        np.concatenate(sides) if sides else np.empty(0, np.float32),
        np.concatenate(found) if found else np.empty(0, np.bool_),
    )


def landmark_errors(ours: Vision, other: Vision, paths: Sequence[Path]) -> Floats:
    """How far the five points of the face in the middle lie from the other's.

    Returns:
        (n,) mean distance over the points, as a share of the longer side of the other's box; one
        row for each portrait in which both find the face.
    """
    errors = []
    for path in paths:
        image = read(path)
        mine, true = (middle_face(one.detect(image).faces, image) for one in (ours, other))
        if mine is None or true is None or overlap(mine.xyxy, true.xyxy)[0, 0] < _SAME:
            continue
        away = np.linalg.norm(mine.landmarks[0] - true.landmarks[0], axis=1).mean()
        errors.append(away / longer_sides(true)[0])
    return np.asarray(errors, np.float32)


def portraits_of(data: Path, most: int) -> list[Path]:
    """The first photograph of at most so many people."""
    folders = sorted(path for path in data.glob("labelled/*/images/*") if path.is_dir())
    firsts = [min(folder.glob("*.jpg"), default=None) for folder in folders]
    there = [path for path in firsts if path is not None]
    return there[:: -(-len(there) // most)] if there else []


def middle_face(faces: Faces, image: Image) -> Faces | None:
    """The face nearest to the middle of the picture, alone."""
    if not len(faces):
        return None
    middle = np.array(image.shape[1::-1], np.float32) / 2
    away = np.linalg.norm((faces.xyxy[:, :2] + faces.xyxy[:, 2:]) / 2 - middle, axis=1)
    return faces[np.array([int(away.argmin())])]


def longer_sides(faces: Faces) -> Floats:
    """(n,) pixels."""
    return np.asarray((faces.xyxy[:, 2:] - faces.xyxy[:, :2]).max(axis=1, initial=0), np.float32)


def read(path: Path) -> Image:
    """A picture that must be there."""
    picture = cv2.imread(str(path))
    if picture is None:
        raise SystemExit(f"{path}: no such picture")
    return np.asarray(picture, np.uint8)
