import numpy as np
import pytest

from edge_agent.vision.person_attributes import patch

CROP = np.arange(160 * 80 * 3, dtype=np.int64).reshape(160, 80, 3).astype(np.uint8)


@pytest.mark.parametrize(
    ("point", "left", "top"),
    [
        ((0.5, 0.25), 32, 32),
        ((0.0, 0.0), 0, 0),
        ((1.0, 1.0), 64, 144),
        ((-3.0, 9.0), 0, 144),
    ],
)
def test_a_patch_lies_around_its_point_and_inside_the_crop(
    point: tuple[float, float], left: int, top: int
) -> None:
    found = patch(CROP, np.array(point, np.float32))
    np.testing.assert_array_equal(found, CROP[top : top + 16, left : left + 16])


def test_a_patch_of_a_tiny_crop_is_not_empty() -> None:
    assert patch(CROP[:2, :1], np.array([0.5, 0.5], np.float32)).shape == (2, 1, 3)
