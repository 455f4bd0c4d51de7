"""Lining up what the index proposes: where a question runs along a video, how fast, how alike.

A look at the piece that voted comes first, and finds speed and place; only what is promising is
lined up along the whole question, around that line.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.lines import SPEEDS, Stretch, best_line
from edge_agent.fingerprints.moment_index import PIECE_S, Candidate
from edge_agent.fingerprints.motion import KEPT_RATE, RATE, Bits, Motion, Weights

_REACH_S = 1.5
"""A candidate's place is known to so many seconds."""
_LEAST_WEIGHT = 3.0
_LINED_UP = 40
"""So many candidates are lined up along the whole question."""
_AROUND = np.arange(-0.4, 0.41, 0.1)
_FASTER = np.arange(-0.03, 0.031, 0.01)
_SAME_S = 1.0

_SAME_SPEED = 0.94
"""Most copies run at the speed of their original: another one is believed where a line at that
speed would weigh less than this share of it."""

_LEAST_S = 2.5
_LEAST_LIKENESS = 0.52
_SHORT = 0.5
"""A stretch must be more alike by this much per second that it is long: two people who walk the
same way look alike for a while."""
_OTHER_SPEED = 0.5
"""And by this much times what its speed is off: there are many speeds to try, and few copies."""
_LEAST_EVENTS = 1.5
"""So much must happen in a stretch: who stands still looks like anybody who stands there."""
_BEATEN = 0.1
"""A stretch that is so much less alike than another one in the same moments is chance; by less, the
less of the other one it covers, as chance ends soon. Second copies differ by up to so much."""
_MOST_PIECES: Final = 32


class Window(NamedTuple):
    """A part of what a library keeps of a video: rows `first` to `last` of a view."""

    file: str
    view: int
    first: int
    last: int


class Piece(NamedTuple):
    """A stretch of a question that was found in a video."""

    file: str
    mirrored: bool
    stretch: Stretch


Fetch = Callable[[Window], Bits]
"""Gives the rows of a window, fewer where the video ends."""


def window_of(candidate: Candidate, seconds: float) -> Window:
    """What of a video may fit to a question of so many seconds, through a candidate's place."""
    fastest = float(SPEEDS[-1])
    begin = candidate.other - candidate.at * fastest - 2 * _REACH_S
    end = candidate.other + (seconds - candidate.at) * fastest + 2 * _REACH_S
    first = max(0, int(begin * KEPT_RATE))
    return Window(candidate.file, candidate.view, first, max(first, int(end * KEPT_RATE) + 1))


def lined_up(
    asked: Motion, mirrored: Motion, candidates: Sequence[Candidate], fetch: Fetch
) -> list[Piece]:
    """Every piece of a question that is convincing.

    Args:
        asked: the question.
        mirrored: the same seen in a mirror.
        candidates: of the index.
        fetch: gives the windows that `window_of` names.
    """
    seconds = len(asked.at) / RATE
    looked: list[tuple[Stretch, Candidate]] = []
    for candidate in candidates:
        bits = fetch(window_of(candidate, seconds))
        one = _first_look(mirrored if candidate.mirrored else asked, candidate, bits, seconds)
        if one is not None and one.weight >= _LEAST_WEIGHT:
            looked.append((one, candidate))
    looked.sort(key=lambda each: -each[0].weight)
    found: list[Piece] = []
    lined = 0
    for seen, candidate in looked:
        if lined >= _LINED_UP:
            break
        if any(_on_line(each, seen, candidate) for each in found):
            continue
        lined += 1
        motion = mirrored if candidate.mirrored else asked
        bits = fetch(window_of(candidate, seconds))
        stretch = _along_whole(motion, seen, window_of(candidate, seconds), bits)
        if stretch is not None and _convincing(stretch, motion):
            found.append(Piece(candidate.file, candidate.mirrored, stretch))
    return found


def _first_look(motion: Motion, candidate: Candidate, bits: Bits, seconds: float) -> Stretch | None:
    """The best stretch of the piece that voted; its seconds are those of the question."""
    first = round(candidate.at * RATE)
    last = first + round(PIECE_S * RATE)
    window = window_of(candidate, seconds)
    begin = candidate.other - window.first / KEPT_RATE  # within the window
    low = max(0, int((begin - _REACH_S) * KEPT_RATE))
    high = int((begin + PIECE_S * float(SPEEDS[-1]) + _REACH_S) * KEPT_RATE) + 2
    near = bits[low:high]
    if len(near) == 0:
        return None
    found = best_line(
        likeness(motion.coefficients[first:last], near),
        motion.moving[first:last],
        np.arange(begin - _REACH_S, begin + _REACH_S, 0.1) - low / KEPT_RATE,
        speeds=SPEEDS[::2],
    )
    if found is None:
        return None
    return replace(
        found,
        start=found.start + candidate.at,
        end=found.end + candidate.at,
        other_start=found.other_start + (low + window.first) / KEPT_RATE,
    )


def _along_whole(motion: Motion, seen: Stretch, window: Window, bits: Bits) -> Stretch | None:
    """The best stretch of the whole question along about the line of a first look."""
    middle = (seen.start + seen.end) / 2
    other = seen.other_start + (middle - seen.start) * seen.speed - window.first / KEPT_RATE
    table = likeness(motion.coefficients, bits)
    speeds = np.clip(seen.speed + _FASTER, SPEEDS[0], SPEEDS[-1])
    found = best_line(table, motion.moving, other + _AROUND, speeds=speeds, anchor=middle)
    if found is None:
        return None
    same = best_line(table, motion.moving, other + _AROUND, speeds=np.ones(1), anchor=middle)
    if same is not None and same.weight >= _SAME_SPEED * found.weight:
        found = same
    return replace(found, other_start=found.other_start + window.first / KEPT_RATE)


def _on_line(piece: Piece, seen: Stretch, candidate: Candidate) -> bool:
    """Whether a piece that was found says already what a first look saw."""
    middle, stretch = (seen.start + seen.end) / 2, piece.stretch
    if (piece.file, piece.mirrored) != (candidate.file, candidate.mirrored):
        return False
    if not stretch.start <= middle <= stretch.end:
        return False
    there = stretch.other_start + (middle - stretch.start) * stretch.speed
    return abs(there - seen.other_start - (middle - seen.start) * seen.speed) < _SAME_S


def likeness(coefficients: Weights, bits: Bits) -> npt.NDArray[np.float32]:
    """(n, m) agreement of signs, -1 to 1, weighted by how far the question's are from zero."""
    signs = np.unpackbits(bits, axis=1).astype(np.float32) * 2 - 1
    signs *= np.asarray(bits.any(axis=1))[:, None]
    total = np.abs(coefficients).sum(axis=1, keepdims=True)
    return np.asarray((coefficients / np.maximum(total, 1e-6)) @ signs.T, np.float32)


def _convincing(stretch: Stretch, motion: Motion) -> bool:
    seconds = stretch.end - stretch.start
    wanted = _LEAST_LIKENESS + _SHORT / seconds + _OTHER_SPEED * abs(stretch.speed - 1)
    if seconds < _LEAST_S or stretch.likeness < wanted:
        return False
    return events(motion.coefficients[stretch.first : stretch.first + len(stretch.alike)]) >= (
        _LEAST_EVENTS
    )


def events(coefficients: Weights) -> float:
    """How many different things are seen in some descriptors: 1 where all are the same.

    The participation ratio of their correlations, which is what a sum over correlated moments
    is worth in independent ones.

    Args:
        coefficients: (n, BITS) of a question.
    """
    length = np.linalg.norm(coefficients, axis=1)
    rows = coefficients[length > 0] / length[length > 0, None]
    if len(rows) == 0:
        return 0.0
    # the same as of the (n, n) correlations, whose size would grow with the square of the length
    return float(len(rows) ** 2 / np.square(rows.T @ rows).sum())


def best_of(found: Iterable[Piece]) -> list[Piece]:
    """Without those that say the same, or less, about the same piece of the same video."""
    best: list[Piece] = []
    for piece in sorted(found, key=lambda one: -one.stretch.weight):
        if not any(_says_less(piece, other) for other in best):
            best.append(piece)
    return sorted(best[:_MOST_PIECES], key=lambda one: one.stretch.start)


def _says_less(piece: Piece, other: Piece) -> bool:
    """Whether a piece says nothing beside one that weighs more."""
    if not _overlap(piece.stretch, other.stretch):
        return False
    if piece.file == other.file:
        return True
    covers = min(1.0, len(piece.stretch.alike) / len(other.stretch.alike))
    return _behind(piece.stretch, other.stretch) > _BEATEN * covers**2


def _behind(one: Stretch, other: Stretch) -> float:
    """How much less alike one stretch is than another in the moments of both."""
    first = max(one.first, other.first)
    last = min(one.first + len(one.alike), other.first + len(other.alike))
    mine = slice(first - one.first, last - one.first)
    its = slice(first - other.first, last - other.first)
    moving = one.moving[mine] & other.moving[its]
    if not moving.any():
        return 0.0
    return float((other.alike[its] - one.alike[mine])[moving].mean())


def _overlap(one: Stretch, other: Stretch) -> bool:
    """Whether more than a third of the shorter one's time of the question is in both."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared > min(one.end - one.start, other.end - other.start) / 3
