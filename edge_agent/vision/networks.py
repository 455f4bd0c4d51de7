"""The neural parts of a pack: how pictures go into the networks and how answers come out."""

import threading
from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Bodies, Faces, Floats, Image
from edge_agent.vision.geometry import aligned, best_apart, cell_grid, cut, letterbox
from edge_agent.vision.tasks import DetectorTask, EmbedderTask, Task


class Network(Protocol):
    """What runs a network once; `OnnxModel` does."""

    def run(self, values: Floats) -> list[Floats]:
        """The outputs for one input."""


class Room(threading.local):
    """Memory for one input, each thread its own, that is used again and again.

    Fresh memory of a detector's input costs more in page faults than filling it: 2.9 against
    0.13 ms for 640 x 384. The same holds for the canvas and its colours on the way there.
    """

    def __init__(self) -> None:
        self._values = np.empty(0, np.float32)
        self._canvas: Image = np.empty((0, 0, 3), np.uint8)
        self._planes: list[npt.NDArray[np.uint8]] = []

    def of(self, shape: tuple[int, ...]) -> Floats:
        """The memory in this shape; what was in it is gone."""
        if self._values.shape != shape:
            self._values = np.empty(shape, np.float32)
        return self._values

    def canvas(self, width: int, height: int) -> Image:
        """A (height, width, 3) picture; what was in it is gone."""
        if self._canvas.shape != (height, width, 3):
            self._canvas = np.empty((height, width, 3), np.uint8)
        return self._canvas

    def planes(self, picture: Image) -> Sequence[npt.NDArray[np.uint8]]:
        """The three colours of a picture, (h, w) each; good until this thread asks again."""
        if not self._planes or self._planes[0].shape != picture.shape[:2]:
            self._planes = [np.empty(picture.shape[:2], np.uint8) for _ in range(3)]
        cv2.split(picture, self._planes)
        return self._planes


def network_input(pictures: Sequence[Image], task: Task, room: Room | None = None) -> Floats:
    """Normalise pictures of the input's size and lay them out as the model takes them.

    Args:
        pictures: (height, width, 3) uint8, blue green red.
        task: whose input it is.
        room: where to put it; good until this thread uses it next.

    Returns:
        (n, 3, height, width) or (n, height, width, 3) float32.
    """
    room = room or Room()
    values = room.of((len(pictures), 3, *pictures[0].shape[:2]))
    order = (2, 1, 0) if task.colour == "rgb" else (0, 1, 2)
    for row, picture in zip(values, pictures, strict=True):
        planes = room.planes(picture)
        for plane, channel in zip(row, order, strict=True):
            plane[...] = planes[channel]
    rules = task.preprocessing
    if any(rules.mean) or any(value != 1 for value in rules.std):
        values -= np.array(rules.mean, np.float32)[:, None, None]
        values /= np.array(rules.std, np.float32)[:, None, None]
    return values if task.layout == "NCHW" else np.ascontiguousarray(values.transpose(0, 2, 3, 1))


def input_shape(task: Task, batch: int = 1) -> tuple[int, ...]:
    """Shape of a model's input."""
    if task.layout == "NCHW":
        return (batch, 3, *task.input_size)
    return (batch, *task.input_size, 3)


class YuNet:
    """The face detector of Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023.

    Per level it answers the class score, the objectness, the box (centre shift and logarithm of
    the size, in strides) and five points (shift from the cell, in strides); the score of a face
    is the geometric mean of class score and objectness.
    """

    def __init__(self, model: Network, task: DetectorTask) -> None:
        self._model = model
        self._task = task
        height, width = task.input_size
        self._grid, self._step = cell_grid(width, height, task.strides)
        self._room = Room()

    def detect(self, image: Image) -> Faces:
        """Faces in pixels of the picture, the best first.

        Raises:
            VisionFailed: the model failed.
        """
        height, width = self._task.input_size
        canvas, scale = letterbox(image, self._room.canvas(width, height), self._task.pad)
        outputs = self._model.run(network_input([canvas], self._task, self._room))
        faces = self.decode(outputs, scale)
        return faces[best_apart(faces.xyxy, faces.score, self._task.iou_threshold)]

    def decode(self, outputs: Sequence[Floats], scale: float) -> Faces:
        """Read the outputs (class, objectness, box, points; each per level) for one picture.

        Args:
            outputs: (1, cells, values) each.
            scale: canvas pixels per picture pixel.

        Returns:
            Every cell's face whose score reaches the threshold, in pixels of the picture.
        """
        levels = len(self._task.strides)
        one, seen = (
            np.concatenate([level[0, :, 0] for level in outputs[at : at + levels]])
            for at in (0, levels)
        )
        score = np.sqrt(np.clip(one, 0, 1) * np.clip(seen, 0, 1))
        rows = np.flatnonzero(score >= self._task.score_threshold)
        box, points = (_rows_of(outputs[at : at + levels], rows) for at in (2 * levels, 3 * levels))
        grid, step = self._grid[rows], self._step[rows]
        centre = (grid + box[:, :2]) * step
        half = np.exp(box[:, 2:]) * step / 2
        marks = (points.reshape(-1, 5, 2) + grid[:, None]) * step[:, None]
        xyxy = np.concatenate([centre - half, centre + half], axis=1)
        return Faces(
            (xyxy / scale).astype(np.float32),
            score[rows].astype(np.float32),
            (marks / scale).astype(np.float32),
        )


def _rows_of(levels: Sequence[Floats], rows: npt.NDArray[np.intp]) -> Floats:
    """Rows, in rising order, of levels laid end to end: few are wanted of thousands of cells."""
    ends = np.cumsum([level.shape[1] for level in levels])
    parts = np.split(rows, np.searchsorted(rows, ends[:-1]))
    begins = [0, *ends[:-1]]
    return np.concatenate(
        [level[0][part - begin] for level, part, begin in zip(levels, parts, begins, strict=True)]
    )


class Yolox:
    """The detector of Ge et al., "YOLOX: Exceeding YOLO Series in 2021", one class of it.

    Per cell it answers centre shift and logarithm of the size in strides, objectness, and class
    scores; the score of a box is objectness times class score.
    """

    def __init__(self, model: Network, task: DetectorTask) -> None:
        self._model = model
        self._task = task
        height, width = task.input_size
        self._grid, self._step = cell_grid(width, height, task.strides)
        self._room = Room()

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of the input, pixels."""
        return self._task.input_size

    @property
    def cells(self) -> int:
        """So many rows the network has to answer."""
        return len(self._grid)

    def detect(self, image: Image, least: float | None = None) -> Bodies:
        """Bodies in pixels of the picture, the best first.

        Args:
            image: (h, w, 3) uint8.
            least: bodies below this score are left out; None takes the pack's threshold.

        Raises:
            VisionFailed: the model failed.
        """
        height, width = self._task.input_size
        canvas, scale = letterbox(image, self._room.canvas(width, height), self._task.pad)
        output = self._model.run(network_input([canvas], self._task, self._room))[0][0]
        bodies = self.decode(output, scale, least)
        return bodies[best_apart(bodies.xyxy, bodies.score, self._task.iou_threshold)]

    def decode(self, output: Floats, scale: float, least: float | None = None) -> Bodies:
        """Read the output for one picture.

        Args:
            output: (cells, 5 + classes).
            scale: canvas pixels per picture pixel.
            least: as in `detect`.

        Returns:
            Boxes that are most of all a person and reach the threshold, in pixels of the picture.
        """
        least = self._task.score_threshold if least is None else least
        person = output[:, 5 + self._task.person_class]
        score = output[:, 4] * person
        rows = np.flatnonzero(score >= least)
        rows = rows[person[rows] >= output[rows, 5:].max(axis=1, initial=0)]
        centre = (self._grid[rows] + output[rows, :2]) * self._step[rows]
        half = np.exp(output[rows, 2:4]) * self._step[rows] / 2
        xyxy = np.concatenate([centre - half, centre + half], axis=1) / scale
        return Bodies(xyxy.astype(np.float32), score[rows].astype(np.float32))


class NeuralFaces:
    """Face vectors: aligned crop, network, length 1."""

    def __init__(self, model: Network, task: EmbedderTask, *, mirrored: bool) -> None:
        self._model = model
        self._task = task
        self._template = np.array(task.template, np.float32)
        self._mirrored = mirrored

    def embed(self, image: Image, landmarks: Floats) -> Floats:
        """(n, d) unit rows for (n, 5, 2) landmarks.

        Raises:
            VisionFailed: the model failed.
        """
        height, width = self._task.input_size
        crops = aligned(image, landmarks, self._template, width, height)
        values = _vectors(self._model, crops, self._task)
        if self._mirrored and crops:
            mirrored = [np.ascontiguousarray(crop[:, ::-1]) for crop in crops]
            values = unit_rows(values + _vectors(self._model, mirrored, self._task))
        return values


class NeuralBodies:
    """Body vectors: crop, plain resize, network, length 1."""

    def __init__(self, model: Network, task: EmbedderTask) -> None:
        self._model = model
        self._task = task

    def embed(self, image: Image, xyxy: Floats) -> Floats:
        """(n, d) unit rows for (n, 4) boxes.

        Raises:
            VisionFailed: the model failed.
        """
        height, width = self._task.input_size
        crops = [np.asarray(cv2.resize(cut(image, box), (width, height)), np.uint8) for box in xyxy]
        return _vectors(self._model, crops, self._task)


def unit_rows(values: Floats) -> Floats:
    """Scale each row of (n, d) to length 1."""
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.maximum(length, 1e-12), np.float32)


def _vectors(model: Network, crops: Sequence[Image], task: EmbedderTask) -> Floats:
    # One crop per call: the networks of today's pack fix their batch at 1, and a batch that
    # varied would make the arena grow.
    rows = [model.run(network_input([crop], task))[0].reshape(1, -1) for crop in crops]
    return unit_rows(np.concatenate([np.empty((0, task.embedding_dimension), np.float32), *rows]))
