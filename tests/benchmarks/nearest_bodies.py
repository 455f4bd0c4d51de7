"""Bodies found again in their own clip: by their vectors, and by the colours of stripes beside.

Data: `footage/*.gt.txt` in MOT15's form beside a clip of the same name. Every fifth frame, boxes as
they were drawn by hand. A sight is asked with and its own person has to come first among all sights
that are at least a second away, so that nobody is found by standing still.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Bodies, Floats, Image
from edge_agent.vision.vision import Vision
from tests.benchmarks.body_accuracy import frames

EVERY = 5
APART = 25
"""Frames: at 25 a second one second."""

_STRIPES = 6
_BINS = (12, 6, 4)
_MOT_COLUMNS = 7

Describe = Callable[[Image, Floats], Floats]
"""A picture and (n, 4) boxes in its pixels to (n, d) rows of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Sights:
    """Everybody in every fifth frame of a clip.

    Attributes:
        person: (n,) number of the person.
        frame: (n,) number of the frame.
        by_vector: (n, d) unit rows.
        by_stripes: (n, e) unit rows.
    """

    person: npt.NDArray[np.int_]
    frame: npt.NDArray[np.int_]
    by_vector: Floats
    by_stripes: Floats


def sights_of(vision: Vision, truth: Path) -> Sights:
    """Look at everybody in a clip who shows enough to be compared."""
    boxes = _boxes(truth)
    clip = truth.with_name(truth.name.removesuffix(".gt.txt") + ".mp4")
    person, frame, vectors, colours = [], [], [], []
    for number, image in frames(clip):
        if number % EVERY or number not in boxes:
            continue
        names, xyxy = boxes[number]
        rows = vision.comparable(image, Bodies(xyxy, np.ones(len(xyxy), np.float32)))
        if not rows.any():
            continue
        person.append(names[rows])
        frame.append(np.full(int(rows.sum()), number))
        vectors.append(vision.embed_bodies(image, xyxy[rows]))
        colours.append(stripes(image, xyxy[rows]))
    if not person:
        return Sights(
            np.empty(0, np.int_), np.empty(0, np.int_), *[np.empty((0, 1), np.float32)] * 2
        )
    return Sights(*map(np.concatenate, (person, frame, vectors, colours)))


def found_again(sights: Sights, rows: Floats) -> npt.NDArray[np.bool_]:
    """Whether the nearest sight is the same person's, for each sight of which there is another.

    Args:
        sights: who and when.
        rows: (n, d) unit rows, one per sight.
    """
    away = np.abs(sights.frame[:, None] - sights.frame[None]) >= APART
    own = (sights.person[:, None] == sights.person[None]) & away
    nearest = np.where(away, rows @ rows.T, -np.inf).argmax(axis=1)
    asked = own.any(axis=1)
    return np.asarray(own[np.arange(len(own)), nearest][asked], np.bool_)


def stripes(image: Image, xyxy: Floats) -> Floats:
    """The colours of six level stripes of each body: what needs no network.

    Histograms of hue, saturation and value; their square roots, so that the product of two rows is
    the Bhattacharyya coefficient of the histograms.

    Args:
        image: (h, w, 3) uint8 BGR.
        xyxy: (n, 4) pixels.

    Returns:
        (n, 1728) float32 rows of length 1.
    """
    high, wide = image.shape[:2]
    made = []
    for left, top, right, bottom in xyxy.clip(0, [wide, high, wide, high]).round().astype(int):
        crop = image[top : max(bottom, top + _STRIPES), left : max(right, left + 1)]
        hsv = cv2.cvtColor(crop, cv2.COLOR_BGR2HSV)
        ranges = [0.0, 180.0, 0.0, 256.0, 0.0, 256.0]
        rows = [
            cv2.calcHist([stripe], [0, 1, 2], None, list(_BINS), ranges).ravel()
            / stripe[..., 0].size
            for stripe in np.array_split(hsv, _STRIPES)
        ]
        made.append(np.sqrt(np.concatenate(rows) / _STRIPES))
    return np.asarray(made, np.float32).reshape(-1, _STRIPES * int(np.prod(_BINS)))


def _boxes(truth: Path) -> dict[int, tuple[npt.NDArray[np.int_], Floats]]:
    by_frame: dict[int, list[tuple[float, ...]]] = {}
    for line in truth.read_text().splitlines():
        words = line.split(",")
        if len(words) >= _MOT_COLUMNS and float(words[6]):
            by_frame.setdefault(int(words[0]), []).append(tuple(map(float, words[1:6])))
    made = {}
    for number, listed in by_frame.items():
        rows = np.array(listed, np.float32)
        xyxy = np.concatenate([rows[:, 1:3], rows[:, 1:3] + rows[:, 3:5]], axis=1)
        made[number] = (rows[:, 0].astype(np.int_), xyxy)
    return made
