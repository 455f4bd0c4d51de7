"""How well the people of a frame fit the tracks: all pairs at once, each compared once.

Numpy's price is per call, and a frame has tens of pairs: pair by pair, following eight people took
3 to 4 ms a frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats, Seen
from edge_agent.domain.vector import Part
from edge_agent.tracking.boxes import grown_iou
from edge_agent.tracking.followed import Followed, Sight
from edge_agent.tracking.people import People, TieOptions, tie_fit

_REACH = {Part.BODY: 0.5, Part.FACE: 2.0}
"""How far a box may be grown for comparison, in its own width and height."""

_WELL, _CLEARLY = 0.3, 1.5
"""Fit, 0 to 1, from which a box is a track's part, and how many times the next best fit."""


_EVEN = 3
"""Power of 1 - place where place alone decides, so that all of a group are moved on alike.

A box that is shifted by x of its size overlaps by (1 - x) / (1 + x). What that costs rises ever
more slowly with x, so that one exact match and one far away cost less than two at half the
distance: in a row of people who all take a step, everybody but the last is taken for the one
ahead. With this power, the least whole one that does so, the cost (2x / (1 + x))³ rises ever
faster from 0 to 1.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixing:
    """How place and looks make one fit; each as in `TrackerOptions`."""

    look_share: float
    least_fit: float
    least_fit_low: float
    least_place: float
    least_look: float
    tie: TieOptions


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Every track beside everything that was found in a frame, part by part.

    Attributes:
        tracks: t of them, predicted to the time of the frame.
        overlap: per part (t, n) 0 to 1, how well the box fits by place; not a number where the
            track has no such part.
        likeness: per part (t, n), how alike they look; not a number where the track's looks are
            not known; absent where the frame's are not.
    """

    tracks: Sequence[Followed]
    overlap: dict[Part, Floats]
    likeness: dict[Part, Floats]

    @classmethod
    def of(cls, tracks: Sequence[Followed], seen: Seen, looks: Mapping[Part, Floats]) -> "Compared":
        """Compare; `looks` has rows for the faces and bodies of `seen`, or lacks the part."""
        boxes = {Part.FACE: seen.faces.xyxy, Part.BODY: seen.bodies.xyxy}
        return cls(
            tracks,
            {part: _overlap(tracks, part, boxes[part]) for part in Part},
            {part: _likeness(tracks, part, rows) for part, rows in looks.items()},
        )


def _overlap(tracks: Sequence[Followed], part: Part, boxes: Floats) -> Floats:
    fits = np.full((len(tracks), len(boxes)), np.nan, np.float32)
    rows = [row for row, track in enumerate(tracks) if part in track.motions]
    if not rows or not len(boxes):
        return fits
    motions = [tracks[row].motions[part] for row in rows]
    predicted = np.array([motion.corners() for motion in motions], np.float32)
    sigma = np.array([motion.sigma() for motion in motions], np.float32)
    size = predicted[:, 2:] - predicted[:, :2]
    fits[rows] = grown_iou(predicted, boxes, np.minimum(sigma, _REACH[part] * size))
    return fits


def _likeness(tracks: Sequence[Followed], part: Part, looks: Floats) -> Floats:
    alike = np.full((len(tracks), len(looks)), np.nan, np.float32)
    rows = [row for row, track in enumerate(tracks) if part in track.looks]
    if rows and len(looks):
        alike[rows] = np.stack([tracks[row].looks[part] for row in rows]) @ looks.T
    return alike


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """How well everybody in a frame fits every track; matching one pair leaves the others'.

    Attributes:
        sight: the frame, n people.
        rows: of each track by its number.
        sure: (t, n) 0 to 1, by place and looks; 0 where it cannot be the same person.
        doubtful: the same by place alone, which looks may only rule out.
    """

    sight: Sight
    rows: dict[int, int]
    sure: Floats
    doubtful: Floats

    @classmethod
    def of(cls, compared: Compared, sight: Sight, mixing: Mixing) -> "Fits":
        """Judge all tracks of a frame with all its people."""
        place = _place_fits(compared, sight, mixing.tie)
        look, told = _mean_of_parts(compared, compared.likeness, sight.people)
        share = mixing.look_share
        mixed = np.where(told, (1 - share) * place + share * look, place)
        # A place that does not fit at all is not made good by looks, and the reverse.
        possible = (place >= mixing.least_place) & (~told | (look >= mixing.least_look))
        alone = 1 - (1 - place) ** _EVEN

        def fit(values: Floats, least: float) -> Floats:
            chosen = np.where(told, values, alone)
            return np.where(possible & (values > least), chosen, 0.0).astype(np.float32)

        return cls(
            sight,
            {track.number: row for row, track in enumerate(compared.tracks)},
            fit(mixed, mixing.least_fit),
            fit(place, mixing.least_fit_low),
        )

    def between(self, tracks: list[Followed], people: list[int], *, doubtful: bool) -> Floats:
        """(len(tracks), len(people)) the fits of some."""
        fit = self.doubtful if doubtful else self.sure
        return fit[[self.rows[track.number] for track in tracks]][:, people]


def _place_fits(compared: Compared, sight: Sight, tie: TieOptions) -> Floats:
    """How well each person of the frame fits each track by place.

    The mean over the parts that both sides have. Where one side has only a face and the other
    only a body, the face has to sit on the body as it would within one frame.

    Returns:
        (t, n) float32, 0 to 1.
    """
    mean, known = _mean_of_parts(compared, compared.overlap, sight.people)
    if known.all():
        return mean
    return np.where(known, mean, _crossed_fits(compared.tracks, sight, tie)).astype(np.float32)


def _mean_of_parts(
    compared: Compared, fits: Mapping[Part, Floats], people: People
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Bring what was found per part, (t, n) each, to the people: (t, people), and where known."""
    given = [
        np.concatenate([values, np.full((len(values), 1), np.nan, np.float32)], axis=1)[:, rows]
        for part, values in fits.items()
        for rows in [people.face if part is Part.FACE else people.body]  # -1: the column of nothing
    ]
    shape = (len(given), len(compared.tracks), len(people))
    both = np.array(given, np.float32).reshape(shape)
    known = ~np.isnan(both)
    count = known.sum(axis=0)
    total = np.where(known, both, np.float32(0)).sum(axis=0)
    return np.asarray(total / np.maximum(count, 1), np.float32), count > 0


def _crossed_fits(tracks: Sequence[Followed], sight: Sight, tie: TieOptions) -> Floats:
    """(t, n) how well a track's face, if it has only that, sits on bodies; and the reverse."""
    fits = np.zeros((len(tracks), len(sight)), np.float32)
    for part in Part:
        rows = [row for row, track in enumerate(tracks) if [*track.motions] == [part]]
        if not rows:
            continue
        mine = np.array([tracks[row].motions[part].corners() for row in rows], np.float32)
        if part is Part.FACE:
            fits[rows] = tie_fit(mine, sight.boxes[Part.BODY], tie)
        else:
            fits[rows] = tie_fit(sight.boxes[Part.FACE], mine, tie).T
    return fits


def faces_apart(compared: Compared) -> npt.NDArray[np.bool_]:
    """Which faces and bodies are known to be two people: a face keeps to its track's body.

    Where people cross, somebody's face lies on the body of whoever passes in front and would be
    tied to it. It is not where the face clearly is one track's and the body clearly another's,
    by place and looks, and both tracks know their face and their body.

    Returns:
        (faces, bodies).
    """
    faces, bodies = (compared.overlap[part].shape[1] for part in (Part.FACE, Part.BODY))
    whole = [row for row, one in enumerate(compared.tracks) if len(one.motions) == len(Part)]
    if not whole or not faces or not bodies:
        return np.zeros((faces, bodies), np.bool_)
    face, body = (
        _clear_owner(_part_fits(compared, whole, part)) for part in (Part.FACE, Part.BODY)
    )
    known = (face[:, None] >= 0) & (body[None] >= 0)
    return np.asarray(known & (face[:, None] != body[None]), np.bool_)


def _part_fits(compared: Compared, rows: list[int], part: Part) -> Floats:
    """(len(rows), n) how well a part fits tracks that all have it, by place times looks."""
    fits = compared.overlap[part][rows]
    if part in compared.likeness:
        alike = compared.likeness[part][rows]
        fits *= np.where(np.isnan(alike), 1, np.clip(alike, 0, 1))
    return fits


def _clear_owner(fit: Floats) -> npt.NDArray[np.intp]:
    """Per column the row that fits well and clearly better than any other; else -1."""
    ordered = np.sort(np.concatenate([np.zeros_like(fit[:1]), fit]), axis=0)
    clear = (ordered[-1] >= _WELL) & (ordered[-1] >= _CLEARLY * ordered[-2])
    return np.where(clear, fit.argmax(axis=0), -1)
