"""Words of sixteen signs, by which moments are looked up.

Multi-index hashing (Norouzi, Punjani, Fleet 2012) with exact words: two descriptors of the same
moment differ in some signs, but hardly in every word. A word is every other one of the 32 lowest
frequencies of one half of a descriptor.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.motion import BITS, Bits, Weights

BANDS: Final = 4
WIDTH: Final = 16
FLIPS: Final = 2
"""How many of a question's weakest signs of a word are tried the other way round, each alone."""

_HALF_BYTES = BITS // 16
_BYTES = 4
"""First bytes of a half that its two words are made of."""

Keys = npt.NDArray[np.uint16]


def _spread() -> npt.NDArray[np.uint16]:
    """(2, 256) the even and the odd bits of a byte, from the first on, as a number of four bits."""
    bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    places = np.array([8, 4, 2, 1])
    return np.stack([bits[:, ::2] @ places, bits[:, 1::2] @ places]).astype(np.uint16)


_SPREAD: Final = _spread()

_PLACES: Final = (1 << np.arange(WIDTH)[::-1]).astype(np.uint16)
"""What each sign of a word counts."""

_SIGNS: Final = tuple(
    np.array([half + parity + 2 * number for number in range(WIDTH)], np.intp)
    for half in (0, BITS // 2)
    for parity in (0, 1)
)
"""Which signs of a descriptor each word is made of."""


class Asked(NamedTuple):
    """Words that a question looks for; one row each.

    Attributes:
        row: of the question.
        band: of the word.
        key: the word.
    """

    row: npt.NDArray[np.int64]
    band: npt.NDArray[np.int64]
    key: Keys


def band_keys(bits: Bits) -> tuple[Keys, npt.NDArray[np.bool_]]:
    """The words of descriptors.

    Args:
        bits: (n, BITS / 8) packed.

    Returns:
        (BANDS, n) words, and where they say something: a half that is zero does not move.
    """
    keys = np.zeros((BANDS, len(bits)), np.uint16)
    says = np.zeros((BANDS, len(bits)), np.bool_)
    for half in (0, 1):
        part = bits[:, half * _HALF_BYTES : (half + 1) * _HALF_BYTES]
        says[2 * half : 2 * half + 2] = part.any(axis=1)
        for number in range(_BYTES):
            for parity in (0, 1):
                key = keys[2 * half + parity]
                key <<= 4
                key |= _SPREAD[parity][part[:, number]]
    return keys, says


def asked_keys(question: Weights) -> Asked:
    """The words of a question, and those with one of the weakest signs the other way round.

    Args:
        question: (q, BITS) float32, signed; halves that are zero look for nothing.
    """
    keys, says = band_keys(np.packbits(question > 0, axis=1))
    found: list[Asked] = []
    for band in range(BANDS):
        rows = np.flatnonzero(says[band])
        weakest = np.argsort(np.abs(question[np.ix_(rows, _SIGNS[band])]), axis=1)[:, :FLIPS]
        own = keys[band][rows][:, None]
        tried = np.concatenate([own, own ^ _PLACES[weakest]], axis=1)
        found.append(
            Asked(
                np.repeat(rows, tried.shape[1]).astype(np.int64),
                np.full(tried.size, band, np.int64),
                tried.ravel(),
            )
        )
    return Asked(*(np.concatenate(each) for each in zip(*found, strict=True)))
