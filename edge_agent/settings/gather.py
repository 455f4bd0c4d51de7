"""From the model of the file to the options of the rooms."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.domain.access_key import AccessKey, KeyKind, KeyRole, Rate
from edge_agent.domain.errors import Unusable
from edge_agent.domain.image_item import ImageInstance, ServiceType
from edge_agent.domain.place import Line, Mark, Places, Zone, ZoneKind
from edge_agent.domain.polygon import Polygon
from edge_agent.fingerprint import FingerprintOptions
from edge_agent.images import ImagesOptions
from edge_agent.ingest.source import (
    GateOptions,
    IngestOptions,
    PictureWatchOptions,
    PrerollOptions,
    Source,
)
from edge_agent.media.rendering import RenderLimits
from edge_agent.media.sampling import SampleLimits
from edge_agent.mqtt.options import BrokerOptions, TlsOptions
from edge_agent.outbound import FetchLimits
from edge_agent.pipeline.memory import MemoryOptions
from edge_agent.pipeline.recorder import FragmentOptions
from edge_agent.pipeline.turns import TurnOptions
from edge_agent.playback.options import PlaybackOptions
from edge_agent.rest_api.options import CertificateOptions, HttpOptions, Plain
from edge_agent.search.options import SearchOptions
from edge_agent.settings.model import (
    AccessKeySection,
    CameraSection,
    IngestSection,
    Model,
    MqttSection,
    WebhookSection,
    ZoneSection,
)
from edge_agent.settings.secret import Secret
from edge_agent.sync.options import SyncOptions
from edge_agent.tasks import LinkingOptions, OrderOptions
from edge_agent.tracking.best import BestShotOptions
from edge_agent.tracking.tracker import TrackerOptions
from edge_agent.upkeep import (
    BackupOptions,
    DiskOptions,
    RebuildOptions,
    ReembedOptions,
    RepairOptions,
    RetentionOptions,
    ScrubOptions,
    UpkeepOptions,
)
from edge_agent.vision.packs import PackOptions
from edge_agent.vision.threads import VisionThreadsOptions
from edge_agent.vision.vision import VisionOptions
from edge_agent.webhooks import WebhookTarget
from edge_agent.webhooks.signing import key_of
from edge_agent.wire.links import LinkOptions

MIB = 1 << 20

_TILL_AFTER = 3.0
"""Seconds at a till that count as having stood there, where its zone does not say."""


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
            body_bytes=_around(self.search.picture_bytes),
        )


def gather(model: Model) -> Settings:
    """Hand every value to the option it belongs to.

    Raises:
        Unusable: a camera's address cannot be.
    """
    return Settings(
        model=model,
        box=_box(model),
        state=model.paths.state,
        cameras=tuple(_camera(camera) for camera in model.cameras),
        ingest=_ingest(model),
        packs=_packs(model),
        vision=_vision(model),
        vision_threads=VisionThreadsOptions(threads=model.vision.threads),
        turns=TurnOptions(
            side_by_side=model.vision.threads,
            budget=model.vision.budget,
            floor_fps=model.vision.floor_fps,
        ),
        tracker=_tracker(model),
        face_shot=BestShotOptions(
            good=model.tracking.good_picture, least=model.tracking.least_face
        ),
        body_shot=BestShotOptions(
            good=model.tracking.good_picture, least=model.tracking.least_body
        ),
        fragments=FragmentOptions(
            post_roll=model.fragments.post_roll, longest=model.fragments.longest
        ),
        playback=_playback(model),
        fingerprints=_fingerprints(model),
        memory=MemoryOptions(
            jpeg_quality=model.tracking.jpeg_quality, vectors_in_events=model.sync.vectors
        ),
        search=_search(model),
        orders=OrderOptions(before_ms=_ms(model.orders.before), after_ms=_ms(model.orders.after)),
        linking=_linking(model),
        fetch=FetchLimits(
            seconds=model.search.fetch_timeout,
            max_bytes=model.search.largest_picture,
            allowed_networks=tuple(model.search.fetch_networks),
        ),
        upkeep=_upkeep(model),
        mqtt=_broker(model) if model.mqtt.enabled else None,
        sync=SyncOptions(
            consumers=tuple(model.sync.consumers),
            live_within=model.sync.live_within,
            keep_age=model.sync.keep,
            keep_size=model.sync.keep_size,
        ),
        webhooks=tuple(_webhook(webhook) for webhook in model.webhooks),
        links=LinkOptions(base=model.http.public_address, valid_ms=_ms(model.http.links_valid)),
        token=model.http.token,
        metrics_key=model.http.metrics_key,
        certificate=_certificate(model),
        pace=PaceOptions(rate=_rate(model)),
        images=_images(model),
        access_keys=tuple(_access_key(key, _rate(model)) for key in model.access_keys),
        log_level=model.log.level,
    )


def default_settings() -> Settings:
    """What holds where no file says anything."""
    return gather(Model())


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _box(model: Model) -> Box:
    box = model.box
    return Box(
        tenant=box.tenant,
        store=box.store,
        id=box.id,
        timezone=box.timezone,
        topics=f"{model.mqtt.prefix}/{box.tenant}/{box.store}/{box.id}",
    )


def _rate(model: Model) -> Rate:
    return Rate(per_second=model.cloud.requests_per_second, burst=model.cloud.burst)


def _certificate(model: Model) -> CertificateOptions:
    written = model.http.tls
    return CertificateOptions(
        folder=model.paths.state / "tls",
        certificate_file=written.certificate_file,
        key_file=written.key_file,
        names=tuple(written.names),
    )


def _access_key(written: AccessKeySection, usual: Rate) -> AccessKey:
    return AccessKey(
        id=written.id,
        secret=written.secret.reveal() if written.secret else "",
        kind=KeyKind(written.kind),
        role=KeyRole(written.role),
        name=written.name,
        rate=Rate(
            per_second=written.requests_per_second or usual.per_second,
            burst=written.burst or usual.burst,
        ),
    )


def _webhook(written: WebhookSection) -> WebhookTarget:
    return WebhookTarget(
        name=written.name,
        url=written.url,
        key=key_of(written.secret.reveal()) if written.secret else b"",
        kinds=frozenset(written.events) or None,
        plain=written.plain,
        ca_file=written.ca_file,
        networks=tuple(written.networks),
        timeout=written.timeout,
        keep_ms=_ms(written.keep),
    )


def _camera(written: CameraSection) -> CameraSettings:
    source = Source(
        id=written.id,
        url=_with_login(written, written.url),
        detect_url=_with_login(written, written.detect_url) if written.detect_url else "",
        transport=written.transport,
        detect_fps=written.detect_fps,
        loop=written.loop,
        key_frames_only=written.key_frames_only,
        masks=tuple(written.masks),
        audio=written.audio,
    )
    return CameraSettings(
        id=written.id,
        name=written.name or written.id,
        enabled=written.enabled,
        source=source,
        record=written.clips != "never",
        clip_masks=() if written.clips == "as_sent" else source.masks,
        places=_places(written),
    )


def _places(written: CameraSection) -> Places:
    return Places(
        zones=tuple(_zone(zone) for zone in written.zones),
        lines=tuple(
            Line(name=line.name, start=line.start, end=line.end, mark=Mark(line.point))
            for line in written.lines
        ),
    )


def _zone(written: ZoneSection) -> Zone:
    after = written.stay_after
    if after is None and written.kind == "till":
        after = _TILL_AFTER
    return Zone(
        name=written.name,
        kind=ZoneKind(written.kind),
        corners=written.corners,
        stay_after_ms=None if after is None else _ms(after),
        mark=Mark(written.point),
    )


def _with_login(written: CameraSection, url: str) -> str:
    if not written.username:
        return url
    parts = urlsplit(url)
    if not parts.hostname:
        raise Unusable(f"camera {written.id}: a file needs no username")
    login = quote(written.username, safe="")
    if written.password is not None:
        login += ":" + quote(written.password.reveal(), safe="")
    return parts._replace(netloc=f"{login}@{parts.netloc}").geturl()


def _ingest(model: Model) -> IngestOptions:
    written = model.ingest
    return IngestOptions(
        open_s=written.open_timeout,
        read_s=written.read_timeout,
        longest_side=written.longest_side,
        hwaccel=written.hwaccel,
        gate=_gate(written),
        watch=PictureWatchOptions(
            dark_s=written.dark_after,
            frozen_s=written.frozen_after,
            blurred_s=written.blurred_after,
            moved_s=written.moved_after,
            accept_s=written.moved_accept,
            slow_s=written.slow_after,
            steady_s=written.steady_after,
        ),
        preroll=PrerollOptions(
            seconds=model.fragments.pre_roll, max_bytes=model.fragments.pre_roll_memory
        ),
        largest_clip=model.fragments.largest,
    )


def _gate(written: IngestSection) -> GateOptions:
    return GateOptions(
        level=written.motion_level,
        area=written.motion_area,
        hold_s=written.motion_hold,
        idle_s=written.idle_every,
    )


def _packs(model: Model) -> PackOptions:
    paths = model.paths
    return PackOptions(
        folder=paths.models or paths.state / "models",
        pack=model.vision.pack,
        mirror=paths.model_mirror,
        download=model.vision.download,
        accepted=frozenset(model.vision.accept_licence),
    )


def _vision(model: Model) -> VisionOptions:
    written = model.vision
    return VisionOptions(
        threads_per_call=written.threads_per_call,
        providers=tuple(written.providers),
        memory_mib=written.memory // MIB,
        face_input=written.face_input,
        min_face_px=written.min_face,
        min_body_px=written.min_body,
        mirrored_faces=written.mirrored_faces,
        gender=written.gender,
        face_threshold=model.search.face_threshold,
        body_threshold=model.search.body_threshold,
        false_alarms=model.search.false_alarms,
    )


def _tracker(model: Model) -> TrackerOptions:
    written = model.tracking
    return TrackerOptions(
        high=written.high_score,
        low=written.low_score,
        confirm_hits=written.confirm_sights,
        lost_ms=_ms(written.lost_after),
        most=written.most_people,
    )


def _fingerprints(model: Model) -> FingerprintOptions:
    written = model.fingerprints
    return FingerprintOptions(
        limits=SampleLimits(
            seconds=written.deadline, memory=written.memory, longest_s=written.longest
        ),
        fetch=FetchLimits(
            seconds=written.deadline,
            max_bytes=written.largest,
            allowed_networks=tuple(model.search.fetch_networks),
        ),
        lanes=written.at_once,
        history_ms=_ms(written.history),
        recordings=written.recordings,
    )


def _playback(model: Model) -> PlaybackOptions:
    written = model.playback
    return PlaybackOptions(
        cache_bytes=written.cache,
        unused_ms=_ms(written.unused),
        limits=RenderLimits(
            seconds=written.deadline,
            memory=written.memory,
            output=written.largest,
            longest_side=written.longest_side,
        ),
    )


def _search(model: Model) -> SearchOptions:
    written = model.search
    return SearchOptions(
        picture_bytes=written.largest_picture,
        most_hits=written.most_hits,
        most_unfinished=written.most_unfinished,
        most_people=written.most_people,
        deadline_s=written.deadline,
        rebuild_wait_s=written.rebuild_wait,
    )


def _images(model: Model) -> ImagesOptions:
    return ImagesOptions(
        instances=tuple(
            ImageInstance(
                name=written.name,
                service=ServiceType(written.service),
                capacity=written.capacity,
                per_second=written.requests_per_second,
            )
            for written in model.images.instances
        ),
        import_folder=model.images.import_folder,
        fetch=FetchLimits(
            seconds=5.0,
            max_bytes=4 * MIB,
            allowed_networks=tuple(model.search.fetch_networks),
        ),
    )


def _linking(model: Model) -> LinkingOptions:
    written = model.sessions
    return LinkingOptions(
        gap_ms=_ms(written.gap),
        body_within_ms=_ms(written.body_within),
        overlapping=frozenset(frozenset(pair) for pair in written.overlapping),
        ways={frozenset((one, other)): _ms(took) for one, other, took in written.ways},
    )


def _around(picture_bytes: int) -> int:
    """How long a message with such a picture may be: Base64 takes a third more, and JSON a bit."""
    return picture_bytes * 3 // 2


def _upkeep(model: Model) -> UpkeepOptions:
    disk, kept, upkeep = model.disk, model.retention, model.upkeep
    return UpkeepOptions(
        disk=DiskOptions(
            stop_recording_below=disk.stop_recording_below,
            resume_above=disk.resume_above,
            delete_clips_below=disk.delete_clips_below,
            every=disk.check_every,
        ),
        retention=RetentionOptions(
            tracks_ms=_ms(kept.tracks),
            clips_ms=_ms(kept.clips),
            jobs_ms=_ms(kept.jobs),
            requests_ms=_ms(kept.requests),
        ),
        rebuild=RebuildOptions(batch=model.index.rebuild_batch, pause=model.index.rebuild_pause),
        reembed=ReembedOptions(share=model.index.reembed_share),
        repair=RepairOptions(every=upkeep.sweep_every),
        scrub=ScrubOptions(bytes_per_s=upkeep.scrub_per_second, every=upkeep.scrub_every),
        backup=BackupOptions(every=upkeep.backup_every, keep=upkeep.backups),
    )


def _broker(model: Model) -> BrokerOptions:
    written: MqttSection = model.mqtt
    box = model.box
    tls = written.tls
    return BrokerOptions(
        host=written.host,
        port=written.port,
        client_id=written.client_id or f"edge-agent-{box.tenant}-{box.store}-{box.id}",
        username=written.username,
        password=written.password.reveal() if written.password else None,
        protocol=written.protocol,
        keepalive=round(written.keepalive),
        session_expiry=round(written.session_expiry),
        payload_limit=_around(model.search.largest_picture),
        tls=TlsOptions(
            ca_file=tls.ca_file, certificate_file=tls.certificate_file, key_file=tls.key_file
        )
        if tls.enabled
        else None,
    )
