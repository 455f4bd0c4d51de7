"""Which moments of a library share sixteen signs with a moment of a question.

Multi-index hashing (Norouzi, Punjani, Fleet 2012) with exact bands: two descriptors of the same
moment differ in some bits, but hardly in every band. It takes no more than a table per band, and
sequential memory.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.motion import BITS, Bits, Weights

_WIDTH = 16
_FLIPS = 2
"""How many of the question's weakest signs of a band are tried the other way round, each alone."""

_CROWDED = 8
"""A key that so many times the mean share says nothing and is passed over."""

_LEAST = 64
_AT_ONCE = 1 << 18

_BANDS: Final = tuple(
    tuple(half + band + 2 * bit for bit in range(_WIDTH))
    for half in (0, BITS // 2)
    for band in (0, 1)
)
"""Signs of each band: the low frequencies of each half, every other one."""

_PLACES: Final = (1 << np.arange(_WIDTH)).astype(np.uint32)

Hits = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


class BandIndex:
    """Looks up moments; made anew when the library has changed.

    Args:
        bits: (n, BITS / 8) packed descriptors; those without motion are never found.
    """

    def __init__(self, bits: Bits) -> None:
        moving = np.flatnonzero(bits.any(axis=1)).astype(np.uint32)
        every = np.empty((len(_BANDS), len(moving)), np.uint16)
        # in pieces: as single bytes the signs are eight times as large
        for first in range(0, len(moving), _AT_ONCE):
            signs = np.unpackbits(bits[moving[first : first + _AT_ONCE]], axis=1)
            for number, band in enumerate(_BANDS):
                every[number, first : first + _AT_ONCE] = _keys(signs[:, band])
        self._rows: list[npt.NDArray[np.uint32]] = []
        self._starts: list[npt.NDArray[np.int64]] = []
        for keys in every:
            order = np.argsort(keys, kind="stable")  # a radix sort
            self._rows.append(moving[order])
            counts = np.bincount(keys, minlength=1 << _WIDTH)
            self._starts.append(np.concatenate([[0], np.cumsum(counts)]))
        self._most = max(_LEAST, _CROWDED * len(moving) >> _WIDTH)

    def find(self, question: Weights) -> Hits:
        """Moments that share a band.

        Args:
            question: (q, BITS) float32 signed; rows that are zero find nothing.

        Returns:
            two arrays: row of the question, row of the library.
        """
        asking = np.flatnonzero(question.any(axis=1))
        found = [
            self._find_band(number, asking, question[asking][:, band])
            for number, band in enumerate(_BANDS)
        ]
        return (
            np.concatenate([rows for rows, _ in found]),
            np.concatenate([others for _, others in found]),
        )

    def _find_band(self, number: int, asking: npt.NDArray[np.intp], values: Weights) -> Hits:
        keys = _keys(values > 0)
        weakest = np.argsort(np.abs(values), axis=1)[:, :_FLIPS]
        tried = np.concatenate([keys[:, None], keys[:, None] ^ _PLACES[weakest]], axis=1)
        rows = np.repeat(asking, tried.shape[1])
        starts = self._starts[number][tried.ravel()]
        counts = self._starts[number][tried.ravel() + 1] - starts
        counts[counts > self._most] = 0
        which = np.repeat(np.arange(len(counts)), counts)
        within = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        others = self._rows[number][starts[which] + within]
        return rows[which].astype(np.int64), others.astype(np.int64)


def _keys(signs: Sequence[Sequence[bool]] | npt.NDArray[np.generic]) -> npt.NDArray[np.uint32]:
    return np.asarray(np.asarray(signs, np.uint32) @ _PLACES, np.uint32)
