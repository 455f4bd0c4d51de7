"""Faces and bodies from one run of one network, and the points of each face from a small second."""

import math

import cv2
import numpy as np

from edge_agent.domain.detection import Bodies, Faces, Floats, Image, Seen
from edge_agent.vision.geometry import best_apart, cell_grid, letterbox
from edge_agent.vision.networks import Network, Room, network_input
from edge_agent.vision.parts import BodyDetector, FaceDetector
from edge_agent.vision.tasks import DetectorTask, RefinerTask

_SMALLEST, _LARGEST = -4.0, 5.0
"""Bounds of the logarithm of a side, in strides; the network was trained with them."""

_LARGE = 0.05
"""Share of a picture from which on it is asked whether anything is to be seen in a body's box."""

_PLAIN = 1.5
"""Mean of the second difference of brightness, at 16 x 16, below which nothing is to be seen."""


class BodyCells:
    """The bodies in what the detector answers."""

    def __init__(self, task: DetectorTask) -> None:
        self._task = task
        height, width = task.input_size
        grid, self._step = cell_grid(width, height, task.strides)
        self._middle = (grid + 0.5) * self._step

    def bodies(
        self, output: Floats, scale: float, image: Image, least: float | None = None
    ) -> Bodies:
        """Bodies in pixels of the picture, the best first.

        Args:
            output: (cells, 5) as `OnePass` has it.
            scale: of the canvas to the picture.
            image: (h, w, 3) uint8.
            least: bodies below this score are left out; None takes the pack's threshold.
        """
        least = self._task.score_threshold if least is None else least
        rows = output[:, 0] >= least
        xyxy = boxes(output[rows], self._middle[rows], self._step[rows]) / scale
        bodies = Bodies(xyxy.astype(np.float32), output[rows, 0])
        bodies = bodies[best_apart(bodies.xyxy, bodies.score, self._task.iou_threshold)]
        seen = np.array([not _blank(image, box) for box in bodies.xyxy], dtype=bool)
        return bodies[seen]


def _blank(image: Image, box: Floats) -> bool:
    """Whether nothing is to be seen in a box of some size.

    A covered lens, a frame of one brightness or a privacy mask has no edges, and its outline passes
    for somebody. In 250 photographs, also at a tenth of their light, no body had less than
    `_PLAIN`.
    """
    height, width = image.shape[:2]
    left, top = np.maximum(box[:2], 0).astype(int)
    right, bottom = np.minimum(box[2:], (width, height)).astype(int)
    if (right - left) * (bottom - top) < _LARGE * width * height:
        return False
    some = cv2.resize(image[top:bottom, left:right], (128, 128), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(some, cv2.COLOR_BGR2GRAY).astype(np.float32)  # 16 x 16 without rounding
    edges = cv2.Laplacian(cv2.resize(grey, (16, 16), interpolation=cv2.INTER_AREA), cv2.CV_32F)
    return float(np.abs(edges[1:-1, 1:-1]).mean()) < _PLAIN


def boxes(cells: Floats, middle: Floats, step: Floats) -> Floats:
    """(n, 4) corners of what (n, 5) cells say, in pixels of the canvas."""
    centre = middle + cells[:, 1:3] * step
    half = np.exp(cells[:, 3:5].clip(_SMALLEST, _LARGEST)) * step / 2
    return np.concatenate([centre - half, centre + half], axis=1)


class OnePass:
    """The detector of `scripts/train/nets.py`: of each cell a body and a face.

    Its outputs are bodies (1, cells, 5) and faces (1, cells, 15): score, shift of the centre from
    the cell's middle, logarithm of the size and, of faces, the shift of five points, in strides.
    """

    def __init__(
        self, model: Network, faces: DetectorTask, bodies: DetectorTask, refiner: "Refiner | None"
    ) -> None:
        self._model = model
        self._faces = faces
        self._bodies = BodyCells(bodies)
        self._refiner = refiner
        height, width = faces.input_size
        grid, self._step = cell_grid(width, height, faces.strides)
        self._middle = (grid + 0.5) * self._step
        self._room = Room()

    def detect(self, image: Image, least_body: float | None = None) -> Seen:
        """Faces and bodies in pixels of the picture, the best first.

        Args:
            image: (h, w, 3) uint8.
            least_body: bodies below this score are left out; None takes the pack's threshold.

        Raises:
            VisionFailed: the model failed.
        """
        bodies, faces, scale = self._run(image)
        return Seen(
            self._decoded_faces(image, faces, scale),
            self._bodies.bodies(bodies, scale, image, least_body),
        )

    def faces(self, image: Image) -> Faces:
        """The faces of `detect` alone."""
        _, faces, scale = self._run(image)
        return self._decoded_faces(image, faces, scale)

    def bodies(self, image: Image, least: float | None = None) -> Bodies:
        """The bodies of `detect` alone; no face is refined for them."""
        bodies, _, scale = self._run(image)
        return self._bodies.bodies(bodies, scale, image, least)

    def _run(self, image: Image) -> tuple[Floats, Floats, float]:
        height, width = self._faces.input_size
        canvas, scale = letterbox(image, self._room.canvas(width, height), self._faces.pad)
        bodies, faces = self._model.run(network_input([canvas], self._faces, self._room))
        return bodies[0], faces[0], scale

    def _decoded_faces(self, image: Image, output: Floats, scale: float) -> Faces:
        rows = output[:, 0] >= self._faces.score_threshold
        xyxy = boxes(output[rows], self._middle[rows], self._step[rows]) / scale
        shifts = output[rows, 5:].reshape(-1, 5, 2)
        points = self._middle[rows, None] + shifts * self._step[rows, None]
        faces = Faces(xyxy.astype(np.float32), output[rows, 0], (points / scale).astype(np.float32))
        faces = faces[best_apart(faces.xyxy, faces.score, self._faces.iou_threshold)]
        if self._refiner is None or not len(faces):
            return faces
        return Faces(faces.xyxy, faces.score, self._refiner.points(image, faces.xyxy))


class Refiner:
    """Finds the five points of a face in a square around its box, in the picture's own pixels."""

    def __init__(self, model: Network, task: RefinerTask) -> None:
        self._model = model
        self._task = task

    def points(self, image: Image, xyxy: Floats) -> Floats:
        """Where the points lie.

        Args:
            image: (h, w, 3) uint8.
            xyxy: (n, 4) boxes of faces in its pixels.

        Returns:
            (n, 5, 2) float32 pixels of the picture, in the order of `Faces.landmarks`.

        Raises:
            VisionFailed: the model failed.
        """
        made = np.empty((len(xyxy), 5, 2), np.float32)
        for row, box in enumerate(xyxy):
            middle = (box[:2] + box[2:]) / 2
            half = float((box[2:] - box[:2]).max()) / 2 * self._task.reach
            crop = _square(image, middle, half, self._task.input_size[0])
            answer = self._model.run(network_input([crop], self._task))[0]
            made[row] = middle + answer.reshape(5, 2) * half
        return made


def _square(image: Image, middle: Floats, half: float, side: int) -> Image:
    # A large face is first cut out at a multiple of the side, so that shrinking it loses nothing.
    times = max(1, math.ceil(half / side))
    scale = side * times / (2 * half)
    left, top = middle - half
    matrix = np.array(
        [[scale, 0, (0.5 - left) * scale - 0.5], [0, scale, (0.5 - top) * scale - 0.5]], np.float64
    )
    whole = cv2.warpAffine(
        image, matrix, (side * times, side * times), borderMode=cv2.BORDER_REPLICATE
    )
    if times > 1:
        whole = cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA)
    return np.asarray(whole, np.uint8)


class OnePassFaces:
    """The faces of `OnePass`, for whom bodies do not concern."""

    def __init__(self, people: OnePass) -> None:
        self._people = people

    def detect(self, image: Image) -> Faces:
        """See `FaceDetector`."""
        return self._people.faces(image)


class OnePassBodies:
    """The bodies of `OnePass`, for whom faces do not concern."""

    def __init__(self, people: OnePass) -> None:
        self._people = people

    def detect(self, image: Image, least: float | None = None) -> Bodies:
        """See `BodyDetector`."""
        return self._people.bodies(image, least)


class TwoPasses:
    """Faces and bodies by a detector of each."""

    def __init__(self, faces: FaceDetector, bodies: BodyDetector) -> None:
        self._faces = faces
        self._bodies = bodies

    def detect(self, image: Image, least_body: float | None = None) -> Seen:
        """See `PeopleDetector`."""
        faces = self._faces.detect(image)
        return Seen(faces, self._bodies.detect(image, least_body))
