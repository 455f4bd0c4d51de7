"""Bodies looked for in an input of the camera's proportions."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Unusable
from edge_agent.vision import InstalledPack, Vision, VisionOptions
from edge_agent.vision.fitted import FittedBodies, Size
from edge_agent.vision.networks import Yolox
from edge_agent.vision.one_pass import TwoPasses

pytestmark = [pytest.mark.models, pytest.mark.testdata]

WIDE, UPRIGHT = (256, 416), (416, 256)


@pytest.fixture(scope="module")
def wide(labelled: Path) -> Image:
    path = min((labelled / "market_frames" / "frames").glob("*.jpg"))
    image = cv2.imread(str(path))
    assert image is not None
    return np.asarray(cv2.resize(image, (1280, 720)), np.uint8)


def fitted(vision: Vision) -> FittedBodies:
    people = vision._parts.people
    assert isinstance(people, TwoPasses)
    assert isinstance(people._bodies, FittedBodies)
    return people._bodies


def test_the_same_people_are_found_as_in_the_packs_own_input(
    open_pack: InstalledPack, open_vision: Vision, wide: Image
) -> None:
    own = Vision.load(open_pack, VisionOptions(fitted_bodies=False)).detect(wide).bodies
    found = open_vision.detect(wide).bodies
    assert len(own) >= 1
    assert len(found) == len(own)
    np.testing.assert_allclose(found.xyxy, own.xyxy, atol=12)
    np.testing.assert_allclose(found.score, own.score, atol=0.1)


def test_a_network_is_loaded_when_a_camera_needs_it(open_pack: InstalledPack, wide: Image) -> None:
    vision = Vision.load(open_pack)
    assert WIDE in fitted(vision).detectors
    assert UPRIGHT not in fitted(vision).detectors
    vision.detect(np.ascontiguousarray(wide.transpose(1, 0, 2)))
    assert UPRIGHT in fitted(vision).detectors


def test_a_graph_of_one_size_is_used_as_it_is(open_vision: Vision, wide: Image) -> None:
    own = fitted(open_vision).detectors[416, 416]

    def refuse(_: Size) -> Yolox:
        raise Unusable("the size of its input is built in")

    always_own = FittedBodies(own, 32, refuse)
    assert len(always_own.detect(wide)) == len(own.detect(wide))
    assert set(map(id, always_own.detectors.values())) == {id(own)}
