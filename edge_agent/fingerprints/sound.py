"""Finding a sound's pieces in a library of sounds: offsets by exact items, then bits along them.

As Chromaprint's own matcher (Lalinsky 2011): two recordings of the same sound share some items
exactly, and differ in few bits of the others. It knows no other speed.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from edge_agent.fingerprints.chromaprint import ITEM_S, Items
from edge_agent.fingerprints.video import Found

_KEY_SHIFT = 12
"""The upper twenty bits of an item are its key."""
_CROWDED = 200
_OFFSETS = 8
_LEAST_SHARED = 2
_SMOOTH = 8
_MOST_WRONG: Final = 0.3
"""Share of wrong bits below which a moment is for a match; unrelated sounds have a half."""
_LEAST_S = 2.4
_HEARD_S = 2.6
"""Seconds of sound that one item is made of: 16 frames and the filter's reach."""
_MOST_MEAN_WRONG = 0.25
_ITEM_BITS = 32
_LEAST_KINDS = 6
"""Silence is one item over and over, and alike everywhere."""


class SoundLibrary:
    """Sounds that can be asked for.

    Args:
        prints: items by key.
    """

    def __init__(self, prints: Mapping[str, Items]) -> None:
        self._prints = [(key, items) for key, items in prints.items() if len(items)]
        every = [items for _, items in self._prints]
        self._starts = np.cumsum([0, *(len(items) for items in every)])
        self._items = np.concatenate(every) if every else np.zeros(0, np.uint32)
        keys = self._items >> _KEY_SHIFT
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def find(self, question: Items) -> list[Found]:
        """Every piece of the question that is in the library, by its start."""
        found = [
            self._aligned(question, place, offset) for place, offset in self._candidates(question)
        ]
        pieces = sorted((piece for piece in found if piece), key=lambda piece: -piece.duration)
        best: list[Found] = []
        for piece in pieces:
            if not any(_same(piece, other) for other in best):
                best.append(piece)
        return sorted(best, key=lambda piece: piece.start)

    def _candidates(self, question: Items) -> list[tuple[int, int]]:
        keys = question >> _KEY_SHIFT
        first = np.searchsorted(self._keys, keys, side="left")
        counts = np.searchsorted(self._keys, keys, side="right") - first
        most = max(_CROWDED, len(self._keys) // 1000)
        counts[counts > most] = 0
        rows = np.repeat(np.arange(len(question)), counts)
        if len(rows) == 0:
            return []
        within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
        others = self._order[first[rows] + within]
        place = np.searchsorted(self._starts, others, side="right") - 1
        offset = others - self._starts[place] - rows
        lines, votes = np.unique(np.stack([place, offset]), axis=1, return_counts=True)
        best = np.argsort(-votes, kind="stable")[: _OFFSETS * (1 + len(question) // 80)]
        return [
            (int(lines[0, one]), int(lines[1, one])) for one in best if votes[one] >= _LEAST_SHARED
        ]

    def _aligned(self, question: Items, place: int, offset: int) -> Found | None:
        key, items = self._prints[place]
        first, last = max(0, -offset), min(len(question), len(items) - offset)
        if last <= first:
            return None
        here = question[first:last]
        wrong = np.bitwise_count(here ^ items[first + offset : last + offset]) / _ITEM_BITS
        kernel = np.ones(_SMOOTH) / min(_SMOOTH, len(wrong))
        smooth = np.convolve(wrong, kernel, mode="same") if len(wrong) >= _SMOOTH else wrong
        sums = np.concatenate([[0.0], np.cumsum(_MOST_WRONG - smooth)])
        end = int(np.argmax(sums - np.minimum.accumulate(sums)))
        start = int(np.argmin(sums[: end + 1]))
        if (end - start) * ITEM_S < _LEAST_S or len(np.unique(here[start:end])) < _LEAST_KINDS:
            return None
        mean = float(wrong[start:end].mean())
        if mean > _MOST_MEAN_WRONG:
            return None
        begin, seconds = (first + start) * ITEM_S, (end - start) * ITEM_S
        if end == len(here):  # the last item speaks for what it was made of, too
            seconds += _HEARD_S
        return Found(
            key=key,
            start=begin,
            duration=seconds,
            other_start=(first + start + offset) * ITEM_S,
            other_duration=seconds,
            similarity=1 - mean,
            mirrored=False,
        )


def _same(one: Found, other: Found) -> bool:
    shared = min(one.start + one.duration, other.start + other.duration) - max(
        one.start, other.start
    )
    return one.key == other.key and shared > min(one.duration, other.duration) / 3
