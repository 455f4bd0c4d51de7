"""Where a face and its points lie in what is stored of it."""

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Floats, Image
from scripts.train.geometry import (
    MARGIN_SCALE,
    MARGIN_SIDE,
    TEACHER_SIDE,
    TEACHER_TEMPLATE,
    face_in_margin,
    in_margin,
    margin_template,
    similarity,
)


def turned(points: Floats, angle: float, scale: float, shift: tuple[float, float]) -> Floats:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ turn.T * scale + shift, np.float32)


def dotted(points: Floats, size: tuple[int, int]) -> Image:
    image = np.zeros((*size, 3), np.uint8)
    for x, y in points:
        cv2.circle(image, (round(float(x)), round(float(y))), 4, (255, 255, 255), -1)
    return image


@pytest.mark.parametrize("angle", [-0.6, 0.0, 0.3])
@pytest.mark.parametrize("scale", [0.5, 1.0, 2.2])
def test_a_turned_scaled_and_shifted_face_is_brought_back(angle: float, scale: float) -> None:
    points = turned(TEACHER_TEMPLATE, angle, scale, (130, 90))
    matrix = similarity(points, TEACHER_TEMPLATE)
    np.testing.assert_allclose(points @ matrix[:, :2].T + matrix[:, 2], TEACHER_TEMPLATE, atol=1e-3)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    mirrored = TEACHER_TEMPLATE * (-1, 1)
    matrix = similarity(np.asarray(mirrored, np.float32), TEACHER_TEMPLATE)
    assert np.linalg.det(matrix[:, :2].astype(float)) > 0


def test_the_teachers_input_lies_in_the_middle_of_a_stored_face() -> None:
    corners = np.array([[0, 0], [TEACHER_SIDE, TEACHER_SIDE]], np.float32)
    low, high = in_margin(corners)
    np.testing.assert_allclose(low + high, MARGIN_SIDE, atol=1e-3)
    np.testing.assert_allclose(high - low, TEACHER_SIDE * MARGIN_SCALE, atol=1e-3)


def test_the_points_of_every_stored_face_lie_where_they_do_in_any_other() -> None:
    points = turned(TEACHER_TEMPLATE, 0.4, 1.5, (160, 60))
    stored, _ = margin_template(dotted(points, (420, 520)), points)
    assert stored.shape == (MARGIN_SIDE, MARGIN_SIDE, 3)
    for x, y in in_margin(TEACHER_TEMPLATE).round().astype(int):
        assert stored[y - 1 : y + 2, x - 1 : x + 2].min() > 128


def test_box_and_points_of_a_face_move_as_its_picture_does() -> None:
    points = turned(TEACHER_TEMPLATE, 0.2, 1.2, (100, 80))
    middle, half = points.mean(axis=0), np.float32(70)
    face = np.array([*(middle - half), *(middle + half), 0.9, *points.ravel()], np.float32)
    _, matrix = margin_template(np.zeros((400, 400, 3), np.uint8), points)
    moved = face_in_margin(face, matrix)
    np.testing.assert_allclose(moved[5:].reshape(5, 2), in_margin(TEACHER_TEMPLATE), atol=1e-2)
    np.testing.assert_allclose(moved[2:4] - moved[:2], 140 * MARGIN_SCALE / 1.2, rtol=1e-3)
    assert moved[4] == np.float32(0.9)
