"""What cameras hand to memory."""

from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.domain.action import Action
from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.track import Track
from edge_agent.domain.vector import Part


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Look:
    """A picture of one part of a person that is good enough to keep.

    Attributes:
        crop: (h, w, 3) uint8 BGR, the part with some surroundings.
        xyxy: (4,) float32 the part's box in pixels of `crop`.
        landmarks: (5, 2) float32 in pixels of `crop`; None for a body.
    """

    part: Part
    at_ms: int
    quality: float
    crop: Image
    xyxy: Floats
    landmarks: Floats | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Update:
    """What has become known of one person.

    Attributes:
        track: as it stands; pictures named in it are those stored by earlier updates.
        looks: new best pictures, at most one for each part.
        fragments: clips that show the person, all of them so far.
        actions: what the person has done since the update before.
    """

    track: Track
    looks: Sequence[Look]
    fragments: frozenset[str]
    actions: Sequence[Action] = ()
