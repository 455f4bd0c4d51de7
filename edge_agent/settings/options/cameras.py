"""Options of cameras and of what reads them."""

from urllib.parse import quote, urlsplit

from edge_agent.domain.errors import Unusable
from edge_agent.domain.place import Line, Mark, Places, Zone, ZoneKind
from edge_agent.ingest.source import (
    GateOptions,
    IngestOptions,
    PictureWatchOptions,
    PrerollOptions,
    Source,
)
from edge_agent.settings.gathered import CameraSettings
from edge_agent.settings.model import Model
from edge_agent.settings.sections.cameras import CameraSection, IngestSection, ZoneSection
from edge_agent.settings.units import ms

_TILL_AFTER = 3.0
"""Seconds at a till that count as having stood there, where its zone does not say."""


def camera_settings(written: CameraSection) -> CameraSettings:
    """One camera of the file.

    Raises:
        Unusable: its address cannot be.
    """
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
        stay_after_ms=None if after is None else ms(after),
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


def ingest_options(model: Model) -> IngestOptions:
    """The `ingest` section, as every camera's worker takes it."""
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
