"""Finding a video's pieces in a library of videos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.band_index import BandIndex
from edge_agent.fingerprints.lines import SPEEDS, Stretch, best_line
from edge_agent.fingerprints.motion import (
    BITS,
    KEPT_RATE,
    RATE,
    Bits,
    Motion,
    Pictures,
    Seconds,
    Weights,
    motion_of,
)

MARGINS: Final = (0.0, 0.1)
"""A library keeps each video whole and without its borders, for copies that are cropped."""

_PIECE_S = 8.0
_HOP_S = 4.0
_CELL_S = 2.0
_CELL_BITS = 24
_CELL_MASK = (1 << _CELL_BITS) - 1
_CANDIDATES = 30
_LEAST_VOTES = 3
_LEAST_S = 2.5
_LEAST_LIKENESS = 0.52
_SHORT = 0.5
"""A stretch must be more alike by this much per second that it is long: two people who walk the
same way look alike for a while."""
_BEATEN = 0.1
"""A stretch that is so much less alike than another one of the same moments is chance."""
_MOST_PIECES = 32
_SHORT_S = 20.0


_Piece = tuple[str, bool, Stretch]
"""Key of the library's video, whether mirrored, and where."""


@dataclass(frozen=True, slots=True, eq=False)
class VideoPrint:
    """What a library keeps of a video.

    Attributes:
        views: per margin (n, BITS / 8) uint8, `KEPT_RATE` rows per second.
        seconds: how long it is.
    """

    views: tuple[Bits, ...]
    seconds: float

    def to_bytes(self) -> bytes:
        """All views, one after the other."""
        return b"".join(view.tobytes() for view in self.views)

    @classmethod
    def from_bytes(cls, data: bytes, seconds: float) -> "VideoPrint":
        """The reverse."""
        rows = np.frombuffer(data, np.uint8).reshape(len(MARGINS), -1, BITS // 8)
        return cls(tuple(rows), seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One piece of a question, found again.

    Attributes:
        key: of the video in the library.
        start: seconds of the question, as is duration.
        other_start: seconds of the library's video, as is other_duration.
        similarity: 0 to 1: how often the signs agree, weighted by how sure they are.
        mirrored: the copy shows it mirrored.
    """

    key: str
    start: float
    duration: float
    other_start: float
    other_duration: float
    similarity: float
    mirrored: bool


@dataclass(frozen=True, slots=True, eq=False)
class VideoQuestion:
    """A video to be looked for."""

    motion: Motion
    seconds: float


def print_of(at: Seconds, pictures: Pictures, seconds: float) -> VideoPrint:
    """Make what a library keeps; arguments as for `motion_of`."""
    views = tuple(motion_of(at, pictures, margin=margin).kept().bits() for margin in MARGINS)
    return VideoPrint(views, seconds)


def question_of(at: Seconds, pictures: Pictures, seconds: float) -> VideoQuestion:
    """Make what a library is asked with; arguments as for `motion_of`."""
    return VideoQuestion(motion_of(at, pictures), seconds)


class VideoLibrary:
    """Videos that can be asked for.

    Args:
        prints: by key.
    """

    def __init__(self, prints: Mapping[str, VideoPrint]) -> None:
        self._keys = list(prints)
        self._prints = [prints[key] for key in self._keys]
        lengths = [len(each.views[0]) for each in self._prints]
        self._starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        self._indices = [
            BandIndex(_stacked([each.views[view] for each in self._prints]))
            for view in range(len(MARGINS))
        ]

    def find(self, question: VideoQuestion) -> list[Found]:
        """Every piece of the question that is in the library, by its start.

        A piece that several videos of the library hold is found in each of them.
        """
        found: list[_Piece] = []
        motion = question.motion
        for mirrored, asked in ((False, motion), (True, motion.mirrored())):
            for place, shift, view in self._candidates(asked):
                stretch = self._aligned(asked, place, shift, view)
                if stretch is not None:
                    found.append((self._keys[place], mirrored, stretch))
        return [_shown(piece, question.seconds) for piece in _best_of(found)]

    def _candidates(self, asked: Motion) -> list[tuple[int, float, int]]:
        """(video, second of it at which the question would begin, view), the likeliest first."""
        votes: list[tuple[int, int, float, int]] = []
        # every moment of a short question counts; a long one has enough with half of them
        every = 1 if len(asked.at) <= _SHORT_S * RATE else 2
        asking = asked.coefficients * (np.arange(len(asked.at)) % every == 0)[:, None]
        for view, index in enumerate(self._indices):
            rows, others = index.find(asking)
            places = np.searchsorted(self._starts, others, side="right") - 1
            begins = (others - self._starts[places]) / KEPT_RATE - rows / RATE
            votes += [(*one, view) for one in _counted(rows, places.astype(np.int64), begins)]
        votes.sort(key=lambda vote: -vote[0])
        chosen: list[tuple[int, float, int]] = []
        for _, place, begin, view in votes:
            near = (
                abs(begin - other[1]) < _CELL_S and other[::2] == (place, view) for other in chosen
            )
            if not any(near):
                chosen.append((place, begin, view))
            if len(chosen) >= _CANDIDATES:
                break
        return chosen

    def _aligned(self, asked: Motion, place: int, begin: float, view: int) -> Stretch | None:
        bits = self._prints[place].views[view]
        reach = _CELL_S + float(asked.at[-1]) * (float(SPEEDS[-1]) - 1)
        first = max(0, int((begin - reach) * KEPT_RATE))
        last = min(len(bits), int((begin + float(asked.at[-1]) + reach) * KEPT_RATE) + 2)
        if last <= first:
            return None
        table = likeness(asked.coefficients, bits[first:last])
        shifts = np.arange(begin - reach, begin + reach, 0.1) - first / KEPT_RATE
        stretch = best_line(table, asked.moving, shifts)
        if stretch is None or not _convincing(stretch):
            return None
        return Stretch(
            start=stretch.start,
            end=stretch.end,
            other_start=stretch.other_start + first / KEPT_RATE,
            speed=stretch.speed,
            likeness=stretch.likeness,
            weight=stretch.weight,
            moments=stretch.moments,
        )


def likeness(coefficients: Weights, bits: Bits) -> npt.NDArray[np.float32]:
    """(n, m) agreement of signs, -1 to 1, weighted by how far the question's are from zero."""
    signs = np.unpackbits(bits, axis=1).astype(np.float32) * 2 - 1
    signs *= np.asarray(bits.any(axis=1))[:, None]
    total = np.abs(coefficients).sum(axis=1, keepdims=True)
    return np.asarray((coefficients / np.maximum(total, 1e-6)) @ signs.T, np.float32)


def _stacked(views: Sequence[Bits]) -> Bits:
    return np.concatenate(views) if views else np.zeros((0, BITS // 8), np.uint8)


def _counted(
    rows: npt.NDArray[np.int64], place: npt.NDArray[np.int64], begin: npt.NDArray[np.float64]
) -> list[tuple[int, int, float]]:
    """(votes, video, begin) of the cells with most votes, of each piece of the question.

    A question is cut into pieces so that a copy that runs faster stays within a cell.
    """
    found: list[tuple[int, int, float]] = []
    if len(rows) == 0:
        return found
    hop, length = round(_HOP_S * RATE), round(_PIECE_S * RATE)
    for first in range(0, int(rows.max()) + 1, hop):
        inside = (rows >= first) & (rows < first + length)
        # two grids of cells, so that no border cuts a copy in two
        for offset in (0.0, 0.5):
            cell = np.floor(begin[inside] / _CELL_S + offset).astype(np.int64)
            key = (place[inside] << _CELL_BITS) + cell + (1 << (_CELL_BITS - 1))
            pairs = np.unique(key * length + (rows[inside] - first))  # a moment votes once
            cells, counts = np.unique(pairs // length, return_counts=True)
            best = np.argsort(counts)[-_CANDIDATES:]
            found += [
                (
                    int(counts[one]),
                    int(cells[one] >> _CELL_BITS),
                    (int(cells[one] & _CELL_MASK) - (1 << (_CELL_BITS - 1)) + 0.5 - offset)
                    * _CELL_S,
                )
                for one in best
                if counts[one] >= _LEAST_VOTES
            ]
    return found


def _convincing(stretch: Stretch) -> bool:
    seconds = stretch.end - stretch.start
    return seconds >= _LEAST_S and stretch.likeness >= _LEAST_LIKENESS + _SHORT / seconds


def _best_of(found: list[_Piece]) -> list[_Piece]:
    """Without those that say the same, or less, about the same piece of the same video."""
    found.sort(key=lambda one: -one[2].weight)
    best: list[_Piece] = []
    for piece in found:
        if not any(_says_less(piece, other) for other in best):
            best.append(piece)
    return sorted(best[:_MOST_PIECES], key=lambda one: one[2].start)


def _says_less(piece: _Piece, other: _Piece) -> bool:
    """Whether a piece says nothing beside one that weighs more."""
    if not _overlap(piece[2], other[2]):
        return False
    return piece[0] == other[0] or piece[2].likeness < other[2].likeness - _BEATEN


def _overlap(one: Stretch, other: Stretch) -> bool:
    """Whether more than a third of the shorter one's time of the question is in both."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared > min(one.end - one.start, other.end - other.start) / 3


def _shown(piece: _Piece, seconds: float) -> Found:
    key, mirrored, stretch = piece
    duration = min(stretch.end, seconds) - stretch.start
    return Found(
        key=key,
        start=stretch.start,
        duration=duration,
        other_start=max(0.0, stretch.other_start),
        other_duration=duration * stretch.speed,
        similarity=(1 + stretch.likeness) / 2,
        mirrored=mirrored,
    )
