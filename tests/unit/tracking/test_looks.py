import numpy as np
import pytest

from edge_agent.domain.detection import Image
from edge_agent.tracking.looks import SceneCut, colour_looks
from tests.support.sightings import boxes


def noise(seed: int, low: int, high: int) -> Image:
    return np.random.default_rng(seed).integers(low, high, (120, 160, 3), np.uint8)


def test_rows_have_length_1_also_past_the_edges() -> None:
    odd = boxes([[10, 10, 50, 90], [-40, -40, 20, 20], [500, 500, 510, 510], [5, 5, 5, 5]])
    looks = colour_looks(noise(0, 0, 255), odd)
    np.testing.assert_allclose(np.linalg.norm(looks, axis=1), 1.0, atol=1e-5)


def test_the_same_place_looks_alike_and_other_colours_do_not() -> None:
    dark, light = noise(0, 20, 35), noise(0, 200, 215)
    box = boxes([[20, 20, 100, 100]])
    same = colour_looks(dark, box)[0] @ colour_looks(noise(1, 20, 35), box)[0]
    other = colour_looks(dark, box)[0] @ colour_looks(light, box)[0]
    assert same > 0.9
    assert other < 0.1


def test_where_the_colours_are_matters() -> None:
    upright = np.zeros((100, 100, 3), np.uint8)
    upright[:50] = 255
    box = boxes([[0, 0, 100, 100]])
    turned = np.ascontiguousarray(upright[::-1])
    assert colour_looks(upright, box)[0] @ colour_looks(turned, box)[0] < 0.1


def test_a_cut_is_noticed_once() -> None:
    cut = SceneCut()
    dark, light = noise(0, 0, 60), noise(1, 150, 255)
    happened = [cut.happened(image) for image in (dark, dark, light, light, dark)]
    assert happened == [False, False, True, False, True]


def test_a_grey_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(h, w, 3\)"):
        colour_looks(np.zeros((10, 10), np.uint8), boxes([[0, 0, 5, 5]]))
