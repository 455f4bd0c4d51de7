"""People followed by one camera, and the clips that show them."""

from dataclasses import dataclass
from enum import StrEnum

from edge_agent.domain.action import Action
from edge_agent.domain.polygon import Polygon
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import Worn


class TrackState(StrEnum):
    """Whether a person is still being followed."""

    OPEN = "open"
    ENDED = "ended"


class FragmentState(StrEnum):
    """What has become of a clip.

    `RECORDING`: packets are being written. `CLOSED`: whole and durable. `CUT`: the worker or the
    power went away; what had been written is kept and plays. `LOST`: nothing playable was left.
    """

    RECORDING = "recording"
    CLOSED = "closed"
    CUT = "cut"
    LOST = "lost"


MARGIN = {Part.FACE: 0.5, Part.BODY: 0.08}
"""Surroundings that a stored picture of a part shows on each side, in the part's own width and
height; less where the frame ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Where in a stored picture the part lies, in its pixels.

    Attributes:
        xyxy: left, top, right and bottom of its box.
        landmarks: of a face, x and y of each in the order of `Faces.landmarks`; else empty.
        detector: the stamp of the model that found it.
    """

    xyxy: tuple[float, ...]
    landmarks: tuple[float, ...]
    detector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """The best picture of one part of a tracked person.

    Attributes:
        picture: id of the stored picture.
        at_ms: when it was taken.
        quality: 0 to 1; of a face its sharpness, size and pose, of a body how whole it is.
    """

    part: Part
    picture: str
    at_ms: int
    quality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One person followed by one camera, from first to last sight.

    Attributes:
        end_ms: last sight so far; final once `state` is `ENDED`.
        fragment: the clip that shows the best picture, once known.
        actions: what the person did, in order; empty unless they were read as well.
        orders: ids of the receipts it is tied to; likewise.
        session: the visit it belongs to, if any; likewise.
        staff: whose it is on the list of staff, if anybody's; likewise.
        worn: what the person wears and carries, as far as it is told; likewise.
    """

    id: str
    camera: str
    start_ms: int
    end_ms: int
    state: TrackState
    face: Shot | None
    body: Shot | None
    fragment: str | None
    actions: tuple[Action, ...] = ()
    orders: tuple[str, ...] = ()
    session: str | None = None
    staff: str | None = None
    worn: tuple[Worn, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """One continuous clip of one camera; a playable file and the evidence for its tracks.

    Attributes:
        path: of the file, relative to the clips folder.
        size: bytes; 0 while recording.
        codec: of the picture, as FFmpeg names it; empty while recording.
        masks: what must be covered wherever the clip is shown; the file holds what was sent.
    """

    id: str
    camera: str
    start_ms: int
    end_ms: int
    state: FragmentState
    path: str
    size: int
    codec: str
    masks: tuple[Polygon, ...] = ()
