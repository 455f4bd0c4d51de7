"""What a camera's worker tells about the camera; `CameraLink.events` carries these."""

from dataclasses import dataclass

from edge_agent.ingest.clip import ClosedClip


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraUp:
    """The camera is open and its first picture has been decoded, by `hardware` or `software`."""

    width: int
    height: int
    codec: str
    fps: float
    decoder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolutionChanged:
    """The pictures have another size from now on; frames say theirs."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJumped:
    """Time leapt, and frames' wall times have been anchored anew.

    Attributes:
        whose: `source` for the camera's clock, `box` for ours.
        by_ms: how far; negative is into the past.
    """

    whose: str
    by_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFault:
    """Something has become wrong with the picture or the camera's time, or is well again.

    Attributes:
        kind: `black`, `covered` (one colour all over) or `frozen`: nothing can be seen.
            `blurred`, `moved` (another view), `slow` (few pictures), `clock` (its time leapt) or
            `backwards` (its time ran so): what is seen is not what it was. `main_stream` (away
            while the substream is there): there are no clips and close-ups.
        present: False when the fault is over.
        since_ms: when it began.
    """

    kind: str
    present: bool
    since_ms: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentCut:
    """The worker closed a clip that nobody had asked to end; it is whole and durable.

    `stop_fragment` returns the same clip, at once.

    Attributes:
        reason: `parameters` (the camera encodes differently from now on), `size` (it has grown to
            the largest that is allowed) or `camera away`.
    """

    clip: ClosedClip
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentLost:
    """A clip could not be written; what is there of it may be had by `recover_part`."""

    fragment_id: str
    reason: str


CameraEvent = CameraUp | ResolutionChanged | ClockJumped | PictureFault | FragmentCut | FragmentLost
