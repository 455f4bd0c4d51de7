"""Attributes of people: what they carry and wear, and the colours of their clothes."""

import cv2
import numpy as np

from edge_agent.domain.attributes import COLOURS, TRAITS, Attributes
from edge_agent.domain.detection import Floats, Image
from edge_agent.vision.attributes_task import AttributesTask
from edge_agent.vision.colours import colour_shares
from edge_agent.vision.geometry import cut
from edge_agent.vision.networks import Network, network_input

_PATCH = 0.05
"""Half the side of the patch whose colour is named, as a share of the input's height."""


class Crossroad:
    """The network person-attributes-recognition-crossroad-0230 of Open Model Zoo.

    It answers the probability of eight attributes (the first: presents as a man; then `TRAITS`) and
    two points, x and y as shares of the crop, at which upper and lower clothes show their colour.
    Its makers give F1 of 0.91 for the first, 0.66 bag, 0.77 backpack, 0.64 hat, 0.21 long sleeves,
    0.83 long trousers, 0.83 long hair and none for the coat, for people who stand, are hidden by
    less than 20 % and at least 80 pixels wide.
    """

    def __init__(self, model: Network, task: AttributesTask, *, gender: bool) -> None:
        """Run a network.

        Args:
            model: the network, one crop per run; batches of four took 0.86 of the time per crop,
                which would not pay for their padding.
            task: its manifest.
            gender: whether gender presentation is told.
        """
        self._model = model
        self._task = task
        self._gender = gender

    def look(self, image: Image, xyxy: Floats) -> Attributes:
        """Attributes of (n, 4) bodies, boxes in pixels of the picture.

        Raises:
            VisionFailed: the model failed.
        """
        height, width = self._task.input_size
        traits = np.empty((len(xyxy), 1 + len(TRAITS)), np.float32)
        upper, lower = (np.empty((len(xyxy), len(COLOURS)), np.float32) for _ in range(2))
        for row, box in enumerate(xyxy):
            crop = np.asarray(cv2.resize(cut(image, box), (width, height)), np.uint8)
            told, top, bottom = self._model.run(network_input([crop], self._task))
            traits[row] = told.reshape(-1)
            upper[row] = colour_shares(patch(crop, top.reshape(-1)))
            lower[row] = colour_shares(patch(crop, bottom.reshape(-1)))
        male = traits[:, 0] if self._gender else None
        return Attributes(traits[:, 1:], upper, lower, male)


def patch(crop: Image, point: Floats) -> Image:
    """The square of pixels around a point, moved into the crop where it would leave it.

    Args:
        crop: (h, w, 3) uint8.
        point: (2,) x and y as shares of the crop, 0 to 1.

    Returns:
        (s, s, 3) uint8, a view; s is a tenth of the height, at most the width.
    """
    height, width = crop.shape[:2]
    half = max(1, round(_PATCH * height))
    left, top = (
        int(np.clip(round(float(share) * size) - half, 0, max(0, size - 2 * half)))
        for share, size in zip(point, (width, height), strict=True)
    )
    return crop[top : top + 2 * half, left : left + 2 * half]
