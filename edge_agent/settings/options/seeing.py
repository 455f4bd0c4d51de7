"""Options of what finds people, follows them and shows clips."""

from edge_agent.media.rendering import RenderLimits
from edge_agent.playback.options import PlaybackOptions
from edge_agent.settings.model import Model
from edge_agent.settings.units import MIB, ms
from edge_agent.tracking.tracker import TrackerOptions
from edge_agent.vision.packs import PackOptions
from edge_agent.vision.vision import VisionOptions


def pack_options(model: Model) -> PackOptions:
    """Where packs of weights are, and which is asked for."""
    paths = model.paths
    return PackOptions(
        folder=paths.models or paths.state / "models",
        pack=model.vision.pack,
        mirror=paths.model_mirror,
        download=model.vision.download,
        accepted=frozenset(model.vision.accept_licence),
    )


def vision_options(model: Model) -> VisionOptions:
    """How models are run, and what is let through."""
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


def tracker_options(model: Model) -> TrackerOptions:
    """The `tracking` section, as a camera's tracker takes it."""
    written = model.tracking
    return TrackerOptions(
        high=written.high_score,
        low=written.low_score,
        confirm_hits=written.confirm_sights,
        lost_ms=ms(written.lost_after),
        most=written.most_people,
    )


def playback_options(model: Model) -> PlaybackOptions:
    """The `playback` section, as what makes clips playable takes it."""
    written = model.playback
    return PlaybackOptions(
        cache_bytes=written.cache,
        unused_ms=ms(written.unused),
        limits=RenderLimits(
            seconds=written.deadline,
            memory=written.memory,
            output=written.largest,
            longest_side=written.longest_side,
        ),
    )
