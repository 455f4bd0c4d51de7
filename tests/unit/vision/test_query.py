from collections.abc import Callable

import numpy as np
import pytest

from edge_agent.domain.detection import Bodies, Faces, Image
from edge_agent.vision.query import look_closely

GREEN = (0, 255, 0)
"""What the stand-in detectors below take for a person."""


class GreenBodies:
    """Reports the bounds of what is green, if `sees` says it can be seen in such a picture."""

    def __init__(self, sees: Callable[[Image], bool] = lambda _image: True) -> None:
        self._sees = sees

    def detect(self, image: Image, least: float | None = None) -> Bodies:  # noqa: ARG002
        rows, columns = np.nonzero((image == GREEN).all(axis=2))
        if not len(rows) or not self._sees(image):
            return Bodies.none()
        box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        return Bodies(np.array([box], np.float32), np.array([0.7], np.float32))


class GreenFaces:
    def __init__(self, sees: Callable[[Image], bool]) -> None:
        self._bodies = GreenBodies(sees)

    def detect(self, image: Image) -> Faces:
        found = self._bodies.detect(image)
        return Faces(found.xyxy, found.score, np.tile(found.xyxy[:, None, :2], (1, 5, 1)))


def nothing(_image: Image) -> bool:
    return False


def picture(height: int, width: int, box: tuple[int, int, int, int] | None = None) -> Image:
    image = np.zeros((height, width, 3), np.uint8)
    if box is not None:
        left, top, right, bottom = box
        image[top:bottom, left:right] = GREEN
    return image


def test_what_is_seen_at_once_is_taken() -> None:
    seen = look_closely(picture(100, 200, (20, 10, 60, 90)), GreenFaces(nothing), GreenBodies())
    assert seen.bodies.xyxy.tolist() == [[20, 10, 60, 90]]


def test_a_face_that_needs_surroundings_is_found_on_a_canvas_and_moved_back() -> None:
    with_margin = GreenFaces(lambda image: image.shape[0] > 250)
    seen = look_closely(picture(100, 100, (10, 20, 90, 95)), with_margin, GreenBodies(nothing))
    assert seen.faces.xyxy.tolist() == [[10, 20, 90, 95]]
    assert seen.faces.landmarks[0, 0].tolist() == [10, 20]


def test_somebody_small_in_a_large_picture_is_found_in_a_tile_and_once() -> None:
    in_tile = GreenBodies(lambda image: image.shape == (600, 1200, 3))
    image = picture(1000, 2000, (950, 450, 990, 560))
    seen = look_closely(image, GreenFaces(nothing), in_tile)
    assert seen.bodies.xyxy.tolist() == [[950, 450, 990, 560]]


def test_a_tight_crop_is_a_body_as_a_whole() -> None:
    image = picture(128, 64, (6, 8, 58, 120))
    seen = look_closely(image, GreenFaces(nothing), GreenBodies())
    assert seen.bodies.xyxy.tolist() == [[0, 0, 64, 128]]
    assert seen.bodies.score[0] > 0


def test_a_tight_crop_that_no_detector_knows_has_score_0() -> None:
    seen = look_closely(picture(128, 64), GreenFaces(nothing), GreenBodies(nothing))
    assert seen.bodies.xyxy.tolist() == [[0, 0, 64, 128]]
    assert seen.bodies.score.tolist() == [0]


def test_a_person_small_in_an_upright_picture_keeps_the_own_box() -> None:
    image = picture(900, 600, (100, 200, 200, 500))
    seen = look_closely(image, GreenFaces(nothing), GreenBodies())
    assert seen.bodies.xyxy.tolist() == [[100, 200, 200, 500]]


@pytest.mark.parametrize("shape", [(100, 100), (100, 300), (600, 100)])
def test_a_picture_of_other_proportions_is_no_body(shape: tuple[int, int]) -> None:
    seen = look_closely(picture(*shape), GreenFaces(nothing), GreenBodies(nothing))
    assert len(seen.bodies) == 0
    assert len(seen.faces) == 0


def test_an_upright_portrait_is_no_body() -> None:
    image = picture(150, 100, (20, 30, 80, 120))
    seen = look_closely(image, GreenFaces(lambda _image: True), GreenBodies(nothing))
    assert len(seen.faces) == 1
    assert len(seen.bodies) == 0
