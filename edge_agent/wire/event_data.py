"""The shapes of what the box tells the world unasked: the envelope and the data of each kind."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge_agent.domain.action import ActionType
from edge_agent.domain.event import EventKind
from edge_agent.domain.job import JobState
from edge_agent.domain.track import FragmentState
from edge_agent.domain.vector import Part
from edge_agent.wire.answers import Action, Error
from edge_agent.wire.attributes import Attribute
from edge_agent.wire.model import END_OF_TIME_MS, Answer

About = Literal["disk", "database", "model", "clock", "licence", "sync", "webhook"]
"""What an alarm is about."""


class Envelope(Answer):
    """What every event carries."""

    epoch: str
    """Changes whenever the database had to be restored; `seq` then starts anew."""
    seq: int
    """Without gaps within an epoch; this is what is acknowledged."""
    event_id: str
    """Unique for ever; this is what a consumer dedupes by."""
    kind: EventKind
    at: int
    """When it happened, milliseconds since 1970."""
    historical: bool
    """It left the box later than `sync.live_within` after it happened: do not act as if live."""
    data: dict[str, Any]


class EventShot(Answer):
    """The best picture of one part of a tracked person."""

    picture: str
    at_ms: int
    quality: float
    url: str | None = None
    """Where to fetch it; expires."""


class Acknowledgement(BaseModel):
    """What a consumer says about itself: everything up to `seq` is stored on its side."""

    model_config = ConfigDict(strict=True, frozen=True, use_attribute_docstrings=True)

    epoch: Annotated[str, Field(max_length=64)]
    """Of the events it speaks about."""
    seq: Annotated[int, Field(ge=0, le=END_OF_TIME_MS)]
    """0 before the first event. Said again, it means: this is where I am, send what follows."""


class EventVector(Answer):
    """An embedding of a tracked person."""

    kind: Part
    model: str
    """The stamp of the model that made it; never compare vectors of different stamps."""
    float16: str
    """Little-endian float16 numbers as base64; of unit length before they were rounded."""


class TrackEnded(Answer):
    """A person has left the picture."""

    track: str
    camera: str
    start_ms: int
    end_ms: int
    face: EventShot | None
    body: EventShot | None
    vectors: list[EventVector] | None = None
    """Where `sync.vectors` is on."""
    fragment: str | None
    clip_url: str | None = None
    """Where to fetch the clip; expires."""
    actions: list[Action] = Field(default=[])
    """What the person did, in order."""
    order_ids: list[str] = Field(default=[])
    """Receipts tied to the track so far."""
    session: str | None = None
    """The visit it belongs to, where that is known already; `session.updated` tells it later."""
    attributes: list[Attribute] = Field(default=[])
    """What the person wears and carries; empty where no picture was good enough to say."""


class ActionDone(Answer):
    """Somebody did something in a zone or at a line; told once."""

    action: str
    """Its id."""
    track: str
    camera: str
    type: ActionType
    zone: str | None
    """Name of the zone; null for `cross`."""
    line: str | None
    """Name of the line of a `cross`."""
    at_ms: int
    extra: dict[str, Any]
    """What else is known, as docs/visits.md says."""


class OrderTied(Answer):
    """An order was tied to tracks, when it was reported or because somebody came later."""

    order: str
    till: str
    at_ms: int
    """When it was paid."""
    tracks: list[str]
    """Every track it is tied to."""
    added: list[str]
    """Those that are new."""


class SessionUpdated(Answer):
    """A visit was made or has changed; without tracks it is no more."""

    session: str
    start_ms: int | None
    """First sight of any of its tracks; null where it is no more."""
    end_ms: int | None
    """Last sight so far."""
    confidence: float
    """0 to 1, of its weakest link: from 0.5 on faces match, below only clothes do."""
    tracks: list[str]


class WatchlistHit(Answer):
    """Somebody on a watch list is there; told once for each visit."""

    hit: str
    """Its id."""
    list: str
    list_name: str
    entry: str
    entry_name: str
    track: str
    """Who was recognised; the person may still be in view."""
    camera: str
    at_ms: int
    """When the recognised face was seen."""
    score: float
    """Cosine similarity of that face and the nearest one of the entry."""
    threshold: float
    """Similarity from which a face counts."""
    false_alarm_rate: float | None
    """Share of strangers whose face reaches the threshold against one person, as measured for the
    models in use; null where the threshold was set by hand."""
    list_false_alarm_rate: float | None
    """The same against everybody on this list, if strangers look like each of them by chance."""
    picture_url: str | None = None
    """Where to fetch the face, at its best so far; expires."""
    entry_picture: str | None
    """Id of the picture that is kept of the entry; null where none is."""
    entry_picture_url: str | None = None
    """Where to fetch that; expires."""


class FragmentClosed(Answer):
    """A clip is whole (`closed`), cut short (`cut`) or lost."""

    fragment: str
    camera: str
    start_ms: int
    end_ms: int
    state: FragmentState
    tracks: list[str]
    size: int
    """Bytes."""
    codec: str
    clip_url: str | None = None
    """Where to fetch the clip; expires."""
    thumbnail_url: str | None = None
    """Where to fetch a small picture of it; expires."""


class JobFinished(Answer):
    """A job has reached its final state, or the search by a risk task's picture has ended."""

    job: str
    """Its id; that of the task where `kind` is `risk-task`."""
    kind: str
    """`picture-search` or `risk-task`."""
    state: JobState
    hit_count: int
    people: int | None
    pack: str | None
    error: Error | None


class CameraChanged(Answer):
    """A camera went away, came back, or shows nothing that is of use."""

    camera: str
    since_ms: int
    reason: str
    fault: Literal["black", "covered", "frozen"] | None = None
    """Of `camera.frozen`: why nothing can be seen."""


class CameraFault(Answer):
    """A camera delivers, but not what it should; or does so again (`camera.cleared`)."""

    camera: str
    fault: Literal["blurred", "moved", "slow", "clock", "backwards", "main_stream"]
    since_ms: int
    """When it began."""
    reason: str


class BoxAlarm(Answer):
    """Somebody should look at the box."""

    about: About
    message: str


class Gap(Answer):
    """Events that were released before this consumer read them; it will never see them."""

    consumer: str
    from_seq: int
    to_seq: int


class Void(Answer):
    """What stood here was erased or expired before it was delivered."""


DATA: dict[EventKind, type[Answer]] = {
    EventKind.TRACK_ENDED: TrackEnded,
    EventKind.ACTION: ActionDone,
    EventKind.ORDER_TIED: OrderTied,
    EventKind.SESSION_UPDATED: SessionUpdated,
    EventKind.FRAGMENT_CLOSED: FragmentClosed,
    EventKind.WATCHLIST_HIT: WatchlistHit,
    EventKind.JOB_FINISHED: JobFinished,
    EventKind.CAMERA_UP: CameraChanged,
    EventKind.CAMERA_DOWN: CameraChanged,
    EventKind.CAMERA_FROZEN: CameraChanged,
    EventKind.CAMERA_FAULT: CameraFault,
    EventKind.CAMERA_CLEARED: CameraFault,
    EventKind.BOX_ALARM: BoxAlarm,
    EventKind.GAP: Gap,
    EventKind.VOID: Void,
}
