"""How right answers of yes or no are, as numbers: pure functions with known answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_DRAWS = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        true: what would have been right.
        said: what was said; nothing said counts as no.
        confidence: of what was said, 0 to 1; None where nothing was.
    """

    true: bool
    said: bool
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """How often which answer was given; shares are 0 where nothing was asked for them."""

    right_yes: int
    wrong_yes: int
    right_no: int
    wrong_no: int

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Answered":
        """Count."""
        return cls(
            right_yes=sum(one.said and one.true for one in answers),
            wrong_yes=sum(one.said and not one.true for one in answers),
            right_no=sum(not one.said and not one.true for one in answers),
            wrong_no=sum(not one.said and one.true for one in answers),
        )

    @property
    def positives(self) -> int:
        """How many have it."""
        return self.right_yes + self.wrong_no

    @property
    def negatives(self) -> int:
        """How many have it not."""
        return self.right_no + self.wrong_yes

    @property
    def precision(self) -> float:
        """Of those said to have it, how many do."""
        return self.right_yes / max(1, self.right_yes + self.wrong_yes)

    @property
    def recall(self) -> float:
        """Of those who have it, of how many it is said."""
        return self.right_yes / max(1, self.positives)

    @property
    def specificity(self) -> float:
        """Of those who have it not, of how many that is said."""
        return self.right_no / max(1, self.negatives)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right_yes / max(1, 2 * self.right_yes + self.wrong_yes + self.wrong_no)

    @property
    def always_yes(self) -> float:
        """The F1 of saying yes of everybody: what a useful answer has to beat."""
        return 2 * self.positives / max(1, 2 * self.positives + self.negatives)


def f1_range(answers: Sequence[Answer]) -> tuple[float, float]:
    """Between which values the F1 lies in 95 % of samples drawn anew (Efron's bootstrap, 1979).

    The draws are the same at every call.
    """
    table = np.array([(one.true, one.said) for one in answers], np.bool_).reshape(-1, 2)
    draws = np.random.default_rng(0).integers(0, len(table), (_DRAWS, len(table)))
    true, said = table[draws, 0], table[draws, 1]
    both = 2 * (true & said).sum(axis=1)
    values = both / np.maximum(1, both + (true != said).sum(axis=1))
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def mean_confidence(answers: Sequence[Answer], *, right: bool) -> float | None:
    """Mean confidence where the answer was right, or where it was wrong; None where never."""
    values = [
        one.confidence
        for one in answers
        if one.confidence is not None and (one.said == one.true) is right
    ]
    return float(np.mean(values)) if values else None
