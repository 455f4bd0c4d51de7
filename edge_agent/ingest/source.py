"""What a camera is, and how its worker treats it."""

import dataclasses
import json
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from edge_agent.domain.errors import Unusable
from edge_agent.domain.ids import PLAIN_ID
from edge_agent.domain.polygon import Polygon, polygons_of

SCHEMES = ("rtsp", "rtsps", "http", "https", "file", "")
TRANSPORTS = ("tcp", "udp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One camera.

    Attributes:
        id: its name on this box.
        url: rtsp, rtsps, http or https address, with user and password where it needs them, or
            the path of a file, which is played in real time.
        detect_url: the address of the substream that is looked at; then the packets of `url` are
            recorded, and its pictures decoded when a crop of one is wanted. Empty: `url` is both.
        transport: tcp or udp; of an RTSP camera's packets.
        detect_fps: at most so many frames per second are offered to the detectors.
        loop: a file starts over at its end; else the worker ends there.
        key_frames_only: decode key frames only, for cameras whose full rate costs too much.
        masks: parts of the picture that nobody may see, as shares of it; they are black before
            anything leaves the worker, and motion in them is none. Clips hold what was sent.
        audio: its sound goes into clips, where it is AAC.

    Raises:
        Unusable: the id, the address or the transport cannot be.
    """

    id: str
    url: str
    detect_url: str = ""
    transport: str = "tcp"
    detect_fps: float = 5.0
    loop: bool = True
    key_frames_only: bool = False
    masks: tuple[Polygon, ...] = ()
    audio: bool = False

    def __post_init__(self) -> None:
        if not PLAIN_ID.fullmatch(self.id):
            raise Unusable(f"camera id {self.id!r}: letters, digits, '.', '_', '-', at most 64")
        if {urlsplit(self.url).scheme, urlsplit(self.detect_url).scheme} - set(SCHEMES):
            raise Unusable(f"camera {self.id}: the address must be rtsp, rtsps, http or a file")
        if self.transport not in TRANSPORTS:
            raise Unusable(f"camera {self.id}: transport must be tcp or udp, not {self.transport}")
        if not self.detect_fps > 0:
            raise Unusable(f"camera {self.id}: detect_fps must be above 0")

    def looked_at(self) -> "Source":
        """The stream that is decoded and looked at."""
        if not self.detect_url:
            return self
        return dataclasses.replace(self, url=self.detect_url, audio=False)

    @property
    def live(self) -> bool:
        """Whether it sends at its own pace; a file is paced by us."""
        return urlsplit(self.url).scheme not in ("", "file")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOptions:
    """When a picture counts as moving.

    Attributes:
        level: a cell has changed if it differs by so many of 256 grey levels from what it has
            looked like lately.
        area: share of cells that must have changed, 0 to 1.
        settle_s: after so many seconds a change has become the background.
        hold_s: the gate stays open so many seconds after the last motion.
        idle_s: without motion one frame passes every so many seconds.
    """

    level: float = 12.0
    area: float = 0.0015
    settle_s: float = 10.0
    hold_s: float = 2.0
    idle_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWatchOptions:
    """When a picture, or a camera's time, counts as faulty.

    Attributes:
        dark_s: seconds of black, or of one colour all over, before it is reported.
        frozen_s: seconds without the slightest change before it is reported; a real sensor is
            never free of noise for so long, not even behind a strong encoder.
        blurred_s: seconds with a fraction of the usual detail before it is reported.
        moved_s: seconds of another view before it is reported.
        accept_s: seconds after which that view counts as usual.
        slow_s: seconds over which pictures are counted.
        steady_s: seconds that a clock must run well to be well again.
    """

    dark_s: float = 5.0
    frozen_s: float = 60.0
    blurred_s: float = 30.0
    moved_s: float = 120.0
    accept_s: float = 1800.0
    slow_s: float = 30.0
    steady_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PrerollOptions:
    """How much is kept of what was before a clip was asked for.

    Attributes:
        seconds: so much is kept at least, where `max_bytes` allows; a clip starts at a key frame.
        max_bytes: of packets; what is beyond goes, oldest first, in whole groups of pictures.
    """

    seconds: float = 5.0
    max_bytes: int = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """Limits of a worker.

    Time for which it was ready to run and got no processor does not count against the first four,
    see `patience`.

    Attributes:
        start_s: the process must answer within so many seconds.
        open_s: the camera must be open within so many seconds.
        read_s: something must arrive every so many seconds.
        grace_s: added to a limit before the worker is killed, so that it can say itself why.
        close_s: a clip must be on the disk so many seconds after it was asked to end.
        hwaccel: `none`, `auto` or a device of FFmpeg's that decodes, see `hwaccel`.
        longest_side: larger frames are scaled down to this many pixels before anyone sees them.
        largest_clip: bytes; a clip that has grown to it ends, for another to begin.
        away_s: a main stream that has been away for so many seconds is told, for clips are missing;
            a camera that starts anew is back by then.
        jump_ms: source times that leap by more than this are reported and anchored anew.
    """

    start_s: float = 20.0
    open_s: float = 5.0
    read_s: float = 10.0
    grace_s: float = 1.0
    close_s: float = 30.0
    hwaccel: str = "none"
    longest_side: int = 3840
    largest_clip: int = 512 << 20
    away_s: float = 8.0
    jump_ms: int = 2000
    gate: GateOptions = field(default_factory=GateOptions)
    watch: PictureWatchOptions = field(default_factory=PictureWatchOptions)
    preroll: PrerollOptions = field(default_factory=PrerollOptions)


def to_line(source: Source, options: IngestOptions) -> bytes:
    """Write both down for the worker; not as arguments, because everybody can read those."""
    both = {"source": dataclasses.asdict(source), "options": dataclasses.asdict(options)}
    return json.dumps(both).encode() + b"\n"


def from_line(line: bytes) -> tuple[Source, IngestOptions]:
    """Read what `to_line` wrote."""
    both = json.loads(line)
    options = both["options"]
    options["gate"] = GateOptions(**options["gate"])
    options["watch"] = PictureWatchOptions(**options["watch"])
    options["preroll"] = PrerollOptions(**options["preroll"])
    source = both["source"]
    source["masks"] = polygons_of(source["masks"])
    return Source(**source), IngestOptions(**options)
