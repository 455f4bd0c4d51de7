"""Everything that the composition root hands out, as one object."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.domain.access_key import AccessKey
from edge_agent.domain.place import Places
from edge_agent.domain.polygon import Polygon
from edge_agent.fingerprint import FingerprintOptions
from edge_agent.images import ImagesOptions
from edge_agent.ingest.source import IngestOptions, Source
from edge_agent.mqtt.options import BrokerOptions
from edge_agent.outbound import FetchLimits
from edge_agent.pipeline.memory import MemoryOptions
from edge_agent.pipeline.recorder import FragmentOptions
from edge_agent.pipeline.turns import TurnOptions
from edge_agent.playback.options import PlaybackOptions
from edge_agent.rest_api.options import CertificateOptions, HttpOptions, Plain
from edge_agent.search.options import SearchOptions
from edge_agent.settings.model import Model
from edge_agent.settings.secret import Secret
from edge_agent.settings.units import around
from edge_agent.sync.options import SyncOptions
from edge_agent.tasks import LinkingOptions, OrderOptions
from edge_agent.tracking.best import BestShotOptions
from edge_agent.tracking.tracker import TrackerOptions
from edge_agent.upkeep import UpkeepOptions
from edge_agent.vision.packs import PackOptions
from edge_agent.vision.threads import VisionThreadsOptions
from edge_agent.vision.vision import VisionOptions
from edge_agent.webhooks import WebhookTarget
from edge_agent.wire.links import LinkOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Who this box is.

    Attributes:
        topics: what every MQTT topic of this box begins with, without a slash at the end.
    """

    tenant: str
    store: str
    id: str
    timezone: str
    topics: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """One camera of the file.

    Attributes:
        name: for people.
        enabled: whether it starts switched on; operators may switch it later.
        places: the zones and lines drawn into its picture.
        source: what its worker is told; its address holds user and password.
        record: whether there are clips of it.
        clip_masks: what must be covered wherever a clip of it is shown.
    """

    id: str
    name: str
    enabled: bool
    places: Places
    source: Source = field(repr=False)
    record: bool
    clip_masks: tuple[Polygon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the composition root hands out; nothing here changes while the box runs.

    Attributes:
        model: what was written, defaults filled in.
        state: the state folder.
        mqtt: None where MQTT is switched off.
        token: who shows it at the HTTP door may ask everything; None lets the box make one.
        metrics_key: who shows it may read /metrics; None lets the box make one.
        certificate: of the https side of the HTTP door.
        pace: how often a client that signs may ask.
        images: how Image Search is run.
        access_keys: of clients that sign their requests; others are stored.
        log_level: debug, info, warning or error.
    """

    model: Model = field(repr=False)
    box: Box
    state: Path
    cameras: tuple[CameraSettings, ...]
    ingest: IngestOptions
    packs: PackOptions
    vision: VisionOptions
    vision_threads: VisionThreadsOptions
    turns: TurnOptions
    tracker: TrackerOptions
    face_shot: BestShotOptions
    body_shot: BestShotOptions
    fragments: FragmentOptions
    playback: PlaybackOptions
    fingerprints: FingerprintOptions
    memory: MemoryOptions
    search: SearchOptions
    orders: OrderOptions
    linking: LinkingOptions
    fetch: FetchLimits
    upkeep: UpkeepOptions
    mqtt: BrokerOptions | None
    sync: SyncOptions
    webhooks: tuple[WebhookTarget, ...]
    links: LinkOptions
    token: Secret | None
    metrics_key: Secret | None
    certificate: CertificateOptions
    pace: PaceOptions
    images: ImagesOptions
    access_keys: tuple[AccessKey, ...]
    log_level: str

    def http(self, make: Callable[[str], str]) -> HttpOptions:
        """The HTTP door's options.

        Args:
            make: returns the box's own secret of a name ("token", "metrics-key"); asked where
                the file gives none.
        """
        written = self.model.http
        return HttpOptions(
            host=written.host,
            port=written.port,
            token=self.token.reveal() if self.token else make("token"),
            metrics_key=self.metrics_key.reveal() if self.metrics_key else make("metrics-key"),
            plain=Plain(written.plain),
            public_address=written.public_address,
            picture_bytes=self.search.picture_bytes,
            body_bytes=around(self.search.picture_bytes),
            upload_bytes=self.fingerprints.fetch.max_bytes,
        )
