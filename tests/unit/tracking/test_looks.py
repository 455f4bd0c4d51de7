from collections.abc import Callable

import numpy as np
import pytest

from edge_agent.domain.detection import Floats, Image
from edge_agent.tracking.looks import SceneCut, clothing_looks, colour_looks
from edge_agent.tracking.tracker import TrackerOptions
from tests.support.sightings import boxes


def noise(seed: int, low: int, high: int) -> Image:
    return np.random.default_rng(seed).integers(low, high, (120, 160, 3), np.uint8)


@pytest.mark.parametrize("looks_of", [colour_looks, clothing_looks])
def test_rows_have_length_1_also_past_the_edges(
    looks_of: Callable[[Image, Floats], Floats],
) -> None:
    odd = boxes([[10, 10, 50, 90], [-40, -40, 20, 20], [500, 500, 510, 510], [5, 5, 5, 5]])
    looks = looks_of(noise(0, 0, 255), odd)
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


RED, BLUE, SKIN = (40, 40, 180), (160, 60, 40), (120, 150, 210)
SOMEBODY = boxes([[40, 20, 80, 140]])


def dressed(coat: tuple[int, int, int], trousers: tuple[int, int, int], behind: int) -> Image:
    """Somebody in `SOMEBODY`, before a wall of this grey."""
    image = np.full((160, 120, 3), behind, np.uint8)
    image[20:40, 52:68] = SKIN
    image[40:90, 47:73] = coat
    image[90:140, 49:71] = trousers
    return image


def alike(one: Image, other: Image) -> float:
    return float(clothing_looks(one, SOMEBODY)[0] @ clothing_looks(other, SOMEBODY)[0])


def test_clothes_look_alike_before_another_wall_and_mirrored() -> None:
    worn = dressed(RED, BLUE, 200)
    assert alike(worn, np.ascontiguousarray(worn[:, ::-1])) > 0.99
    assert alike(worn, dressed(RED, BLUE, 90)) > TrackerOptions().least_look + 0.1


def test_other_clothes_and_clothes_exchanged_look_different() -> None:
    worn = dressed(RED, BLUE, 200)
    assert alike(worn, dressed(BLUE, RED, 200)) < 0.6
    assert alike(worn, dressed((60, 120, 60), BLUE, 200)) < 0.75


def test_clothes_in_a_little_less_light_are_still_the_same() -> None:
    worn = dressed(RED, BLUE, 200)
    dimmer = (worn * 0.9).astype(np.uint8)
    assert alike(worn, dimmer) > alike(worn, dressed(BLUE, RED, 200))


def test_grey_has_no_tint() -> None:
    greys = np.repeat(np.arange(0, 250, 5, dtype=np.uint8)[None, :, None], 3, axis=2)
    looks = clothing_looks(np.repeat(greys, 20, axis=0), boxes([[0, 0, 50, 20]]))[0]
    tints = looks.reshape(6, 6, 8, 8)[0].sum(axis=0)
    assert tints[3:5, 3:5].sum() > 0
    assert tints[:3].sum() == tints[5:].sum() == tints[:, :3].sum() == tints[:, 5:].sum() == 0


def test_a_cut_is_noticed_once() -> None:
    cut = SceneCut()
    dark, light = noise(0, 0, 60), noise(1, 150, 255)
    happened = [cut.happened(image) for image in (dark, dark, light, light, dark)]
    assert happened == [False, False, True, False, True]


@pytest.mark.parametrize("looks_of", [colour_looks, clothing_looks])
def test_a_grey_picture_is_refused(looks_of: Callable[[Image, Floats], Floats]) -> None:
    with pytest.raises(ValueError, match=r"\(h, w, 3\)"):
        looks_of(np.zeros((10, 10), np.uint8), boxes([[0, 0, 5, 5]]))
