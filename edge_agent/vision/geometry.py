"""Fitting pictures into models and boxes back into pictures."""

import math

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats, Image


def letterbox(image: Image, canvas: Image, pad: int) -> tuple[Image, float]:
    """Scale a picture, up or down, into the top left of a canvas, keeping its proportions.

    Args:
        image: (h, w, 3) uint8.
        canvas: (height, width, 3) uint8, C-contiguous; is painted all over.
        pad: value of the canvas where the picture does not reach.

    Returns:
        The canvas, and the scale: canvas pixels per picture pixel.
    """
    height, width = canvas.shape[:2]
    scale = min(width / image.shape[1], height / image.shape[0])
    across = min(width, max(1, round(image.shape[1] * scale)))
    down = min(height, max(1, round(image.shape[0] * scale)))
    canvas[down:] = pad
    canvas[:down, across:] = pad
    cv2.resize(image, (across, down), dst=canvas[:down, :across])
    return canvas, scale


def cell_grid(width: int, height: int, strides: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Cells of a detector's output levels, row by row, one level after the other.

    Returns:
        (n, 2) column and row of each cell, and (n, 1) its stride in pixels.
    """
    cells, steps = [], []
    for stride in strides:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        cells.append(np.stack([columns, rows], axis=-1).reshape(-1, 2))
        steps.append(np.full((len(cells[-1]), 1), stride))
    return np.concatenate(cells).astype(np.float32), np.concatenate(steps).astype(np.float32)


def best_apart(xyxy: Floats, score: Floats, iou: float) -> npt.NDArray[np.intp]:
    """Rows that stay when of two boxes that overlap by more than `iou` the better one stays.

    Returns:
        Row numbers, the best score first.
    """
    if not len(xyxy):
        return np.empty(0, np.intp)
    xywh = np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1)
    kept = cv2.dnn.NMSBoxes(xywh.tolist(), score.tolist(), 0.0, iou)
    return np.asarray(kept, np.intp).reshape(-1)


def similarity_transforms(landmarks: Floats, template: Floats) -> npt.NDArray[np.float64]:
    """The rotation, scale and shift that bring landmarks closest to a template.

    The least-squares similarity of Umeyama, "Least-Squares Estimation of Transformation
    Parameters Between Two Point Patterns", IEEE TPAMI 13 (1991). In the plane, without
    reflection, it has a closed form over complex numbers: with both sides centred,
    the factor (scale and rotation) is sum(conj(source) * target) / sum(|source|²).

    Args:
        landmarks: (n, k, 2) points in pixels of the picture.
        template: (k, 2) points in pixels of the crop.

    Returns:
        (n, 2, 3) matrices that map picture to crop, as `cv2.warpAffine` takes them.
    """
    source = landmarks.astype(np.float64) @ np.array([1, 1j])
    target = template.astype(np.float64) @ np.array([1, 1j])
    source_mean, target_mean = source.mean(axis=1, keepdims=True), target.mean()
    centred = source - source_mean
    spread = np.maximum((np.abs(centred) ** 2).sum(axis=1), 1e-12)
    factor = (centred.conj() * (target - target_mean)).sum(axis=1) / spread
    shift = target_mean - factor * source_mean[:, 0]
    matrices = np.empty((len(landmarks), 2, 3))
    matrices[:, 0, 0], matrices[:, 0, 1] = factor.real, -factor.imag
    matrices[:, 1, 0], matrices[:, 1, 1] = factor.imag, factor.real
    matrices[:, 0, 2], matrices[:, 1, 2] = shift.real, shift.imag
    return matrices


def aligned(
    image: Image, landmarks: Floats, template: Floats, width: int, height: int
) -> list[Image]:
    """Cut out faces, turned and scaled so that their landmarks lie on the template.

    Args:
        image: (h, w, 3) uint8.
        landmarks: (n, 5, 2) pixels of the picture.
        template: (5, 2) pixels of the crop.
        width: of a crop, pixels.
        height: of a crop, pixels.

    Returns:
        One (height, width, 3) uint8 crop per face; black where the picture does not reach.
    """
    matrices = similarity_transforms(landmarks, template)
    return [
        np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.uint8) for matrix in matrices
    ]


def cut(image: Image, box: Floats) -> Image:
    """The part of a picture inside a box, at least one pixel; a view.

    Args:
        image: (h, w, 3) uint8.
        box: (4,) xyxy in pixels; what reaches past the picture is left out.
    """
    height, width = image.shape[:2]
    left = min(max(math.floor(box[0]), 0), width - 1)
    top = min(max(math.floor(box[1]), 0), height - 1)
    right = max(min(math.ceil(box[2]), width), left + 1)
    bottom = max(min(math.ceil(box[3]), height), top + 1)
    return image[top:bottom, left:right]


def areas(xyxy: Floats) -> Floats:
    """Area of each of (n, 4) boxes; 0 where a box is empty."""
    sides = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def intersections(one: Floats, other: Floats) -> Floats:
    """Area shared by each of (n, 4) and each of (m, 4) boxes, as (n, m)."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    sides = np.maximum(high - low, 0)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32)
