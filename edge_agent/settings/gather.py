"""From the model of the file to the options of the rooms."""

from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.outbound import FetchLimits
from edge_agent.pipeline.memory import MemoryOptions
from edge_agent.pipeline.recorder import FragmentOptions
from edge_agent.pipeline.turns import TurnOptions
from edge_agent.settings.gathered import Box, Settings
from edge_agent.settings.model import Model
from edge_agent.settings.options.answers import (
    fingerprint_options,
    images_options,
    linking_options,
    search_options,
)
from edge_agent.settings.options.cameras import camera_settings, ingest_options
from edge_agent.settings.options.doors import (
    access_key,
    broker_options,
    certificate_options,
    usual_rate,
    webhook_target,
)
from edge_agent.settings.options.keeping import upkeep_options
from edge_agent.settings.options.seeing import (
    pack_options,
    playback_options,
    tracker_options,
    vision_options,
)
from edge_agent.settings.units import ms
from edge_agent.sync.options import SyncOptions
from edge_agent.tasks import OrderOptions
from edge_agent.tracking.best import BestShotOptions
from edge_agent.vision.threads import VisionThreadsOptions
from edge_agent.wire.links import LinkOptions


def gather(model: Model) -> Settings:
    """Hand every value to the option it belongs to.

    Raises:
        Unusable: a camera's address cannot be.
    """
    return Settings(
        model=model,
        box=_box(model),
        state=model.paths.state,
        cameras=tuple(camera_settings(camera) for camera in model.cameras),
        ingest=ingest_options(model),
        packs=pack_options(model),
        vision=vision_options(model),
        vision_threads=VisionThreadsOptions(threads=model.vision.threads),
        turns=TurnOptions(
            side_by_side=model.vision.threads,
            budget=model.vision.budget,
            floor_fps=model.vision.floor_fps,
        ),
        tracker=tracker_options(model),
        face_shot=BestShotOptions(
            good=model.tracking.good_picture, least=model.tracking.least_face
        ),
        body_shot=BestShotOptions(
            good=model.tracking.good_picture, least=model.tracking.least_body
        ),
        fragments=FragmentOptions(
            post_roll=model.fragments.post_roll, longest=model.fragments.longest
        ),
        playback=playback_options(model),
        fingerprints=fingerprint_options(model),
        memory=MemoryOptions(
            jpeg_quality=model.tracking.jpeg_quality, vectors_in_events=model.sync.vectors
        ),
        search=search_options(model),
        orders=OrderOptions(before_ms=ms(model.orders.before), after_ms=ms(model.orders.after)),
        linking=linking_options(model),
        fetch=FetchLimits(
            seconds=model.search.fetch_timeout,
            max_bytes=model.search.largest_picture,
            allowed_networks=tuple(model.search.fetch_networks),
        ),
        upkeep=upkeep_options(model),
        mqtt=broker_options(model) if model.mqtt.enabled else None,
        sync=SyncOptions(
            consumers=tuple(model.sync.consumers),
            live_within=model.sync.live_within,
            keep_age=model.sync.keep,
            keep_size=model.sync.keep_size,
        ),
        webhooks=tuple(webhook_target(webhook) for webhook in model.webhooks),
        links=LinkOptions(base=model.http.public_address, valid_ms=ms(model.http.links_valid)),
        token=model.http.token,
        metrics_key=model.http.metrics_key,
        certificate=certificate_options(model),
        pace=PaceOptions(rate=usual_rate(model)),
        images=images_options(model),
        access_keys=tuple(access_key(key, usual_rate(model)) for key in model.access_keys),
        log_level=model.log.level,
    )


def default_settings() -> Settings:
    """What holds where no file says anything."""
    return gather(Model())


def _box(model: Model) -> Box:
    box = model.box
    return Box(
        tenant=box.tenant,
        store=box.store,
        id=box.id,
        timezone=box.timezone,
        topics=f"{model.mqtt.prefix}/{box.tenant}/{box.store}/{box.id}",
    )
