"""Postings of some videos: for every word the places at which it stands, in one order.

A segment is made once. Videos that go are marked, and their postings go when segments are merged.
Places are counted along one axis on which the videos of the segment follow one another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.band_keys import BANDS, WIDTH, band_keys
from edge_agent.fingerprints.motion import KEPT_RATE, RATE, Bits

STRIDE: Final = 2
"""Of so many moments that a library keeps one is looked up by: a question asks with all of its own,
and so hits each of them within half of `1 / RATE` seconds."""

TICKS: Final = STRIDE * round(RATE / KEPT_RATE)
"""Places are so many times `1 / RATE` seconds apart."""

PADDING: Final = 32
"""Places between two videos: what begins before a video does is not in the one before."""

_KEYS: Final = 1 << WIDTH
_TABLE: Final = 1 << 16
"""With more postings than this a table of starts takes less than the words themselves."""

Places = npt.NDArray[np.uint32]
Wholes = npt.NDArray[np.int64]


class Postings:
    """The places of one word of all moments, by the word.

    Args:
        keys: (n,) words, rising.
        places: (n,) where they stand.
    """

    def __init__(self, keys: npt.NDArray[np.uint16], places: Places) -> None:
        self.places = places
        self._keys: npt.NDArray[np.uint16] | None = None
        self._starts: npt.NDArray[np.uint32] | None = None
        if len(places) < _TABLE:
            self._keys = keys
        else:
            counts = np.bincount(keys, minlength=_KEYS)
            self._starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)

    @classmethod
    def sorted(cls, keys: npt.NDArray[np.uint16], places: Places) -> Self:
        """Put them in order; a radix sort, which keeps the order of the places."""
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], places[order])

    def __len__(self) -> int:
        return len(self.places)

    def keys(self) -> npt.NDArray[np.uint16]:
        """The words, rising."""
        if self._keys is not None:
            return self._keys
        assert self._starts is not None  # noqa: S101 - one of them is kept
        return np.repeat(np.arange(_KEYS, dtype=np.uint16), np.diff(self._starts))

    def find(self, asked: npt.NDArray[np.uint16]) -> tuple[Wholes, Wholes]:
        """First posting of each word asked for, and how many there are."""
        if self._keys is not None:
            first = np.searchsorted(self._keys, asked, side="left").astype(np.int64)
            last = np.searchsorted(self._keys, asked, side="right").astype(np.int64)
        else:
            assert self._starts is not None  # noqa: S101 - one of them is kept
            wide = asked.astype(np.int64)
            first = self._starts[wide].astype(np.int64)
            last = self._starts[wide + 1].astype(np.int64)
        return first, last - first

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        beside = self._keys if self._keys is not None else self._starts
        return self.places.nbytes + (0 if beside is None else beside.nbytes)


@dataclass(slots=True, eq=False)
class Segment:
    """Some videos.

    Attributes:
        files: their ids.
        starts: (files,) the place at which each begins.
        lengths: (files,) how many places each has.
        alive: (files,) which have not been removed.
        postings: per view, per word.
        end: the place behind the last.
    """

    files: list[str]
    starts: Wholes
    lengths: Wholes
    alive: npt.NDArray[np.bool_]
    postings: list[list[Postings]]
    end: int

    @property
    def size(self) -> int:
        """Bytes of its postings."""
        return sum(each.size for view in self.postings for each in view)

    @property
    def dead(self) -> int:
        """Places of videos that were removed."""
        return int(self.lengths[~self.alive].sum())


def make_segment(files: Sequence[tuple[str, Sequence[Bits]]], views: int) -> Segment:
    """Index videos.

    Args:
        files: id, and per view the kept descriptors.
        views: how many each has.
    """
    lengths = np.array([len(each[0][::STRIDE]) for _, each in files], np.int64)
    starts = PADDING + np.concatenate([[0], np.cumsum(lengths + PADDING)]).astype(np.int64)
    own = [
        np.arange(length, dtype=np.uint32) + np.uint32(start)
        for length, start in zip(lengths, starts, strict=False)
    ]
    axis = np.concatenate(own) if own else np.zeros(0, np.uint32)
    postings: list[list[Postings]] = []
    for view in range(views):
        kept = [each[view][::STRIDE] for _, each in files]
        keys, says = band_keys(np.concatenate(kept) if kept else np.zeros((0, 16), np.uint8))
        postings.append(
            [Postings.sorted(keys[band][says[band]], axis[says[band]]) for band in range(BANDS)]
        )
    names = [file for file, _ in files]
    return Segment(
        names, starts[:-1], lengths, np.ones(len(names), np.bool_), postings, int(starts[-1])
    )


def merged(segments: Sequence[Segment]) -> Segment:
    """One segment of the videos that are left in some."""
    end = PADDING
    files: list[str] = []
    starts, lengths, moves = [], [], []
    for segment in segments:
        kept = np.flatnonzero(segment.alive)
        sizes = segment.lengths[kept] + PADDING
        new = end + np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        moves.append((kept, new[:-1] - segment.starts[kept]))
        files += [segment.files[one] for one in kept]
        starts.append(new[:-1])
        lengths.append(segment.lengths[kept])
        end = int(new[-1])
    views = len(segments[0].postings)
    postings = [
        [_joined(segments, moves, view, band) for band in range(BANDS)] for view in range(views)
    ]
    alive = np.ones(len(files), np.bool_)
    return Segment(files, np.concatenate(starts), np.concatenate(lengths), alive, postings, end)


def _joined(
    segments: Sequence[Segment],
    moves: Iterable[tuple[npt.NDArray[np.intp], Wholes]],
    view: int,
    band: int,
) -> Postings:
    keys, places = [], []
    for segment, (kept, move) in zip(segments, moves, strict=True):
        one = segment.postings[view][band]
        if len(kept) == 0:
            continue
        shift, left = move[0], np.ones(len(one), np.bool_)
        if len(kept) < len(segment.files):
            which = np.searchsorted(segment.starts, one.places, side="right") - 1
            left = segment.alive[which]
            shift = move[np.searchsorted(kept, which[left])]
        keys.append(one.keys()[left])
        places.append((one.places[left].astype(np.int64) + shift).astype(np.uint32))
    if not keys:
        return Postings(np.zeros(0, np.uint16), np.zeros(0, np.uint32))
    return Postings.sorted(np.concatenate(keys), np.concatenate(places))
