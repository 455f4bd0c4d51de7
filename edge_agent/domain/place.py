"""Zones and lines of a camera, as somebody drew them."""

from dataclasses import dataclass
from enum import StrEnum

from edge_agent.domain.polygon import Point, Polygon

LEAST_LENGTH = 0.01
"""Of a line, in shares of the picture's width or height."""


class ZoneKind(StrEnum):
    """What a zone is for."""

    PLAIN = "plain"
    ENTRANCE = "entrance"
    TILL = "till"


class Mark(StrEnum):
    """Which point of a person decides.

    `FEET`: the bottom middle of the body box; not known where only a face is seen, or where the
    lower edge of the picture cuts the body off. `HEAD`: the top middle of the body box, or of the
    face box; not known where the upper edge cuts the body off and no face is seen.
    """

    FEET = "feet"
    HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """An area of a camera's picture.

    Attributes:
        name: unique within the camera; zones of kind till that have the same name by two cameras
            are the same till.
        corners: in shares of the picture, either way round.
        stay_after_ms: presence that counts as a stay (at a till: as having stood there); None
            for never.
    """

    name: str
    kind: ZoneKind
    corners: Polygon
    stay_after_ms: int | None = None
    mark: Mark = Mark.FEET


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A directed line across a camera's picture.

    It is crossed `forward` from the left hand of whoever looks from `start` to `end` to the right.

    Attributes:
        name: unique within the camera.
        start: in shares of the picture, as is `end`.
    """

    name: str
    start: Point
    end: Point
    mark: Mark = Mark.FEET


def check_line(start: Point, end: Point) -> None:
    """Refuse a line that leads out of the picture or nowhere.

    Raises:
        ValueError: says which end is outside, or that the ends are too close to each other.
    """
    for name, (x, y) in (("start", start), ("end", end)):
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError(
                f"{name} [{x:g}, {y:g}] is outside of the picture; coordinates are shares of its"
                " width and height, from 0 to 1"
            )
    if max(abs(end[0] - start[0]), abs(end[1] - start[1])) < LEAST_LENGTH:
        raise ValueError(f"the line is shorter than {LEAST_LENGTH:g} of the picture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Everything that was drawn into one camera's picture."""

    zones: tuple[Zone, ...] = ()
    lines: tuple[Line, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.zones or self.lines)
