"""Polygons, and what they cover of pictures of every size."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.mask import Mask
from edge_agent.domain.polygon import Polygon, check_polygon, polygons_of

LEFT_HALF: Polygon = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))
TRIANGLE: Polygon = ((0.1, 0.1), (0.9, 0.5), (0.1, 0.9))
HORSESHOE: Polygon = (
    (0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.7, 0.9), (0.7, 0.3), (0.3, 0.3), (0.3, 0.9), (0.1, 0.9),
)  # fmt: skip

unit = st.floats(0, 1)


def inside(polygon: Polygon, x: float, y: float) -> bool:
    """By the parity of the edges to the right of the point."""
    after = (*polygon[1:], polygon[0])
    return bool(
        sum(
            (y1 <= y) != (y2 <= y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
            for (x1, y1), (x2, y2) in zip(polygon, after, strict=True)
        )
        % 2
    )


def covered(polygon: Polygon, width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype]:
    plane = np.zeros((height, width), np.uint8)
    Mask([polygon]).fill(plane, 1)
    return plane.astype(bool)


@pytest.mark.parametrize(
    ("corners", "said"),
    [
        (((0, 0), (1, 1)), "3 to 64 corners"),
        (((0, 0), (0.5, 0), (1.2, 1)), r"\[1.2, 1\] is outside"),
        (((0, 0), (0.5, 0), (float("nan"), 1)), "outside"),
        (((0, 0), (0.5, 0.5), (1, 1)), "no area"),
        (((0, 0), (1, 1), (1, 0), (0, 0.7)), "crosses itself"),
    ],
)
def test_what_is_no_polygon(corners: Polygon, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_polygon(corners)


@pytest.mark.parametrize("polygon", [LEFT_HALF, TRIANGLE, HORSESHOE])
def test_what_is_one(polygon: Polygon) -> None:
    check_polygon(polygon)
    assert polygons_of([[list(point) for point in polygon]]) == (polygon,)


def test_whole_pixels_are_covered_exactly() -> None:
    found = covered(LEFT_HALF, 640, 360)
    assert found[:, :320].all()
    assert not found[:, 320:].any()


def test_a_pixel_that_is_touched_is_covered_whole() -> None:
    found = covered(((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7)), 9, 9)  # 2.7 to 6.3
    assert found[2:7, 2:7].all()
    assert found.sum() == 25


def test_what_a_horseshoe_leaves_open_stays_open() -> None:
    found = covered(HORSESHOE, 100, 100)
    assert not found[31:, 31:69].any()
    assert found[50, 15]
    assert found[50, 80]


@given(
    st.lists(st.tuples(unit, unit), min_size=3, max_size=3),
    st.integers(1, 40),
    st.integers(1, 40),
    unit,
    unit,
)
def test_nothing_inside_is_ever_seen(
    corners: list[tuple[float, float]], width: int, height: int, x: float, y: float
) -> None:
    polygon = tuple(corners)
    if inside(polygon, x, y):
        found = covered(polygon, width, height)
        assert found[min(int(y * height), height - 1), min(int(x * width), width - 1)]


@given(st.lists(st.tuples(unit, unit), min_size=3, max_size=3), st.integers(1, 40))
def test_nothing_far_outside_is_covered(corners: list[tuple[float, float]], size: int) -> None:
    polygon = tuple(corners)
    found = covered(polygon, size, size)
    xs, ys = ([corner[axis] * size for corner in polygon] for axis in (0, 1))
    rows, columns = np.nonzero(found)
    assert all(min(ys) - 1 < row < max(ys) + 1 for row in rows)
    assert all(min(xs) - 1 < column < max(xs) + 1 for column in columns)


def test_a_colour_picture_is_covered_in_all_of_its_channels() -> None:
    image = np.full((90, 160, 3), 200, np.uint8)
    Mask([LEFT_HALF, TRIANGLE]).fill(image, 0)
    assert image[:, :80].max() == 0
    assert image[45, 100].max() == 0
    assert image[5, 100].min() == 200


def test_cells_that_a_mask_touches_do_not_count() -> None:
    seen = Mask([LEFT_HALF]).visible(90, 128, width=128.4, height=90)
    assert not seen[:, :65].any()  # the edge goes through column 64
    assert seen[:, 65:].all()


def test_no_mask_covers_nothing() -> None:
    mask = Mask([])
    assert not mask
    assert mask.areas(640, 360) == ()
    assert mask.visible(2, 3, width=3, height=2).all()
