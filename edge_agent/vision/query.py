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
_UPRIGHT = (1.4, 4.5)
_COVERS = 0.5
_PORTRAIT = 0.4


def look_closely(image: Image, faces: FaceDetector, bodies: BodyDetector) -> Seen:
    """Find the people in a query picture.

    Each part is looked for in the picture as it is; where nothing is found, on a canvas with a
    margin around it (detectors know people with some surroundings), and in a large picture in
    four overlapping tiles.

    An upright picture (1.4 to 4.5 times as high as wide) may be a tight crop of a body, in which
    detectors see a torso for the whole. It is one if on a canvas the best body covers at least
    half of it, or if no body is found anywhere and no face fills much of it; then the whole
    picture is the body. In the latter case its score is 0: no detector said so.

    Raises:
        VisionFailed: a model failed.
    """
    found_faces = _first(image, faces.detect, _moved_faces, Faces.none())
    if not _is_upright(image):
        return Seen(found_faces, _first(image, bodies.detect, _moved_bodies, Bodies.none()))
    found_bodies = _tight_crop(image, bodies)
    if not len(found_bodies):
        found_bodies = _first(image, bodies.detect, _moved_bodies, Bodies.none())
    if not len(found_bodies) and not _is_portrait(image, found_faces):
        found_bodies = Bodies(_whole(image), np.zeros(1, np.float32))
    return Seen(found_faces, found_bodies)


def _tight_crop(image: Image, bodies: BodyDetector) -> Bodies:
    """The whole picture as the best body, where it is one, and who else is in it; else nobody."""
    found = _on_canvas(image, _MARGINS[0], bodies.detect, _moved_bodies)
    whole = _whole(image)
    if not len(found):
        return found
    shared = intersections(found.xyxy, whole)[:, 0]
    union = areas(found.xyxy) + areas(whole) - shared
    if shared[0] < _COVERS * union[0]:
        return Bodies.none()
    return _joined(Bodies(whole, found.score[:1]), found)


def _whole(image: Image) -> Floats:
    height, width = image.shape[:2]
    return np.array([[0, 0, width, height]], np.float32)


def _is_upright(image: Image) -> bool:
    low, high = _UPRIGHT
    return low <= image.shape[0] / image.shape[1] <= high


def _is_portrait(image: Image, faces: Faces) -> bool:
    tallest = float((faces.xyxy[:, 3] - faces.xyxy[:, 1]).max(initial=0))
    return tallest >= _PORTRAIT * image.shape[0]


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
    image: Image,
    share: float,
    detect: Callable[[Image], Found],
    moved: Callable[[Found, Floats], Found],
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
    return Bodies(np.concatenate([one.xyxy, fresh.xyxy]), np.concatenate([one.score, fresh.score]))


def _moved_faces(faces: Faces, by: Floats) -> Faces:
    return Faces(faces.xyxy + np.tile(by, 2), faces.score, faces.landmarks + by)


def _moved_bodies(bodies: Bodies, by: Floats) -> Bodies:
    return Bodies(bodies.xyxy + np.tile(by, 2), bodies.score)
