"""What is asked and said about watch lists."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from edge_agent.domain import watchlist as domain
from edge_agent.wire.answers import Links
from edge_agent.wire.model import Answer, HexId, Milliseconds, Parameters, PlainId
from edge_agent.wire.staff import Name, Pictures, Regions, TrackIds

Said = Annotated[str, Field(min_length=1, max_length=200)]


class WatchListCreate(Parameters):
    """Make a list of people somebody looks out for."""

    id: PlainId | None = None
    """What to call the list in requests; without it one is made."""
    name: Annotated[str, Field(min_length=1, max_length=64)]
    """For people."""
    owner: Said
    """Who answers for it."""
    reason: Said
    """Why these people are looked out for."""
    expires_ms: Milliseconds
    """Then the list goes, with everything that is kept of the people on it."""


class WatchListChange(Parameters):
    """Give a list another name, owner, reason or end."""

    list: PlainId
    """Which."""
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    owner: Said | None = None
    reason: Said | None = None
    expires_ms: Milliseconds | None = None


class WatchListId(Parameters):
    """Name a list."""

    list: PlainId
    """Which."""


class WatchListList(Parameters):
    """Read all lists."""


class WatchHitList(Parameters):
    """Read which visits a list noticed, latest first."""

    list: PlainId
    """Which."""
    after: HexId | None = None
    """The `next` of the page before."""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class WatchEntryCreate(Parameters):
    """Take somebody onto a list: by pictures, by pointing at tracks, or by both."""

    list: PlainId
    """Which."""
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
    keep_picture: bool = False
    """Keep the first of the pictures (its region alone, where there is one), else the best face of
    the tracks, to show who it is."""


class WatchEntryChange(Parameters):
    """Say more about somebody on a list."""

    list: PlainId
    """Which."""
    entry: PlainId
    """Who."""
    name: Name | None = None
    """A new name."""
    pictures: Pictures = Field(default=[])
    """More pictures."""
    regions: Regions = Field(default=[])
    """For each of them where the person is, as when somebody is taken onto a list."""
    tracks: TrackIds = Field(default=[])
    """Tracks that are this person as well."""
    keep_picture: bool = False
    """Keep the first of the new ones in place of what is kept."""


class WatchEntryDelete(Parameters):
    """Take somebody off a list and delete all that was kept."""

    list: PlainId
    """Which."""
    entry: PlainId
    """Who."""


class WatchList(Answer):
    """A list of people somebody looks out for."""

    id: str
    name: str
    owner: str
    reason: str
    created_ms: int
    expires_ms: int
    entry_count: int
    """People on it."""


class WatchEntry(Answer):
    """Somebody on a list."""

    id: str
    list: str
    name: str
    created_ms: int
    faces: int
    """Vectors that are kept."""
    usable_faces: int
    """Those that the models in use can compare; the others need pictures again."""
    picture: str | None
    """Id of the picture that is kept; null where none is."""
    picture_url: str | None
    """Where to fetch it; expires."""
    hit_count: int
    """Visits that were noticed and whose tracks are still there."""


class WatchLists(Answer):
    """All lists."""

    watchlists: list[WatchList]


class WatchListWithEntries(WatchList):
    """A list and everybody on it."""

    entries: list[WatchEntry]


class WatchHit(Answer):
    """A visit of somebody on a list."""

    id: str
    list: str
    entry: str
    at_ms: int
    """When the recognised face was seen."""
    score: float
    """Cosine similarity of the best view during the visit and the nearest face of the entry."""
    threshold: float
    false_alarm_rate: float | None
    """Share of strangers whose face reaches the threshold against one person, as measured; null
    where the threshold was set by hand."""
    tracks: Sequence[str]
    """Recognised during the visit, oldest first."""
    picture_url: str
    """Where to fetch the face; expires."""


class WatchHits(Answer):
    """A page of visits, latest first."""

    hits: list[WatchHit]
    next: str | None
    """Give it as `after` for the next page; null on the last one."""


def watchlist(value: domain.WatchList) -> WatchList:
    """Show a list."""
    return WatchList(
        id=value.id,
        name=value.name,
        owner=value.owner,
        reason=value.reason,
        created_ms=value.created_ms,
        expires_ms=value.expires_ms,
        entry_count=value.entries,
    )


def with_entries(
    value: domain.WatchList,
    entries: Sequence[domain.WatchEntry],
    models: frozenset[str],
    links: Links,
) -> WatchListWithEntries:
    """Show a list and everybody on it; `models` are the stamps that can be compared."""
    return WatchListWithEntries(
        **dict(watchlist(value)), entries=[entry(each, models, links) for each in entries]
    )


def entry(value: domain.WatchEntry, models: frozenset[str], links: Links) -> WatchEntry:
    """Show somebody; `models` are the stamps that can be compared."""
    return WatchEntry(
        id=value.id,
        list=value.list,
        name=value.name,
        created_ms=value.created_ms,
        faces=len(value.models),
        usable_faces=sum(model in models for model in value.models),
        picture=value.picture,
        picture_url=None if value.picture is None else links.watched(value.picture),
        hit_count=value.hits,
    )


def hits(values: Sequence[domain.WatchHit], limit: int, links: Links) -> WatchHits:
    """Show a page of `limit` visits; of one more, only that there are more is shown."""
    shown = [
        WatchHit(
            id=value.id,
            list=value.list,
            entry=value.entry,
            at_ms=value.at_ms,
            score=round(value.similarity, 4),
            threshold=value.threshold,
            false_alarm_rate=value.false_alarm_rate,
            tracks=list(value.tracks),
            picture_url=links.recognised(value.id),
        )
        for value in values[:limit]
    ]
    return WatchHits(hits=shown, next=shown[-1].id if len(values) > limit else None)
