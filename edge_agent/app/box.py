"""Everything is opened, built and connected here, once, and nowhere else.

Opening order is dependency order; an exit stack closes in reverse, so there is no list of things
to stop. Tasks live in one group: one that fails with a bug ends them all, and the process.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from edge_agent import dashboard
from edge_agent.app.cloud import cloud_door
from edge_agent.app.ending import the_expected
from edge_agent.app.status import VERSION, Status, Watched
from edge_agent.cloud_api.routes import routes as cloud_routes
from edge_agent.commands.door import CommandDoor, CommandOptions
from edge_agent.commands.operations import Operations
from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.index import VectorIndex
from edge_agent.ingest import CameraLink
from edge_agent.media import PictureLimits
from edge_agent.mqtt.client import Broker
from edge_agent.mqtt.topics import Topics
from edge_agent.pipeline.camera import Camera, CameraOptions, Surroundings
from edge_agent.pipeline.cameras import Cameras, Maker
from edge_agent.pipeline.memory import Memory
from edge_agent.queries import Queries
from edge_agent.rest_api.app import make_app
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.serve import serve
from edge_agent.runtime import systemd
from edge_agent.runtime.clock import Clock, SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.shutdown import run_until_stopped
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.search import PictureSearches, QueryPictures
from edge_agent.settings import CameraSettings, Settings
from edge_agent.storage.store import Store
from edge_agent.storage.tokens import load_or_make_token
from edge_agent.sync.limits import OutboxLimits
from edge_agent.sync.sync import Sync, presence
from edge_agent.tasks import Place, RiskTasks, RiskTasksOptions
from edge_agent.upkeep import Upkeep
from edge_agent.vision.packs import choose
from edge_agent.vision.threads import VisionThreads
from edge_agent.vision.vision import Vision
from edge_agent.wire.links import LinkSigner

log = logging.getLogger(__name__)

Tasks = dict[str, Coroutine[Any, Any, None]]

_STALLED_AFTER = 60.0
"""Seconds beyond all of its limits after which a camera counts as standing still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What has to be opened, and closed in the end."""

    settings: Settings
    store: Store
    vision: VisionThreads
    index_thread: OneThread
    index: VectorIndex = field(default_factory=VectorIndex)
    clock: Clock
    counters: Counters

    def secret(self, name: str) -> str:
        """The box's own secret of that name, made at the first start."""
        return load_or_make_token(self.settings.state / "secrets" / name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the doors pass questions on to."""

    searches: PictureSearches
    queries: Queries
    cameras: Cameras
    tasks: RiskTasks
    status: Status


async def run_box(settings: Settings) -> None:
    """Run the box until SIGTERM or SIGINT.

    Raises:
        Unusable: something in the installation is wrong.
        Unavailable: weights that were asked for by name cannot be had.
    """
    try:
        async with AsyncExitStack() as stack:
            resources = await _open(settings, stack)
            await _run(resources)
    except ExceptionGroup as group:
        expected = the_expected(group)
        if expected is None:
            raise
        raise expected from None


async def _open(settings: Settings, stack: AsyncExitStack) -> Resources:
    clock, counters = SystemClock(), Counters()
    _make_folder(settings.state)
    pack = await asyncio.to_thread(choose, settings.packs)
    manifest = pack.manifest
    log.info("weights: %s (%s)", manifest.display_name, manifest.licence)
    vision = VisionThreads(
        await asyncio.to_thread(Vision.load, pack, settings.vision),
        settings.vision_threads,
        clock,
        counters,
    )
    stack.callback(vision.close)
    store = await Store.open(settings.state, clock=clock)
    stack.push_async_callback(store.close)
    index_thread = OneThread("index")
    stack.callback(index_thread.close)
    return Resources(
        settings=settings,
        store=store,
        vision=vision,
        index_thread=index_thread,
        clock=clock,
        counters=counters,
    )


def _make_folder(state: Path) -> None:
    try:
        state.mkdir(parents=True, exist_ok=True, mode=0o750)
    except OSError as error:
        raise Unusable(
            f"paths.state: the folder {state} cannot be made: {error.strerror}; name another, or"
            " let the daemon's user write there"
        ) from error


async def _run(resources: Resources) -> None:
    settings, clock, counters = resources.settings, resources.clock, resources.counters
    upkeep = Upkeep(
        resources.store,
        resources.index,
        resources.index_thread,
        settings.upkeep,
        clock=clock,
        counters=counters,
    )
    await upkeep.start()
    memory = Memory(
        store=resources.store,
        embedder=resources.vision,
        index=resources.index,
        index_thread=resources.index_thread,
        options=settings.memory,
        clock=clock,
        counters=counters,
    )
    cameras = _cameras(resources, memory, upkeep)
    searches = PictureSearches(
        store=resources.store,
        index=resources.index,
        index_thread=resources.index_thread,
        index_complete=upkeep.rebuild.completed,
        eyes=resources.vision,
        pictures=QueryPictures(
            PictureLimits(max_bytes=settings.search.picture_bytes), settings.fetch
        ),
        cameras=cameras.ids,
        options=settings.search,
        clock=clock,
        counters=counters,
    )
    queries = Queries(resources.store)
    box = settings.box
    risk_tasks = RiskTasks(
        resources.store,
        Place(tenant=box.tenant, store=box.store),
        RiskTasksOptions(),
        clock=clock,
    )
    status = Status(
        Watched(
            settings=settings,
            store=resources.store,
            queries=queries,
            cameras=cameras,
            memory=memory,
            upkeep=upkeep,
            pack=resources.vision.info,
            clock=clock,
        )
    )
    services = Services(
        searches=searches, queries=queries, cameras=cameras, tasks=risk_tasks, status=status
    )
    tasks: Tasks = {
        **_http(resources, services),  # first: it may find the secrets unusable
        **_mqtt(resources, services),
        "cameras": cameras.run(),
        "searches": keep_running(
            "picture searches", searches.run, retry_on=Unavailable, backoff=Backoff(longest=15.0)
        ),
        "risk tasks": keep_running(
            "risk tasks", risk_tasks.run, retry_on=Unavailable, backoff=Backoff(longest=15.0)
        ),
        "upkeep": upkeep.run(),
        "watchdog": systemd.feed_watchdog(status.progressing),
    }
    async with memory.running():
        await run_until_stopped(tasks)
        log.info("stopping: writing down whoever is in view")


def _cameras(resources: Resources, memory: Memory, upkeep: Upkeep) -> Cameras:
    settings = resources.settings
    around = Surroundings(
        store=resources.store,
        vision=resources.vision,
        memory=memory,
        recording_allowed=upkeep.recording_allowed,
        clock=resources.clock,
        counters=resources.counters,
    )

    def make(camera: CameraSettings) -> Camera:
        link = CameraLink(camera.source, settings.ingest, resources.clock, resources.counters)
        options = CameraOptions(
            detect_fps=camera.source.detect_fps,
            stalled_after=_STALLED_AFTER + settings.ingest.gate.idle_s + settings.ingest.read_s,
            tracker=settings.tracker,
            face=settings.face_shot,
            body=settings.body_shot,
            fragments=settings.fragments,
            backoff=Backoff(),
        )
        return Camera(camera.id, link, options, around)

    makers = {
        camera.id: Maker(make=partial(make, camera), on_at_first=camera.enabled)
        for camera in settings.cameras
    }
    return Cameras(makers, resources.store, resources.clock)


def _http(resources: Resources, services: Services) -> Tasks:
    options = resources.settings.http(resources.secret)
    parts = RestParts(
        searches=services.searches,
        tasks=services.tasks,
        queries=services.queries,
        query_picture=services.queries.query_picture,
        status=services.status.box,
        health=services.status,
        pictures=resources.store.pictures,
        clips=resources.store.clips,
        # Relative, so that the page works wherever it was opened, and as lasting as those of MQTT.
        links=LinkSigner(
            resources.secret("links").encode(),
            resources.clock,
            replace(resources.settings.links, base=""),
        ),
        clock=resources.clock,
        counters=resources.counters,
        version=VERSION,
    )
    app = make_app(parts, options)
    door, nonces = cloud_door(
        resources.settings,
        resources.store,
        resources.secret,
        searches=services.searches,
        tasks=services.tasks,
        clock=resources.clock,
        counters=resources.counters,
    )
    # Both have `/`: whoever opens the page signs nothing.
    app.router.routes.extend([*cloud_routes(door), *dashboard.routes()])

    def listening(port: int) -> None:
        systemd.notify(f"READY=1\nSTATUS=http on {options.host}:{port}")

    async def answer() -> None:
        await nonces.load()
        await serve(app, options, listening=listening)

    return {
        "http": answer(),
        "nonces": keep_running("nonces", nonces.run, retry_on=Unavailable, backoff=Backoff()),
    }


def _mqtt(resources: Resources, services: Services) -> Tasks:
    settings, clock, counters = resources.settings, resources.clock, resources.counters
    if settings.mqtt is None:
        log.warning("mqtt is switched off: events wait in the outbox, questions come over http")
        kept = OutboxLimits(resources.store, settings.sync, clock=clock, counters=counters)
        return {"outbox": kept.run()}
    box = settings.box
    prefix = settings.model.mqtt.prefix
    topics = Topics(prefix=prefix, tenant=box.tenant, store=box.store, box=box.id)
    links = LinkSigner(resources.secret("links").encode(), clock, settings.links)
    broker = Broker(
        settings.mqtt,
        presence=presence(topics, epoch=resources.store.epoch, version=VERSION, clock=clock),
        counters=counters,
    )
    services.status.watch(broker)
    sync = Sync(
        resources.store,
        broker,
        topics,
        links=links,
        options=settings.sync,
        clock=clock,
        counters=counters,
    )
    door = CommandDoor(
        Operations(
            searches=services.searches,
            reads=services.queries,
            cameras=services.cameras,
            tasks=services.tasks,
            status=services.status.box,
            links=links,
        ),
        resources.store,
        broker,
        topics,
        options=CommandOptions(),
        clock=clock,
        counters=counters,
    )
    return {"broker": broker.run(), "sync": sync.run(), "commands": door.run()}
