"""The people one camera follows: their ids, their best pictures, their clips."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from edge_agent.domain.action import Action
from edge_agent.domain.detection import Floats, Image, Seen
from edge_agent.domain.ids import new_id
from edge_agent.domain.place import Places
from edge_agent.domain.track import MARGIN, Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.pipeline.update import Look, Update
from edge_agent.tracking.actions import ActionWatch, Done
from edge_agent.tracking.best import BestShot, BestShotOptions, View
from edge_agent.tracking.tracker import LiveTrack, TrackerStep

REFRESH_MS = 10_000
"""Somebody who stays in view is written down again this often, so that `end_ms` is true."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One frame after detection and tracking.

    Attributes:
        image: (h, w, 3) uint8 BGR; may be shared memory, nothing of it is kept without a copy.
        face_quality: one per face of `seen`, 0 to 1; 0 where it was not measured.
        body_quality: one per body of `seen`, likewise.
        fragment: id of the clip being recorded, if any.
        close_up: (h, w, 3) uint8 BGR, the same moment and shape in more pixels; crops are taken
            from it where it is given.
    """

    image: Image
    at_ms: int
    seen: Seen
    face_quality: Floats
    body_quality: Floats
    fragment: str | None
    close_up: Image | None = None


@dataclass(slots=True)
class _Person:
    """Somebody in view."""

    id: str
    start_ms: int
    last_ms: int
    written_ms: int
    shots: dict[Part, BestShot[Look]]
    fragment: str | None = None
    fragment_quality: float = -1.0
    fragments: set[str] = field(default_factory=set)


class Sightings:
    """Turns tracker steps of one camera into updates for memory; no I/O, one owner.

    Args:
        camera: its id.
        options: when a view of a part is kept.
        places: zones and lines in which actions are looked for.
    """

    def __init__(
        self,
        camera: str,
        options: Mapping[Part, BestShotOptions],
        places: Places = Places(),  # noqa: B008 - frozen
    ) -> None:
        self._camera = camera
        self._options = options
        self._watch = ActionWatch(places)
        self._people: dict[int, _Person] = {}

    def __len__(self) -> int:
        return len(self._people)

    def take(self, sight: Sight, step: TrackerStep) -> list[Update]:
        """Take in one frame; returns what memory should know, in order."""
        height, width = sight.image.shape[:2]
        done = self._watch.take(step.live, sight.seen, sight.at_ms, (width, height))
        updates = [
            update
            for live in step.live
            for update in self._seen(
                sight, live, [one for one in done if one.number == live.number]
            )
        ]
        return updates + self.end(step.ended)

    def open_to(self, step: TrackerStep, bounds: Mapping[Part, Floats]) -> dict[Part, list[int]]:
        """The faces and bodies, as rows of the frame, that may be better than what is kept.

        Args:
            step: what the tracker made of the frame.
            bounds: per part, what the quality of each cannot exceed.
        """
        rows: dict[Part, list[int]] = {part: [] for part in Part}
        for live in step.live:
            for part, row in ((Part.FACE, live.face_row), (Part.BODY, live.body_row)):
                if row is not None and self._keeps(live.number, part, float(bounds[part][row])):
                    rows[part].append(row)
        return rows

    def wants(self, sight: Sight, step: TrackerStep) -> bool:
        """Whether `take` would keep a crop of this frame."""
        return any(
            self._keeps(live.number, part, float(quality[row]))
            for live in step.live
            for part, row, quality in (
                (Part.FACE, live.face_row, sight.face_quality),
                (Part.BODY, live.body_row, sight.body_quality),
            )
            if row is not None
        )

    def _keeps(self, number: int, part: Part, quality: float) -> bool:
        person = self._people.get(number)
        shot = BestShot[Look](self._options[part]) if person is None else person.shots[part]
        return shot.would_keep(quality)

    def shown(self, step: TrackerStep) -> set[str]:
        """Ids of the people who were seen in the frame that was taken in last."""
        return {self._people[live.number].id for live in step.live if live.seen}

    def end(self, ended: Iterable[LiveTrack]) -> list[Update]:
        """Say that these people have left."""
        return [self._ended(live) for live in ended]

    def _seen(self, sight: Sight, live: LiveTrack, done: Sequence[Done]) -> list[Update]:
        person = self._people.get(live.number)
        if person is None:
            person = self._people[live.number] = self._begin(live)
        if not live.seen:
            return []
        person.last_ms = live.last_ms
        if sight.fragment:
            person.fragments.add(sight.fragment)
        looks = [
            look
            for part, row in ((Part.FACE, live.face_row), (Part.BODY, live.body_row))
            if row is not None and (look := self._offer(person, sight, part, row))
        ]
        known = bool(looks) or person.written_ms > 0
        if not (looks or done) and not (known and live.last_ms - person.written_ms >= REFRESH_MS):
            return []
        person.written_ms = live.last_ms
        return [self._update(person, looks, TrackState.OPEN, done)]

    def _begin(self, live: LiveTrack) -> _Person:
        return _Person(
            id=new_id(live.start_ms),
            start_ms=live.start_ms,
            last_ms=live.last_ms,
            written_ms=0,
            shots={part: BestShot(self._options[part]) for part in Part},
        )

    def _offer(self, person: _Person, sight: Sight, part: Part, row: int) -> Look | None:
        """Offer one view of a part; returns it when it should be remembered now."""
        quality = float((sight.face_quality if part is Part.FACE else sight.body_quality)[row])
        shot = person.shots[part]
        if not shot.offer(quality, sight.at_ms, lambda: look_of(sight, part, row, quality)):
            self._follow_best(person, sight)
            return None
        self._follow_best(person, sight)
        return self._remembered(shot)

    def _follow_best(self, person: _Person, sight: Sight) -> None:
        """The fragment that counts is the one that shows the best view of the person."""
        best = max((s.best.quality for s in person.shots.values() if s.best), default=-1.0)
        if sight.fragment and (best > person.fragment_quality or person.fragment is None):
            person.fragment, person.fragment_quality = sight.fragment, best

    def _remembered(self, shot: BestShot[Look]) -> Look:
        view = shot.best
        assert view is not None  # noqa: S101 - `offer` has just kept it
        shot.embedded(view)
        return view.taken

    def _ended(self, live: LiveTrack) -> Update:
        person = self._people.pop(live.number)
        person.last_ms = live.last_ms
        left: list[View[Look] | None] = [shot.left_to_embed() for shot in person.shots.values()]
        looks = [view.taken for view in left if view]
        return self._update(person, looks, TrackState.ENDED, self._watch.end(live))

    def _update(
        self, person: _Person, looks: list[Look], state: TrackState, done: Sequence[Done]
    ) -> Update:
        track = Track(
            id=person.id,
            camera=self._camera,
            start_ms=person.start_ms,
            end_ms=person.last_ms,
            state=state,
            face=None,
            body=None,
            fragment=person.fragment,
        )
        return Update(
            track=track,
            looks=looks,
            fragments=frozenset(person.fragments),
            actions=[_action(person.id, one) for one in done],
        )


def _action(track: str, done: Done) -> Action:
    return Action(
        id=new_id(done.at_ms),
        track=track,
        type=done.type,
        place=done.place,
        at_ms=done.at_ms,
        extra=done.extra,
    )


def look_of(sight: Sight, part: Part, row: int, quality: float) -> Look:
    """Cut one face or body out of a frame, with its margin.

    Args:
        sight: the frame with what was seen in it.
        part: which of both is cut out.
        row: of `sight.seen`.
        quality: of the view, 0 to 1.
    """
    faces = sight.seen.faces
    image = sight.image if sight.close_up is None else sight.close_up
    larger = np.divide(image.shape[1::-1], sight.image.shape[1::-1], dtype=np.float32)
    xyxy = (faces.xyxy if part is Part.FACE else sight.seen.bodies.xyxy)[row] * np.tile(larger, 2)
    crop, origin = _cut(image, xyxy, MARGIN[part])
    return Look(
        part=part,
        at_ms=sight.at_ms,
        quality=quality,
        crop=crop,
        xyxy=(xyxy - np.tile(origin, 2)).astype(np.float32),
        landmarks=_landmarks(faces.landmarks[row] * larger - origin) if part is Part.FACE else None,
    )


def _landmarks(values: Floats) -> Floats:
    return np.asarray(values, np.float32)


def _cut(image: Image, xyxy: Floats, margin: float) -> tuple[Image, Floats]:
    """Copy a box with its surroundings; also returns the crop's left top corner, (2,) float32."""
    height, width = image.shape[:2]
    extra = (xyxy[2:] - xyxy[:2]) * margin
    left, top = np.clip(np.floor(xyxy[:2] - extra), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(xyxy[2:] + extra), (left + 1, top + 1), (width, height))
    crop = image[top : int(bottom), left : int(right)].copy()
    return crop, np.asarray((left, top), np.float32)
