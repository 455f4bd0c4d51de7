"""One person being followed, and how well somebody seen fits."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats, Seen
from edge_agent.domain.vector import Part
from edge_agent.tracking.boxes import grown_iou
from edge_agent.tracking.motion import Motion, MotionOptions
from edge_agent.tracking.people import People, TieOptions, tie_fit

_UNIT = {Part.BODY: 1.0, Part.FACE: 7.0}
"""Body heights in heights of the part: a standing adult is seven to eight heads tall."""

_REACH = {Part.BODY: 0.5, Part.FACE: 2.0}
"""How far a box may be grown for comparison, in its own width and height."""

_WELL, _CLEARLY = 0.3, 1.5
"""Fit, 0 to 1, from which a box is a track's part, and how many times the next best fit."""


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
        looks: (n, d) unit rows per part, not a number where the part is missing; absent where
            the caller gave none.
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
            {part: _spread(look, rows[part]) for part, look in looks.items()},
        )

    def __getitem__(self, rows: Sequence[int]) -> "Sight":
        """The same frame with only these people."""
        index = np.asarray(rows, np.intp)
        return Sight(
            self.people[index],
            {part: boxes[index] for part, boxes in self.boxes.items()},
            {part: looks[index] for part, looks in self.looks.items()},
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
                    self._remember(part, sight.looks[part][row], 1 - new)
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

    def place_fit(self, sight: Sight, tie: TieOptions) -> Floats:
        """(n,) how well each person of the frame fits by place, 0 to 1.

        The mean over the parts that both sides have. Where one side has only a face and the other
        only a body, the face has to sit on the body as it would within one frame.
        """
        fits = np.full((2, len(sight)), np.nan, np.float32)
        for row, part in enumerate(Part):
            if part in self.motions:
                fits[row] = _overlap(self.motions[part], part, sight.boxes[part])
        known = ~np.isnan(fits)
        both = known.sum(axis=0)
        total = np.where(known, fits, 0).sum(axis=0)
        crossed = self._crossed_fit(sight, tie)
        return np.where(both > 0, total / np.maximum(both, 1), crossed).astype(np.float32)

    def _crossed_fit(self, sight: Sight, tie: TieOptions) -> Floats:
        if len(self.motions) != 1:
            return np.zeros(len(sight), np.float32)
        ((part, motion),) = self.motions.items()
        mine = motion.xyxy()[None]
        if part is Part.FACE:
            return np.asarray(tie_fit(mine, sight.boxes[Part.BODY], tie)[0], np.float32)
        return np.asarray(tie_fit(sight.boxes[Part.FACE], mine, tie)[:, 0], np.float32)

    def part_fit(self, part: Part, boxes: Floats, looks: Floats | None) -> Floats:
        """(n,) how well boxes fit a part that is known, by place times looks, 0 to 1."""
        place = _overlap(self.motions[part], part, boxes)
        if looks is None or part not in self.looks:
            return place
        return np.asarray(place * np.clip(looks @ self.looks[part], 0, 1), np.float32)

    def look_fit(self, sight: Sight) -> Floats:
        """(n,) how alike each person of the frame looks; not a number where nobody can tell."""
        fits = np.full((2, len(sight)), np.nan, np.float32)
        for row, part in enumerate(Part):
            if part in self.looks and part in sight.looks:
                fits[row] = sight.looks[part] @ self.looks[part]
        known = ~np.isnan(fits)
        total = np.where(known, fits, 0).sum(axis=0)
        share = np.divide(total, known.sum(axis=0), out=np.full(len(sight), np.nan, np.float32),
                          where=known.any(axis=0))  # fmt: skip
        return np.asarray(share, np.float32)


def _overlap(motion: Motion, part: Part, boxes: Floats) -> Floats:
    predicted = motion.xyxy()
    size = predicted[2:] - predicted[:2]
    margin = np.minimum(motion.sigma(), _REACH[part] * size)
    there = ~np.isnan(boxes[:, 0])
    fits = np.full(len(boxes), np.nan, np.float32)
    fits[there] = grown_iou(predicted[None], boxes[there], margin[None])[0]
    return fits


def faces_apart(
    seen: Seen, looks: Mapping[Part, Floats], tracks: Sequence[Followed]
) -> npt.NDArray[np.bool_]:
    """Which faces and bodies are known to be two people: a face keeps to its track's body.

    Where people cross, somebody's face lies on the body of whoever passes in front and would be
    tied to it. It is not where the face clearly is one track's and the body clearly another's,
    by place and looks, and both tracks know their face and their body.

    Args:
        seen: what the detectors found.
        looks: rows for the faces and bodies of `seen`; absent where there are none.
        tracks: predicted to the time of the frame.

    Returns:
        (faces, bodies).
    """
    whole = [track for track in tracks if len(track.motions) == len(Part)]
    if not whole:
        return np.zeros((len(seen.faces), len(seen.bodies)), np.bool_)
    face, body = (
        _clear_owner(np.stack([track.part_fit(part, boxes, looks.get(part)) for track in whole]))
        for part, boxes in ((Part.FACE, seen.faces.xyxy), (Part.BODY, seen.bodies.xyxy))
    )
    known = (face[:, None] >= 0) & (body[None] >= 0)
    return np.asarray(known & (face[:, None] != body[None]), np.bool_)


def _clear_owner(fit: Floats) -> npt.NDArray[np.intp]:
    """Per column the row that fits well and clearly better than any other; else -1."""
    ordered = np.sort(np.concatenate([np.zeros_like(fit[:1]), fit]), axis=0)
    clear = (ordered[-1] >= _WELL) & (ordered[-1] >= _CLEARLY * ordered[-2])
    return np.where(clear, fit.argmax(axis=0), -1)
