"""What is read off the pixels of a frame, on a vision thread: the loop never meets them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Floats, Image, Seen
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.vector import Part
from edge_agent.tracking.looks import SceneCut, clothing_looks, colour_looks
from edge_agent.vision.threads import VisionThreads
from edge_agent.vision.vision import Vision

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """What is read off every frame that is looked at, one row per face or body.

    Attributes:
        bounds: per part (n,) 0 to 1, what the quality of each cannot exceed.
        face_looks: (n, d) what the tracker compares.
        body_looks: (m, d) likewise.
        cut: the whole picture was replaced since the frame before.
    """

    seen: Seen
    bounds: dict[Part, Floats]
    face_looks: Floats
    body_looks: Floats
    cut: bool


def look(vision: Vision, cuts: SceneCut, image: Image, low_score: float) -> View:
    """Find everybody in a frame.

    Args:
        vision: the models.
        cuts: the camera's own; a camera's frames are looked at one after the other.
        image: (h, w, 3) uint8 BGR.
        low_score: bodies below it are left out (`TrackerOptions.low`).
    """
    seen = vision.detect(image, low_score)
    return View(
        seen=seen,
        bounds=vision.quality_bounds(image, seen),
        face_looks=colour_looks(image, seen.faces.xyxy),
        body_looks=clothing_looks(image, seen.bodies.xyxy),
        cut=cuts.happened(image),
    )


async def graded(
    vision: VisionThreads, image: Image, view: View, rows: Mapping[Part, Sequence[int]]
) -> dict[Part, Floats]:
    """Measure the qualities of those faces and bodies of a frame that may be worth keeping.

    Once people are known those are few, and where there are none nothing is asked of the threads.
    A failing model costs the pictures that would have been kept of this frame.

    Args:
        vision: the models.
        image: (h, w, 3) uint8 BGR; must stay as it is until this returns.
        view: what was seen in it.
        rows: per part, those that are measured.

    Returns:
        Per part (n,) 0 to 1; 0 where not measured.
    """
    seen = view.seen

    def grade(models: Vision) -> dict[Part, Floats]:
        return {
            Part.FACE: models.face_quality(image, seen.faces, rows[Part.FACE]),
            Part.BODY: models.body_quality(image, seen.bodies, rows[Part.BODY]),
        }

    if any(rows.values()):
        try:
            return await vision.call("grade", grade)
        except Unavailable as error:
            log.error("views of people could not be graded: %s", error)  # noqa: TRY400 - expected
    return {part: np.zeros_like(bounds) for part, bounds in view.bounds.items()}
