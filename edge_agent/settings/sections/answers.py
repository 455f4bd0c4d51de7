"""Sections about the services that answer questions."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from edge_agent.settings.sections.base import DAY, GIB, MIB, File, Section, Unit
from edge_agent.settings.values import NETWORK, PAIR, WAY, duration, size


class FingerprintsSection(Section):
    """Fingerprints of videos, sounds, texts and pictures."""

    recordings: bool = True
    at_once: Annotated[int, Field(ge=1, le=16)] = 2
    largest: Annotated[int, size("1 MiB", "2 GiB")] = 256 * MIB
    longest: Annotated[float, duration("1 min", "24 h")] = 14_400.0
    deadline: Annotated[float, duration("10 s", "24 h")] = 1800.0
    memory: Annotated[int, size("256 MiB", "64 GiB")] = GIB
    history: Annotated[float, duration("1 d", "3650 d")] = 180 * DAY


class SearchSection(Section):
    """Picture searches."""

    face_threshold: Unit | None = None
    body_threshold: Unit | None = None
    false_alarms: Literal[1, 4, 10, 100] | None = None
    largest_picture: Annotated[int, size("64 KiB", "64 MiB")] = 4 * MIB
    most_hits: Annotated[int, Field(ge=1, le=10_000)] = 200
    most_unfinished: Annotated[int, Field(ge=1, le=10_000)] = 16
    most_people: Annotated[int, Field(ge=1, le=1000)] = 32
    deadline: Annotated[float, duration("1 s", "1 h")] = 60.0
    rebuild_wait: Annotated[float, duration("0 s", "1 h")] = 1.0
    fetch_timeout: Annotated[float, duration("1 s", "2 min")] = 10.0
    fetch_networks: list[Annotated[str, NETWORK]] = []


class OrdersSection(Section):
    """Receipts of the point of sale."""

    before: Annotated[float, duration("0 s", "1 h")] = 15.0
    after: Annotated[float, duration("0 s", "1 h")] = 5.0


class SessionsSection(Section):
    """Visits: which tracks seem to be one person."""

    enabled: bool = True
    gap: Annotated[float, duration("1 min", "1 d")] = 1800.0
    body_within: Annotated[float, duration("0 s", "1 h")] = 300.0
    overlapping: Annotated[list[Annotated[tuple[str, str], PAIR]], Field(max_length=1000)] = []
    ways: Annotated[list[Annotated[tuple[str, str, float], WAY]], Field(max_length=1000)] = []


class StaffSection(Section):
    """The list of staff."""

    threshold: Unit | None = None


class WatchListsSection(Section):
    """People somebody looks out for."""

    threshold: Unit | None = None
    rearm_after: Annotated[float, duration("1 min", "1 d")] = 1800.0


class InstanceSection(Section):
    """A named collection of pictures of things."""

    name: Annotated[str, Field(pattern="^[A-Za-z0-9_-]{1,20}$")]
    service: Annotated[int, Field(ge=0, le=7)] = 1
    capacity: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000
    requests_per_second: Annotated[int, Field(ge=1, le=10_000)] = 20


class ImagesSection(Section):
    """Image Search."""

    instances: Annotated[list[InstanceSection], Field(max_length=50)] = []
    import_folder: File | None = None
    plain_callbacks: bool = False

    @field_validator("instances")
    @classmethod
    def _each_once(cls, instances: list[InstanceSection]) -> list[InstanceSection]:
        names = [instance.name for instance in instances]
        twice = sorted({each for each in names if names.count(each) > 1})
        if twice:
            raise ValueError(f"two instances are called {', '.join(twice)}; names are given once")
        return instances
