"""Cheap looks: the colours of a face in each field of a grid, those of clothes from head to feet.

They are no embeddings and never stored; they only keep a track from jumping to somebody who took
the same place between two frames, and find somebody again who was hidden for a moment.

Clothes keep their order from head to feet whichever way a person turns, so a body is described in
horizontal stripes, without the outer parts of the box, which show what is behind. Measured on the
TUD sequences of MOT15 with the bodies that the detector found: in how many of the pairs (the same
person, somebody else) the same person is more alike, 0.2, 1 and 2.4 seconds later.

| | 0.2 s | 1 s | 2.4 s |
|---|---|---|---|
| grid of RGB colours | 0.98 | 0.89 | 0.80 |
| stripes of RGB colours | 0.98 | 0.94 | 0.87 |
| stripes of CIELAB colours, `clothing_looks` | 0.99 | 0.97 | 0.96 |
| person-reidentification-retail-0248, 5 ms a body | 1.00 | 0.99 | 0.98 |

Faces: those of 80 different people, photographed alike, have a median likeness in `colour_looks`
of 0.36 and reach 0.56 in one pair of ten.
"""

import numpy as np
import numpy.typing as npt

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


def _spread(low: float, high: float, count: int, size: int) -> npt.NDArray[np.intp]:
    """So many pixels, evenly spread between two edges, inside a picture of this size."""
    steps = low + (np.arange(count) + 0.5) * (high - low) / count
    return np.clip(steps, 0, size - 1).astype(np.intp)


def _look(image: Image, box: Floats) -> Floats:
    height, width = image.shape[:2]
    down = _spread(max(float(box[1]), 0.0), min(float(box[3]), height), _SIDE, height)
    across = _spread(max(float(box[0]), 0.0), min(float(box[2]), width), _SIDE, width)
    level = image[np.ix_(down, across)].astype(np.int64) * _LEVELS // 256
    counts = np.bincount((_OFFSET + level @ _WEIGHT).ravel(), minlength=_LENGTH)
    return np.asarray(np.sqrt(counts / counts.sum()), np.float32)


_STRIPES = 6  # from head to feet
_ROWS, _COLUMNS = 48, 16  # samples down and across
_INSET = (0.15, 0.05)  # of the box that is left out on each side, across and down
_LIGHT, _TINT = 6, 8  # levels of lightness, and of each of a* and b*
_TINT_REACH = 32.0  # a* and b* from minus to plus this; clothes are seldom more colourful
_CLOTHING = _LIGHT * _TINT**2
_STRIPE_OF_ROW = (np.arange(_ROWS) * _STRIPES // _ROWS)[:, None] * _CLOTHING


def _colour_table() -> npt.NDArray[np.int64]:
    """(32768,) the bin of each colour, five bits per channel, blue lowest.

    sRGB to CIELAB under D65 as in IEC 61966-2-1 and CIE 15: distances in it are distances that
    people see, so that shade and a camera's gain change lightness and leave the tint.
    """
    levels = (np.arange(64) + 0.5) / 64
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - the standard's
    red, green, blue = (axis.ravel() for axis in np.meshgrid(linear, linear, linear, indexing="ij"))
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    x, y, z = (
        np.where(v > 216 / 24389, np.cbrt(v), (v * 24389 / 27 + 16) / 116) for v in (x, y, z)
    )
    light = np.clip((116 * y - 16) * _LIGHT // 100, 0, _LIGHT - 1)
    tints = [
        np.clip((tint + _TINT_REACH) * _TINT // (2 * _TINT_REACH), 0, _TINT - 1)
        for tint in (500 * (x - y), 200 * (y - z))
    ]
    return np.asarray((light * _TINT + tints[0]) * _TINT + tints[1], np.int64)


_COLOUR = _colour_table()


def clothing_looks(image: Image, xyxy: Floats) -> Floats:
    """Describe the colours of what people wear, in stripes from head to feet.

    Per stripe the square roots of the shares of 6 x 8 x 8 CIELAB colours, so that the dot product
    of two looks is their Bhattacharyya coefficient, 0 to 1. About 0.1 ms per box.

    Args:
        image: (h, w, 3) uint8, blue green red.
        xyxy: (n, 4) boxes of bodies, pixels of `image`; what reaches past its edges repeats them.

    Returns:
        (n, 2304) float32 rows of length 1.
    """
    if image.ndim != _SHAPE:
        raise ValueError(f"image must have shape (h, w, 3), got {image.shape}")
    looks = np.empty((len(xyxy), _STRIPES * _CLOTHING), np.float32)
    for row, box in enumerate(xyxy):
        looks[row] = _clothing(image, box)
    return looks


def _clothing(image: Image, box: Floats) -> Floats:
    left, top, right, bottom = (float(side) for side in box)
    aside, down = _INSET[0] * (right - left), _INSET[1] * (bottom - top)
    rows = _spread(top + down, bottom - down, _ROWS, image.shape[0])
    columns = _spread(left + aside, right - aside, _COLUMNS, image.shape[1])
    five = image[np.ix_(rows, columns)].astype(np.int64) >> 2
    colour = _COLOUR[five[..., 2] << 12 | five[..., 1] << 6 | five[..., 0]]
    counts = np.bincount((_STRIPE_OF_ROW + colour).ravel(), minlength=_STRIPES * _CLOTHING)
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
