"""Sections about cameras and what is read from them."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from edge_agent.domain.place import check_line
from edge_agent.domain.polygon import Point
from edge_agent.settings.sections.base import File, Hidden, Outline, Plain, Section
from edge_agent.settings.values import ADDRESS, ADDRESS_OR_NONE, LABEL, POINT, duration, share


class ZoneSection(Section):
    """An area of a camera's picture."""

    name: Annotated[str, LABEL]
    kind: Literal["plain", "entrance", "till"] = "plain"
    corners: Outline
    stay_after: Annotated[float, duration("1 s", "1 d")] | None = None
    point: Literal["feet", "head"] = "feet"


class LineSection(Section):
    """A directed line across a camera's picture."""

    name: Annotated[str, LABEL]
    start: Annotated[Point, POINT]
    end: Annotated[Point, POINT]
    point: Literal["feet", "head"] = "feet"

    @model_validator(mode="after")
    def _drawn_well(self) -> Self:
        check_line(self.start, self.end)
        return self


class CameraSection(Section):
    """One camera."""

    id: Plain
    url: Annotated[str, ADDRESS, Field(repr=False)]  # may hold a password
    detect_url: Annotated[str | None, ADDRESS_OR_NONE, Field(repr=False)] = None
    name: str = ""
    enabled: bool = True
    username: str | None = None
    password: Hidden | None = None
    password_file: File | None = None
    transport: Literal["tcp", "udp"] = "tcp"
    detect_fps: Annotated[float, Field(gt=0, le=60)] = 5.0
    key_frames_only: bool = False
    loop: bool = True
    masks: Annotated[list[Outline], Field(max_length=32)] = []
    clips: Literal["masked", "as_sent", "never"] = "masked"
    audio: bool = False
    zones: Annotated[list[ZoneSection], Field(max_length=64)] = []
    lines: Annotated[list[LineSection], Field(max_length=64)] = []

    @field_validator("zones")
    @classmethod
    def _each_zone_once(cls, zones: list[ZoneSection]) -> list[ZoneSection]:
        _named_once(zone.name for zone in zones)
        return zones

    @field_validator("lines")
    @classmethod
    def _each_line_once(cls, lines: list[LineSection], info: ValidationInfo) -> list[LineSection]:
        zones: list[ZoneSection] = info.data.get("zones", [])
        _named_once([*(zone.name for zone in zones), *(line.name for line in lines)])
        return lines

    @model_validator(mode="after")
    def _one_login(self) -> Self:
        for key, url in (("url", self.url), ("detect_url", self.detect_url)):
            if self.username and url and "@" in urlsplit(url).netloc:
                raise ValueError(
                    f"username is given, and the {key} names one as well; keep one of them"
                )
        if self.detect_url == self.url:
            raise ValueError("detect_url is the url; leave it out, or give the substream's address")
        if self.password is not None and not self.username:
            raise ValueError("password is given, but no username")
        return self


def _named_once(names: Iterable[str]) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(f"two zones or lines of this camera have the name {', '.join(twice)}")


class IngestSection(Section):
    """How cameras are read."""

    open_timeout: Annotated[float, duration("1 s", "60 s")] = 5.0
    read_timeout: Annotated[float, duration("1 s", "60 s")] = 10.0
    longest_side: Annotated[int, Field(ge=320, le=7680)] = 3840
    hwaccel: Plain = "none"
    motion_level: Annotated[float, Field(ge=1, le=255)] = 12.0
    motion_area: Annotated[float, share("0 %", "100 %")] = 0.0015
    motion_hold: Annotated[float, duration("0 s", "10 min")] = 2.0
    idle_every: Annotated[float, duration("100 ms", "10 min")] = 5.0
    attentive_fps: Annotated[float, Field(gt=0, le=60)] = 2.0
    dark_after: Annotated[float, duration("1 s", "1 h")] = 5.0
    frozen_after: Annotated[float, duration("5 s", "1 h")] = 60.0
    blurred_after: Annotated[float, duration("5 s", "1 h")] = 30.0
    moved_after: Annotated[float, duration("20 s", "1 h")] = 120.0
    moved_accept: Annotated[float, duration("1 min", "30 d")] = 1800.0
    slow_after: Annotated[float, duration("5 s", "1 h")] = 30.0
    steady_after: Annotated[float, duration("5 s", "1 h")] = 60.0
