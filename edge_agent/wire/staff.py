"""What is asked and said about the list of staff."""

from typing import Annotated

from pydantic import Field

from edge_agent.domain.staff import StaffMember
from edge_agent.wire.model import Answer, HexId, Parameters, PlainId

Name = Annotated[str, Field(max_length=64)]
Pictures = Annotated[list[str], Field(max_length=10)]
Region = Annotated[list[float], Field(min_length=4, max_length=4)]
Regions = Annotated[list[Region | None], Field(max_length=10)]
TrackIds = Annotated[list[HexId], Field(max_length=200)]


class StaffCreate(Parameters):
    """Take somebody onto the list of staff: by pictures, by pointing at tracks, or by both."""

    id: PlainId | None = None
    """What to call the person in requests; without it one is made."""
    name: Name = ""
    """For people."""
    pictures: Pictures = Field(default=[])
    """Encoded pictures of one face each, as base64; only vectors are kept."""
    regions: Regions = Field(default=[])
    """For each picture left, top, right, bottom in its pixels, where it shows more people; null
    where it does not."""
    tracks: TrackIds = Field(default=[])
    """Tracks that are this person; the vectors of their faces are copied."""


class StaffChange(Parameters):
    """Say more about somebody on the list."""

    id: PlainId
    """Who."""
    name: Name | None = None
    """A new name."""
    pictures: Pictures = Field(default=[])
    """More pictures."""
    regions: Regions = Field(default=[])
    """For each of them where the person is, as when somebody is taken onto the list."""
    tracks: TrackIds = Field(default=[])
    """Tracks that are this person as well."""
    not_tracks: TrackIds = Field(default=[])
    """Tracks that are not, whatever the faces say."""


class StaffDelete(Parameters):
    """Take somebody off the list and delete all that was kept of the face."""

    id: PlainId
    """Who."""


class StaffList(Parameters):
    """Read the list."""


class Person(Answer):
    """Somebody on the list of staff."""

    id: str
    name: str
    created_ms: int
    faces: int
    """Vectors that are kept."""
    usable_faces: int
    """Those that the models in use can compare; the others need pictures again."""
    track_count: int
    """Tracks that are left out as theirs."""
    applied: bool
    """Whether every stored track has been held against the faces."""


class People(Answer):
    """Everybody on the list."""

    staff: list[Person]


def person(value: StaffMember, models: frozenset[str]) -> Person:
    """Show somebody; `models` are the stamps that can be compared."""
    return Person(
        id=value.id,
        name=value.name,
        created_ms=value.created_ms,
        faces=len(value.models),
        usable_faces=sum(model in models for model in value.models),
        track_count=value.tracks,
        applied=value.applied,
    )
