"""Pictures and texts in one space: the two halves of a CLIP, Chinese-CLIP or SigLIP model."""

from collections.abc import Sequence

import cv2
import numpy as np

from edge_agent.domain.detection import Floats, Image
from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.geometry import cut
from edge_agent.vision.image_text_task import ImageTextTask, ImageTower
from edge_agent.vision.networks import Network, network_input, unit_rows
from edge_agent.vision.sessions import OnnxTextModel
from edge_agent.vision.tokens import TextTokens


class ImageText:
    """Makes vectors whose dot product says how well a text describes a picture.

    May be called from several threads.
    """

    def __init__(
        self, task: ImageTextTask, images: Network, texts: OnnxTextModel, tokens: TextTokens
    ) -> None:
        self._task = task
        self._images = images
        self._texts = texts
        self._tokens = tokens

    def embed_pictures(self, image: Image, xyxy: Floats) -> Floats:
        """(n, d) unit rows for (n, 4) boxes in pixels of `image`.

        Raises:
            VisionFailed: the model failed or answers with another length.
        """
        pictures = [fitted(cut(image, box), self._task.image) for box in xyxy]
        return self._rows(
            [self._images.run(network_input([one], self._task.image))[0] for one in pictures]
        )

    def embed_text(self, text: str) -> Floats:
        """(d,) of length 1.

        Raises:
            VisionFailed: the model failed or answers with another length.
        """
        tokens, mask = self._tokens.of(self._task.prompt.replace("{}", text))
        return np.asarray(self._rows([self._texts.run(tokens, mask)])[0])

    def _rows(self, answers: Sequence[Floats]) -> Floats:
        length = self._task.embedding_dimension
        if any(answer.size != length for answer in answers):
            shapes = sorted({str(answer.shape) for answer in answers})
            raise VisionFailed(
                f"an image-text model answers {', '.join(shapes)}, the manifest says {length}"
            )
        rows = [np.asarray(answer, np.float32).reshape(1, length) for answer in answers]
        return unit_rows(np.concatenate([np.empty((0, length), np.float32), *rows]))


def fitted(picture: Image, task: ImageTower) -> Image:
    """A picture in the size of the tower's input, by `fit`."""
    height, width = task.input_size
    if task.fit == "crop":
        rows, columns = picture.shape[:2]
        scale = max(height / rows, width / columns)
        wide = max(width, round(columns * scale))
        high = max(height, round(rows * scale))
        picture = _resized(picture, wide, high)
        top, left = (high - height) // 2, (wide - width) // 2
        return np.ascontiguousarray(picture[top : top + height, left : left + width])
    return _resized(picture, width, height)


def _resized(picture: Image, width: int, height: int) -> Image:
    smaller = width * height < picture.shape[0] * picture.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)
