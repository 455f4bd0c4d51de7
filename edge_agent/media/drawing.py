"""Boxes with names on pictures, and many pictures on one sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge_agent.domain.detection import Floats, Image

_FONT = cv2.FONT_HERSHEY_SIMPLEX
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_HUES = 17


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """One box to be drawn.

    Attributes:
        xyxy: (4,) pixels.
        name: stands at its top; empty for none.
        number: boxes of one number have one colour; negative is grey.
    """

    xyxy: Floats
    name: str
    number: int


def annotated(image: Image, boxes: Sequence[Box], caption: str) -> Image:
    """A copy of a picture with boxes on it and a caption at its lower left corner."""
    drawn = image.copy()
    scale = max(0.4, min(image.shape[:2]) / 900)
    line = max(1, round(2 * scale))
    for box in boxes:
        left, top, right, bottom = (round(float(side)) for side in box.xyxy)
        colour = _colour(box.number)
        cv2.rectangle(drawn, (left, top), (right, bottom), colour, line)
        if box.name:
            _write(drawn, box.name, (left, top), scale, colour)
    _write(drawn, caption, (0, image.shape[0]), scale, _BLACK)
    return drawn


def contact_sheet(pictures: Sequence[Image], *, columns: int, width: int) -> Image:
    """Pictures in rows, from left to right, each scaled to so many pixels across.

    Args:
        pictures: at least one; those of other proportions than the first are fitted into its.
        columns: pictures side by side.
        width: of one picture, pixels.
    """
    height = max(1, round(width * pictures[0].shape[0] / pictures[0].shape[1]))
    rows = -(-len(pictures) // columns)
    sheet = np.zeros((rows * height, min(columns, len(pictures)) * width, 3), np.uint8)
    for number, picture in enumerate(pictures):
        top, left = number // columns * height, number % columns * width
        sheet[top : top + height, left : left + width] = cv2.resize(
            picture, (width, height), interpolation=cv2.INTER_AREA
        )
    return sheet


def _colour(number: int) -> tuple[int, int, int]:
    if number < 0:
        return (160, 160, 160)
    # Neighbouring numbers get hues far apart: 7 and 17 have no common divisor.
    hue = number * 7 % _HUES * (180 // _HUES)
    pixel = cv2.cvtColor(np.array([[[hue, 255, 255]]], np.uint8), cv2.COLOR_HSV2BGR)[0, 0]
    return (int(pixel[0]), int(pixel[1]), int(pixel[2]))


def _write(
    image: Image, text: str, at: tuple[int, int], scale: float, behind: tuple[int, int, int]
) -> None:
    """Text on a plain ground, inside the picture, above the point `at` where there is room."""
    (across, up), below = cv2.getTextSize(text, _FONT, scale, 1)
    left = min(max(at[0], 0), max(0, image.shape[1] - across - 4))
    bottom = min(max(at[1], up + below + 4), image.shape[0])
    cv2.rectangle(image, (left, bottom - up - below - 4), (left + across + 4, bottom), behind, -1)
    light = sum(behind) > 380  # noqa: PLR2004 - half of white
    colour = _BLACK if light else _WHITE
    cv2.putText(image, text, (left + 2, bottom - below), _FONT, scale, colour, 1, cv2.LINE_AA)
