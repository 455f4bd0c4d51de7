"""Faces without a network: the stopgap of a box that has no weights yet.

Everything needed is in the installed OpenCV package. It recognises the same photograph again,
rescaled and recompressed; of two different photographs of a person it knows little more than
chance would. `docs/models.md` gives the figures.
"""

import threading
from pathlib import Path

import cv2
import numpy as np

from edge_agent.domain.detection import Faces, Floats, Image
from edge_agent.domain.errors import Unusable
from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.geometry import aligned, best_apart
from edge_agent.vision.manifest import DetectorTask, EmbedderTask
from edge_agent.vision.networks import unit_rows
from edge_agent.vision.quality import ramp

_CASCADE = "haarcascade_frontalface_alt2.xml"
_PYRAMID_STEP = 1.15
_NEIGHBOURS = 3
_MIN_SIDE = 24

_FACE_IN_BOX = np.array(
    [[0.31, 0.39], [0.69, 0.39], [0.5, 0.6], [0.35, 0.78], [0.65, 0.78]], np.float32
)
"""Where the landmarks lie in a box of this cascade, as shares of its side: an average. A search
for the eyes with their own cascade was tried and rejected: it finds them in one copy of a
photograph and not in the next, and then the same face is cut out in two ways (rank 1 of 100 fell
from 0.98 to 0.96)."""


class HaarFaces:
    """The boosted cascade of Viola and Jones ("Rapid Object Detection using a Boosted Cascade of
    Simple Features", CVPR 2001) as OpenCV carries it.

    A cascade keeps state while it looks, so every thread has its own.
    """  # noqa: D205

    def __init__(self, task: DetectorTask) -> None:
        self._task = task
        self._own = threading.local()
        self._cascade()

    def _cascade(self) -> cv2.CascadeClassifier:
        cascade = getattr(self._own, "cascade", None)
        if cascade is None:
            path = Path(cv2.__file__).parent / "data" / _CASCADE
            cascade = cv2.CascadeClassifier(str(path))
            if cascade.empty():
                raise Unusable(f"OpenCV's cascade {path} is missing; opencv-python 4.x carries it")
            self._own.cascade = cascade
        return cascade

    def detect(self, image: Image) -> Faces:
        """Faces in pixels of the picture, the best first; landmarks are an average's.

        Raises:
            VisionFailed: OpenCV failed.
        """
        small, scale = shrunk(image, self._task)
        gray = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        try:
            boxes, _, weights = self._cascade().detectMultiScale3(
                gray,
                scaleFactor=_PYRAMID_STEP,
                minNeighbors=_NEIGHBOURS,
                minSize=(_MIN_SIDE, _MIN_SIDE),
                outputRejectLevels=True,
            )
        except cv2.error as error:
            raise VisionFailed(f"OpenCV's face cascade failed: {error.err}") from error
        if not len(boxes):
            return Faces.none()
        return self._faces(
            np.asarray(boxes, np.float32), np.asarray(weights, np.float32).reshape(-1), scale
        )

    def _faces(self, xywh: Floats, weights: Floats, scale: float) -> Faces:
        corner, size = xywh[:, :2] / scale, xywh[:, 2:] / scale
        # Sum of the last stage: portraits reach 55 to 58 and little else comes near.
        score = ramp(weights, 0, 60).astype(np.float32)
        faces = Faces(
            np.concatenate([corner, corner + size], axis=1),
            score,
            corner[:, None] + _FACE_IN_BOX * size[:, None],
        )[score >= self._task.score_threshold]
        return faces[best_apart(faces.xyxy, faces.score, self._task.iou_threshold)]


class BlockFaces:
    """A face as histograms of gradients (Dalal and Triggs, "Histograms of Oriented Gradients for
    Human Detection", CVPR 2005) over a grid of blocks.

    Root of each bin, less the mean of its cell, so that what all faces share weighs less.
    """  # noqa: D205

    def __init__(self, task: EmbedderTask) -> None:
        self._task = task
        self._template = np.array(task.template, np.float32)
        height, width = task.input_size
        block, cell = (width // 4, height // 4), (width // 8, height // 8)
        self._hog = cv2.HOGDescriptor((width, height), block, block, cell, 9)
        if self._hog.getDescriptorSize() != task.embedding_dimension:
            raise Unusable(
                f"model {task.name}: embedding_dimension must be {self._hog.getDescriptorSize()}"
            )

    def embed(self, image: Image, landmarks: Floats) -> Floats:
        """(n, d) unit rows for (n, 5, 2) landmarks."""
        height, width = self._task.input_size
        rows = [np.empty((0, self._task.embedding_dimension), np.float32)]
        for crop in aligned(image, landmarks, self._template, width, height):
            bins = self._hog.compute(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY))
            rooted = np.sqrt(np.asarray(bins, np.float32).reshape(-1, 9))
            rows.append((rooted - rooted.mean(axis=1, keepdims=True)).reshape(1, -1))
        return unit_rows(np.concatenate(rows))


def shrunk(image: Image, task: DetectorTask) -> tuple[Image, float]:
    """The picture made to fit into the task's input, never enlarged, and the scale."""
    height, width = task.input_size
    scale = min(1.0, width / image.shape[1], height / image.shape[0])
    if scale == 1.0:
        return image, scale
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), scale
