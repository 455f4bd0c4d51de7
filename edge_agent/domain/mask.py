"""Privacy masks: parts of a camera's picture that nobody may see.

A pixel that a mask's outline so much as touches is covered whole, so nothing of what was drawn
over can be seen at its edge, at any size of the picture.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.polygon import Polygon, edges

_SIZES_KEPT = 4
"""A picture and its planes; a camera rarely changes its size."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of whole pixels: rows `top` up to but without `bottom`, columns likewise."""

    top: int
    bottom: int
    left: int
    right: int


class Mask:
    """What a camera's masks cover in its pictures, whatever their size.

    Not for two threads at once: the areas of the last sizes are kept.

    Args:
        polygons: in shares of the picture.
    """

    def __init__(self, polygons: Sequence[Polygon]) -> None:
        self._polygons = tuple(polygons)
        self._areas: dict[tuple[float, float], tuple[Area, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._polygons)

    def areas(self, width: float, height: float) -> tuple[Area, ...]:
        """What is covered of a picture of this size, in pixels; areas may overlap.

        Args:
            width: of the picture in pixels; a fraction where a grid does not divide it evenly.
            height: likewise.
        """
        size = (width, height)
        if size not in self._areas:
            if len(self._areas) >= _SIZES_KEPT:
                self._areas.clear()
            self._areas[size] = tuple(
                area
                for polygon in self._polygons
                for area in _areas(tuple((x * width, y * height) for x, y in polygon))
            )
        return self._areas[size]

    def fill(
        self, plane: npt.NDArray[np.uint8], value: int, *, width: float = 0, height: float = 0
    ) -> None:
        """Overwrite what is covered, in place.

        Args:
            plane: (h, w) or (h, w, channels); the whole picture.
            value: what every covered number becomes.
            width: of the picture in pixels of this plane, where that is not the plane's own.
            height: likewise.
        """
        for area in self.areas(width or plane.shape[1], height or plane.shape[0]):
            plane[area.top : area.bottom, area.left : area.right] = value

    def visible(
        self, rows: int, columns: int, *, width: float, height: float
    ) -> npt.NDArray[np.bool_]:
        """Which cells of a grid over the picture no mask touches.

        Args:
            rows: of the grid.
            columns: of the grid.
            width: of the picture, in cells; the grid may leave out a part of one at the edge.
            height: likewise.

        Returns:
            (rows, columns) bool.
        """
        free = np.ones((rows, columns), np.bool_)
        for area in self.areas(width, height):
            free[area.top : area.bottom, area.left : area.right] = False
        return free


def _areas(corners: Polygon) -> Iterator[Area]:
    """What a polygon, in pixels, touches: one area for as many equal rows as follow each other."""
    first = math.floor(min(y for _, y in corners))
    last = math.ceil(max(y for _, y in corners))
    start, before = first, _spans(corners, first)
    for row in range(first + 1, last + 1):
        spans = _spans(corners, row) if row < last else None
        if spans != before:
            yield from (Area(start, row, left, right) for left, right in before)
            start, before = row, spans or []


def _spans(corners: Polygon, row: int) -> list[tuple[int, int]]:
    """First and past-the-last column of each run of pixels that are touched in a row."""
    crossings, spans = [], []
    middle = row + 0.5
    for (x1, y1), (x2, y2) in edges(corners):
        if max(y1, y2) <= row or min(y1, y2) >= row + 1:
            continue
        if y1 == y2:
            left, right = x1, x2
        else:
            # A share of the edge: its slope is without bound where it is nearly level.
            share = [(min(max(y, row), row + 1) - y1) / (y2 - y1) for y in (y1, y2)]
            left, right = (x1 + each * (x2 - x1) for each in share)
            if (y1 <= middle) != (y2 <= middle):
                crossings.append(x1 + (middle - y1) / (y2 - y1) * (x2 - x1))
        spans.append((math.floor(min(left, right)), math.ceil(max(left, right))))
    crossings.sort()
    for left, right in zip(crossings[::2], crossings[1::2], strict=True):
        spans.append((math.floor(left), math.ceil(right)))
    return sorted({span for span in spans if span[0] < span[1]})
