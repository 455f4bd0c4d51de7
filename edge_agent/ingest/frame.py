"""A picture on its way to the detectors."""

from dataclasses import dataclass

from edge_agent.domain.detection import Image


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a camera, in shared memory until it is released.

    Attributes:
        camera: its id.
        image: (h, w, 3) uint8 BGR; read-only; keep nothing of it beyond `CameraLink.release`.
        source_ms: when it was taken, on the camera's own clock, from an arbitrary zero.
        wall_ms: when it was taken, as wall time.
        motion: share of the picture that was moving, 0 to 1.
        slot: where it lies.
    """

    camera: str
    image: Image
    source_ms: int
    wall_ms: int
    motion: float
    slot: int


@dataclass(frozen=True, slots=True, eq=False)
class CloseUp:
    """A picture of the main stream of a camera whose substream is looked at.

    Attributes:
        image: (h, w, 3) uint8 BGR; read-only; keep nothing of it beyond the next close-up.
        wall_ms: when it was taken, as wall time.
    """

    image: Image
    wall_ms: int
