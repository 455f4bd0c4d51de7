"""What several pictures of one person say together about clothes and things."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from edge_agent.domain.attributes import COLOURS, TRAITS, Attributes
from edge_agent.domain.worn import LOWER, NO, PRESENTS, UPPER, YES, Worn

_LEAST = 1e-3
"""Weight of a picture of quality 0: it counts where there is nothing better."""


class Impression:
    """The mean over the pictures, each weighted with its quality; their order does not matter.

    A picture says something with a probability; what counts is the mean probability and no vote,
    so that one that is unsure weighs little against one that is sure.
    """

    def __init__(self) -> None:
        self._weight = 0.0
        self._of_male = 0.0
        self._traits = np.zeros(len(TRAITS))
        self._upper, self._lower = np.zeros(len(COLOURS)), np.zeros(len(COLOURS))
        self._male = 0.0

    def add(self, seen: Attributes, quality: float) -> None:
        """Take in one picture.

        Args:
            seen: one row.
            quality: of the body in it, 0 to 1.
        """
        weight = max(quality, _LEAST)
        self._weight += weight
        self._traits += weight * seen.traits[0]
        self._upper += weight * seen.upper[0]
        self._lower += weight * seen.lower[0]
        if seen.male is not None:
            self._of_male += weight
            self._male += weight * float(seen.male[0])

    def said(self, offered: Mapping[str, float]) -> tuple[Worn, ...]:
        """What can be said by now; nothing before the first picture.

        Args:
            offered: attributes that may be told, each with the mean probability from which on it
                is `yes`; of colours the number is of no use: the largest share is told.
        """
        if not self._weight:
            return ()
        found = {
            trait.key: _yes_or_no(trait.key, float(total / self._weight), offered)
            for trait, total in zip(TRAITS, self._traits, strict=True)
            if trait.key in offered
        }
        for key, shares in ((UPPER, self._upper), (LOWER, self._lower)):
            if key in offered:
                found[key] = _colour(key, shares / self._weight)
        if PRESENTS in offered and self._of_male:
            found[PRESENTS] = _presents(self._male / self._of_male, offered[PRESENTS])
        return tuple(found.values())


def _yes_or_no(key: str, probability: float, offered: Mapping[str, float]) -> Worn:
    if probability >= offered[key]:
        return Worn(key, YES, _rounded(probability))
    return Worn(key, NO, _rounded(1 - probability))


def _colour(key: str, shares: npt.NDArray[np.float64]) -> Worn:
    largest = int(shares.argmax())
    return Worn(key, COLOURS[largest].key, _rounded(float(shares[largest])))


def _presents(male: float, threshold: float) -> Worn:
    if male >= threshold:
        return Worn(PRESENTS, "man", _rounded(male))
    return Worn(PRESENTS, "woman", _rounded(1 - male))


def _rounded(confidence: float) -> float:
    return round(min(max(confidence, 0.0), 1.0), 3)
