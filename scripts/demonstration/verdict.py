"""Whether an answer is right, judged by pixels and not by the models that gave it.

The picture that a hit carries was cut from the stream. It is looked for, by normalised
cross-correlation, in every photograph the cameras have shown: where it fits best is who it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.domain.detection import Image
from scripts.demonstration.scenes import shown_portrait, shown_slide

_SURE = 0.6
"""Correlation from which a picture is taken to be cut from a photograph; others reach about 0.4."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture was found: which photograph, how well it fits, its middle in pixels."""

    photograph: int
    fit: float
    middle: tuple[float, float]


def whose_portrait(picture: Image, portraits: Sequence[Image]) -> int | None:
    """The number of the portrait that `picture` was cut from, or None for none of them."""
    place = _best_place(picture, [shown_portrait(portrait) for portrait in portraits])
    return place.photograph if place.fit >= _SURE else None


def slide_and_place(picture: Image, slides: Sequence[Image]) -> Place | None:
    """The slide that `picture` was cut from and where in it, in pixels of the scene."""
    place = _best_place(_halved(picture), [_halved(shown_slide(slide)) for slide in slides])
    return _doubled(place) if place.fit >= _SURE else None


def known_place(known: Image, slide: Image) -> tuple[float, float]:
    """The middle of a crop of known size ratio in its own slide, in pixels of the scene.

    The crop was resized after it was cut, so it is looked for at several heights.
    """
    shown = _halved(shown_slide(slide))
    places = []
    for height in range(30, shown.shape[0] // 2, 3):
        width = round(height * known.shape[1] / known.shape[0])
        places.append(_best_place(np.asarray(cv2.resize(known, (width, height))), [shown]))
    return _doubled(max(places, key=lambda place: place.fit)).middle


def _halved(picture: Image) -> Image:
    """Half as wide and high: enough to find somebody in a slide, in a quarter of the time."""
    size = (picture.shape[1] // 2, picture.shape[0] // 2)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _doubled(place: Place) -> Place:
    return Place(place.photograph, place.fit, (place.middle[0] * 2, place.middle[1] * 2))


def _best_place(picture: Image, photographs: Sequence[Image]) -> Place:
    best = Place(-1, -1.0, (0.0, 0.0))
    height, width = picture.shape[:2]
    # What was cut at the rim of a photograph shows some wall: its middle is enough to know it by.
    top, left = height * 3 // 10, width * 3 // 10
    core = picture[top : height - top, left : width - left]
    for number, photograph in enumerate(photographs):
        if core.shape[0] > photograph.shape[0] or core.shape[1] > photograph.shape[1]:
            continue
        fit = cv2.matchTemplate(photograph, core, cv2.TM_CCOEFF_NORMED)
        _, score, _, (x, y) = cv2.minMaxLoc(fit)
        if score > best.fit:
            best = Place(number, float(score), (x + core.shape[1] / 2, y + core.shape[0] / 2))
    return best
