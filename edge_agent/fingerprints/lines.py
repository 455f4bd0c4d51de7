"""Stretches of a question that run along a line of an answer: where, how fast, how alike."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.motion import KEPT_RATE, RATE

SPEEDS: Final = np.arange(0.88, 1.1201, 0.01)
"""Seconds of the original per second of the copy."""

_FLOOR: Final = 0.3
"""Likeness that a moment must exceed to be for a match rather than against it."""


Table = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stretch:
    """One stretch of the question that was found.

    Attributes:
        start: seconds of the question.
        end: likewise.
        other_start: seconds of the answer that `start` fits to.
        speed: seconds of the answer per second of the question.
        likeness: mean over its moving moments, -1 to 1.
        weight: sum over its moving moments of what is above the floor.
        alike: likeness of each of its moments, `RATE` a second from `start` on; zero where
            nothing moves.
        moving: which of them do.
    """

    start: float
    end: float
    other_start: float
    speed: float
    likeness: float
    weight: float
    alike: Table
    moving: npt.NDArray[np.bool_]

    @property
    def moments(self) -> int:
        """How many moving moments it has."""
        return int(self.moving.sum())

    @property
    def first(self) -> int:
        """The moment of the question that it starts with."""
        return round(self.start * RATE)

    @property
    def other_end(self) -> float:
        """Second of the answer that `end` fits to."""
        return self.other_start + (self.end - self.start) * self.speed


def best_line(
    table: Table,
    moving: npt.NDArray[np.bool_],
    shifts: npt.NDArray[np.float64],
    *,
    speeds: npt.NDArray[np.float64] = SPEEDS,
    anchor: float = 0.0,
) -> Stretch | None:
    """Find the stretch that fits best.

    Args:
        table: (n, m) likeness of each moment of the question (RATE) to each of the answer
            (KEPT_RATE).
        moving: (n,) where the question moves; other moments say nothing.
        shifts: seconds of the answer that may fit to `anchor`.
        speeds: which may be.
        anchor: second of the question.

    Returns:
        None where nothing is above the floor.
    """
    usable = table * moving[:, None]
    moments, kept = usable.shape
    at = np.arange(moments) / RATE - anchor
    best: tuple[float, float, float, tuple[int, int]] | None = None
    for speed in speeds:
        columns = np.rint((shifts[:, None] + at * speed) * KEPT_RATE).astype(np.intp)
        inside = (columns >= 0) & (columns < kept)
        lines = usable[np.arange(moments), np.clip(columns, 0, kept - 1)] * inside
        promise = _most_in_a_row(lines - _FLOOR * (lines != 0))
        for one in np.argsort(promise, kind="stable")[-3:]:
            if best is not None and promise[one] <= best[0]:
                continue
            weight, span = _heaviest(lines[one] - _FLOOR * moving)
            if best is None or weight > best[0]:
                begin = float(shifts[one] - anchor * speed)
                best = (weight, begin, float(speed), span)
    if best is None or best[0] <= 0:
        return None
    return _stretch(usable, moving, best)


def _most_in_a_row(lines: Table) -> npt.NDArray[np.float64]:
    """The largest sum of neighbours in each row."""
    sums = np.cumsum(lines, axis=1, dtype=np.float64)
    before = np.concatenate([np.zeros((len(sums), 1)), sums[:, :-1]], axis=1)
    return np.asarray((sums - np.minimum.accumulate(before, axis=1)).max(axis=1))


def _heaviest(values: Table) -> tuple[float, tuple[int, int]]:
    """The neighbours with the largest sum: the sum, and first and one past the last."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    lowest = np.minimum.accumulate(sums)
    end = int(np.argmax(sums - lowest))
    start = int(np.argmin(sums[: end + 1]))
    return float(sums[end] - sums[start]), (start, end)


def _stretch(
    usable: Table, moving: npt.NDArray[np.bool_], best: tuple[float, float, float, tuple[int, int]]
) -> Stretch:
    weight, shift, speed, (first, last) = best
    span = np.arange(first, last)
    columns = np.clip(
        np.rint((shift + span / RATE * speed) * KEPT_RATE).astype(np.intp), 0, usable.shape[1] - 1
    )
    alike, moves = usable[span, columns], moving[first:last]
    return Stretch(
        start=first / RATE,
        end=last / RATE,
        other_start=shift + first / RATE * speed,
        speed=speed,
        likeness=float(alike[moves].mean()) if moves.any() else 0.0,
        weight=weight,
        alike=alike,
        moving=moves,
    )
