"""Finding the people in a picture that somebody uploaded.

Unlike a camera's frame such a picture may be a portrait that is all face, a tight crop of a body,
or a large photograph of a group; and nobody waits for the next frame. So more is tried.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np

from edge_agent.domain.detection import Bodies, Faces, Floats, Image, Seen
from edge_agent.vision.geometry import areas, intersections
from edge_agent.vision.parts import BodyDetector, FaceDetector

Found = TypeVar("Found", Faces, Bodies)

_MARGINS = (0.5, 1.0)
_TILED_FROM_PX = 900
_TILE = 0.6
_UPRIGHT = (1.4, 4.5)
_COVERS = 0.5
_PORTRAIT = 0.4


@dataclass(frozen=True, slots=True)
class _Look(Generic[Found]):
    """How one part is looked for.

    Attributes:
        detect: finds it in a picture.
        moved: shifts what was found by (x, y) pixels.
        joined: puts the rows of two findings together.
        nothing: an empty finding.
    """

    detect: Callable[[Image], Found]
    moved: Callable[[Found, Floats], Found]
    joined: Callable[[Found, Found], Found]
    nothing: Found


def look_closely(image: Image, faces: FaceDetector, bodies: BodyDetector) -> Seen:
    """Find the people in a query picture.

    Each part is looked for in the picture as it is; where nothing is found, on a canvas with a
    margin around it (detectors know people with some surroundings), and in a large picture in
    four overlapping tiles.

    An upright picture (1.4 to 4.5 times as high as wide) may be a tight crop of a body, in which
    detectors take a torso for the whole. It is one if on a canvas the best body covers at least
    half of it, or if no body is found anywhere and no face fills much of it; then the whole
    picture is the body. In the latter case its score is 0: no detector said so.

    Raises:
        VisionFailed: a model failed.
    """
    return people_of(image, faces_closely(image, faces), bodies_closely(image, bodies))


def faces_closely(image: Image, faces: FaceDetector) -> Faces:
    """The faces of `look_closely`.

    Raises:
        VisionFailed: a model failed.
    """
    return _persist(image, _Look(faces.detect, _moved_faces, _joined_faces, Faces.none()))


def bodies_closely(image: Image, bodies: BodyDetector) -> Bodies:
    """The bodies of `look_closely` that the detector finds.

    Raises:
        VisionFailed: a model failed.
    """
    look = _Look(bodies.detect, _moved_bodies, _joined_bodies, Bodies.none())
    if _is_upright(image):
        found = _tight_crop(image, look)
        if len(found):
            return found
    return _persist(image, look)


def people_of(image: Image, faces: Faces, bodies: Bodies) -> Seen:
    """Both together; an upright picture in which nobody was found may be a body as a whole.

    Args:
        image: (h, w, 3) uint8 BGR.
        faces: by `faces_closely`.
        bodies: by `bodies_closely`.
    """
    if not len(bodies) and _is_upright(image) and not _is_portrait(image, faces):
        bodies = Bodies(_whole(image), np.zeros(1, np.float32))
    return Seen(faces, bodies)


def _persist(image: Image, look: _Look[Found]) -> Found:
    found = look.detect(image)
    for share in _MARGINS:
        if len(found):
            return found
        found = _on_canvas(image, share, look)
    return found if len(found) else _in_tiles(image, look)


def _on_canvas(image: Image, share: float, look: _Look[Found]) -> Found:
    height, width = image.shape[:2]
    across, down = round(width * share), round(height * share)
    gray = (114, 114, 114)
    canvas = cv2.copyMakeBorder(image, down, down, across, across, cv2.BORDER_CONSTANT, value=gray)
    found = look.detect(np.asarray(canvas, np.uint8))
    return look.moved(found, np.array([-across, -down], np.float32))


def _in_tiles(image: Image, look: _Look[Found]) -> Found:
    found = look.nothing
    for left, top, tile in _tiles(image):
        here = look.moved(look.detect(tile), np.array([left, top], np.float32))
        found = look.joined(found, here[_fresh(here.xyxy, found.xyxy)])
    return found


def _tiles(image: Image) -> Iterator[tuple[int, int, Image]]:
    height, width = image.shape[:2]
    if max(height, width) < _TILED_FROM_PX:
        return
    down, across = round(height * _TILE), round(width * _TILE)
    for top in (0, height - down):
        for left in (0, width - across):
            yield left, top, np.ascontiguousarray(image[top : top + down, left : left + across])


def _tight_crop(image: Image, look: _Look[Bodies]) -> Bodies:
    """The whole picture, where it is a body, and who else is in it; else nobody."""
    found = _on_canvas(image, _MARGINS[0], look)
    if not len(found):
        return found
    whole = _whole(image)
    shared = intersections(found.xyxy, whole)[:, 0]
    union = areas(found.xyxy) + areas(whole) - shared
    if shared[0] < _COVERS * union[0]:
        return Bodies.none()
    others = found[_fresh(found.xyxy, whole)]
    return _joined_bodies(Bodies(whole, found.score[:1]), others)


def _fresh(xyxy: Floats, known: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """(n,) which boxes share at most half of the smaller area with each of the (m, 4) known."""
    smaller = np.minimum(areas(xyxy)[:, None], areas(known)[None])
    return np.asarray((intersections(xyxy, known) <= smaller / 2).all(axis=1), np.bool_)


def _whole(image: Image) -> Floats:
    height, width = image.shape[:2]
    return np.array([[0, 0, width, height]], np.float32)


def _is_upright(image: Image) -> bool:
    height, width = image.shape[:2]
    low, high = _UPRIGHT
    return bool(low <= height / width <= high)


def _is_portrait(image: Image, faces: Faces) -> bool:
    tallest = float((faces.xyxy[:, 3] - faces.xyxy[:, 1]).max(initial=0))
    return bool(tallest >= _PORTRAIT * image.shape[0])


def _moved_faces(faces: Faces, by: Floats) -> Faces:
    return Faces(faces.xyxy + np.tile(by, 2), faces.score, faces.landmarks + by)


def _moved_bodies(bodies: Bodies, by: Floats) -> Bodies:
    return Bodies(bodies.xyxy + np.tile(by, 2), bodies.score)


def _joined_faces(one: Faces, other: Faces) -> Faces:
    return Faces(
        np.concatenate([one.xyxy, other.xyxy]),
        np.concatenate([one.score, other.score]),
        np.concatenate([one.landmarks, other.landmarks]),
    )


def _joined_bodies(one: Bodies, other: Bodies) -> Bodies:
    return Bodies(np.concatenate([one.xyxy, other.xyxy]), np.concatenate([one.score, other.score]))
