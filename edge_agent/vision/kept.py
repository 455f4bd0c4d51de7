"""Where in a stored picture the face or the body is that it was cut out for.

Pictures are stored as the part with its `MARGIN` around it, together with its marks. Older ones
have no marks: in them the part fills the middle, unless the frame ended there.
"""

import cv2
import numpy as np

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.track import MARGIN, Marks
from edge_agent.domain.vector import Part
from edge_agent.vision.geometry import areas, intersections
from edge_agent.vision.parts import FaceDetector

_CANVASES = (0.0, 0.5, 1.0)
"""Surroundings added to the picture, as shares of its size: detectors know faces with some."""

_OVERLAP = 0.2
"""Least intersection over union with where the face ought to be; one that a corner of the frame
cut has 0.33 with the middle."""


def landmarks_in(marks: Marks) -> Floats:
    """(1, 5, 2) the landmarks of a face."""
    return np.array(marks.landmarks, np.float32).reshape(1, 5, 2)


def body_in(picture: Image, marks: Marks | None) -> Floats:
    """(1, 4) the box of the body that a picture was cut out for."""
    return _box(picture, Part.BODY, marks)


def face_again(picture: Image, faces: FaceDetector, marks: Marks | None = None) -> Floats | None:
    """(1, 5, 2) landmarks of the face that a picture was cut out for.

    It is looked for in the picture and on canvases with more around it, and the median of what they
    say is taken: of one look alone the vector is less like that of the frame. Of several faces the
    one counts that agrees best with where it ought to be.

    Args:
        picture: (h, w, 3) uint8 BGR.
        faces: the pack's detector for frames.
        marks: where it is by another detector.

    Returns:
        None where no face is found, or only somebody else's at the edge.

    Raises:
        VisionFailed: the model failed.
    """
    box = _box(picture, Part.FACE, marks)
    found = [_on_canvas(picture, share, faces, box) for share in _CANVASES]
    seen = [landmarks for landmarks in found if landmarks is not None]
    return np.asarray(np.median(seen, axis=0), np.float32) if seen else None


def _on_canvas(picture: Image, share: float, faces: FaceDetector, box: Floats) -> Floats | None:
    height, width = picture.shape[:2]
    down, across = round(height * share), round(width * share)
    gray = (114, 114, 114)
    canvas = cv2.copyMakeBorder(
        picture, down, down, across, across, cv2.BORDER_CONSTANT, value=gray
    )
    found = faces.detect(np.asarray(canvas, np.uint8))
    if not len(found):
        return None
    moved = np.array([across, down], np.float32)
    xyxy = found.xyxy - np.tile(moved, 2)
    shared = intersections(xyxy, box)[:, 0]
    overlap = shared / (areas(xyxy) + areas(box) - shared)
    best = int(overlap.argmax())
    if overlap[best] < _OVERLAP:
        return None
    return np.asarray(found.landmarks[[best]] - moved, np.float32)


def _box(picture: Image, part: Part, marks: Marks | None) -> Floats:
    """(1, 4) the box by its marks, else the one that with its margin fills the picture."""
    if marks is not None:
        return np.array(marks.xyxy, np.float32).reshape(1, 4)
    height, width = picture.shape[:2]
    inset = MARGIN[part] / (1 + 2 * MARGIN[part])
    return np.array(
        [[width * inset, height * inset, width * (1 - inset), height * (1 - inset)]], np.float32
    )
