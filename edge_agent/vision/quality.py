"""How good a picture of a face or a body is: what the best shot of a track is chosen by.

All measures are 0 to 1; `docs/models.md` gives the formulas with the reasons. The numbers in them
are properties of pictures, not of a model: the same for every pack, so that qualities of two
packs may be compared.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Bodies, Faces, Floats, Image
from edge_agent.vision.geometry import aligned, areas, cut, intersections

Measures = npt.NDArray[np.float64]

_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655],
     [70.7299, 92.2041]],
    np.float32,
)  # fmt: skip
"""Where the landmarks of an upright frontal face lie in a crop of 112 x 112 (ArcFace, 2019)."""

_FACE_CROP = 112
_BODY_CROP = (64, 128)
_EDGE_PX = 2.0
_HEAD_AND_SHOULDERS = 0.3
_EVERY = 3  # pixels of a crop that are enough to tell its exposure
_BURNT = 250  # grey level
_AROUND_PX = 6


def ramp(
    values: npt.NDArray[np.floating] | float, low: float, high: float
) -> npt.NDArray[np.float64]:
    """0 up to `low`, 1 from `high` on, straight between."""
    return np.clip((np.asarray(values, np.float64) - low) / (high - low), 0, 1)


def _ramp(value: float, low: float, high: float) -> float:
    # For a single number ten times as fast as `ramp`.
    return min(max((value - low) / (high - low), 0.0), 1.0)


def sharpness(crop: Image) -> float:
    """How sharp a crop of a fixed size is, 0 to 1.

    The variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", ICPR 2000) over the variance of the brightness, so that a dark or pale picture is
    not taken for a blurred one; on a logarithmic scale, because each doubling of blur divides it
    by about the same factor.
    """
    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    contrast = _variance(gray) + 25.0  # grey levels of noise are no contrast
    detail = _variance(cv2.Laplacian(gray, cv2.CV_32F)) / contrast
    return _ramp(math.log10(detail + 1e-6), -2.3, -0.6)


def _variance(values: npt.NDArray[np.integer | np.floating]) -> float:
    # Ten times as fast as numpy's, which makes float64 copies.
    deviation = cv2.meanStdDev(values)[1]
    return float(deviation[0, 0]) ** 2


def exposure(crop: Image) -> float:
    """How well lit a crop of a fixed size is, 0 to 1.

    The grey levels from the darkest to the brightest twentieth must span something: in the dark,
    against the light, in fog and behind glass they do not. Nothing is asked of the mean, which
    depends on skin and clothes. What is burnt out (250 and above) shows nothing either.
    """
    gray = cv2.cvtColor(np.ascontiguousarray(crop[::_EVERY, ::_EVERY]), cv2.COLOR_BGR2GRAY)
    levels = np.sort(gray, axis=None)
    span = _percentile(levels, 0.95) - _percentile(levels, 0.05)
    burnt = 1 - int(levels.searchsorted(_BURNT)) / levels.size
    return _ramp(span, 10, 60) * (1 - _ramp(burnt, 0.1, 0.6))


def _percentile(levels: npt.NDArray[np.integer | np.floating], share: float) -> float:
    # As numpy's, which takes four times as long as sorting the few hundred pixels does.
    at = share * (levels.size - 1)
    low = int(at)
    high = min(low + 1, levels.size - 1)
    return float(levels[low]) + (at - low) * (float(levels[high]) - float(levels[low]))


def landmarks_shown(crop: Image) -> float:
    """The share of the five landmarks of an aligned face at which something is to be seen.

    Eyes, nose and corners of the mouth are where a face has contrast; a mask, sunglasses, a hand
    or a shelf before them is smooth. The brightness around each of them must vary by 0.12 of what
    it varies over the whole crop: of 144 portraits 99 in 100 reach 0.13 at the weakest of the
    five, and what was covered by a plain colour stays below 0.03. A patterned scarf passes.

    Args:
        crop: (112, 112, 3) uint8, aligned to the template.
    """
    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    whole = _variance(gray) ** 0.5 + 5.0  # grey levels of noise are no contrast
    around = [
        _variance(gray[y - _AROUND_PX : y + _AROUND_PX, x - _AROUND_PX : x + _AROUND_PX])
        for x, y in _TEMPLATE.astype(int)
    ]
    return float(ramp(np.sqrt(around) / whole, 0.03, 0.12).mean())


def frontalness(landmarks: Floats) -> Floats:
    """How frontal faces are, 0 (profile) to 1, as (n,) for (n, 5, 2) landmarks.

    Along the line of the eyes the nose tip lies in their middle when a face looks at the camera;
    across that line it lies at 0.57 of the way from eyes to mouth (the ArcFace template).
    """
    eyes = landmarks[:, 1] - landmarks[:, 0]
    apart = np.maximum(np.linalg.norm(eyes, axis=1), 1e-3)
    along = eyes / apart[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    middle = landmarks[:, :2].mean(axis=1)
    nose = landmarks[:, 2] - middle
    mouth = landmarks[:, 3:].mean(axis=1) - middle
    turned = np.abs((nose * along).sum(axis=1)) / apart
    length = np.maximum((mouth * across).sum(axis=1), 1e-3)
    tilted = np.abs((nose * across).sum(axis=1) / length - 0.57)
    front = (1 - ramp(turned, 0.1, 0.5)) * (1 - ramp(tilted, 0.15, 0.5))
    return np.asarray(front, np.float32)


def inside(image: Image, xyxy: Floats) -> Floats:
    """Share of each box that lies inside the picture, as (n,) for (n, 4)."""
    height, width = image.shape[:2]
    frame = np.array([[0, 0, width, height]], np.float32)
    share = intersections(xyxy, frame)[:, 0] / np.maximum(areas(xyxy), 1e-6)
    return np.asarray(np.clip(share, 0, 1), np.float32)


def edges_touched(image: Image, xyxy: Floats) -> npt.NDArray[np.int64]:
    """How many edges of the picture each box touches or crosses, as (n,) for (n, 4)."""
    height, width = image.shape[:2]
    low = (xyxy[:, :2] <= _EDGE_PX).sum(axis=1)
    high = (xyxy[:, 2:] >= np.array([width, height]) - _EDGE_PX).sum(axis=1)
    return np.asarray(low + high, np.int64)


def head_and_shoulders(faces: Faces, bodies: Bodies) -> npt.NDArray[np.bool_]:
    """Which of (n,) bodies are no more than that: a face in them is 0.3 of their height or more.

    Of people whole in the picture a face is 0.1 to 0.17 of the height.
    """
    shared = intersections(bodies.xyxy, faces.xyxy)
    within = shared >= 0.5 * areas(faces.xyxy)[None]
    face = (faces.xyxy[:, 3] - faces.xyxy[:, 1])[None]
    body = (bodies.xyxy[:, 3] - bodies.xyxy[:, 1])[:, None]
    return np.asarray((within & (face >= _HEAD_AND_SHOULDERS * body)).any(axis=1), np.bool_)


def cut_lengthwise(image: Image, xyxy: Floats) -> npt.NDArray[np.bool_]:
    """Whether the left or the right edge of the picture, not both, cuts each of (n, 4) boxes."""
    left = xyxy[:, 0] <= _EDGE_PX
    right = xyxy[:, 2] >= image.shape[1] - _EDGE_PX
    return np.asarray(left != right, np.bool_)


def face_quality(image: Image, faces: Faces, rows: Sequence[int] | None = None) -> Floats:
    """How good each face is for recognition.

    Args:
        image: (h, w, 3) uint8.
        faces: n of them.
        rows: those that are measured; None for all.

    Returns:
        (n,) 0 to 1: share inside the picture, times exposure, times the share of landmarks that
        are to be seen, times 1 less 0.9 times the share a nearer face covers, times the geometric
        mean of eye distance, sharpness, frontalness and detector score; 0 where not measured.
    """
    rows = range(len(faces)) if rows is None else rows
    sharp, seen = np.zeros((2, len(faces)))
    crops = aligned(image, faces.landmarks[list(rows)], _TEMPLATE, _FACE_CROP, _FACE_CROP)
    for row, crop in zip(rows, crops, strict=True):
        sharp[row] = sharpness(crop)
        seen[row] = exposure(crop) * landmarks_shown(crop)
    return _face_quality(image, faces, sharp, seen)


def face_bound(image: Image, faces: Faces) -> Floats:
    """(n,) what `face_quality` cannot exceed, told without looking at pixels."""
    sharp, seen = np.ones((2, len(faces)))
    return _face_quality(image, faces, sharp, seen)


def _face_quality(image: Image, faces: Faces, sharp: Measures, seen: Measures) -> Floats:
    if not len(faces):
        return np.empty(0, np.float32)
    eyes = np.linalg.norm(faces.landmarks[:, 1] - faces.landmarks[:, 0], axis=1)
    measures = np.stack(
        [ramp(eyes, 6, 40), sharp, frontalness(faces.landmarks), ramp(faces.score, 0.3, 0.9)]
    )
    # Heads are of one size: the larger face is the nearer one.
    hidden = _covered(faces.xyxy, areas(faces.xyxy))
    whole = inside(image, faces.xyxy) * seen * (1 - 0.9 * hidden)
    return np.asarray(whole * _mean(measures), np.float32)


def body_quality(image: Image, bodies: Bodies, rows: Sequence[int] | None = None) -> Floats:
    """How whole and clear each body is.

    Args:
        image: (h, w, 3) uint8.
        bodies: n of them.
        rows: those that are measured; None for all.

    Returns:
        (n,) 0 to 1: share inside the picture, times 0.8 per edge of the picture it touches, times
        exposure, times 1 less 0.9 times the share a nearer body covers, times the geometric mean
        of height, upright proportions, sharpness and detector score; 0 where not measured.
    """
    rows = range(len(bodies)) if rows is None else rows
    sharp, lit = np.zeros((2, len(bodies)))
    for row in rows:
        crop = np.asarray(cv2.resize(cut(image, bodies.xyxy[row]), _BODY_CROP), np.uint8)
        sharp[row], lit[row] = sharpness(crop), exposure(crop)
    return _body_quality(image, bodies, sharp, lit)


def body_bound(image: Image, bodies: Bodies) -> Floats:
    """(n,) what `body_quality` cannot exceed, told without looking at pixels."""
    sharp, lit = np.ones((2, len(bodies)))
    return _body_quality(image, bodies, sharp, lit)


def _body_quality(image: Image, bodies: Bodies, sharp: Measures, lit: Measures) -> Floats:
    if not len(bodies):
        return np.empty(0, np.float32)
    width, height = (bodies.xyxy[:, 2:] - bodies.xyxy[:, :2]).T
    upright = height / np.maximum(width, 1e-3)
    measures = np.stack(
        [
            ramp(height, 32, 256),
            ramp(upright, 0.6, 2.0) * (1 - ramp(upright, 4.0, 6.0)),
            sharp,
            ramp(bodies.score, 0.1, 0.8),
        ]
    )
    whole = inside(image, bodies.xyxy) * 0.8 ** edges_touched(image, bodies.xyxy)
    # On one floor, whose feet are lower in the picture is nearer and hides the others.
    hidden = _covered(bodies.xyxy, bodies.xyxy[:, 3])
    return np.asarray(whole * lit * (1 - 0.9 * hidden) * _mean(measures), np.float32)


def _covered(xyxy: Floats, near: Floats) -> Floats:
    """(n,) the largest share of each of (n, 4) boxes that one with more of (n,) `near` covers."""
    shared = intersections(xyxy, xyxy) / np.maximum(areas(xyxy), 1e-6)[:, None]
    nearer = near[None] > near[:, None]
    return np.asarray(np.clip(np.where(nearer, shared, 0).max(axis=1), 0, 1), np.float32)


def _mean(measures: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # Geometric: what is useless in one respect is useless; 0.01 keeps an order among those.
    return np.asarray(np.exp(np.log(np.maximum(measures, 0.01)).mean(axis=0)))
