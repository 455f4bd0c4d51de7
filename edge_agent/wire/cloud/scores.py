"""Scores, as the cloud's clients can read them."""

from typing import Final

_DIGITS: Final = 6


def shown_score(score: float) -> float:
    """Round a score or share, 0 to 1: pop-core reads numbers of more than 15 signs as text."""
    return round(float(score), _DIGITS)
