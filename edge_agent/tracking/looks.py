"""A cheap look of a box: the colours in each field of a grid laid over it.

It is not an embedding and never stored; it only keeps a track from jumping to somebody who took
the same place between two frames.

Measured: the faces of 80 different people, photographed alike, have a median likeness of 0.36 and
reach 0.56 in one pair of ten; the same walking person five frames (0.2 s) later has a median of
0.81 and stays above 0.58 in 99 of 100 (MOT15 TUD-Stadtmitte, boxes shaken by 1.5 %). Coarser
grids and fewer colours separated worse, opponent colours no better.
"""

import numpy as np

from edge_agent.domain.detection import Floats, Image

_FIELDS = 4  # of the grid, across and down
_SIDE = 6 * _FIELDS  # samples across and down
_LEVELS = 6  # per colour channel
_LENGTH = _FIELDS**2 * _LEVELS**3
_SHAPE = 3  # dimensions of a picture

_FIELD = np.arange(_SIDE) * _FIELDS // _SIDE
_OFFSET = (_FIELD[:, None] * _FIELDS + _FIELD[None, :]) * _LEVELS**3
_WEIGHT = np.array([1, _LEVELS, _LEVELS**2], np.int64)


def colour_looks(image: Image, xyxy: Floats) -> Floats:
    """Describe the colours inside each box.

    Per field the square roots of the shares of 6 x 6 x 6 colours, so that the dot product of two
    looks is their Bhattacharyya coefficient, 0 to 1. About 0.1 ms per box.

    Args:
        image: (h, w, 3) uint8, blue green red.
        xyxy: (n, 4) pixels of `image`; what reaches past its edges is cut off.

    Returns:
        (n, 3456) float32 rows of length 1.
    """
    if image.ndim != _SHAPE:
        raise ValueError(f"image must have shape (h, w, 3), got {image.shape}")
    looks = np.empty((len(xyxy), _LENGTH), np.float32)
    for row, box in enumerate(xyxy):
        looks[row] = _look(image, box)
    return looks


def _samples(low: float, high: float, size: int) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    steps = low + (np.arange(_SIDE) + 0.5) * (high - low) / _SIDE
    return np.clip(steps, 0, size - 1).astype(np.intp)


def _look(image: Image, box: Floats) -> Floats:
    height, width = image.shape[:2]
    down = _samples(max(float(box[1]), 0.0), min(float(box[3]), height), height)
    across = _samples(max(float(box[0]), 0.0), min(float(box[2]), width), width)
    level = image[np.ix_(down, across)].astype(np.int64) * _LEVELS // 256
    counts = np.bincount((_OFFSET + level @ _WEIGHT).ravel(), minlength=_LENGTH)
    return np.asarray(np.sqrt(counts / counts.sum()), np.float32)


class SceneCut:
    """Notices that the whole picture was replaced: a slideshow, a switched input, a moved camera.

    Args:
        least: two pictures less alike than this are a cut, 0 to 1.
    """

    def __init__(self, least: float = 0.4) -> None:
        self._least = least
        self._last: Floats | None = None

    def happened(self, image: Image) -> bool:
        """Compare with the picture given before; the first one is no cut."""
        height, width = image.shape[:2]
        look = colour_looks(image, np.array([[0, 0, width, height]], np.float32))[0]
        last, self._last = self._last, look
        return last is not None and float(last @ look) < self._least
