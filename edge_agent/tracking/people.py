"""The people of one frame: faces tied to bodies."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats, Seen
from edge_agent.tracking.assignment import assign

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class TieOptions:
    """When a face belongs to a body.

    The face of somebody whose body box begins at the top of the head lies about 0.7 face heights
    below that edge, whether the box holds the whole person or only head and shoulders; a raised
    arm or a hat moves it down.

    Attributes:
        upper: the centre of the face lies in this upper part of the body box, 0 to 1.
        least_height: height of the face in heights of the body, at least; a standing adult has
            0.1, and a smaller "face" is a picture on a shirt or somebody behind.
        most_width: width of the face in widths of the body, at most.
        drop: how far below the top edge the centre is expected, in face heights.
        reach: how far from there it may be, in face heights.
        sure: bodies of at least this score have the first choice; a face would else be tied to a
            doubtful second box around the same person.
    """

    sure: float = 0.5
    upper: float = 0.6
    least_height: float = 0.05
    most_width: float = 1.1
    drop: float = 0.7
    reach: float = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The people of one frame, one row each; somebody has a face, a body, or both.

    Attributes:
        face: (n,) row in the frame's `Faces`, -1 where there is none.
        body: (n,) row in the frame's `Bodies`, -1 where there is none.
        score: (n,) float32, the higher of the two detection scores.
        xyxy: (n, 4) float32 box of the body, of the face where no body was found.
    """

    face: Rows
    body: Rows
    score: Floats
    xyxy: Floats

    def __len__(self) -> int:
        return len(self.face)

    def __getitem__(self, rows: npt.NDArray[np.generic]) -> "People":
        """Take rows by a boolean mask or an index array."""
        return People(self.face[rows], self.body[rows], self.score[rows], self.xyxy[rows])

    def left_to_right(self) -> "People":
        """The same people ordered by the middle of their boxes."""
        return self[np.argsort(self.xyxy[:, 0] + self.xyxy[:, 2], kind="stable")]


def people_in(
    seen: Seen, options: TieOptions, apart: npt.NDArray[np.bool_] | None = None
) -> People:
    """Tie each face to the body it fits best, one to one; whatever is left is a person too.

    Args:
        seen: what the detectors found.
        options: when a face belongs to a body.
        apart: (faces, bodies) pairs that are known to be two people; None where nothing is known.

    Returns:
        First everybody with a body, in the order of the bodies, then the faces without one.
    """
    fit = tie_fit(seen.faces.xyxy, seen.bodies.xyxy, options)
    if apart is not None:
        fit[apart] = 0.0
    face_of_body = np.full(len(seen.bodies), -1, np.intp)
    sure = seen.bodies.score >= options.sure
    free = np.arange(len(seen.faces))
    for bodies in (np.flatnonzero(sure), np.flatnonzero(~sure)):
        if not len(free) or not len(bodies):
            continue
        pairs = assign(1.0 - fit[free][:, bodies], limit=1.0)
        for row, column in pairs:
            face_of_body[bodies[column]] = free[row]
        free = np.delete(free, [row for row, _ in pairs])
    tied = np.zeros(len(seen.faces), np.bool_)
    tied[face_of_body[face_of_body >= 0]] = True
    alone = np.flatnonzero(~tied)
    face = np.concatenate([face_of_body, alone]).astype(np.intp)
    body = np.concatenate([np.arange(len(seen.bodies)), np.full(len(alone), -1)]).astype(np.intp)
    # One row of nothing at the end is what row -1 points at.
    face_score = np.append(seen.faces.score, np.float32(0))
    body_score = np.append(seen.bodies.score, np.float32(0))
    xyxy = np.concatenate([seen.bodies.xyxy, seen.faces.xyxy[alone]]).astype(np.float32)
    return People(face, body, np.maximum(face_score[face], body_score[body]), xyxy)


def tie_fit(faces: Floats, bodies: Floats, options: TieOptions) -> Floats:
    """How well each face would sit on each body.

    Args:
        faces: (n, 4) xyxy.
        bodies: (m, 4) xyxy.
        options: the limits.

    Returns:
        (n, m) float32, 0 (impossible) to 1 (just where a face is expected).
    """
    face_centre = (faces[:, None, :2] + faces[:, None, 2:]) / 2
    face_size = np.maximum(faces[:, None, 2:] - faces[:, None, :2], 1e-3)
    body_size = np.maximum(bodies[None, :, 2:] - bodies[None, :, :2], 1e-3)
    inside = (face_centre - bodies[None, :, :2]) / body_size  # 0 to 1 from the top left corner
    height = face_size[..., 1] / body_size[..., 1]
    off = (inside[..., 1] / height - options.drop) / options.reach
    aside = (inside[..., 0] - 0.5) / 0.5
    possible = (
        (np.abs(aside) <= 1)
        & (inside[..., 1] >= 0)
        & (inside[..., 1] <= options.upper)
        & (np.abs(off) <= 1)
        & (height >= options.least_height)
        & (face_size[..., 0] <= options.most_width * body_size[..., 0])
    )
    # Both distances are 0 to 1 where it is possible; 0.1 keeps a poor fit above an impossible one.
    fit = 0.1 + 0.9 * (1 - off**2) * (1 - 0.7 * aside**2)
    return np.where(possible, fit, 0.0).astype(np.float32)
