"""One person being followed, and how well somebody seen fits."""

import math
from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Floats, Seen
from edge_agent.domain.vector import Part
from edge_agent.tracking.motion import Motion, MotionOptions
from edge_agent.tracking.people import People

_UNIT = {Part.BODY: 1.0, Part.FACE: 7.0}
"""Body heights in heights of the part: a standing adult is seven to eight heads tall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What a track assumes of people.

    Attributes:
        motion: how they move.
        look_memory_ms: after this long without confirmation a look counts for 1/e.
    """

    motion: MotionOptions
    look_memory_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One frame as the tracker takes it in.

    Attributes:
        people: who is in it.
        boxes: (n, 4) boxes per part, one row per person, not a number where the part is missing.
        looks: unit rows per part, one row per face or body of the frame; absent where the caller
            gave none.
    """

    people: People
    boxes: dict[Part, Floats]
    looks: dict[Part, Floats]

    def __len__(self) -> int:
        return len(self.people)

    @classmethod
    def of(cls, seen: Seen, people: People, looks: dict[Part, Floats]) -> "Sight":
        """Spread the columns of `seen` over the people."""
        rows = {Part.FACE: people.face, Part.BODY: people.body}
        boxes = {Part.FACE: seen.faces.xyxy, Part.BODY: seen.bodies.xyxy}
        return cls(
            people,
            {part: _spread(boxes[part], rows[part]) for part in Part},
            looks,
        )


def _spread(columns: Floats, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    nothing = np.full((1, columns.shape[1]), np.nan, np.float32)
    return np.asarray(np.concatenate([columns, nothing])[rows], np.float32)


class Followed:
    """A track while it is being made.

    Attributes:
        number: counts tracks of this tracker from 1.
        start_ms: first sight.
        last_ms: last sight.
        hits: sights so far.
        motions: per part, where it is thought to be.
        looks: per part, the running mean of how it looked in confident sights, length 1.
        face_row: row in the newest frame's faces, None where it was not seen there.
        body_row: row in the newest frame's bodies, None where it was not seen there.
        confirmed: seen often enough to be believed.
    """

    __slots__ = ("body_row", "confirmed", "face_row", "hits", "last_ms", "looks", "motions",
                 "number", "start_ms")  # fmt: skip

    def __init__(self, number: int, at_ms: int) -> None:
        self.number = number
        self.start_ms = self.last_ms = at_ms
        self.hits = 0
        self.motions: dict[Part, Motion] = {}
        self.looks: dict[Part, Floats] = {}
        self.face_row: int | None = None
        self.body_row: int | None = None
        self.confirmed = False

    def predict(self, at_ms: int) -> None:
        """Move every part on to `at_ms`; the track is unseen until `take` is called."""
        self.face_row = self.body_row = None
        for motion in self.motions.values():
            motion.predict(at_ms)

    def take(self, sight: Sight, row: int, at_ms: int, habits: Habits, *, learn: bool) -> None:
        """Take in that person `row` of this frame is this track.

        Args:
            sight: the frame.
            row: the person in it.
            at_ms: when it was taken.
            habits: how people move and how long a look is remembered.
            learn: whether the look is remembered; that of a doubtful box is not.
        """
        since = at_ms - self.last_ms
        self.last_ms = at_ms
        self.hits += 1
        face, body = int(sight.people.face[row]), int(sight.people.body[row])
        self.face_row = face if face >= 0 else None
        self.body_row = body if body >= 0 else None
        for part, seen in ((Part.FACE, self.face_row), (Part.BODY, self.body_row)):
            if seen is not None:
                self._move(part, sight.boxes[part][row], at_ms, habits.motion)
                if learn and part in sight.looks:
                    # The mean of the first sights, then one that forgets in real time.
                    new = max(1 - math.exp(-since / habits.look_memory_ms), 1 / self.hits)
                    self._remember(part, sight.looks[part][seen], 1 - new)
        # A part unseen for long would only be compared at a place where it no longer is.
        stale = at_ms - habits.motion.coast_ms
        self.motions = {part: kept for part, kept in self.motions.items() if kept.last_ms >= stale}

    def _move(self, part: Part, box: Floats, at_ms: int, motion: MotionOptions) -> None:
        if part in self.motions:
            self.motions[part].correct(box, at_ms)
        else:
            self.motions[part] = Motion(box, at_ms, motion, _UNIT[part])

    def _remember(self, part: Part, look: Floats, memory: float) -> None:
        known = self.looks.get(part)
        mixed = look if known is None else memory * known + (1 - memory) * look
        length = max(float(np.linalg.norm(mixed)), 1e-9)
        self.looks[part] = np.asarray(mixed / length, np.float32)

    def xyxy(self) -> Floats:
        """(4,) where the person is, seen or thought: the body, else the face."""
        part = Part.BODY if Part.BODY in self.motions else Part.FACE
        return self.motions[part].xyxy()
