from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.attributes import COLOURS, TRAITS, Attributes
from edge_agent.domain.detection import Floats, Image
from edge_agent.vision import InstalledPack, Vision, VisionOptions

NUMBER = {trait.key: number for number, trait in enumerate(TRAITS)}
NOISE = np.random.default_rng(3).integers(0, 256, (300, 200, 3), np.uint8)
BOXES = np.array([[10, 10, 100, 250], [150, 100, 260, 400], [-50, -50, 5, 5]], np.float32)


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.asarray(image, np.uint8)


def asked(vision: Vision, image: Image, boxes: Floats) -> Attributes:
    told = vision.attributes(image, boxes)
    assert told is not None
    return told


@pytest.mark.models
@pytest.mark.testdata
@pytest.mark.parametrize(
    ("frame", "box", "colours", "worn"),
    [
        ("c1s1_002326", [1455, 422, 1712, 1078], ("purple", "black"), (True, True)),
        ("c1s1_002376", [1106, 423, 1287, 842], ("white", "black"), (True, False)),
        ("c1s1_014901", [632, 401, 859, 912], ("black", "blue"), (False, False)),
    ],
)
def test_what_everybody_can_see_is_told(
    open_vision: Vision,
    labelled: Path,
    *,
    frame: str,
    box: list[int],
    colours: tuple[str, str],
    worn: tuple[bool, bool],
) -> None:
    image = read(labelled / "market_frames" / "frames" / f"{frame}.jpg")
    told = asked(open_vision, image, np.array([box], np.float32))
    named = tuple(COLOURS[int(shares.argmax())].key for shares in (told.upper[0], told.lower[0]))
    assert named == colours
    said = told.traits[0, [NUMBER["long_trousers"], NUMBER["long_hair"]]] >= 0.5
    assert tuple(said) == worn


@pytest.mark.models
def test_every_box_has_a_row_of_its_own(open_vision: Vision) -> None:
    together = asked(open_vision, NOISE, BOXES)
    assert len(together) == len(BOXES)
    assert together.traits.dtype == together.upper.dtype == np.float32
    assert ((together.traits >= 0) & (together.traits <= 1)).all()
    np.testing.assert_allclose(together.upper.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(together.lower.sum(axis=1), 1, rtol=1e-5)
    for row in range(len(BOXES)):
        alone = asked(open_vision, NOISE, BOXES[[row]])
        np.testing.assert_array_equal(alone.traits[0], together.traits[row])
        np.testing.assert_array_equal(alone.lower[0], together.lower[row])
    assert len(asked(open_vision, NOISE, np.empty((0, 4), np.float32))) == 0


@pytest.mark.models
def test_gender_is_told_only_where_it_is_asked_for(
    open_vision: Vision, open_pack: InstalledPack
) -> None:
    assert asked(open_vision, NOISE, BOXES).male is None
    telling = Vision.load(open_pack, VisionOptions(gender=True))
    male = asked(telling, NOISE, BOXES).male
    assert male is not None
    assert ((male >= 0) & (male <= 1)).all()


@pytest.mark.models
def test_attributes_are_stamped(open_vision: Vision) -> None:
    assert open_vision.info.attribute_model == (
        "open/person-attributes-recognition-crossroad-0230@45f1e9f4"
    )


def test_a_pack_without_the_model_tells_nothing(core_vision: Vision) -> None:
    assert core_vision.info.attribute_model is None
    assert core_vision.attributes(NOISE, BOXES) is None
