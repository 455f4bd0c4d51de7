"""Areas of a picture, drawn by their corners."""

from collections.abc import Sequence
from itertools import combinations

Point = tuple[float, float]
"""x and y as shares of the picture's width and height, from its left upper corner."""

Polygon = tuple[Point, ...]
"""The corners in the order of the outline, at least three; the last joins the first."""

LEAST_CORNERS, MOST_CORNERS = 3, 64

LEAST_AREA = 1e-5
"""Share of the picture; less is not a pixel of a small one."""


def polygons_of(numbers: Sequence[Sequence[Sequence[float]]]) -> tuple[Polygon, ...]:
    """Polygons out of the lists that JSON made of them."""
    return tuple(tuple((float(x), float(y)) for x, y in corners) for corners in numbers)


def check_polygon(corners: Polygon) -> None:
    """Refuse what encloses no area, or more than one.

    Args:
        corners: of the outline, every coordinate from 0 to 1.

    Raises:
        ValueError: too few or too many corners, one outside of the picture or given twice, no
            area, or an outline that crosses itself.
    """
    if not LEAST_CORNERS <= len(corners) <= MOST_CORNERS:
        raise ValueError(
            f"a polygon has {LEAST_CORNERS} to {MOST_CORNERS} corners, this has {len(corners)}"
        )
    for x, y in corners:
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError(
                f"corner [{x:g}, {y:g}] is outside of the picture; coordinates are shares of its"
                " width and height, from 0 to 1"
            )
    twice = [corner for corner in corners if corners.count(corner) > 1]
    if twice:
        raise ValueError(
            f"corner [{twice[0][0]:g}, {twice[0][1]:g}] stands twice; the last corner joins the"
            " first by itself"
        )
    if _crosses_itself(corners):
        raise ValueError("the outline crosses itself; write the corners in the order around it")
    if abs(_area(corners)) < LEAST_AREA:
        raise ValueError("the polygon encloses no area")


def edges(corners: Polygon) -> list[tuple[Point, Point]]:
    """The sides, each from one corner to the next."""
    return list(zip(corners, (*corners[1:], corners[0]), strict=True))


def _area(corners: Sequence[Point]) -> float:
    """Signed area by the shoelace formula."""
    around = zip(corners, (*corners[1:], corners[0]), strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in around) / 2


def _crosses_itself(corners: Polygon) -> bool:
    """Whether two sides that are no neighbours cross."""
    return any(
        _cross(one, two)
        for one, two in combinations(edges(corners), 2)
        if not {one[0], one[1]} & {two[0], two[1]}
    )


def _cross(one: tuple[Point, Point], two: tuple[Point, Point]) -> bool:
    """Whether each side's ends lie on both sides of the other's line."""
    return (
        _area((*one, two[0])) * _area((*one, two[1])) < 0
        and _area((*two, one[0])) * _area((*two, one[1])) < 0
    )
