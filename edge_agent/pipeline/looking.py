"""Everything that is read off the pixels of one frame, in one go on a vision thread."""

from dataclasses import dataclass

from edge_agent.domain.detection import Floats, Image, Seen
from edge_agent.tracking.looks import SceneCut, clothing_looks, colour_looks
from edge_agent.vision.vision import Vision


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """Everything that is read off the pixels of one frame, one row per face or body.

    Attributes:
        face_quality: (n,) 0 to 1.
        body_quality: (m,) 0 to 1.
        face_looks: (n, d) what the tracker compares.
        body_looks: (m, d) likewise.
        cut: the whole picture was replaced since the frame before.
    """

    seen: Seen
    face_quality: Floats
    body_quality: Floats
    face_looks: Floats
    body_looks: Floats
    cut: bool


def look(vision: Vision, cuts: SceneCut, image: Image, low_score: float) -> View:
    """Find everybody in a frame; runs on a vision thread, so that the loop never meets pixels.

    Args:
        vision: the models.
        cuts: the camera's own; a camera's frames are looked at one after the other.
        image: (h, w, 3) uint8 BGR.
        low_score: bodies below it are left out (`TrackerOptions.low`).
    """
    seen = vision.detect(image, low_score)
    return View(
        seen=seen,
        face_quality=vision.face_quality(image, seen.faces),
        body_quality=vision.body_quality(image, seen.bodies),
        face_looks=colour_looks(image, seen.faces.xyxy),
        body_looks=clothing_looks(image, seen.bodies.xyxy),
        cut=cuts.happened(image),
    )
