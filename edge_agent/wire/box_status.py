"""What the box says of itself and of its cameras."""

from typing import Literal

from pydantic import Field

from edge_agent.wire.attributes import Askable
from edge_agent.wire.model import Answer


class CameraFault(Answer):
    """What is wrong with a camera that delivers all the same."""

    fault: Literal[
        "black",
        "covered",
        "frozen",
        "blurred",
        "moved",
        "slow",
        "clock",
        "backwards",
        "main_stream",
    ]
    since_ms: int
    reason: str


class Camera(Answer):
    """One camera as the box sees it."""

    id: str
    enabled: bool
    state: str
    """`unknown`, `up`, `down`, or `frozen` while nothing can be seen."""
    since_ms: int
    reason: str
    faults: list[CameraFault]
    """What is wrong with it while it delivers."""


class Cameras(Answer):
    """All cameras."""

    cameras: list[Camera]


class Pack(Answer):
    """The models in use."""

    name: str
    licence: str
    """Under which licence the weights stand."""
    notes: list[str] = Field(default=[])
    """What an owner of the box has to know about the weights."""
    face_model: str
    body_model: str
    face_threshold: float
    body_threshold: float
    attributes: list[Askable] = Field(default=[])
    """What is told of people by what they wear and carry."""


class Consumer(Answer):
    """One who acknowledges events."""

    name: str
    acked_seq: int
    heard_ms: int
    lapsed: bool


class Embedding(Answer):
    """How many stored pictures have been embedded by the models in use."""

    progress: float
    """0 to 1; 1 only once complete."""
    complete: bool
    """Every picture has a vector or a reason why not, and counts agreed."""
    left: int
    """Pictures that are still to be embedded; searches do not find their tracks by them."""
    failed: dict[str, int]
    """Pictures of which no vector can be made, by reason."""


class BoxStatus(Answer):
    """How the box is."""

    tenant: str
    store: str
    box: str
    version: str
    now_ms: int
    started_ms: int
    epoch: str
    pack: Pack | None
    embedding: Embedding | None = None
    cameras: list[Camera]
    counts: dict[str, int]
    """How many tracks, fragments, pictures, vectors, jobs and waiting events there are."""
    consumers: list[Consumer]
    alarms: list[str]
    """What somebody should look at; empty when all is well."""
