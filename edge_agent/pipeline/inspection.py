"""What a camera's pipeline makes of a video file, frame by frame, without camera and memory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.vector import Part
from edge_agent.pipeline.looking import View, look
from edge_agent.tracking.looks import SceneCut
from edge_agent.tracking.tracker import LiveTrack, Tracker, TrackerOptions
from edge_agent.vision.vision import Vision

_BEGIN_MS = 1
"""Trackers take wall-clock times, which are never 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody seen in one frame.

    Attributes:
        number: of the track.
        xyxy: (4,) pixels: of the body, of the face where only that was seen.
        face: (4,) pixels, where a face was seen.
        believed: False while it may still be a ghost.
    """

    number: int
    xyxy: Floats
    face: Floats | None
    believed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Inspected:
    """One frame that was looked at.

    Attributes:
        image: (h, w, 3) uint8 BGR.
        at_ms: from the start of the file.
        fragment: number of the clip that would be recorded, 0 where none would be.
    """

    image: Image
    at_ms: int
    people: tuple[Person, ...]
    fragment: int


@dataclass(slots=True)
class Followed:
    """One track so far.

    Attributes:
        sights: frames it was seen in since it was believed.
        quality: per part the best so far, 0 to 1.
    """

    start_ms: int
    end_ms: int
    sights: int = 0
    quality: dict[Part, float] = field(default_factory=dict)


class Inspection:
    """Looks at the pictures of a file as a camera's would be looked at.

    Attributes:
        tracks: every believed track, by number.
        fragments: number of clips that would have been recorded.

    Args:
        vision: finds people.
        tracker: how they are followed.
        detect_fps: pictures looked at per second of the file at the most.
        post_roll: seconds that a clip goes on after the last person has left.
    """

    def __init__(
        self, vision: Vision, tracker: TrackerOptions, *, detect_fps: float, post_roll: float
    ) -> None:
        self._vision = vision
        self._options = tracker
        self._tracker = Tracker(tracker)
        self._cuts = SceneCut()
        self._pause_ms = 1000 / detect_fps
        self._post_roll_ms = post_roll * 1000
        self._seen_ms: int | None = None
        self.tracks: dict[int, Followed] = {}
        self.fragments = 0

    def frames(self, pictures: Iterable[tuple[int, Image]]) -> Iterator[Inspected]:
        """The frames that are looked at.

        Args:
            pictures: (milliseconds from the start, (h, w, 3) uint8 BGR), in order.
        """
        due = 0.0
        for at_ms, image in pictures:
            if at_ms >= due:
                due = max(due + self._pause_ms, at_ms)
                yield self._inspect(image, at_ms)

    def _inspect(self, image: Image, at_ms: int) -> Inspected:
        view = look(self._vision, self._cuts, image, self._options.low)
        step = self._tracker.update(
            view.seen,
            _BEGIN_MS + at_ms,
            face_looks=view.face_looks,
            body_looks=view.body_looks,
            cut=view.cut,
        )
        seen = [live for live in step.live if live.seen]
        quality = {
            Part.FACE: self._vision.face_quality(image, view.seen.faces),
            Part.BODY: self._vision.body_quality(image, view.seen.bodies),
        }
        for live in seen:
            self._note(live, quality)
        people = tuple(_person(live, view) for live in (*seen, *step.young))
        return Inspected(image, at_ms, people, self._recorded(at_ms, somebody=bool(seen)))

    def _note(self, live: LiveTrack, quality: Mapping[Part, Floats]) -> None:
        start_ms = live.start_ms - _BEGIN_MS
        track = self.tracks.setdefault(live.number, Followed(start_ms, start_ms))
        track.end_ms = live.last_ms - _BEGIN_MS
        track.sights += 1
        for part, row in ((Part.FACE, live.face_row), (Part.BODY, live.body_row)):
            if row is not None:
                best = track.quality.get(part, 0.0)
                track.quality[part] = max(best, float(quality[part][row]))

    def _recorded(self, at_ms: int, *, somebody: bool) -> int:
        over = self._seen_ms is None or at_ms - self._seen_ms > self._post_roll_ms
        if somebody:
            self.fragments += over
            self._seen_ms = at_ms
            over = False
        return 0 if over else self.fragments


def _person(live: LiveTrack, view: View) -> Person:
    face = None if live.face_row is None else view.seen.faces.xyxy[live.face_row]
    body = None if live.body_row is None else view.seen.bodies.xyxy[live.body_row]
    xyxy = np.asarray(face if body is None else body, np.float32)
    return Person(live.number, xyxy, face, live.confirmed)
