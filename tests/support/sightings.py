"""Builders of what detectors see, from plain lists."""

from collections.abc import Sequence

import numpy as np

from edge_agent.domain.detection import Bodies, Faces, Floats, Seen

Box = Sequence[float]


def boxes(rows: Sequence[Box]) -> Floats:
    """(n, 4) float32."""
    return np.array(rows, np.float32).reshape(len(rows), 4)


def bodies(rows: Sequence[Box], score: float = 0.9) -> Bodies:
    """Bodies of one score."""
    return Bodies(boxes(rows), np.full(len(rows), score, np.float32))


def faces(rows: Sequence[Box], score: float = 0.9) -> Faces:
    """Faces of one score, with their landmarks where landmarks are."""
    xyxy = boxes(rows)
    places = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]], np.float32)
    size = xyxy[:, None, 2:] - xyxy[:, None, :2]
    landmarks = (xyxy[:, None, :2] + places[None] * size).astype(np.float32)
    return Faces(xyxy, np.full(len(rows), score, np.float32), landmarks)


def seen(*, body: Sequence[Box] = (), face: Sequence[Box] = (), score: float = 0.9) -> Seen:
    """One frame."""
    return Seen(faces(face, score), bodies(body, score))


def standing(x: float, y: float = 100.0, height: float = 200.0) -> Box:
    """The body box of somebody whose head begins at (x, y)."""
    return (x - 0.2 * height, y, x + 0.2 * height, y + height)


def face_of(body: Box) -> Box:
    """The face of a standing person."""
    left, top, right, bottom = body
    middle, size = (left + right) / 2, 0.1 * (bottom - top)
    return (middle - 0.4 * size, top + 0.2 * size, middle + 0.4 * size, top + 1.2 * size)
