"""Finding a video's pieces in a library of videos."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from edge_agent.fingerprints.alignment import (
    Fetch,
    Piece,
    Window,
    best_of,
    lined_up,
    window_of,
)
from edge_agent.fingerprints.lines import Stretch
from edge_agent.fingerprints.moment_index import Candidate, MomentIndex
from edge_agent.fingerprints.motion import (
    BITS,
    RATE,
    Bits,
    Motion,
    Pictures,
    Seconds,
    motion_of,
)

MARGINS: Final = (0.0, 0.1)
"""A library keeps each video whole and without its borders, for copies that are cropped."""

_BLOCK_S = 120.0
"""Longer questions are asked in blocks, which bounds memory."""
_SHARED_S = 8.0
"""Seconds that two blocks share, so that no border hides a short copy."""
_JOIN_S = 0.5


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


class Proposed(NamedTuple):
    """What the index proposes for one block of a question, which begins at second `at`."""

    at: float
    asked: Motion
    candidates: Sequence[Candidate]

    def windows(self) -> list[Window]:
        """What of the library is needed to line it up."""
        seconds = len(self.asked.at) / RATE
        return [window_of(one, seconds) for one in self.candidates]


def print_of(at: Seconds, pictures: Pictures, seconds: float) -> VideoPrint:
    """Make what a library keeps; arguments as for `motion_of`."""
    views = tuple(motion_of(at, pictures, margin=margin).kept().bits() for margin in MARGINS)
    return VideoPrint(views, seconds)


def question_of(at: Seconds, pictures: Pictures, seconds: float) -> VideoQuestion:
    """Make what a library is asked with; arguments as for `motion_of`."""
    return VideoQuestion(motion_of(at, pictures), seconds)


def propose(index: MomentIndex, question: VideoQuestion) -> list[Proposed]:
    """Ask the index."""
    found = []
    for at, asked in _blocks(question.motion):
        found.append(Proposed(at, asked, index.candidates(asked, asked.mirrored())))
    return found


def settle(question: VideoQuestion, proposed: Iterable[Proposed], fetch: Fetch) -> list[Found]:
    """Line up what was proposed: every piece of the question that is in the library, by its start.

    A piece that several videos of the library hold is found in each of them.

    Args:
        question: the same that was proposed for.
        proposed: by `propose`.
        fetch: gives each of its windows.
    """
    pieces: list[Piece] = []
    for at, asked, candidates in proposed:
        for piece in lined_up(asked, asked.mirrored(), candidates, fetch):
            start, end = piece.stretch.start + at, piece.stretch.end + at
            _join(pieces, piece._replace(stretch=replace(piece.stretch, start=start, end=end)))
    return [_shown(piece, question.seconds) for piece in best_of(pieces)]


class VideoLibrary:
    """Videos that can be asked for, all in memory.

    Args:
        prints: by key.
    """

    def __init__(self, prints: Mapping[str, VideoPrint]) -> None:
        self._prints = dict(prints)
        self.index = MomentIndex(len(MARGINS))
        self.index.add([(key, each.views) for key, each in prints.items()])

    def add(self, key: str, made: VideoPrint) -> None:
        """Take in a video, in place of one of the same key."""
        self.remove(key)
        self._prints[key] = made
        self.index.add([(key, made.views)])

    def remove(self, key: str) -> None:
        """Forget a video."""
        self.index.remove(key)
        self._prints.pop(key, None)

    def find(self, question: VideoQuestion) -> list[Found]:
        """Every piece of the question that is in the library; see `settle`."""
        return settle(question, propose(self.index, question), self._fetch)

    def _fetch(self, window: Window) -> Bits:
        view = self._prints[window.file].views[window.view]
        return view[window.first : window.last]


def _blocks(motion: Motion) -> Iterable[tuple[float, Motion]]:
    length, hop = round(_BLOCK_S * RATE), round((_BLOCK_S - _SHARED_S) * RATE)
    for first in range(0, max(1, len(motion.at) - round(_SHARED_S * RATE)), hop):
        part = slice(first, first + length)
        yield first / RATE, Motion(motion.at[part] - first / RATE, motion.coefficients[part])


def _join(pieces: list[Piece], new: Piece) -> None:
    """Add a piece, as part of the one of the block before that it goes on."""
    for number, piece in enumerate(pieces):
        one, other = piece.stretch, new.stretch
        there = one.other_start + (other.start - one.start) * one.speed
        same = (piece.file, piece.mirrored) == (new.file, new.mirrored)
        if same and other.start <= one.end + _JOIN_S and abs(there - other.other_start) < _JOIN_S:
            if other.end <= one.end:
                return
            pieces[number] = piece._replace(stretch=_one_after(one, other))
            return
    pieces.append(new)


def _one_after(one: Stretch, other: Stretch) -> Stretch:
    """Both as one; moments between them do not move, those of both are the first one's."""
    new = max(0, one.first + len(one.alike) - other.first)
    gap = max(0, other.first - one.first - len(one.alike))
    alike = np.concatenate([one.alike, np.zeros(gap, np.float32), other.alike[new:]])
    moving = np.concatenate([one.moving, np.zeros(gap, np.bool_), other.moving[new:]])
    share = (len(other.alike) - new) / len(other.alike)
    return replace(
        one,
        end=other.end,
        speed=(other.other_end - one.other_start) / (other.end - one.start),
        likeness=float(alike[moving].mean()),
        weight=one.weight + other.weight * share,
        alike=alike,
        moving=moving,
    )


def _shown(piece: Piece, seconds: float) -> Found:
    stretch = piece.stretch
    duration = min(stretch.end, seconds) - stretch.start
    return Found(
        key=piece.file,
        start=stretch.start,
        duration=duration,
        other_start=max(0.0, stretch.other_start),
        other_duration=duration * stretch.speed,
        similarity=(1 + stretch.likeness) / 2,
        mirrored=piece.mirrored,
    )
