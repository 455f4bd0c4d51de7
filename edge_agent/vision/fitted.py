"""Bodies looked for in an input of the camera's proportions.

A detector made for 416 x 416 sees a camera of 16:9 in 416 x 234 of them, and spends two fifths of
its time on the rest, which is empty. The same weights run on 416 x 256 see the same picture at the
same scale: measured on one thread 9.7 instead of 15.4 ms. One network is kept for each shape that
the cameras need; there are three at the most.
"""

import logging
import threading
from collections.abc import Callable

from edge_agent.domain.detection import Bodies, Image
from edge_agent.domain.errors import Unusable
from edge_agent.vision.networks import Yolox

log = logging.getLogger(__name__)

Size = tuple[int, int]

WIDE = (9, 16)
"""Height to width of nearly every camera; its network is loaded with the pack."""

_PROPORTIONS = (9 / 16, 1.0)
"""Short side to long side of an input. One for 4:3 as well would save a fifth there; it was left
out because one of 27 people in six pictures was missed with it, though two more of 65 were found.
"""


def sizes(full: Size, stride: int) -> list[Size]:
    """The inputs, (height, width), that are worth having, the smallest first.

    Args:
        full: (height, width) of the pack's own, pixels; nothing is scaled to more than it allows.
        stride: the network's coarsest; sides are multiples of it.
    """
    height, width = full
    shares = [(1.0, share) for share in _PROPORTIONS] + [(share, 1.0) for share in _PROPORTIONS]
    fitted = {
        (_multiple(height * down, stride), _multiple(width * across, stride))
        for across, down in shares
    }
    return sorted(fitted, key=lambda size: (size[0] * size[1], size))


def _multiple(pixels: float, of: int) -> int:
    return -(-round(pixels) // of) * of


def size_for(shape: Size, full: Size, among: list[Size]) -> Size:
    """The smallest input in which a picture is seen as large as in the pack's own.

    Args:
        shape: (height, width) of the picture.
        full: (height, width) of the pack's own input.
        among: what there is, the smallest first, the pack's own last.
    """
    scale = min(full[0] / shape[0], full[1] / shape[1])
    down, across = round(shape[0] * scale), round(shape[1] * scale)
    return next((one for one in among if one[0] >= down and one[1] >= across), full)


class FittedBodies:
    """A body detector that has a network for each shape of picture.

    Args:
        own: the detector with the pack's own input.
        stride: the network's coarsest.
        load: makes a detector for another (height, width); raises `Unusable` where the graph does
            not work so, and then the pack's own is used for everything.

    Attributes:
        detectors: those loaded so far, by the size of their input.
    """

    def __init__(self, own: Yolox, stride: int, load: Callable[[Size], Yolox]) -> None:
        self._full = own.size
        self._sizes = sizes(self._full, stride)
        self._load = load
        self._loading = threading.Lock()
        self.detectors: dict[Size, Yolox] = {self._full: own}
        self._for(WIDE)

    def detect(self, image: Image, least: float | None = None) -> Bodies:
        """See `BodyDetector`."""
        return self._for(image.shape[:2]).detect(image, least)

    def _for(self, shape: Size) -> Yolox:
        size = size_for(shape, self._full, self._sizes)
        if size not in self.detectors:
            with self._loading:
                self._need(size)
        return self.detectors[size]

    def _need(self, size: Size) -> None:
        if size in self.detectors:
            return  # somebody else has just loaded it
        try:
            self.detectors[size] = self._load(size)
        except Unusable as error:
            log.warning("bodies are looked for in the pack's own input only: %s", error)
            self._sizes = [self._full]
            self.detectors[size] = self.detectors[self._full]
