"""Naming the colours of a patch of cloth."""

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.attributes import COLOURS
from edge_agent.domain.detection import Floats, Image

_KNOWN = {
    "black": "000000 101010 1c1c20 28282b 241a18 1a2028",
    "grey": "3c3c40 505050 696969 808080 9a9a9a b0b0b0 708090 8c857b",
    "white": "ffffff f0f0f0 e1ded7 fffaf0 f5f5dc e6e6fa d2d2d2 c8c8c8 cfc7b2",
    "red": "ff0000 dc143c b22222 8b0000 800000 a03030 500f1e cd5c5c",
    "orange": "ffa500 ff8c00 ff4500 ff7f50 d2691e e07830",
    "brown": "8b4513 a0522d 5c4033 3b2a20 6f4e37 d2b48c c3b091 9c7a52 7b5a44",
    "yellow": "ffff00 ffd700 daa520 f0e060 fff68f c8b400",
    "green": "008000 00ff00 006400 228b22 2e8b57 90ee90 808000 556b2f 40e0d0 3b5345 1e3a28",
    "blue": "0000ff 000080 191970 4169e1 4682b4 87ceeb add8e6 1f2a44 3c506e 6482a8 008080 00ffff",
    "purple": "800080 4b0082 9370db ee82ee 663399 ff00ff 5a4068 8a5a96",
    "pink": "ffc0cb ff69b4 ff1493 ffb6c1 fa8072 db7093 dda0dd e0a0a8",
}
"""Colours of each name, red green blue: those of CSS and darker, duller ones as cloth has them."""


def _lab(pixels: Image) -> Floats:
    values = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
    return np.asarray(values, np.float32).reshape(-1, 3)


def _known() -> tuple[Floats, npt.NDArray[np.intp]]:
    """(k, 3) CIE L*a*b* of every known colour, and (k,) its place in `COLOURS`."""
    rows = [
        (bytes.fromhex(written)[::-1], place)
        for place, colour in enumerate(COLOURS)
        for written in _KNOWN[colour.key].split()
    ]
    pixels = np.frombuffer(b"".join(value for value, _ in rows), np.uint8).reshape(1, -1, 3)
    return _lab(pixels), np.array([place for _, place in rows], np.intp)


_VALUES, _PLACES = _known()


def name_pixels(pixels: Image) -> npt.NDArray[np.intp]:
    """The colour of each pixel: that of the nearest known one by the CIE 1976 difference.

    Nothing is done about coloured or weak light: a white shirt in the dusk is grey.

    Args:
        pixels: (h, w, 3) uint8, blue green red.

    Returns:
        (h * w,) places in `COLOURS`.
    """
    apart = np.linalg.norm(_lab(pixels)[:, None] - _VALUES[None], axis=2)
    return np.asarray(_PLACES[apart.argmin(axis=1)], np.intp)


def colour_shares(pixels: Image) -> Floats:
    """How much of a patch has which colour.

    Args:
        pixels: (h, w, 3) uint8, blue green red, at least one.

    Returns:
        (11,) float32 in the order of `COLOURS`, sum 1.
    """
    named = name_pixels(pixels)
    return np.asarray(np.bincount(named, minlength=len(COLOURS)) / len(named), np.float32)
