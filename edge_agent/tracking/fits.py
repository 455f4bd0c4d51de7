"""How well the people of a frame fit the tracks: all pairs at once.

Numpy's price is per call, and a frame has tens of pairs: pair by pair, following eight people took
3 to 4 ms a frame instead of 1.8.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats, Seen
from edge_agent.domain.vector import Part
from edge_agent.tracking.boxes import grown_iou
from edge_agent.tracking.followed import Followed, Sight
from edge_agent.tracking.motion import Motion
from edge_agent.tracking.people import TieOptions, tie_fit

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
    def of(cls, tracks: list[Followed], sight: Sight, mixing: Mixing) -> "Fits":
        """Compare all tracks, predicted to the time of the frame, with all people."""
        place = place_fits(tracks, sight, mixing.tie)
        look = look_fits(tracks, sight)
        told = ~np.isnan(look)
        look[~told] = 0.0
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
            {track.number: row for row, track in enumerate(tracks)},
            fit(mixed, mixing.least_fit),
            fit(place, mixing.least_fit_low),
        )

    def between(self, tracks: list[Followed], people: list[int], *, doubtful: bool) -> Floats:
        """(len(tracks), len(people)) the fits of some."""
        fit = self.doubtful if doubtful else self.sure
        return fit[np.ix_([self.rows[track.number] for track in tracks], people)]


def place_fits(tracks: Sequence[Followed], sight: Sight, tie: TieOptions) -> Floats:
    """How well each person of the frame fits each track by place.

    The mean over the parts that both sides have. Where one side has only a face and the other
    only a body, the face has to sit on the body as it would within one frame. All tracks at
    once: numpy's price is per call, and a frame has tens of pairs.

    Args:
        tracks: predicted to the time of the frame, t of them.
        sight: the frame, n people.
        tie: how a face sits on a body.

    Returns:
        (t, n) float32, 0 to 1.
    """
    total = np.zeros((len(tracks), len(sight)), np.float32)
    both = np.zeros((len(tracks), len(sight)), np.intp)
    for part in Part:
        rows = [row for row, track in enumerate(tracks) if part in track.motions]
        columns = np.flatnonzero(~np.isnan(sight.boxes[part][:, 0]))
        if rows and len(columns):
            pairs = np.ix_(np.asarray(rows, np.intp), columns)
            motions = [tracks[row].motions[part] for row in rows]
            total[pairs] += _overlaps(motions, part, sight.boxes[part][columns])
            both[pairs] += 1
    mean = total / np.maximum(both, 1)
    return np.where(both > 0, mean, _crossed_fits(tracks, sight, tie)).astype(np.float32)


def _crossed_fits(tracks: Sequence[Followed], sight: Sight, tie: TieOptions) -> Floats:
    """(t, n) how well a track's face, if it has only that, sits on bodies; and the reverse."""
    fits = np.zeros((len(tracks), len(sight)), np.float32)
    for part in Part:
        rows = [row for row, track in enumerate(tracks) if [*track.motions] == [part]]
        if not rows:
            continue
        mine = np.stack([tracks[row].motions[part].xyxy() for row in rows])
        if part is Part.FACE:
            fits[rows] = tie_fit(mine, sight.boxes[Part.BODY], tie)
        else:
            fits[rows] = tie_fit(sight.boxes[Part.FACE], mine, tie).T
    return fits


def look_fits(tracks: Sequence[Followed], sight: Sight) -> Floats:
    """(t, n) how alike each person of the frame looks; not a number where nobody can tell."""
    total = np.zeros((len(tracks), len(sight)), np.float32)
    known = np.zeros((len(tracks), len(sight)), np.intp)
    for part, looks in sight.looks.items():
        rows = [row for row, track in enumerate(tracks) if part in track.looks]
        columns = np.flatnonzero(~np.isnan(sight.boxes[part][:, 0]))
        if rows and len(columns):
            pairs = np.ix_(np.asarray(rows, np.intp), columns)
            total[pairs] += np.stack([tracks[row].looks[part] for row in rows]) @ looks[columns].T
            known[pairs] += 1
    nobody = np.full(total.shape, np.nan, np.float32)
    return np.asarray(np.divide(total, known, out=nobody, where=known > 0), np.float32)


def _part_fits(
    tracks: Sequence[Followed], part: Part, boxes: Floats, looks: Floats | None
) -> Floats:
    """(t, n) how well boxes fit a part that all tracks have, by place times looks, 0 to 1."""
    fits = _overlaps([track.motions[part] for track in tracks], part, boxes)
    rows = [row for row, track in enumerate(tracks) if part in track.looks]
    if looks is not None and rows:
        known = np.stack([tracks[row].looks[part] for row in rows])
        fits[rows] *= np.clip(known @ looks.T, 0, 1)
    return fits


def _overlaps(motions: Sequence[Motion], part: Part, boxes: Floats) -> Floats:
    """(t, n) overlap of where each motion is thought to be with (n, 4) boxes."""
    predicted = np.stack([motion.xyxy() for motion in motions])
    size = predicted[:, 2:] - predicted[:, :2]
    sigma = np.stack([motion.sigma() for motion in motions])
    return grown_iou(predicted, boxes, np.minimum(sigma, _REACH[part] * size))


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
        _clear_owner(_part_fits(whole, part, boxes, looks.get(part)))
        for part, boxes in ((Part.FACE, seen.faces.xyxy), (Part.BODY, seen.bodies.xyxy))
    )
    known = (face[:, None] >= 0) & (body[None] >= 0)
    return np.asarray(known & (face[:, None] != body[None]), np.bool_)


def _clear_owner(fit: Floats) -> npt.NDArray[np.intp]:
    """Per column the row that fits well and clearly better than any other; else -1."""
    ordered = np.sort(np.concatenate([np.zeros_like(fit[:1]), fit]), axis=0)
    clear = (ordered[-1] >= _WELL) & (ordered[-1] >= _CLEARLY * ordered[-2])
    return np.where(clear, fit.argmax(axis=0), -1)
