"""The services that stand behind all doors, built once."""

from collections.abc import Iterator, Sequence

from edge_agent.app.resources import Resources, Services
from edge_agent.app.status import Status, Watched
from edge_agent.domain.vector import Part
from edge_agent.fingerprint import Fingerprints
from edge_agent.images import ImageSearch, ImagesParts, Uploads
from edge_agent.keys import Sealing
from edge_agent.media import PictureLimits
from edge_agent.pipeline.cameras import Cameras
from edge_agent.pipeline.memory import Memory
from edge_agent.playback import Playback
from edge_agent.queries import Queries
from edge_agent.search import PictureSearches, QueryPictures
from edge_agent.settings.gathered import CameraSettings
from edge_agent.tasks import (
    Orders,
    Place,
    RiskTasks,
    RiskTasksOptions,
    SessionOptions,
    Sessions,
    Staff,
    StaffOptions,
    Watching,
    WatchingOptions,
    WatchListOptions,
    WatchLists,
)
from edge_agent.text_search import Likenesses, TextSearches, TextSearchOptions
from edge_agent.upkeep import Upkeep
from edge_agent.webhooks import Webhooks
from edge_agent.wire.links import LinkSigner
from edge_agent.words import KnownPlace, Reader


def make_services(
    resources: Resources, memory: Memory, upkeep: Upkeep, cameras: Cameras
) -> Services:
    """Build every service.

    Args:
        resources: what was opened.
        memory: where cameras hand in.
        upkeep: knows whether the index is complete and the disk has room.
        cameras: of the configuration.
    """
    settings, store, clock = resources.settings, resources.store, resources.clock
    searches = _searches(resources, upkeep, cameras)
    queries = Queries(store, resources.vision.info.attributes)
    places = {camera.id: camera.places for camera in settings.cameras}
    threshold = settings.model.staff.threshold
    return Services(
        searches=searches,
        text_searches=_text_searches(resources, cameras),
        queries=queries,
        playback=_playback(resources, upkeep),
        cameras=cameras,
        tasks=_risk_tasks(resources, searches),
        orders=Orders(store, places, settings.orders, clock),
        staff=Staff(store, searches.likenesses, StaffOptions(threshold=threshold), clock),
        watchlists=WatchLists(store, searches.likenesses, WatchListOptions(), clock),
        watching=_watching(resources),
        sessions=_sessions(resources),
        images=_images(resources),
        fingerprints=Fingerprints(store, settings.fingerprints, clock),
        status=_status(resources, queries, cameras, memory, upkeep),
        erasure=upkeep.erasure,
        webhooks=_webhooks(resources),
    )


def _searches(resources: Resources, upkeep: Upkeep, cameras: Cameras) -> PictureSearches:
    settings = resources.settings
    limits = PictureLimits(max_bytes=settings.search.picture_bytes)
    return PictureSearches(
        store=resources.store,
        index=resources.index,
        index_thread=resources.index_thread,
        index_complete=upkeep.rebuild.completed,
        eyes=resources.vision.for_questions(),
        pictures=QueryPictures(limits, settings.fetch),
        cameras=cameras.ids,
        options=settings.search,
        clock=resources.clock,
        counters=resources.counters,
        precedence=resources.precedence,
    )


def _text_searches(resources: Resources, cameras: Cameras) -> TextSearches:
    settings = resources.settings
    return TextSearches(
        resources.store,
        Likenesses(resources.index, resources.index_thread, resources.vision.for_questions()),
        Reader(_known_places(settings.cameras), settings.box.timezone),
        told=resources.vision.info.attributes,
        cameras=cameras.ids,
        options=TextSearchOptions(most_hits=settings.search.most_hits),
        clock=resources.clock,
        counters=resources.counters,
    )


def _known_places(cameras: Sequence[CameraSettings]) -> Iterator[KnownPlace]:
    for camera in cameras:
        yield KnownPlace(camera=camera.id, names=(camera.name,))
        for zone in camera.places.zones:
            yield KnownPlace(camera=camera.id, zone=zone.name, kind=zone.kind.value)
        for line in camera.places.lines:
            yield KnownPlace(camera=camera.id, zone=line.name)


def _webhooks(resources: Resources) -> Webhooks:
    settings, clock = resources.settings, resources.clock
    return Webhooks(
        resources.store,
        settings.webhooks,
        LinkSigner(resources.secret("links").encode(), clock, settings.links),
        seals=Sealing(resources.secret("box-key")),
        live_within=settings.sync.live_within,
        clock=clock,
        counters=resources.counters,
    )


def _images(resources: Resources) -> ImageSearch:
    parts = ImagesParts(
        store=resources.store,
        thread=resources.image_thread,
        eyes=resources.vision,
        decoder=resources.decoder,
        uploads=Uploads(resources.clock),
        clock=resources.clock,
        counters=resources.counters,
    )
    return ImageSearch(parts, resources.settings.images)


def _risk_tasks(resources: Resources, searches: PictureSearches) -> RiskTasks:
    box = resources.settings.box
    return RiskTasks(
        resources.store,
        Place(tenant=box.tenant, store=box.store),
        RiskTasksOptions(),
        likenesses=searches.likenesses,
        clock=resources.clock,
    )


def _watching(resources: Resources) -> Watching:
    written, pack = resources.settings.model.watchlists, resources.vision.info
    own = written.threshold
    options = WatchingOptions(
        model=pack.face_model,
        threshold=pack.face_threshold if own is None else own,
        false_alarm_rate=pack.face_false_alarm_rate if own is None else None,
        rearm_ms=round(written.rearm_after * 1000),
    )
    return Watching(resources.store, options, resources.clock, resources.counters)


def _sessions(resources: Resources) -> Sessions:
    settings, pack = resources.settings, resources.vision.info
    options = SessionOptions(
        enabled=settings.model.sessions.enabled,
        thresholds={Part.FACE: pack.face_threshold, Part.BODY: pack.body_threshold},
        models=frozenset((pack.face_model, pack.body_model)),
        timezone=settings.box.timezone,
        link=settings.linking,
    )
    return Sessions(resources.store, options, resources.clock)


def _playback(resources: Resources, upkeep: Upkeep) -> Playback:
    settings = resources.settings
    return Playback(
        resources.store,
        {camera.id: camera.clip_masks for camera in settings.cameras},
        settings.playback,
        room=upkeep.recording_allowed,
        clock=resources.clock,
        counters=resources.counters,
    )


def _status(
    resources: Resources, queries: Queries, cameras: Cameras, memory: Memory, upkeep: Upkeep
) -> Status:
    return Status(
        Watched(
            settings=resources.settings,
            store=resources.store,
            queries=queries,
            cameras=cameras,
            memory=memory,
            upkeep=upkeep,
            pack=resources.vision.info,
            clock=resources.clock,
        )
    )
