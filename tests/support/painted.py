"""People painted as rectangles of one colour, and eyes that see exactly those.

Red 255 is a face, red 128 a body, everything else is background; blue and green say whose it is.
Two colours that differ little belong to vectors that differ little.
"""

from collections.abc import Mapping

import cv2
import numpy as np

from edge_agent.domain.detection import Bodies, Floats, Image, Seen
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.vector import Part
from edge_agent.vision import PackInfo
from tests.support.sightings import Box, faces

DIMENSIONS = 32
RED = {Part.FACE: 255, Part.BODY: 128}
INFO = PackInfo(
    name="painted",
    licence="Apache-2.0",
    notes=(),
    face_model="painted/face@00000001",
    body_model="painted/body@00000001",
    face_dim=DIMENSIONS,
    body_dim=DIMENSIONS,
    face_threshold=0.5,
    body_threshold=0.6,
    face_pair_threshold=0.4,
)


def vector_of(part: Part, colour: int, likeness: float = 1.0) -> Floats:
    """(DIMENSIONS,) unit row of somebody's part; cosine `likeness` to the true one."""
    true = np.random.default_rng([RED[part], colour]).normal(size=DIMENSIONS)
    other = np.random.default_rng([RED[part], colour, 1]).normal(size=DIMENSIONS)
    true /= np.linalg.norm(true)
    other -= (other @ true) * true
    other /= np.linalg.norm(other)
    mixed = likeness * true + np.sqrt(max(1 - likeness**2, 0.0)) * other
    return np.asarray(mixed, np.float32)


def paint(people: Mapping[int, Mapping[Part, Box]], width: int = 640, height: int = 480) -> bytes:
    """A PNG that shows people: who (1 to 255) → part → box, bodies behind faces."""
    image = np.full((height, width, 3), 40, np.uint8)
    for part in (Part.BODY, Part.FACE):
        for who, parts in people.items():
            if part in parts:
                left, top, right, bottom = (int(side) for side in parts[part])
                image[top:bottom, left:right] = (who, 255 - who, RED[part])
    done, encoded = cv2.imencode(".png", image)
    assert done
    return encoded.tobytes()


class PaintedEyes:
    """Sees what `paint` painted.

    Attributes:
        looked: how many pictures were looked at.
        blind: every look fails.
    """

    def __init__(self) -> None:
        self.looked = 0
        self.blind = False

    @property
    def info(self) -> PackInfo:
        """What a real pack would say."""
        return INFO

    async def detect_query(self, image: Image) -> Seen:
        """Find the rectangles."""
        self.looked += 1
        if self.blind:
            raise Unavailable("the eyes are shut")
        body = _found(image, Part.BODY)
        score = np.full(len(body), 0.9, np.float32)
        xyxy = np.array(body, np.float32).reshape(len(body), 4)
        return Seen(faces(_found(image, Part.FACE)), Bodies(xyxy, score))

    async def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        """The vectors of the colours under the noses."""
        return _vectors(image, Part.FACE, landmarks[:, 2])

    async def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        """The vectors of the colours at the feet."""
        feet = np.stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3] - 2], axis=1)
        return _vectors(image, Part.BODY, feet)


def _found(image: Image, part: Part) -> list[Box]:
    right_red = image[..., 2] == RED[part]
    found: list[Box] = []
    for who in np.unique(image[..., 0][right_red]):
        rows, columns = np.nonzero(right_red & (image[..., 0] == who))
        found.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
    return found


def _vectors(image: Image, part: Part, places: Floats) -> Floats:
    colours = [int(image[int(y), int(x), 0]) for x, y in places]
    rows = [vector_of(part, colour) for colour in colours]
    return np.array(rows, np.float32).reshape(len(rows), DIMENSIONS)
