"""Bodies without a network: the stopgap of a box that has no weights yet."""

import cv2
import numpy as np

from edge_agent.domain.detection import Bodies, Floats, Image
from edge_agent.domain.errors import Unusable
from edge_agent.vision.classic_faces import shrunk
from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.geometry import best_apart, cut
from edge_agent.vision.manifest import DetectorTask, EmbedderTask
from edge_agent.vision.networks import unit_rows
from edge_agent.vision.quality import ramp

_WINDOW = (64, 128)
_STRIDE = (8, 8)
_PYRAMID_STEP = 1.1
_MARGIN = (0.15, 0.06)
_STRIPES = 8
_COLOUR_BINS = 24


class HogBodies:
    """The people detector of Dalal and Triggs ("Histograms of Oriented Gradients for Human
    Detection", CVPR 2005) with the weights OpenCV carries.

    Its window shows a person with a margin around; boxes are reported without it. People lower
    than about 100 pixels of the shrunken picture are not found.
    """  # noqa: D205

    def __init__(self, task: DetectorTask) -> None:
        self._task = task
        self._hog = cv2.HOGDescriptor()
        self._hog.setSVMDetector(np.asarray(cv2.HOGDescriptor.getDefaultPeopleDetector()))

    def detect(self, image: Image, least: float | None = None) -> Bodies:
        """Bodies in pixels of the picture, the best first.

        Args:
            image: (h, w, 3) uint8.
            least: bodies below this score are left out; None takes the pack's threshold.

        Raises:
            VisionFailed: OpenCV failed.
        """
        least = self._task.score_threshold if least is None else least
        small, scale = shrunk(image, self._task)
        if small.shape[0] < _WINDOW[1] or small.shape[1] < _WINDOW[0]:
            return Bodies.none()
        try:
            boxes, weights = self._hog.detectMultiScale(
                small, winStride=_STRIDE, scale=_PYRAMID_STEP
            )
        except cv2.error as error:
            raise VisionFailed(f"OpenCV's people detector failed: {error.err}") from error
        if not len(boxes):
            return Bodies.none()
        xywh = np.asarray(boxes, np.float32) / scale
        margin = xywh[:, 2:] * np.array(_MARGIN, np.float32)
        corner = xywh[:, :2] + margin
        score = ramp(np.asarray(weights).reshape(-1), 0, 2).astype(np.float32)
        bodies = Bodies(np.concatenate([corner, corner + xywh[:, 2:] - 2 * margin], axis=1), score)[
            score >= least
        ]
        return bodies[best_apart(bodies.xyxy, bodies.score, self._task.iou_threshold)]


class StripeBodies:
    """A body as the colours of horizontal stripes.

    Per stripe a histogram of hue weighted by saturation (16 bins) and one of brightness (8 bins);
    clothes keep their order from head to feet whichever way a person turns. After Gray and Tao,
    "Viewpoint Invariant Pedestrian Recognition with an Ensemble of Localized Features", ECCV 2008.
    """

    def __init__(self, task: EmbedderTask) -> None:
        self._task = task
        if task.embedding_dimension != _STRIPES * _COLOUR_BINS:
            raise Unusable(
                f"model {task.name}: embedding_dimension must be {_STRIPES * _COLOUR_BINS}"
            )

    def embed(self, image: Image, xyxy: Floats) -> Floats:
        """(n, d) unit rows for (n, 4) boxes."""
        height, width = self._task.input_size
        rows = [np.empty((0, self._task.embedding_dimension), np.float32)]
        rows += [
            _stripes(np.asarray(cv2.resize(cut(image, box), (width, height)), np.uint8))
            for box in xyxy
        ]
        return unit_rows(np.concatenate(rows))


def _stripes(crop: Image) -> Floats:
    # The outer fifths of the width are mostly background.
    edge = crop.shape[1] // 5
    hsv = cv2.cvtColor(crop[:, edge:-edge], cv2.COLOR_BGR2HSV)
    row: list[Floats] = []
    for stripe in np.array_split(hsv, _STRIPES):
        hue, saturation, value = (stripe[..., channel].reshape(-1) for channel in range(3))
        colours = np.histogram(hue, 16, (0, 180), weights=saturation / 255.0)[0]
        grays = np.histogram(value, 8, (0, 256), weights=1 - saturation / 255.0)[0]
        rooted = np.sqrt(np.concatenate([colours, grays]) / hue.size)
        row.append((rooted - rooted.mean()).astype(np.float32))
    return np.concatenate(row)[None]
