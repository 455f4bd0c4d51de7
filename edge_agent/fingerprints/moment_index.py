"""Which videos of a library may hold a piece of a question, and where.

Words of sixteen signs vote for where a piece would begin. The index takes in and forgets videos at
once: what comes is a segment of its own, and segments of like size are merged (O'Neil et al. 1996),
so that nothing is made anew as a whole. The words that stand at the fewest places are looked up
first, up to a number of hits: what stands everywhere tells nothing, and the time of an answer does
not grow with the library.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.band_keys import Asked, asked_keys
from edge_agent.fingerprints.motion import RATE, Bits, Motion
from edge_agent.fingerprints.segment import (
    TICKS,
    Segment,
    Wholes,
    make_segment,
    merged,
)

PIECE_S: Final = 8.0
"""A question votes in pieces, so that a copy that runs faster stays within a cell."""

_PIECE = round(PIECE_S * RATE)
_HITS = 1 << 19
"""So many hits are looked at of one piece."""
_CELL = round(RATE)
"""Ticks of a cell; a place is where two neighbouring cells have the most votes."""
_BEST = 12
"""Places that a piece proposes."""
_LEAST_VOTES = 3
_RATIO = 2
_LARGEST: Final = 1 << 22
"""Places of a segment beyond which it is merged no more, so that no add waits for long."""
_DEAD = 0.25
"""A segment of whose places so many belong to removed videos is made smaller."""

_ROW_BITS, _CELL_BITS, _LANES = 7, 34, 4


class Candidate(NamedTuple):
    """A place where a piece of the question may be.

    Attributes:
        votes: moments of the piece that say so.
        file: id of the video.
        view: of it.
        mirrored: whether the question is to be mirrored.
        at: second of the question at which the piece begins.
        other: second of the video that fits to it, to about a second.
    """

    votes: int
    file: str
    view: int
    mirrored: bool
    at: float
    other: float


@dataclass(frozen=True, slots=True, eq=False)
class _Lookup:
    """Words looked up in one place: which posting comes first, and how many there are."""

    segment: int
    view: int
    band: int
    lane: int
    rows: Wholes
    first: Wholes
    counts: Wholes


class MomentIndex:
    """Looks up moments of videos.

    Args:
        views: how many descriptors a moment of a video has.
    """

    def __init__(self, views: int) -> None:
        self._views = views
        self._segments: list[Segment] = []
        self._where: dict[str, tuple[Segment, int]] = {}

    def __len__(self) -> int:
        return len(self._where)

    def __contains__(self, file: str) -> bool:
        return file in self._where

    @property
    def files(self) -> Collection[str]:
        """Ids of the videos that are in it."""
        return self._where.keys()

    @property
    def size(self) -> int:
        """Bytes of its postings."""
        return sum(segment.size for segment in self._segments)

    def add(self, files: Sequence[tuple[str, Sequence[Bits]]]) -> None:
        """Take in videos: id, and per view the kept descriptors."""
        if not files:
            return
        self._put(make_segment(files, self._views))
        while len(self._segments) > 1:
            before, last = self._segments[-2:]
            if before.end > _RATIO * last.end or before.end + last.end > _LARGEST:
                break
            del self._segments[-2:]
            self._put(merged([before, last]))

    def remove(self, file: str) -> None:
        """Forget a video; one that is not there stays forgotten."""
        found = self._where.pop(file, None)
        if found is None:
            return
        segment, number = found
        segment.alive[number] = False
        if not segment.alive.any():
            self._segments.remove(segment)
        elif segment.dead > _DEAD * segment.end:
            place = self._segments.index(segment)
            del self._segments[place]
            self._put(merged([segment]), place)

    def candidates(self, asked: Motion, mirrored: Motion) -> list[Candidate]:
        """Where pieces of the question may be, the likeliest of each piece first.

        Args:
            asked: the question.
            mirrored: the same seen in a mirror.
        """
        lookups = self._looked_up([asked_keys(each.coefficients) for each in (asked, mirrored)])
        if not lookups:
            return []
        cells = _voted(_within_budget(lookups), lookups, self._segments)
        return [
            found
            for piece in range(1 + (len(asked.at) - 1) // _PIECE)
            for found in self._best(piece, *cells)
        ]

    def _put(self, segment: Segment, place: int | None = None) -> None:
        self._segments.insert(len(self._segments) if place is None else place, segment)
        for number, file in enumerate(segment.files):
            self._where[file] = (segment, number)

    def _looked_up(self, words: Sequence[Asked]) -> list[_Lookup]:
        found = []
        for mirror, asked in enumerate(words):
            for number, segment in enumerate(self._segments):
                for view, postings in enumerate(segment.postings):
                    for band, one in enumerate(postings):
                        mine = asked.band == band
                        first, counts = one.find(asked.key[mine])
                        lane = 2 * view + mirror
                        rows = asked.row[mine]
                        found.append(_Lookup(number, view, band, lane, rows, first, counts))
        return found

    def _best(self, piece: int, lanes: Wholes, cells: Wholes, votes: Wholes) -> list[Candidate]:
        """The places that a piece proposes."""
        first, last = np.searchsorted(lanes, [piece * _LANES, (piece + 1) * _LANES])
        found: list[Candidate] = []
        bases = np.cumsum([0, *(segment.end for segment in self._segments)])
        order = first + np.argsort(-votes[first:last], kind="stable")[: 4 * _BEST]
        for one in order:
            if votes[one] < _LEAST_VOTES or len(found) >= _BEST:
                break
            begins = (int(cells[one]) + 1) * _CELL  # the middle of two cells, in ticks
            lane = int(lanes[one]) % _LANES
            candidate = self._placed(begins, bases, int(votes[one]), lane, piece)
            if candidate is not None and not any(_near(candidate, each) for each in found):
                found.append(candidate)
        return found

    def _placed(
        self, begins: int, bases: Wholes, votes: int, lane: int, piece: int
    ) -> Candidate | None:
        # most of the piece lies behind its begin, which may be in the padding before a video
        inside = begins / TICKS + _PIECE / TICKS / 2
        number = int(np.searchsorted(bases, inside, side="right")) - 1
        if number >= len(self._segments):
            return None
        segment = self._segments[number]
        video = max(
            0, int(np.searchsorted(segment.starts, inside - bases[number], side="right")) - 1
        )
        if not segment.alive[video]:
            return None
        other = (begins - TICKS * int(bases[number] + segment.starts[video])) / RATE
        return Candidate(
            votes, segment.files[video], lane // 2, bool(lane % 2), piece * PIECE_S, other
        )


def _near(one: Candidate, other: Candidate) -> bool:
    return one[1:4] == other[1:4] and abs(one.other - other.other) < 2 * _CELL / RATE


def _within_budget(lookups: Sequence[_Lookup]) -> list[npt.NDArray[np.bool_]]:
    """Which words to look up: of each piece those that stand at the fewest places."""
    counts = np.concatenate([each.counts for each in lookups])
    piece = np.concatenate([each.rows for each in lookups]) // _PIECE
    order = np.lexsort((counts, piece))
    sums = np.cumsum(counts[order])
    before = np.searchsorted(piece[order], piece[order], side="left")
    spent = sums - np.where(before > 0, sums[before - 1], 0)
    kept = np.zeros(len(counts), np.bool_)
    kept[order] = spent <= _HITS
    kept &= counts > 0
    return np.split(kept, np.cumsum([len(each.counts) for each in lookups])[:-1])


def _voted(
    kept: Sequence[npt.NDArray[np.bool_]], lookups: Sequence[_Lookup], segments: Sequence[Segment]
) -> tuple[Wholes, Wholes, Wholes]:
    """Cells with votes: (piece and lane, cell, votes of it and the next), by piece and lane."""
    bases = np.cumsum([0, *(segment.end for segment in segments)])
    codes = []
    for which, one in zip(kept, lookups, strict=True):
        counts = one.counts[which]
        rows = np.repeat(one.rows[which], counts)
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        postings = segments[one.segment].postings[one.view][one.band]
        places = postings.places[np.repeat(one.first[which], counts) + within]
        piece, moment = np.divmod(rows, _PIECE)
        ticks = (places.astype(np.int64) + bases[one.segment]) * TICKS - moment
        lane = piece * _LANES + one.lane
        codes.append((((lane << _CELL_BITS) + ticks // _CELL) << _ROW_BITS) + moment)
    every = np.concatenate(codes)
    every.sort()  # np.unique hashes, which takes eight times as long
    votes = every[_firsts(every)] >> _ROW_BITS  # a moment votes once for a cell
    first = np.flatnonzero(_firsts(votes))
    cells, counts = votes[first], np.diff(np.append(first, len(votes)))
    beside = np.append(cells[1:] == cells[:-1] + 1, False)
    both = counts + np.where(beside, np.append(counts[1:], 0), 0)
    return cells >> _CELL_BITS, cells & ((1 << _CELL_BITS) - 1), both


def _firsts(rising: Wholes) -> npt.NDArray[np.bool_]:
    """Where another value begins."""
    found = np.ones(len(rising), np.bool_)
    found[1:] = rising[1:] != rising[:-1]
    return found
