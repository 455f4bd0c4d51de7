"""Finding the people in a picture that somebody uploaded.

Unlike a camera's frame such a picture may be a portrait that is all face, a tight crop of a body,
or a large photograph of a group; and nobody waits for the next frame. So more is tried.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

import cv2
import numpy as np

from edge_agent.domain.detection import Bodies, Faces, Floats, Image, Seen
from edge_agent.vision.geometry import areas, intersections
from edge_agent.vision.parts import BodyDetector, FaceDetector

Found = TypeVar("Found", Faces, Bodies)

_MARGINS = (0.5, 1.0)
_TILED_FROM_PX = 900
_TIGHT_CROP = (1.4, 4.5)
_PORTRAIT = 0.4


def look_closely(image: Image, faces: FaceDetector, bodies: BodyDetector) -> Seen:
    """Find the people in a query picture.

    Each part is looked for in the picture as it is; where nothing is found, on a canvas with a
    margin around it (detectors know faces with some surroundings), and in a large picture in four
    overlapping tiles. If there is still no body, the picture is upright like one (1.4 to 4.5
    times as high as wide) and no face fills much of it, then it is taken to be a tight crop: the
    whole picture is the body, with score 0 as the sign that no detector said so.

    Raises:
        VisionFailed: a model failed.
    """
    found_faces = _first(image, faces.detect, _moved_faces, Faces.none())
    found_bodies = _first(image, bodies.detect, _moved_bodies, Bodies.none())
    if not len(found_bodies) and _is_tight_crop(image, found_faces):
        height, width = image.shape[:2]
        whole = np.array([[0, 0, width, height]], np.float32)
        found_bodies = Bodies(whole, np.zeros(1, np.float32))
    return Seen(found_faces, found_bodies)


def _first(
    image: Image,
    detect: Callable[[Image], Found],
    moved: Callable[[Found, Floats], Found],
    nobody: Found,
) -> Found:
    found = detect(image)
    if len(found):
        return found
    for share in _MARGINS:
        found = _on_canvas(image, share, detect, moved)
        if len(found):
            return found
    return _in_tiles(image, detect, moved, nobody)


def _on_canvas(
    image: Image, share: float, detect: Callable[[Image], Found], moved: Callable[[Found, Floats], Found]
) -> Found:
    height, width = image.shape[:2]
    across, down = round(width * share), round(height * share)
    canvas = cv2.copyMakeBorder(
        image, down, down, across, across, cv2.BORDER_CONSTANT, value=(114, 114, 114)
    )
    return moved(detect(np.asarray(canvas, np.uint8)), np.array([-across, -down], np.float32))


def _in_tiles(
    image: Image,
    detect: Callable[[Image], Found],
    moved: Callable[[Found, Floats], Found],
    nobody: Found,
) -> Found:
    best = nobody
    for left, top, tile in _tiles(image):
        found = moved(detect(tile), np.array([left, top], np.float32))
        best = _joined(best, found)
    return best


def _tiles(image: Image) -> Iterator[tuple[int, int, Image]]:
    height, width = image.shape[:2]
    if max(height, width) < _TILED_FROM_PX:
        return
    down, across = round(height * 0.6), round(width * 0.6)
    for top in (0, height - down):
        for left in (0, width - across):
            yield left, top, np.ascontiguousarray(image[top : top + down, left : left + across])


def _joined(one: Found, other: Found) -> Found:
    """Both, without those of `other` that overlap one of `one` by more than half."""
    if not len(one) or not len(other):
        return one if len(one) else other
    shared = intersections(other.xyxy, one.xyxy)
    smaller = np.minimum(areas(other.xyxy)[:, None], areas(one.xyxy)[None])
    fresh = other[(shared <= 0.5 * smaller).all(axis=1)]
    if isinstance(one, Faces) and isinstance(fresh, Faces):
        return Faces(
            np.concatenate([one.xyxy, fresh.xyxy]),
            np.concatenate([one.score, fresh.score]),
            np.concatenate([one.landmarks, fresh.landmarks]),
        )
    return Bodies(
        np.concatenate([one.xyxy, fresh.xyxy]), np.concatenate([one.score, fresh.score])
    )


def _moved_faces(faces: Faces, by: Floats) -> Faces:
    return Faces(faces.xyxy + np.tile(by, 2), faces.score, faces.landmarks + by)


def _moved_bodies(bodies: Bodies, by: Floats) -> Bodies:
    return Bodies(bodies.xyxy + np.tile(by, 2), bodies.score)


def _is_tight_crop(image: Image, faces: Faces) -> bool:
    height, width = image.shape[:2]
    upright = _TIGHT_CROP[0] <= height / width <= _TIGHT_CROP[1]
    tallest = float((faces.xyxy[:, 3] - faces.xyxy[:, 1]).max(initial=0))
    return upright and tallest < _PORTRAIT * height
