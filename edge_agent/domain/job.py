"""Asynchronous questions."""

from dataclasses import dataclass
from enum import StrEnum

from edge_agent.domain.vector import Part


class JobState(StrEnum):
    """The life of a job; the last four are final."""

    INITIALISING = "initialising"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    NO_DATA = "no_data"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether the job can no longer change."""
        return self not in (JobState.INITIALISING, JobState.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureQuestion:
    """What a picture search asks.

    Exactly one of `picture`, `url` and `track` is given.

    Attributes:
        picture: an encoded picture (JPEG, PNG, …).
        more_pictures: further pictures of the same person, beside `picture`; then one person is
            asked about, and without a region.
        url: where to fetch one; http or https.
        track: ask with the pictures of this track; the track itself is not among the hits.
        region: xyxy in pixels of the query picture; who is asked about is inside it.
        parts: which parts are compared.
        start_ms: only tracks seen at or after this time.
        end_ms: only tracks seen before this time.
        cameras: only these; empty means all.
        threshold: lowest face similarity of a hit, 0 to 1; None takes the pack's own.
        body_threshold: lowest body similarity of a hit, 0 to 1; None takes the pack's own.
        limit: how many hits at the most.
        app: the picture-search app in whose name it is asked, if any.
        include_staff: tracks of staff may be hits as well.
        not_tracks: who these show is not meant: neither they nor tracks that resemble them more
            than whoever is asked about are hits.
    """

    picture: bytes | None = None
    url: str | None = None
    track: str | None = None
    region: tuple[float, float, float, float] | None = None
    parts: frozenset[Part] = frozenset(Part)
    start_ms: int = 0
    end_ms: int = 1 << 62
    cameras: frozenset[str] = frozenset()
    threshold: float | None = None
    body_threshold: float | None = None
    limit: int = 50
    app: str | None = None
    include_staff: bool = False
    more_pictures: tuple[bytes, ...] = ()
    not_tracks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One track that answers a picture search.

    Attributes:
        rank: 1 is the best.
        score: 0 to 1, comparable within one job.
        face_score: cosine similarity of the faces, None where one side has none.
        body_score: cosine similarity of the bodies, None where one side has none.
        matched: the parts whose similarity reached their threshold.
        person: which of the people in the query picture, counted from 0 from left to right.
        probability: that the track is the person asked about, 0 to 1; None where the pack's
            similarities are not calibrated. `domain.calibration` says what is assumed.
    """

    rank: int
    track: str
    score: float
    face_score: float | None
    body_score: float | None
    matched: frozenset[Part]
    person: int
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Where the outcome of a job also goes: an MQTT topic and its correlation data."""

    topic: str
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A question with an id and a state.

    Attributes:
        kind: `picture-search`, ….
        progress: 0 to 1.
        error_code: as doors answer it, where `state` is FAILED.
        people: how many people the query picture showed, where it is known.
        compared: how many remembered faces, or bodies if those are more, each person was compared
            with, where it is known; one of them is expected to be theirs.
        indexed: how much of what is remembered was in the index when this was answered, 0 to 1;
            below 1 only soon after a start, where it is known.
    """

    id: str
    kind: str
    state: JobState
    progress: float
    created_ms: int
    finished_ms: int | None
    asker: str
    question: PictureQuestion
    hits: int
    people: int | None
    pack: str | None
    error_code: str | None
    error_message: str | None
    compared: int | None = None
    indexed: float | None = None
