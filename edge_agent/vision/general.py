"""Pictures of anything as vectors, and the things in them, from what the detector of bodies knows.

What a detector has learnt tells more than people apart, most of it where it was trained on 80
classes of things. Of the tensors of its backbone at strides 16 and 32 the generalised mean over the
picture is taken, p = 3 (Radenović, Tolias, Chum: "Fine-tuning CNN Image Retrieval with No Human
Annotation", IEEE TPAMI 41, 2019), each scaled to length 1, and both together once more. A picture
that was scaled, cropped, compressed again or made lighter stays near itself; what is of one kind
but looks different does not come near. docs/images.md has the figures.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.image_item import Look, Things
from edge_agent.vision.backbone import STRIDES
from edge_agent.vision.geometry import best_apart, cell_grid, letterbox
from edge_agent.vision.networks import Network, Room, network_input, unit_rows
from edge_agent.vision.one_pass import BodyCells
from edge_agent.vision.tasks import DetectorTask

POOLED = "gem3"
"""Part of the stamp on vectors: how they were made of the detector's tensors."""

CLASSIC = "grid1"
"""Likewise, of vectors that no network makes."""

CLASSIC_FLOOR = 0.67
"""Median cosine similarity of two unrelated photographs, compared by colours and edges."""

_FLOORS = {"yolox": 0.85, "one-pass": 0.96}
"""The same of pooled tensors, by the detector's decoder."""

_P = 3
_LEAST = 0.3
"""Score from which a thing is reported."""

_GRID = 4
_BINS = 8


def picture_floor(detector: DetectorTask) -> tuple[str, float]:
    """How pictures become vectors with such a detector of bodies, and the floor of these."""
    floor = _FLOORS.get(detector.decoder)
    return (CLASSIC, CLASSIC_FLOOR) if floor is None else (POOLED, floor)


class PictureReader(Protocol):
    """Looks at pictures of anything; may be called from several threads."""

    def look(self, image: Image) -> Look:
        """The vector of a whole picture, and the things in it, in its pixels."""


class ThingFinder(Protocol):
    """Reads the things out of what a detector answers."""

    def find(self, outputs: Sequence[Floats], scale: float, image: Image) -> Things:
        """Things in pixels of the picture, which was made `scale` times as large."""


class BackbonePictures:
    """What a detector knows of a picture.

    The network is loaded when it is first wanted: boxes without instances never do.
    """

    def __init__(
        self, load: Callable[[], Network], task: DetectorTask, things: ThingFinder
    ) -> None:
        self._load = load
        self._task = task
        self._things = things
        self._loading = threading.Lock()
        self._model: Network | None = None
        self._room = Room()

    def look(self, image: Image) -> Look:
        """The vector of a whole picture, and the things in it, in its pixels.

        Raises:
            VisionFailed: the model failed.
        """
        height, width = self._task.input_size
        canvas, scale = letterbox(image, self._room.canvas(width, height), self._task.pad)
        outputs = self._network().run(network_input([canvas], self._task, self._room))
        pools = []
        for stride, values in zip(STRIDES, outputs[-len(STRIDES) :], strict=True):
            # what lies beyond the picture is the canvas, which says nothing
            rows = max(1, -(-round(image.shape[0] * scale) // stride))
            columns = max(1, -(-round(image.shape[1] * scale) // stride))
            seen = np.maximum(values[0, :, :rows, :columns], 0)
            pools.append(unit_rows(np.mean(seen**_P, axis=(1, 2))[None] ** (1 / _P)))
        vector = unit_rows(np.concatenate(pools, axis=1))[0]
        return Look(vector, self._things.find(outputs, scale, image))

    def _network(self) -> Network:
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model


class YoloxThings:
    """Things of the 80 kinds that a YOLOX detector knows."""

    def __init__(self, task: DetectorTask) -> None:
        self._task = task
        height, width = task.input_size
        self._grid, self._step = cell_grid(width, height, task.strides)

    def find(self, outputs: Sequence[Floats], scale: float, image: Image) -> Things:
        """See `ThingFinder`."""
        output = outputs[0][0]
        classes = output[:, 5:]
        kind = classes.argmax(axis=1)
        score = output[:, 4] * classes[np.arange(len(kind)), kind]
        rows = np.flatnonzero(score >= _LEAST)
        centre = (self._grid[rows] + output[rows, :2]) * self._step[rows]
        half = np.exp(output[rows, 2:4]) * self._step[rows] / 2
        corners = np.concatenate([centre - half, centre + half], axis=1) / scale
        good = np.asarray(score[rows], np.float32)
        xyxy = _inside(corners, image)
        kept = best_apart(xyxy, good, self._task.iou_threshold)
        return Things(xyxy[kept], good[kept], kind[rows][kept])


class PeopleAsThings:
    """People, the only things that a detector of people knows."""

    def __init__(self, task: DetectorTask) -> None:
        self._cells = BodyCells(task)

    def find(self, outputs: Sequence[Floats], scale: float, image: Image) -> Things:
        """See `ThingFinder`."""
        bodies = self._cells.bodies(outputs[0][0], scale, image)
        kind = np.zeros(len(bodies), np.intp)  # COCO's first
        return Things(_inside(bodies.xyxy, image), bodies.score, kind)


def _inside(corners: npt.NDArray[np.floating], image: Image) -> Floats:
    edge = np.array([image.shape[1], image.shape[0]] * 2, np.float32)
    return np.asarray(np.clip(corners, 0, edge), np.float32)


class ClassicPictures:
    """Colours and directions of edges on a grid, without any network; knows no things.

    For packs whose networks a library keeps to itself. Tells copies of a picture apart, no more.
    """

    def look(self, image: Image) -> Look:
        """The vector of a whole picture."""
        small = cv2.resize(image, (128, 128), interpolation=cv2.INTER_AREA)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY).astype(np.float32)
        across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
        steep, angle = cv2.cartToPolar(across, down)
        towards = np.minimum((angle % np.pi) * _BINS / np.pi, _BINS - 1).astype(np.intp)
        cells = [
            np.concatenate(_histograms(*tile))
            for tile in zip(_tiles(small), _tiles(steep), _tiles(towards), strict=True)
        ]
        return Look(unit_rows(np.sqrt(np.concatenate(cells))[None].astype(np.float32))[0])


def _tiles(values: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> Sequence[Floats]:
    bands = np.array_split(values, _GRID, axis=0)
    return [tile for band in bands for tile in np.array_split(band, _GRID, axis=1)]


def _histograms(colours: Floats, steep: Floats, towards: Floats) -> list[npt.NDArray[np.float64]]:
    levels = colours.reshape(-1, 3) // (256 // _BINS)
    found: list[npt.NDArray[np.float64]] = [
        np.bincount(levels[:, at], minlength=_BINS) / len(levels) for at in range(3)
    ]
    edges = np.bincount(towards.ravel(), weights=steep.ravel(), minlength=_BINS)
    return [*found, edges / max(float(edges.sum()), 1.0)]
