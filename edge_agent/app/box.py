"""Everything is opened, built and connected here, once, and nowhere else.

Opening order is dependency order; an exit stack closes in reverse, so there is no list of things
to stop. Tasks live in one group: one that fails with a bug ends them all, and the process.
"""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from edge_agent.app.doors import http_tasks, mqtt_tasks
from edge_agent.app.ending import the_expected
from edge_agent.app.resources import Resources, Services, Tasks
from edge_agent.app.services import make_services
from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.domain.worn import PRESENTS
from edge_agent.index import VectorIndex
from edge_agent.ingest import CameraLink
from edge_agent.media import Decoder
from edge_agent.pipeline.camera import Camera, CameraOptions, Surroundings
from edge_agent.pipeline.cameras import Cameras, Maker
from edge_agent.pipeline.memory import Memory
from edge_agent.pipeline.turns import Turns
from edge_agent.runtime import systemd
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.shutdown import run_until_stopped
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.settings import CameraSettings, Settings
from edge_agent.storage.store import Store
from edge_agent.storage.worn import forget_worn
from edge_agent.upkeep import Upkeep
from edge_agent.vision.packs import choose
from edge_agent.vision.threads import VisionThreads
from edge_agent.vision.vision import Vision

log = logging.getLogger(__name__)

_STALLED_AFTER = 60.0
"""Seconds beyond all of its limits after which a camera counts as standing still."""


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
    image_thread, decoder = OneThread("images"), Decoder()
    stack.callback(image_thread.close)
    stack.push_async_callback(decoder.close)
    return Resources(
        settings=settings,
        store=store,
        vision=vision,
        index_thread=index_thread,
        index=VectorIndex(settings.state),
        image_thread=image_thread,
        decoder=decoder,
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
        eyes=resources.vision,
        clock=clock,
        counters=counters,
    )
    await upkeep.start()
    if not settings.vision.gender:
        await _forget_gender(resources.store)
    memory = Memory(
        store=resources.store,
        embedder=resources.vision,
        index=resources.index,
        index_thread=resources.index_thread,
        options=settings.memory,
        clock=clock,
        counters=counters,
    )
    services = make_services(resources, memory, upkeep, _cameras(resources, memory, upkeep))
    tasks: Tasks = {
        **http_tasks(resources, services),  # first: it may find the secrets unusable
        **mqtt_tasks(resources, services),
        "webhooks": services.webhooks.run(),
        "cameras": services.cameras.run(),
        **_patient(services),
        "upkeep": upkeep.run(),
        "watchdog": systemd.feed_watchdog(services.status.progressing),
    }
    async with memory.running():
        await run_until_stopped(tasks)
        log.info("stopping: writing down whoever is in view")


def _patient(services: Services) -> Tasks:
    """What goes on later, where the disk is away for a while; nothing is lost meanwhile."""
    works = {
        "picture searches": services.searches.run,
        "risk tasks": services.tasks.run,
        "sessions": services.sessions.run,
        "staff": services.staff.run_changes,
        "staff news": services.staff.run_news,
        "watch lists": services.watching.run,
        "orders": services.orders.run,
        "playback": services.playback.run,
        "images": services.images.run,
        "callbacks of imports": services.images.call_back,
        "images looked at again": services.images.look_again,
        "fingerprints": services.fingerprints.run,
        "fingerprints of recordings": services.fingerprints.run_recordings,
        "fingerprint history": services.fingerprints.run_history,
    }
    backoff = Backoff(longest=15.0)
    return {
        name: keep_running(name, work, retry_on=Unavailable, backoff=backoff)
        for name, work in works.items()
    }


async def _forget_gender(store: Store) -> None:
    """What was told while it was switched on is not kept once it is off."""
    async with store.transaction() as tx:
        await forget_worn(tx, PRESENTS)


def _cameras(resources: Resources, memory: Memory, upkeep: Upkeep) -> Cameras:
    settings = resources.settings
    around = Surroundings(
        store=resources.store,
        vision=resources.vision,
        turns=Turns(settings.turns, resources.clock, resources.counters, resources.precedence),
        memory=memory,
        recording_allowed=upkeep.recording_allowed,
        clock=resources.clock,
        counters=resources.counters,
    )

    def make(camera: CameraSettings) -> Camera:
        link = CameraLink(camera.source, settings.ingest, resources.clock, resources.counters)
        options = CameraOptions(
            detect_fps=camera.source.detect_fps,
            calm_fps=settings.model.ingest.attentive_fps,
            motion_area=settings.ingest.gate.area,
            stalled_after=_STALLED_AFTER + settings.ingest.gate.idle_s + settings.ingest.read_s,
            tracker=settings.tracker,
            face=settings.face_shot,
            body=settings.body_shot,
            fragments=replace(settings.fragments, record=camera.record, masks=camera.clip_masks),
            backoff=Backoff(),
            places=camera.places,
        )
        return Camera(camera.id, link, options, around)

    makers = {
        camera.id: Maker(make=partial(make, camera), on_at_first=camera.enabled)
        for camera in settings.cameras
    }
    return Cameras(makers, resources.store, resources.clock)
