"""What moves, as bits with time.

Every hour of a fixed camera looks alike: a hash of its pictures says which scene it is, and never
when. What is hashed here is therefore what changed: the difference to the picture half a second
before, and to the mean of some seconds around. A logo that stays in its place cancels out, and so
do brightness and, as only signs are kept, contrast. The signs are those of the low frequencies of
a cosine transform, as in the perceptual hash of pHash (Zauner 2010) and PDQ (Facebook 2019).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

RATE: Final = 10.0
"""Pictures per second that are looked at."""

KEPT_RATE: Final = 5.0
"""Descriptors per second that a library keeps."""

SIDE: Final = 64
"""Width and height in pixels of the pictures that are looked at, whatever their shape was."""

BITS: Final = 128
"""Of one descriptor: 64 of the step, 64 of the surroundings."""

_EACH = BITS // 2
_FREQUENCIES = 12
_STEP_S = 0.5
_AROUND_S = 3.0
_CUT = 0.5
"""Two pictures in a row that differ by more than this share of their energies are of two shots."""
_LEAST_CUT = 3.0
"""Grey levels; dark pictures are all noise."""
_LEAST_SEEN = 0.05
"""What the surroundings count for at the least, beside the step."""
_BAR_LEVELS = 14
"""A border row or column that is alike to within so many grey levels, all the time, is a bar."""
_MOST_BAR = 0.35
_STILL = 0.45
"""Grey levels: below this deviation a difference is noise of the camera and of the coder."""

Pictures = npt.NDArray[np.uint8]
Bits = npt.NDArray[np.uint8]
Seconds = npt.NDArray[np.float64]
Weights = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


def _zigzag() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The lowest frequencies but the constant, in rising order."""
    pairs = [(u, v) for u in range(_FREQUENCIES) for v in range(_FREQUENCIES) if u + v]
    pairs.sort(key=lambda pair: (pair[0] ** 2 + pair[1] ** 2, pair))
    rows, columns = zip(*pairs[:_EACH], strict=True)
    return np.array(rows, np.intp), np.array(columns, np.intp)


_ROWS, _COLUMNS = _zigzag()

_MIRRORED: Final = np.tile(np.where(_COLUMNS % 2, -1, 1).astype(np.float32), 2)
"""A mirrored picture has the odd horizontal frequencies with the other sign."""


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How a video moves.

    Attributes:
        at: (n,) seconds from its start, evenly spaced by `1 / rate`.
        coefficients: (n, BITS) float32, signed, each half of unit length where something moves and
            zero where nothing does.
    """

    at: Seconds
    coefficients: Weights

    @property
    def moving(self) -> npt.NDArray[np.bool_]:
        """(n,) where anything moves at all."""
        return np.asarray(np.any(self.coefficients, axis=1))

    def mirrored(self) -> "Motion":
        """The same seen in a mirror that stands beside it."""
        return replace(self, coefficients=self.coefficients * _MIRRORED)

    def kept(self) -> "Motion":
        """What a library keeps: fewer moments."""
        every = round(RATE / KEPT_RATE)
        return Motion(self.at[::every], self.coefficients[::every])

    def bits(self) -> Bits:
        """(n, BITS / 8) uint8, packed signs; all zero where nothing moves."""
        return np.packbits((self.coefficients > 0), axis=1)


def motion_of(at: Seconds, pictures: Pictures, *, margin: float = 0.0) -> Motion:
    """Describe a video by what moves in it.

    Args:
        at: (n,) seconds of the pictures, rising.
        pictures: (n, SIDE, SIDE) uint8 grey.
        margin: share of the width and height that is cut off at each border beforehand.

    Returns:
        one descriptor per `1 / RATE` seconds from 0 to the last picture.
    """
    if len(at) == 0:
        return Motion(np.zeros(0), np.zeros((0, BITS), np.float32))
    waves = _waves(pictures, margin)
    times = np.arange(0.0, float(at[-1]) + 0.5 / RATE, 1 / RATE)
    even = waves[_nearest(at, times)]
    first, last = _shots(even)
    around, seen = _around(even, first, last)
    halves = [_signed(_step(even, first)), _signed(even - around) * seen[:, None]]
    return Motion(times, np.concatenate(halves, axis=1))


def _nearest(at: Seconds, times: Seconds) -> npt.NDArray[np.intp]:
    after = np.clip(np.searchsorted(at, times), 0, len(at) - 1)
    before = np.maximum(after - 1, 0)
    return np.where(np.abs(at[before] - times) <= np.abs(at[after] - times), before, after)


def _waves(pictures: Pictures, margin: float) -> Weights:
    """(n, _EACH) the low frequencies of each picture's inside; the transform is linear."""
    some = pictures[:: max(1, len(pictures) // 200)]
    down = _basis(_without_bars(some.min(axis=(0, 2)), some.max(axis=(0, 2))), margin)
    across = _basis(_without_bars(some.min(axis=(0, 1)), some.max(axis=(0, 1))), margin)
    # first along the rows of all pictures as one product, which is what BLAS is quickest at
    halfway = (pictures.reshape(-1, SIDE).astype(np.float32) @ across.T).reshape(
        len(pictures), SIDE, _FREQUENCIES
    )
    return np.asarray((down @ halfway)[:, _ROWS, _COLUMNS], np.float32)


def _basis(span: tuple[int, int], margin: float) -> Weights:
    """(_FREQUENCIES, SIDE) cosines (DCT-II) over a span of pixels; its squares add up to 1."""
    first, last = span
    cut = margin * (last - first)
    low, high = first + cut, last - cut
    centres = (np.arange(SIDE) + 0.5 - low) / (high - low)
    covered = np.clip(
        np.minimum(np.arange(SIDE) + 1, high) - np.maximum(np.arange(SIDE), low), 0, 1
    )
    waves = np.cos(np.pi * np.arange(_FREQUENCIES)[:, None] * centres) * covered
    waves[1:] *= np.sqrt(2)
    return np.asarray(waves / (high - low), np.float32)


def _without_bars(least: Pictures, most: Pictures) -> tuple[int, int]:
    """First and one past the last line that is no bar of a letterbox."""
    lively = np.flatnonzero(most.astype(np.int16) - least > _BAR_LEVELS)
    if len(lively) == 0:
        return 0, SIDE
    first, last = int(lively[0]), int(lively[-1]) + 1
    most_bar = int(_MOST_BAR * SIDE)
    # one line more goes with a bar, which the scaling has mixed with it
    first = min(first + 1, most_bar) if first else 0
    last = max(last - 1, SIDE - most_bar) if last < SIDE else SIDE
    return first, last


def _shots(even: Weights) -> tuple[Places, Places]:
    """(n,) first picture of the shot that each is in, and one past the last.

    What moves is told within a shot: across a cut everything would have moved, and a piece of a
    video would not be described as it is in the whole one.
    """
    energy = (even**2).sum(axis=1)
    changed = ((even[1:] - even[:-1]) ** 2).sum(axis=1)
    cut = (changed > _CUT * (energy[1:] + energy[:-1])) & (changed > _LEAST_CUT**2)
    borders = np.concatenate([[0], np.flatnonzero(cut) + 1, [len(even)]])
    shot = np.searchsorted(borders, np.arange(len(even)), side="right") - 1
    return borders[shot], borders[shot + 1]


def _step(even: Weights, first: Places) -> Weights:
    """The difference to the picture half a second before, where that is of the same shot."""
    back = round(_STEP_S * RATE)
    changed = np.zeros_like(even)
    changed[back:] = even[back:] - even[:-back]
    changed[np.arange(len(even)) - back < first] = 0
    return changed


def _around(even: Weights, first: Places, last: Places) -> tuple[Weights, Weights]:
    """The mean of some seconds before and after within the shot, and how far it can be relied on.

    At the border of a shot, or of an excerpt, half of those seconds are not there, and the whole
    video's mean is another one.
    """
    reach = round(_AROUND_S * RATE)
    sums = np.concatenate([np.zeros((1, _EACH)), np.cumsum(even, axis=0, dtype=np.float64)])
    at = np.arange(len(even))
    low, high = np.maximum(at - reach, first), np.minimum(at + reach + 1, last)
    mean = (sums[high] - sums[low]) / (high - low)[:, None]
    there = (high - low) / (2 * reach + 1)
    return np.asarray(mean, np.float32), np.maximum(2 * there - 1, _LEAST_SEEN).astype(np.float32)


def _signed(changed: Weights) -> Weights:
    """(n, _EACH) of unit length, zero where the difference is but noise."""
    deviation = np.sqrt((changed**2).sum(axis=1, keepdims=True))
    # the square root keeps one strong frequency from speaking for all
    found = np.sign(changed) * np.sqrt(np.abs(changed))
    found *= deviation > _STILL
    length = np.linalg.norm(found, axis=1, keepdims=True)
    return np.asarray(found / np.maximum(length, 1e-6), np.float32)
