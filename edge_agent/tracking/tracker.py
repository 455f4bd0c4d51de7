"""Carries the people of one camera from frame to frame."""

import itertools
from dataclasses import dataclass, field

import numpy as np

from edge_agent.domain.detection import Floats, Seen
from edge_agent.domain.vector import Part
from edge_agent.tracking.assignment import assign
from edge_agent.tracking.fits import Compared, Fits, Mixing, faces_apart
from edge_agent.tracking.followed import Followed, Habits, Sight
from edge_agent.tracking.motion import MotionOptions
from edge_agent.tracking.people import TieOptions, people_in


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerOptions:
    """How people are followed; scores and fits are 0 to 1.

    Attributes:
        high: detections of at least this score may continue any track and begin one.
        low: detections of at least this score may continue a track that was seen a moment ago
            (within `tentative_ms`) and not among the confident ones.
        least_fit: somebody who fits less than this is not the same person.
        least_fit_low: the same for doubtful detections, whose looks may only rule them out.
        least_place: whoever stands further away than this is not the same person, whatever the
            looks; without it a place that hardly fits was made good by similar clothes.
        look_share: how much looks count beside place, 0 to 1.
        least_look: whoever looks less alike than this is somebody else, whatever the place; this
            is what begins new tracks where somebody takes another one's place between frames.
            Made for `clothing_looks`, in which one person a second later has a median of 0.83 and
            stays above 0.65 in 98 of 100, and another one has 0.52; embeddings need a limit of
            their own.
        look_memory_ms: after this long a look that is no longer seen counts for 1/e.
        confirm_hits: sights before a track is believed.
        tentative_ms: a track that is not believed yet vanishes after this long unseen, and one
            that is believed then counts as out of sight: those in view choose first.
        lost_ms: a believed track ends after this long unseen.
        most: tracks followed at the same time; people beyond are not followed, and counted.
        tie: when a face belongs to a body.
        motion: how people move.
    """

    high: float = 0.5
    low: float = 0.1
    least_fit: float = 0.2
    least_fit_low: float = 0.6
    least_place: float = 0.15
    look_share: float = 0.5
    least_look: float = 0.65
    look_memory_ms: int = 1000
    confirm_hits: int = 3
    tentative_ms: int = 700
    lost_ms: int = 3000
    most: int = 200
    tie: TieOptions = field(default_factory=TieOptions)
    motion: MotionOptions = field(default_factory=MotionOptions)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveTrack:
    """One followed person after one frame.

    Attributes:
        number: unique within this tracker, from 1 upwards.
        start_ms: first sight, before it was believed.
        last_ms: last sight; this frame's time where the person was seen in it.
        face_row: row in this frame's `Seen.faces`, None where no face of it was seen.
        body_row: row in this frame's `Seen.bodies`, None where no body of it was seen.
        xyxy: (4,) float32 pixels, seen or thought: of the body, of the face where only that is
            known.
        confirmed: seen often enough to be believed.
    """

    number: int
    start_ms: int
    last_ms: int
    face_row: int | None
    body_row: int | None
    xyxy: Floats
    confirmed: bool

    @property
    def seen(self) -> bool:
        """Whether the person was seen in this frame."""
        return self.face_row is not None or self.body_row is not None


@dataclass(frozen=True, slots=True, eq=False)
class TrackerStep:
    """What one frame meant.

    Attributes:
        live: every believed track that has not ended, in the order of their numbers; also those
            out of sight that may come back.
        ended: believed tracks that are over; each is reported exactly once.
        young: people seen in this frame who are not believed yet; most of them will be.
    """

    live: tuple[LiveTrack, ...]
    ended: tuple[LiveTrack, ...]
    young: tuple[LiveTrack, ...] = ()


class Tracker:
    """Follows the people of one camera; not thread-safe, one owner.

    Attributes:
        vanished: tracks that were never believed and are gone.
        unfollowed: people that began no track because `TrackerOptions.most` were being followed.
    """

    def __init__(self, options: TrackerOptions) -> None:
        self._options = options
        self._habits = Habits(motion=options.motion, look_memory_ms=options.look_memory_ms)
        self._mixing = Mixing(
            look_share=options.look_share,
            least_fit=options.least_fit,
            least_fit_low=options.least_fit_low,
            least_place=options.least_place,
            least_look=options.least_look,
            tie=options.tie,
        )
        self._tracks: list[Followed] = []
        self._numbers = itertools.count(1)
        self._last_ms: int | None = None
        self.vanished = 0
        self.unfollowed = 0

    def update(
        self,
        seen: Seen,
        at_ms: int,
        *,
        face_looks: Floats | None = None,
        body_looks: Floats | None = None,
        cut: bool = False,
    ) -> TrackerStep:
        """Take in one frame.

        Args:
            seen: what the detectors found.
            at_ms: when the frame was taken. A frame from before the last one means that the
                camera's clock was set: every track ends at its last sight and all begin anew.
            face_looks: (number of faces, d) float32 unit rows, or None: embeddings or
                `colour_looks`; within one tracker always of the same kind.
            body_looks: (number of bodies, e) float32 unit rows, or None; likewise.
            cut: the whole picture was replaced since the last frame (`SceneCut`): everybody
                followed so far is gone, and who is seen now is somebody else.

        Raises:
            ValueError: looks do not have one row per face or body.
        """
        given = {
            Part.FACE: (face_looks, len(seen.faces)),
            Part.BODY: (body_looks, len(seen.bodies)),
        }
        looks: dict[Part, Floats] = {}
        for part, (rows, wanted) in given.items():
            if rows is not None and (rows.ndim != 2 or len(rows) != wanted):  # noqa: PLR2004
                raise ValueError(f"{part} looks must have shape ({wanted}, d), got {rows.shape}")
            if rows is not None:
                looks[part] = rows
        backwards = self._last_ms is not None and at_ms < self._last_ms
        before = self.end_all() if cut or backwards else ()
        self._last_ms = at_ms
        for track in self._tracks:
            track.predict(at_ms)
        compared = Compared.of(self._tracks, seen, looks)
        people = people_in(seen, self._options.tie, faces_apart(compared))
        self._follow(Sight.of(seen, people, looks), compared, at_ms)
        ended = self._let_go(at_ms)
        live = tuple(_handed_out(track) for track in self._tracks if track.confirmed)
        young = tuple(
            _handed_out(track)
            for track in self._tracks
            if not track.confirmed and track.last_ms == at_ms
        )
        return TrackerStep(live, before + ended, young)

    def end_all(self) -> tuple[LiveTrack, ...]:
        """The camera is gone: end everything; what was believed is returned, once."""
        ended = tuple(_handed_out(track, unseen=True) for track in self._tracks if track.confirmed)
        self.vanished += len(self._tracks) - len(ended)
        self._tracks = []
        return ended

    def _follow(self, sight: Sight, compared: Compared, at_ms: int) -> None:
        """Match in four passes, then begin new tracks for the confident rest.

        The first two are ByteTrack's, for those who were in view a moment ago. Only then whoever
        is out of sight may return (the cascade of DeepSORT, Wojke et al., ICIP 2017): where
        somebody is hidden, the one who hides her would else be taken for her. Last those who are
        not believed yet.
        """
        score = sight.people.score
        if not len(score):
            return
        fits = Fits.of(compared, sight, self._mixing)
        high = [int(row) for row in np.flatnonzero(score >= self._options.high)]
        low = [
            int(row)
            for row in np.flatnonzero((score >= self._options.low) & (score < self._options.high))
        ]
        since = at_ms - self._options.tentative_ms
        believed = [track for track in self._tracks if track.confirmed]
        in_view = [track for track in believed if track.last_ms >= since]
        away = [track for track in believed if track.last_ms < since]
        young = [track for track in self._tracks if not track.confirmed]
        unseen, high = self._pair(in_view, fits, high, at_ms)
        self._pair(unseen, fits, low, at_ms, doubtful=True)
        _, high = self._pair(away, fits, high, at_ms)
        _, high = self._pair(young, fits, high, at_ms)
        for row in high:
            self._begin(sight, row, at_ms)

    def _pair(
        self,
        tracks: list[Followed],
        fits: Fits,
        rows: list[int],
        at_ms: int,
        *,
        doubtful: bool = False,
    ) -> tuple[list[Followed], list[int]]:
        """Give each track the person that fits; returns the tracks and the rows left over."""
        if not tracks or not rows:
            return tracks, rows
        fit = fits.between(tracks, rows, doubtful=doubtful)
        least = self._options.least_fit_low if doubtful else self._options.least_fit
        pairs = assign(1.0 - fit, limit=1.0 - least)
        for track, row in pairs:
            tracks[track].take(fits.sight, rows[row], at_ms, self._habits, learn=not doubtful)
            tracks[track].confirmed |= tracks[track].hits >= self._options.confirm_hits
        taken_tracks = {track for track, _ in pairs}
        taken_rows = {row for _, row in pairs}
        return (
            [track for index, track in enumerate(tracks) if index not in taken_tracks],
            [row for index, row in enumerate(rows) if index not in taken_rows],
        )

    def _begin(self, sight: Sight, row: int, at_ms: int) -> None:
        if len(self._tracks) >= self._options.most:
            self.unfollowed += 1
            return
        track = Followed(next(self._numbers), at_ms)
        track.take(sight, row, at_ms, self._habits, learn=True)
        track.confirmed = track.hits >= self._options.confirm_hits
        self._tracks.append(track)

    def _let_go(self, at_ms: int) -> tuple[LiveTrack, ...]:
        kept, ended = [], []
        for track in self._tracks:
            patience = self._options.lost_ms if track.confirmed else self._options.tentative_ms
            if at_ms - track.last_ms <= patience:
                kept.append(track)
            elif track.confirmed:
                ended.append(_handed_out(track))
            else:
                self.vanished += 1
        self._tracks = kept
        return tuple(ended)


def _handed_out(track: Followed, *, unseen: bool = False) -> LiveTrack:
    return LiveTrack(
        number=track.number,
        start_ms=track.start_ms,
        last_ms=track.last_ms,
        face_row=None if unseen else track.face_row,
        body_row=None if unseen else track.body_row,
        xyxy=track.xyxy(),
        confirmed=track.confirmed,
    )
