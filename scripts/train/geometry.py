"""Where the points of an aligned face lie, here and in the teacher."""

import cv2
import numpy as np

from scripts.train.pack import Floats, Image

TEACHER_SIDE = 128
TEACHER_TEMPLATE: Floats = np.array(
    [
        [40.3928, 59.0815],
        [87.3834, 59.0815],
        [64.0336, 81.9847],
        [44.7324, 105.5606],
        [83.6399, 105.5606],
    ],
    np.float32,
)
"""Of face-reidentification-retail-0095 (Open Model Zoo), pixels of its 128 x 128 input."""

MARGIN_SIDE = 144
MARGIN_SCALE = 0.9
"""Stored faces are the teacher's input at this scale in the middle of a larger square."""


def in_margin(points: Floats) -> Floats:
    """Points of the teacher's input in a stored face."""
    middle = TEACHER_SIDE / 2
    return np.asarray((points - middle) * MARGIN_SCALE + MARGIN_SIDE / 2, np.float32)


def similarity(source: Floats, target: Floats) -> Floats:
    """(2, 3) rotation, scale and shift that bring points closest to others (Umeyama 1991)."""
    one = source.astype(np.float64) @ np.array([1, 1j])
    other = target.astype(np.float64) @ np.array([1, 1j])
    centred = one - one.mean()
    factor = (centred.conj() * (other - other.mean())).sum() / (np.abs(centred) ** 2).sum()
    shift = other.mean() - factor * one.mean()
    rows = [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]]
    return np.array(rows, np.float32)


def margin_template(image: Image, points: Floats) -> tuple[Image, Floats]:
    """Cut out a face so that its five points lie where they do in every stored face.

    Returns:
        The stored face, and the (2, 3) matrix that took the picture to it.
    """
    matrix = similarity(points, in_margin(TEACHER_TEMPLATE))
    size = (MARGIN_SIDE, MARGIN_SIDE)
    made = cv2.warpAffine(
        image, matrix, size, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(made, np.uint8), matrix


def face_in_margin(face: Floats, matrix: Floats) -> Floats:
    """(15,) box, score and points of a face in its stored picture."""
    corners, points = face[:4].reshape(2, 2), face[5:].reshape(5, 2)
    middle = corners.mean(axis=0) @ matrix[:, :2].T + matrix[:, 2]
    half = (corners[1] - corners[0]) / 2 * np.hypot(matrix[0, 0], matrix[0, 1])
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return np.concatenate([middle - half, middle + half, face[4:5], moved.ravel()])
