"""Sections about what is kept, for how long, and who is sent it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from edge_agent.settings.sections.base import DAY, GIB, MIB, Free, Plain, Section
from edge_agent.settings.values import duration, size
from edge_agent.upkeep import Level


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


class SyncSection(Section):
    """What leaves by MQTT."""

    consumers: list[Plain] = []
    keep: Annotated[float, duration("1 min", "3650 d")] = 14 * DAY
    keep_size: Annotated[int, size("1 MiB", "1 TiB")] = 512 * MIB
    live_within: Annotated[float, duration("1 s", "1 d")] = 60.0
    vectors: bool = False
