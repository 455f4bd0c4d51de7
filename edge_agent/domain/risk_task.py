"""Investigations: named sets of tracks of one store."""

from dataclasses import dataclass
from enum import StrEnum

from edge_agent.domain.action import ActionType
from edge_agent.domain.vector import Part, Vector


class RiskTaskState(StrEnum):
    """Whether tracks that are new still come into a task by its criteria."""

    OPEN = "open"
    CLOSED = "closed"


class TaskSearchState(StrEnum):
    """How far the search by a task's picture is.

    `WAITING`: the picture has not been looked at. `RUNNING`: whoever is in it is known, and tracks
    that are new come in; those stored before are being searched. `COMPLETE`: they have been.
    `NO_DATA`: the picture shows nobody who can be compared. `FAILED`: it could not be used.
    `PICTURE_NEEDED`: what is kept of it was made by other models than those in use, or went with
    the track that it was made from; the picture has to be given again.
    """

    WAITING = "waiting"
    RUNNING = "running"
    COMPLETE = "complete"
    NO_DATA = "no_data"
    FAILED = "failed"
    PICTURE_NEEDED = "picture_needed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPicture:
    """Who belongs to a task by looks; the picture itself is not kept.

    Attributes:
        id: of this giving of a picture; the same picture given again has another.
        track: its pictures ask, where it is no picture that was sent.
        region: xyxy in pixels of the picture; who is asked about is inside it.
        parts: which parts are compared.
        threshold: lowest face similarity, 0 to 1; None takes the pack's own.
        body_threshold: lowest body similarity, 0 to 1; None takes the pack's own.
    """

    id: str
    track: str | None = None
    region: tuple[float, float, float, float] | None = None
    parts: frozenset[Part] = frozenset(Part)
    threshold: float | None = None
    body_threshold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAction:
    """Something that was done.

    Attributes:
        place: the zone or line where it was done; None means any.
    """

    type: ActionType
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCriteria:
    """Which tracks belong to a task; a track has to meet all of it.

    Attributes:
        start_ms: seen at or after this time.
        end_ms: seen before this time.
        cameras: by one of these; empty means any.
        picture: looks like somebody in it; None means anybody.
        actions: did one of these between `start_ms` and `end_ms`; empty means whatever it did.
        orders: is tied to one of these receipts; empty means whether it is or not.
    """

    start_ms: int = 0
    end_ms: int = 1 << 62
    cameras: frozenset[str] = frozenset()
    picture: TaskPicture | None = None
    actions: frozenset[WantedAction] = frozenset()
    orders: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likeness:
    """What is kept of a picture that shows whom a task looks for.

    Attributes:
        people: how many people it shows, asked about or not.
        vectors: of those who are asked about, each with the number of the person, counted from 0
            from left to right among all.
    """

    people: int
    vectors: tuple[tuple[int, Vector], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSearch:
    """How the search by a task's picture stands.

    Attributes:
        people: how many people the picture shows, once it has been looked at.
        error_code: as doors answer it, where `state` is FAILED.
        error_message: for people, likewise.
    """

    state: TaskSearchState
    people: int | None = None
    error_code: str | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTask:
    """One investigation.

    Attributes:
        criteria: None where its tracks are only pointed at.
        changed_ms: when a person last changed it; tracks that its criteria find do not count.
        tracks: how many it has now.
        search: by its picture; None where its criteria have none.
    """

    id: str
    tenant: str
    store: str
    criteria: RiskCriteria | None
    state: RiskTaskState
    created_ms: int
    changed_ms: int
    tracks: int
    search: TaskSearch | None = None
