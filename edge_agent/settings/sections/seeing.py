"""Sections about finding and following people, and the clips of them."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edge_agent.settings.sections.base import DAY, GIB, MIB, Plain, Section, Unit
from edge_agent.settings.values import BUDGET, INPUT, duration, size


class VisionSection(Section):
    """How pictures are looked at."""

    pack: Plain = "auto"
    download: bool = True
    threads: Annotated[int, Field(ge=1, le=64)] = 2
    threads_per_call: Annotated[int, Field(ge=1, le=64)] = 1
    providers: Annotated[list[Plain], Field(min_length=1)] = ["cpu"]
    budget: Annotated[float | None, BUDGET] = None
    floor_fps: Annotated[float, Field(gt=0, le=60)] = 1.0
    memory: Annotated[int, size("64 MiB", "64 GiB")] = 512 * MIB
    face_input: Annotated[tuple[int, int] | None, INPUT] = None
    min_face: Annotated[float, Field(ge=4, le=1000)] = 12.0
    min_body: Annotated[float, Field(ge=8, le=4000)] = 32.0
    mirrored_faces: bool = True
    gender: bool = False
    accept_licence: list[Literal["insightface-non-commercial"]] = []


class TrackingSection(Section):
    """How people are followed."""

    high_score: Unit = 0.5
    low_score: Unit = 0.1
    confirm_sights: Annotated[int, Field(ge=1, le=100)] = 3
    lost_after: Annotated[float, duration("200 ms", "1 min")] = 3.0
    most_people: Annotated[int, Field(ge=1, le=2000)] = 200
    good_picture: Unit = 0.45
    least_face: Unit = 0.35
    least_body: Unit = 0.05
    jpeg_quality: Annotated[int, Field(ge=30, le=100)] = 88

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low_score > self.high_score:
            raise ValueError("low_score must not be above high_score")
        return self


class FragmentsSection(Section):
    """Recorded clips."""

    pre_roll: Annotated[float, duration("0 s", "1 min")] = 5.0
    pre_roll_memory: Annotated[int, size("1 MiB", "1 GiB")] = 16 * MIB
    post_roll: Annotated[float, duration("500 ms", "5 min")] = 4.0
    longest: Annotated[float, duration("5 s", "1 h")] = 120.0
    largest: Annotated[int, size("1 MiB", "100 GiB")] = 512 * MIB


class PlaybackSection(Section):
    """How clips are shown."""

    cache: Annotated[int, size("16 MiB", "10 TiB")] = 2 * GIB
    unused: Annotated[float, duration("1 min", "3650 d")] = 7 * DAY
    deadline: Annotated[float, duration("10 s", "1 h")] = 300.0
    memory: Annotated[int, size("256 MiB", "64 GiB")] = 768 * MIB
    largest: Annotated[int, size("1 MiB", "100 GiB")] = 512 * MIB
    longest_side: Annotated[int, Field(ge=160, le=3840)] = 1280
