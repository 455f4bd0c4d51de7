"""The whole file: its sections, and what must hold between them."""

from typing import Self

from pydantic import field_validator, model_validator

from edge_agent.settings.sections.answers import (
    FingerprintsSection,
    ImagesSection,
    OrdersSection,
    SearchSection,
    SessionsSection,
    StaffSection,
    WatchListsSection,
)
from edge_agent.settings.sections.base import Section
from edge_agent.settings.sections.box import BoxSection, LogSection, PathsSection
from edge_agent.settings.sections.cameras import CameraSection, IngestSection
from edge_agent.settings.sections.doors import (
    AccessKeySection,
    CloudSection,
    HttpSection,
    MqttSection,
    WebhookSection,
)
from edge_agent.settings.sections.keeping import (
    DiskSection,
    IndexSection,
    RetentionSection,
    SyncSection,
    UpkeepSection,
)
from edge_agent.settings.sections.seeing import (
    FragmentsSection,
    PlaybackSection,
    TrackingSection,
    VisionSection,
)


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
