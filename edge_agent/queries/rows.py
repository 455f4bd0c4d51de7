"""What the doors show."""

import json
from dataclasses import dataclass

from edge_agent.domain.action import Action
from edge_agent.domain.job import Hit
from edge_agent.domain.polygon import Polygon, polygons_of
from edge_agent.domain.track import Fragment, FragmentState, Shot, Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import Worn
from edge_agent.storage import Row
from edge_agent.storage.jobs import hit_of
from edge_agent.storage.tracks import track_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRow:
    """One track with the clips that show it.

    Attributes:
        fragment: the clip that shows the best picture, once known.
        fragments: every clip that shows it, oldest first.
        actions: what the person did, in order.
        orders: ids of the receipts it is tied to.
        session: the visit it belongs to, if any.
        staff: whose it is on the list of staff, if anybody's.
        worn: what the person wears and carries, as far as it is told.
    """

    id: str
    camera: str
    start_ms: int
    end_ms: int
    state: TrackState
    face: Shot | None
    body: Shot | None
    fragment: str | None
    fragments: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    orders: tuple[str, ...] = ()
    session: str | None = None
    staff: str | None = None
    worn: tuple[Worn, ...] = ()

    @property
    def face_picture(self) -> str | None:
        """The id of the best face picture, if there is one."""
        return self.face.picture if self.face else None

    @property
    def body_picture(self) -> str | None:
        """The id of the best body picture, if there is one."""
        return self.body.picture if self.body else None

    def as_track(self) -> Track:
        """The same as a domain value."""
        return Track(
            id=self.id,
            camera=self.camera,
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            state=self.state,
            face=self.face,
            body=self.body,
            fragment=self.fragment,
            actions=self.actions,
            orders=self.orders,
            session=self.session,
            staff=self.staff,
            worn=self.worn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FragmentRow:
    """One clip.

    Attributes:
        path: of the file, relative to the clips folder.
        size: bytes.
        sha256: of the whole file in hexadecimal, empty while recording.
        masks: what must be covered wherever the clip is shown.
    """

    id: str
    camera: str
    start_ms: int
    end_ms: int
    state: FragmentState
    path: str
    size: int
    codec: str
    sha256: str
    masks: tuple[Polygon, ...]

    def as_fragment(self) -> Fragment:
        """The same as a domain value."""
        return Fragment(
            id=self.id,
            camera=self.camera,
            start_ms=self.start_ms,
            end_ms=self.end_ms,
            state=self.state,
            path=self.path,
            size=self.size,
            codec=self.codec,
            masks=self.masks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HitRow:
    """One answer of a picture search with the track it points at.

    Attributes:
        score: 0 to 1, comparable within one job.
        matched: the parts whose similarity reached their threshold.
        person: which of the people in the query picture, counted from 0 from left to right.
        probability: that it is the person asked about, 0 to 1, where that can be told.
    """

    rank: int
    score: float
    face_score: float | None
    body_score: float | None
    matched: frozenset[Part]
    person: int
    probability: float | None
    track: TrackRow

    def as_hit(self) -> Hit:
        """In the domain's words, without what is known of the track."""
        return Hit(
            rank=self.rank,
            track=self.track.id,
            score=self.score,
            face_score=self.face_score,
            body_score=self.body_score,
            matched=self.matched,
            person=self.person,
            probability=self.probability,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is."""

    tracks: int
    open_tracks: int
    fragments: int
    pictures: int
    vectors: int
    jobs: int
    unfinished_jobs: int
    outbox: int
    oldest_track_ms: int | None


def track_row(row: Row) -> TrackRow:
    """The track in a row that holds `TRACK_COLUMNS`, by itself."""
    return shown_track(track_of(row), ())


def shown_track(track: Track, fragments: tuple[str, ...]) -> TrackRow:
    """A track with the clips that show it."""
    return TrackRow(
        id=track.id,
        camera=track.camera,
        start_ms=track.start_ms,
        end_ms=track.end_ms,
        state=track.state,
        face=track.face,
        body=track.body,
        fragment=track.fragment,
        fragments=fragments,
        actions=track.actions,
        orders=track.orders,
        session=track.session,
        staff=track.staff,
        worn=track.worn,
    )


def fragment_row(row: Row) -> FragmentRow:
    """The clip in a row that holds `FRAGMENT_COLUMNS`."""
    return FragmentRow(
        id=row["id"],
        camera=row["camera"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
        state=FragmentState(row["state"]),
        path=row["path"],
        size=row["size"],
        codec=row["codec"],
        sha256=row["sha256"],
        masks=polygons_of(json.loads(row["masks"])),
    )


def hit_row(row: Row, track: TrackRow) -> HitRow:
    """The hit in a row that holds the columns of table `hit`, with its track."""
    hit = hit_of(row)
    return HitRow(
        rank=hit.rank,
        score=hit.score,
        face_score=hit.face_score,
        body_score=hit.body_score,
        matched=hit.matched,
        person=hit.person,
        probability=hit.probability,
        track=track,
    )
