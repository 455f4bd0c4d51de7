"""Every section and key there is, its type, its bounds and its default.

What each key means and why one would change it stands in config/edge-agent.yaml, which the tests
hold against this file. Durations are kept in seconds, sizes in bytes, shares from 0 to 1.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from edge_agent.domain.place import check_line
from edge_agent.domain.polygon import Point, Polygon
from edge_agent.keys.keys import KEY_ID, KEY_SECRET
from edge_agent.settings.secret import Secret
from edge_agent.settings.values import (
    ADDRESS,
    ADDRESS_OR_NONE,
    BUDGET,
    EVENT,
    FILE,
    HOST,
    INPUT,
    LABEL,
    LEVEL,
    NETWORK,
    PAIR,
    PLAIN,
    POINT,
    POLYGON,
    SECRET,
    TIMEZONE,
    WAY,
    WEBHOOK_URL,
    duration,
    share,
    size,
)
from edge_agent.upkeep import Level
from edge_agent.webhooks.signing import key_of

Unit = Annotated[float, Field(ge=0, le=1)]
"""From 0 to 1."""

PerSecond = Annotated[float, Field(ge=0.01, le=100_000)]
Burst = Annotated[int, Field(ge=1, le=1_000_000)]
Port = Annotated[int, Field(ge=1, le=65535)]
Plain = Annotated[str, PLAIN]
File = Annotated[Path, FILE]
Hidden = Annotated[Secret, SECRET]
Free = Annotated[Level, LEVEL]
Outline = Annotated[Polygon, POLYGON]

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
HOUR, DAY = 3600.0, 86_400.0


class Section(BaseModel):
    """A group of keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class BoxSection(Section):
    """Who this box is."""

    tenant: Plain = "default"
    store: Plain = "store-1"
    id: Plain = "box-1"
    timezone: Annotated[str, TIMEZONE] = "UTC"


class PathsSection(Section):
    """Where things are kept."""

    state: File = Path("/var/lib/edge-agent")
    models: File | None = None
    model_mirror: File | None = None


class ZoneSection(Section):
    """An area of a camera's picture."""

    name: Annotated[str, LABEL]
    kind: Literal["plain", "entrance", "till"] = "plain"
    corners: Outline
    stay_after: Annotated[float, duration("1 s", "1 d")] | None = None
    point: Literal["feet", "head"] = "feet"


class LineSection(Section):
    """A directed line across a camera's picture."""

    name: Annotated[str, LABEL]
    start: Annotated[Point, POINT]
    end: Annotated[Point, POINT]
    point: Literal["feet", "head"] = "feet"

    @model_validator(mode="after")
    def _drawn_well(self) -> Self:
        check_line(self.start, self.end)
        return self


class CameraSection(Section):
    """One camera."""

    id: Plain
    url: Annotated[str, ADDRESS, Field(repr=False)]  # may hold a password
    detect_url: Annotated[str | None, ADDRESS_OR_NONE, Field(repr=False)] = None
    name: str = ""
    enabled: bool = True
    username: str | None = None
    password: Hidden | None = None
    password_file: File | None = None
    transport: Literal["tcp", "udp"] = "tcp"
    detect_fps: Annotated[float, Field(gt=0, le=60)] = 5.0
    key_frames_only: bool = False
    loop: bool = True
    masks: Annotated[list[Outline], Field(max_length=32)] = []
    clips: Literal["masked", "as_sent", "never"] = "masked"
    audio: bool = False
    zones: Annotated[list[ZoneSection], Field(max_length=64)] = []
    lines: Annotated[list[LineSection], Field(max_length=64)] = []

    @field_validator("zones")
    @classmethod
    def _each_zone_once(cls, zones: list[ZoneSection]) -> list[ZoneSection]:
        _named_once(zone.name for zone in zones)
        return zones

    @field_validator("lines")
    @classmethod
    def _each_line_once(cls, lines: list[LineSection], info: ValidationInfo) -> list[LineSection]:
        zones: list[ZoneSection] = info.data.get("zones", [])
        _named_once([*(zone.name for zone in zones), *(line.name for line in lines)])
        return lines

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        for key, url in (("url", self.url), ("detect_url", self.detect_url)):
            if self.username and url and "@" in urlsplit(url).netloc:
                raise ValueError(
                    f"username is given, and the {key} names one as well; keep one of them"
                )
        if self.detect_url == self.url:
            raise ValueError("detect_url is the url; leave it out, or give the substream's address")
        if self.password is not None and not self.username:
            raise ValueError("password is given, but no username")
        return self


def _named_once(names: Iterable[str]) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"two zones or lines of this camera have the name {', '.join(twice)}")


class IngestSection(Section):
    """How cameras are read."""

    open_timeout: Annotated[float, duration("1 s", "60 s")] = 5.0
    read_timeout: Annotated[float, duration("1 s", "60 s")] = 10.0
    longest_side: Annotated[int, Field(ge=320, le=7680)] = 3840
    hwaccel: Plain = "none"
    motion_level: Annotated[float, Field(ge=1, le=255)] = 12.0
    motion_area: Annotated[float, share("0 %", "100 %")] = 0.0015
    motion_hold: Annotated[float, duration("0 s", "10 min")] = 2.0
    idle_every: Annotated[float, duration("100 ms", "10 min")] = 5.0
    attentive_fps: Annotated[float, Field(gt=0, le=60)] = 2.0
    dark_after: Annotated[float, duration("1 s", "1 h")] = 5.0
    frozen_after: Annotated[float, duration("5 s", "1 h")] = 60.0
    blurred_after: Annotated[float, duration("5 s", "1 h")] = 30.0
    moved_after: Annotated[float, duration("20 s", "1 h")] = 120.0
    moved_accept: Annotated[float, duration("1 min", "30 d")] = 1800.0
    slow_after: Annotated[float, duration("5 s", "1 h")] = 30.0
    steady_after: Annotated[float, duration("5 s", "1 h")] = 60.0


class VisionSection(Section):
    """How pictures are looked at."""

    pack: Plain = "auto"
    download: bool = True
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    threads_per_call: Annotated[int, Field(ge=1, le=64)] = 1
    providers: Annotated[list[Plain], Field(min_length=1)] = ["cpu"]
    budget: Annotated[float | None, BUDGET] = None
    floor_fps: Annotated[float, Field(gt=0, le=60)] = 1.0
    memory: Annotated[int, size("64 MiB", "64 GiB")] = 512 * MIB
    face_input: Annotated[tuple[int, int] | None, INPUT] = None
    min_face: Annotated[float, Field(ge=4, le=1000)] = 12.0
    min_body: Annotated[float, Field(ge=8, le=4000)] = 32.0
    mirrored_faces: bool = True
    gender: bool = False
    accept_licence: list[Literal["insightface-non-commercial"]] = []


class TrackingSection(Section):
    """How people are followed."""

    high_score: Unit = 0.5
    low_score: Unit = 0.1
    confirm_sights: Annotated[int, Field(ge=1, le=100)] = 3
    lost_after: Annotated[float, duration("200 ms", "1 min")] = 3.0
    most_people: Annotated[int, Field(ge=1, le=2000)] = 200
    good_picture: Unit = 0.45
    least_face: Unit = 0.35
    least_body: Unit = 0.05
    jpeg_quality: Annotated[int, Field(ge=30, le=100)] = 88

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low_score > self.high_score:
            raise ValueError("low_score must not be above high_score")
        return self


class FragmentsSection(Section):
    """Recorded clips."""

    pre_roll: Annotated[float, duration("0 s", "1 min")] = 5.0
    pre_roll_memory: Annotated[int, size("1 MiB", "1 GiB")] = 16 * MIB
    post_roll: Annotated[float, duration("500 ms", "5 min")] = 4.0
    longest: Annotated[float, duration("5 s", "1 h")] = 120.0
    largest: Annotated[int, size("1 MiB", "100 GiB")] = 512 * MIB


class PlaybackSection(Section):
    """How clips are shown."""

    cache: Annotated[int, size("16 MiB", "10 TiB")] = 2 * GIB
    unused: Annotated[float, duration("1 min", "3650 d")] = 7 * DAY
    deadline: Annotated[float, duration("10 s", "1 h")] = 300.0
    memory: Annotated[int, size("256 MiB", "64 GiB")] = 768 * MIB
    largest: Annotated[int, size("1 MiB", "100 GiB")] = 512 * MIB
    longest_side: Annotated[int, Field(ge=160, le=3840)] = 1280


class FingerprintsSection(Section):
    """Fingerprints of videos, sounds, texts and pictures."""

    recordings: bool = True
    at_once: Annotated[int, Field(ge=1, le=16)] = 2
    largest: Annotated[int, size("1 MiB", "2 GiB")] = 256 * MIB
    longest: Annotated[float, duration("1 min", "24 h")] = 14_400.0
    deadline: Annotated[float, duration("10 s", "24 h")] = 1800.0
    memory: Annotated[int, size("256 MiB", "64 GiB")] = GIB
    history: Annotated[float, duration("1 d", "3650 d")] = 180 * DAY


class IndexSection(Section):
    """The vector index."""

    rebuild_batch: Annotated[int, Field(ge=1, le=100_000)] = 2048
    rebuild_pause: Annotated[float, duration("0 s", "10 s")] = 0.005
    reembed_share: Annotated[float, Field(ge=0.01, le=1)] = 0.25


class RetentionSection(Section):
    """How long things are kept."""

    tracks: Annotated[float, duration("1 min", "3650 d")] = 30 * DAY
    clips: Annotated[float, duration("1 min", "3650 d")] = 30 * DAY
    jobs: Annotated[float, duration("1 h", "3650 d")] = 30 * DAY
    requests: Annotated[float, duration("24 h", "30 d")] = DAY

    @model_validator(mode="after")
    def _clips_go_first(self) -> Self:
        if self.clips > self.tracks:
            raise ValueError(
                f"clips ({self.clips / DAY:g} d) must not be kept longer than tracks"
                f" ({self.tracks / DAY:g} d); shorten both"
            )
        return self


class DiskSection(Section):
    """What happens when the disk fills."""

    stop_recording_below: Free = Level(bytes=2 * GIB)
    resume_above: Free = Level(bytes=3 * GIB)
    delete_clips_below: Free = Level(bytes=1 * GIB)
    check_every: Annotated[float, duration("1 s", "10 min")] = 10.0


class UpkeepSection(Section):
    """What the box does for its own health."""

    backup_every: Annotated[float, duration("10 min", "30 d")] = DAY
    backups: Annotated[int, Field(ge=1, le=100)] = 3
    sweep_every: Annotated[float, duration("10 min", "30 d")] = DAY
    scrub_every: Annotated[float, duration("1 h", "365 d")] = 7 * DAY
    scrub_per_second: Annotated[int, size("64 KiB", "10 GiB")] = 4 * MIB


class TlsSection(Section):
    """Encryption towards the broker."""

    enabled: bool = False
    ca_file: File | None = None
    certificate_file: File | None = None
    key_file: File | None = None

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file go together")
        return self


class MqttSection(Section):
    """The broker."""

    enabled: bool = True
    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Port = 1883
    username: str | None = None
    password: Hidden | None = None
    password_file: File | None = None
    protocol: Literal["5", "3.1.1"] = "5"
    client_id: str | None = None
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$")] = "edge/v1"
    keepalive: Annotated[float, duration("5 s", "10 min")] = 30.0
    session_expiry: Annotated[float, duration("0 s", "30 d")] = DAY
    tls: TlsSection = TlsSection()

    @model_validator(mode="after")
    def _login(self) -> Self:
        if self.password is not None and not self.username:
            raise ValueError("password is given, but no username")
        return self


class HttpTlsSection(Section):
    """The certificate of the https side."""

    certificate_file: File | None = None
    key_file: File | None = None
    names: list[Annotated[str, HOST]] = []

    @model_validator(mode="after")
    def _pair(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("certificate_file and key_file go together")
        return self


class HttpSection(Section):
    """The HTTP door."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8800
    token: Hidden | None = None
    token_file: File | None = None
    metrics_key: Hidden | None = None
    metrics_key_file: File | None = None
    plain: Literal["signed", "all"] = "signed"
    tls: HttpTlsSection = HttpTlsSection()
    public_address: Annotated[str, Field(pattern=r"^(https?://[^/\s@]+)?$")] = ""
    links_valid: Annotated[float, duration("1 min", "365 d")] = DAY

    @field_validator("token", "metrics_key")
    @classmethod
    def _long_enough(cls, value: Secret | None) -> Secret | None:
        shortest = 16
        if value is not None and len(value.reveal()) < shortest:
            raise ValueError(f"must have at least {shortest} characters; openssl rand -hex 24")
        return value


class LogSection(Section):
    """The log."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class SearchSection(Section):
    """Picture searches."""

    face_threshold: Unit | None = None
    body_threshold: Unit | None = None
    false_alarms: Literal[1, 4, 10, 100] | None = None
    largest_picture: Annotated[int, size("64 KiB", "64 MiB")] = 4 * MIB
    most_hits: Annotated[int, Field(ge=1, le=10_000)] = 200
    most_unfinished: Annotated[int, Field(ge=1, le=10_000)] = 16
    most_people: Annotated[int, Field(ge=1, le=1000)] = 32
    deadline: Annotated[float, duration("1 s", "1 h")] = 60.0
    rebuild_wait: Annotated[float, duration("0 s", "1 h")] = 20.0
    fetch_timeout: Annotated[float, duration("1 s", "2 min")] = 10.0
    fetch_networks: list[Annotated[str, NETWORK]] = []


class SyncSection(Section):
    """What leaves by MQTT."""

    consumers: list[Plain] = []
    keep: Annotated[float, duration("1 min", "3650 d")] = 14 * DAY
    keep_size: Annotated[int, size("1 MiB", "1 TiB")] = 512 * MIB
    live_within: Annotated[float, duration("1 s", "1 d")] = 60.0
    vectors: bool = False


class CloudSection(Section):
    """Clients of the cloud's interfaces."""

    requests_per_second: PerSecond = 200.0
    burst: Burst = 400


class OrdersSection(Section):
    """Receipts of the point of sale."""

    before: Annotated[float, duration("0 s", "1 h")] = 15.0
    after: Annotated[float, duration("0 s", "1 h")] = 5.0


class SessionsSection(Section):
    """Visits: which tracks seem to be one person."""

    enabled: bool = True
    gap: Annotated[float, duration("1 min", "1 d")] = 1800.0
    body_within: Annotated[float, duration("0 s", "1 h")] = 300.0
    overlapping: Annotated[list[Annotated[tuple[str, str], PAIR]], Field(max_length=1000)] = []
    ways: Annotated[list[Annotated[tuple[str, str, float], WAY]], Field(max_length=1000)] = []


class StaffSection(Section):
    """The list of staff."""

    threshold: Unit | None = None


class WatchListsSection(Section):
    """People somebody looks out for."""

    threshold: Unit | None = None
    rearm_after: Annotated[float, duration("1 min", "1 d")] = 1800.0


class InstanceSection(Section):
    """A named collection of pictures of things."""

    name: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,20}$")]
    service: Annotated[int, Field(ge=0, le=7)] = 1
    capacity: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 20


class ImagesSection(Section):
    """Image Search."""

    instances: Annotated[list[InstanceSection], Field(max_length=50)] = []
    import_folder: File | None = None

    @field_validator("instances")
    @classmethod
    def _each_once(cls, instances: list[InstanceSection]) -> list[InstanceSection]:
        names = [instance.name for instance in instances]
        twice = sorted({each for each in names if names.count(each) > 1})
        if twice:
            raise ValueError(f"two instances are called {', '.join(twice)}; names are given once")
        return instances


class AccessKeySection(Section):
    """A key of a client that signs its requests."""

    id: Annotated[str, Field(pattern=f"^{KEY_ID.pattern}$")]
    kind: Literal["aliyun", "top"] = "aliyun"
    role: Literal["full", "reader"] = "full"
    name: Annotated[str, Field(max_length=64)] = ""
    secret: Hidden | None = None
    secret_file: File | None = None
    requests_per_second: PerSecond | None = None
    burst: Burst | None = None

    @model_validator(mode="after")
    def _with_secret(self) -> Self:
        if self.secret is None:
            raise ValueError("secret or secret_file is required")
        if not KEY_SECRET.fullmatch(self.secret.reveal()):
            raise ValueError("secret must have 16 to 128 printable ASCII characters without blanks")
        return self


class WebhookSection(Section):
    """A host that is told what happens."""

    name: Plain
    url: Annotated[str, WEBHOOK_URL, Field(repr=False)]  # may hold a secret
    events: list[Annotated[str, EVENT]] = []
    secret: Hidden | None = None
    secret_file: File | None = None
    plain: bool = False
    ca_file: File | None = None
    networks: list[Annotated[str, NETWORK]] = []
    timeout: Annotated[float, duration("1 s", "1 min")] = 10.0
    keep: Annotated[float, duration("1 min", "30 d")] = 3 * DAY

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.secret is None:
            raise ValueError("secret or secret_file is required")
        shortest = 24
        if len(key_of(self.secret.reveal())) < shortest:
            raise ValueError(f"secret must have at least {shortest} bytes; openssl rand -base64 32")
        if not self.plain and urlsplit(self.url).scheme != "https":
            raise ValueError("url must begin with https://, or set plain: true")
        return self


class Model(Section):
    """The whole file."""

    box: BoxSection = BoxSection()
    paths: PathsSection = PathsSection()
    cameras: list[CameraSection] = []
    ingest: IngestSection = IngestSection()
    vision: VisionSection = VisionSection()
    tracking: TrackingSection = TrackingSection()
    fragments: FragmentsSection = FragmentsSection()
    playback: PlaybackSection = PlaybackSection()
    fingerprints: FingerprintsSection = FingerprintsSection()
    search: SearchSection = SearchSection()
    orders: OrdersSection = OrdersSection()
    sessions: SessionsSection = SessionsSection()
    staff: StaffSection = StaffSection()
    watchlists: WatchListsSection = WatchListsSection()
    index: IndexSection = IndexSection()
    retention: RetentionSection = RetentionSection()
    disk: DiskSection = DiskSection()
    upkeep: UpkeepSection = UpkeepSection()
    mqtt: MqttSection = MqttSection()
    sync: SyncSection = SyncSection()
    http: HttpSection = HttpSection()
    webhooks: list[WebhookSection] = []
    cloud: CloudSection = CloudSection()
    images: ImagesSection = ImagesSection()
    access_keys: list[AccessKeySection] = []
    log: LogSection = LogSection()

    @field_validator("cameras")
    @classmethod
    def _each_once(cls, cameras: list[CameraSection]) -> list[CameraSection]:
        ids = [camera.id for camera in cameras]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"two cameras have the id {', '.join(twice)}; ids are given once")
        tills = {zone.name for camera in cameras for zone in camera.zones if zone.kind == "till"}
        both = sorted(tills & set(ids))
        if both:
            raise ValueError(
                f"{', '.join(both)} is a camera and a till; orders could not tell them apart"
            )
        return cameras

    @model_validator(mode="after")
    def _of_known_cameras(self) -> Self:
        known = {camera.id for camera in self.cameras}
        named = {each for pair in self.sessions.overlapping for each in pair}
        named |= {each for way in self.sessions.ways for each in way[:2]}
        if named - known:
            raise ValueError(
                f"sessions name {', '.join(sorted(named - known))}, which is no camera's id"
            )
        return self

    @field_validator("webhooks")
    @classmethod
    def _each_webhook_once(cls, webhooks: list[WebhookSection]) -> list[WebhookSection]:
        names = [webhook.name for webhook in webhooks]
        twice = sorted({each for each in names if names.count(each) > 1})
        if twice:
            raise ValueError(f"two webhooks have the name {', '.join(twice)}; names are given once")
        return webhooks

    @field_validator("access_keys")
    @classmethod
    def _each_key_once(cls, keys: list[AccessKeySection]) -> list[AccessKeySection]:
        ids = [key.id for key in keys]
        twice = sorted({each for each in ids if ids.count(each) > 1})
        if twice:
            raise ValueError(f"two keys have the id {', '.join(twice)}; ids are given once")
        return keys
