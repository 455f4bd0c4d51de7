"""Pictures: 256 signs of low frequencies, as in PDQ (Facebook 2019), however they are turned."""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.fingerprints.video import Found

STILL_BYTES: Final = 32

_SIDE = 64
_LOW = 16
_MOST_WRONG: Final = 0.22
"""Share of wrong bits; PDQ's own advice is 31 of 256 for the same picture, and crops have more."""

Still = npt.NDArray[np.uint8]


def still_print(picture: npt.NDArray[np.uint8]) -> Still:
    """Hash a picture.

    Args:
        picture: (h, w, 3) BGR or (h, w) grey, uint8.

    Returns:
        (STILL_BYTES,) uint8.
    """
    return np.packbits(_signs(_waves(picture)))


def _waves(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004
    small = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    found = cv2.dct(small.astype(np.float32))
    return np.asarray(found[1 : _LOW + 1, 1 : _LOW + 1], np.float32)


def _signs(waves: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    return np.asarray(waves > np.median(waves)).ravel()


def _turned(waves: npt.NDArray[np.float32]) -> list[Still]:
    """The hash of the picture in all ways to turn and mirror it (PDQ's dihedral hashes)."""
    odd = np.where(np.arange(1, _LOW + 1) % 2, -1, 1).astype(np.float32)
    every = []
    for each in (waves, waves.T):
        for down in (1, odd[:, None]):
            every += [np.packbits(_signs(each * down * across)) for across in (1, odd[None, :])]
    return every


class StillLibrary:
    """Pictures that can be asked for.

    Args:
        prints: by key.
    """

    def __init__(self, prints: Mapping[str, Still]) -> None:
        self._keys = list(prints)
        rows = [np.asarray(prints[key], np.uint8) for key in self._keys]
        stacked = np.stack(rows) if rows else np.zeros((0, STILL_BYTES), np.uint8)
        self._rows = np.ascontiguousarray(stacked).view(np.uint64)

    def find(self, picture: npt.NDArray[np.uint8]) -> list[Found]:
        """Every copy of the picture, the most alike first; times are zero."""
        if not self._keys:
            return []
        turned = [each.view(np.uint64) for each in _turned(_waves(picture))]
        wrong = np.stack(
            [np.bitwise_count(self._rows ^ one).sum(axis=1, dtype=np.int64) for one in turned]
        )
        least = wrong.min(axis=0) / (STILL_BYTES * 8)
        order = np.argsort(least, kind="stable")
        return [
            Found(
                key=self._keys[one],
                start=0.0,
                duration=0.0,
                other_start=0.0,
                other_duration=0.0,
                similarity=1 - float(least[one]),
                mirrored=bool(wrong[:, one].argmin()),
            )
            for one in order
            if least[one] <= _MOST_WRONG
        ]
