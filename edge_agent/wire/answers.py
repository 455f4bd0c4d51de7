"""What the box answers with, made from the domain's values."""

from typing import Any, Literal, Protocol

from pydantic import Field

from edge_agent.domain import action as domain_action
from edge_agent.domain import job as domain_job
from edge_agent.domain import track as domain_track
from edge_agent.domain.action import ActionType
from edge_agent.domain.job import JobState
from edge_agent.domain.track import TrackState
from edge_agent.wire.attributes import Attribute, attribute
from edge_agent.wire.model import Answer


class Links(Protocol):
    """Makes the addresses under which pictures and clips are fetched; signed, and they expire."""

    def picture(self, picture: str, /) -> str:
        """Address of a stored picture, by its id."""

    def clip(self, fragment: str, /) -> str:
        """Address of a recorded clip, by the id of its fragment."""

    def thumbnail(self, fragment: str, /) -> str:
        """Address of a small picture of a clip, by the id of its fragment."""

    def watched(self, picture: str, /) -> str:
        """Address of the picture that is kept of somebody on a watch list, by its id."""

    def recognised(self, hit: str, /) -> str:
        """Address of the best picture of the face that raised a hit, by the id of the hit."""


class Error(Answer):
    """Why something was refused or failed."""

    code: str
    """One of the codes in docs/mqtt.md."""
    message: str
    """For a person: what is wrong, where, what to do."""
    field: str | None = None
    """The parameter that is wrong, where there is one."""


class Shot(Answer):
    """The best picture of one part of a tracked person."""

    picture: str
    """Its id."""
    at_ms: int
    """When it was taken."""
    quality: float
    """0 to 1."""
    url: str
    """Where to fetch it; expires."""


class Action(Answer):
    """Something a person did in a zone or at a line of the camera."""

    id: str
    type: ActionType
    zone: str | None
    """Name of the zone; null for `cross`."""
    line: str | None
    """Name of the line of a `cross`."""
    at_ms: int
    extra: dict[str, Any]
    """What else is known, as docs/visits.md says."""


class Track(Answer):
    """One person followed by one camera, from first to last sight."""

    id: str
    camera: str
    start_ms: int
    end_ms: int
    """Last sight so far; final once `state` is `ended`."""
    state: TrackState
    face: Shot | None
    body: Shot | None
    fragment: str | None
    """Id of the clip that shows the best picture, once known."""
    clip_url: str | None
    """Where to fetch that clip; expires."""
    actions: list[Action] = Field(default=[])
    """What the person did, in order."""
    order_ids: list[str] = Field(default=[])
    """Receipts the track is tied to: the person stood at their till."""
    session_id: str | None = None
    """The visit it seems to belong to; a suggestion, never a fact."""
    staff: str | None = None
    """Whose it is on the list of staff."""
    attributes: list[Attribute] = Field(default=[])
    """What the person wears and carries; empty where no picture was good enough to say."""


class Job(Answer):
    """An asynchronous question and how far it has come."""

    id: str
    kind: str
    """`picture-search`."""
    state: JobState
    progress: float
    """0 to 1."""
    created_ms: int
    finished_ms: int | None
    hit_count: int
    people: int | None
    """How many people the query picture showed, where it is known."""
    compared: int | None = None
    """How many remembered faces, or bodies if those are more, each of them was compared with; one
    of so many is expected to be theirs before anything is compared."""
    indexed: float | None = None
    """How much of what is remembered was in the index when this was answered, 0 to 1. Below 1 only
    soon after a start: the newest were searched, ask again for all. Null where it is not known."""
    pack: str | None
    """The model pack that answered."""
    error: Error | None
    """Why it failed."""


class Hit(Answer):
    """One track that answers a picture search."""

    rank: int
    """1 is the best."""
    track: str
    camera: str
    start_ms: int
    end_ms: int
    score: float
    """0 to 1, comparable within one job."""
    face_score: float | None
    """Cosine similarity of the faces, where both sides have one."""
    body_score: float | None
    """Cosine similarity of the bodies, where both sides have one."""
    matched: list[Literal["face", "body"]]
    """The parts whose similarity reached their threshold."""
    person: int
    """Which of the people in the query picture, counted from 0 from left to right."""
    probability: float | None = None
    """How likely it is the person asked about, 0 to 1, as docs/search.md says what is assumed; null
    where the model pack's similarities are not calibrated."""
    face: Shot | None
    body: Shot | None
    fragment: str | None
    clip_url: str | None


class JobWithHits(Job):
    """A job and a page of its hits, best first."""

    hits: list[Hit]
    next: int | None
    """Give it as `after` for the next page; null on the last one."""


class Jobs(Answer):
    """A page of jobs, newest first."""

    jobs: list[Job]
    next: str | None
    """Give it as `after` for the next page; null on the last one."""


class Tracks(Answer):
    """A page of tracks, newest first."""

    tracks: list[Track]
    next: str | None
    """Give it as `after` for the next page; null on the last one."""


def shot(value: domain_track.Shot | None, links: Links) -> Shot | None:
    """Show a best picture with its link."""
    if value is None:
        return None
    return Shot(
        picture=value.picture,
        at_ms=value.at_ms,
        quality=value.quality,
        url=links.picture(value.picture),
    )


def track(value: domain_track.Track, links: Links) -> Track:
    """Show a track with links to its pictures and clip."""
    return Track(
        id=value.id,
        camera=value.camera,
        start_ms=value.start_ms,
        end_ms=value.end_ms,
        state=value.state,
        face=shot(value.face, links),
        body=shot(value.body, links),
        fragment=value.fragment,
        clip_url=None if value.fragment is None else links.clip(value.fragment),
        actions=[action(each) for each in value.actions],
        order_ids=list(value.orders),
        session_id=value.session,
        staff=value.staff,
        attributes=[attribute(one) for one in value.worn],
    )


def action(value: domain_action.Action) -> Action:
    """Show an action."""
    crossed = value.type is ActionType.CROSS
    return Action(
        id=value.id,
        type=value.type,
        zone=None if crossed else value.place,
        line=value.place if crossed else None,
        at_ms=value.at_ms,
        extra=dict(value.extra),
    )


def hit(value: domain_job.Hit, of: domain_track.Track, links: Links) -> Hit:
    """Show a hit with the track it found."""
    return Hit(
        rank=value.rank,
        track=value.track,
        camera=of.camera,
        start_ms=of.start_ms,
        end_ms=of.end_ms,
        score=value.score,
        face_score=value.face_score,
        body_score=value.body_score,
        matched=[part.value for part in sorted(value.matched, reverse=True)],
        person=value.person,
        probability=value.probability,
        face=shot(of.face, links),
        body=shot(of.body, links),
        fragment=of.fragment,
        clip_url=None if of.fragment is None else links.clip(of.fragment),
    )


def job(value: domain_job.Job) -> Job:
    """Show a job without its hits."""
    return Job(**_job_fields(value))


def job_with_hits(value: domain_job.Job, hits: list[Hit], following: int | None) -> JobWithHits:
    """Show a job with a page of its hits; `following` is the rank to go on after."""
    return JobWithHits(**_job_fields(value), hits=hits, next=following)


def _job_fields(value: domain_job.Job) -> dict[str, Any]:
    failed = value.error_code is not None
    return {
        "id": value.id,
        "kind": value.kind,
        "state": value.state,
        "progress": value.progress,
        "created_ms": value.created_ms,
        "finished_ms": value.finished_ms,
        "hit_count": value.hits,
        "people": value.people,
        "compared": value.compared,
        "indexed": value.indexed,
        "pack": value.pack,
        "error": Error(code=value.error_code or "", message=value.error_message or "")
        if failed
        else None,
    }
