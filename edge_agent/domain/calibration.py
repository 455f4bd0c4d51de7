"""How much a similarity says about two sights being one person, and what follows from it.

The evidence of one part is the natural logarithm of a likelihood ratio: how much likelier this
similarity is between two sights of one person than between strangers. It is fitted on labelled
pairs (`scripts/bench calibration`) and belongs to the model that made the vectors.

What is assumed, beyond the pairs that were measured:

- Face and body err independently of each other (light and pose here, clothes there), given that
  it is one person and given that it is two. So their evidence adds up.
- Somebody may have changed what a part shows: other clothes, or a face that was mixed up. In
  `unlike` of the sights of one person the part resembles as a stranger's would, so that however
  little two sights resemble, it speaks against one person with no more than ln(unlike).
- Before anything is compared, one of all the remembered sights that are compared is theirs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from edge_agent.domain.vector import Part


class Evidence(Protocol):
    """What the similarities of one part are worth."""

    def evidence(self, similarity: float, /) -> float:
        """Natural logarithm of the likelihood ratio of a cosine similarity; grows with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Evidence fitted on labelled pairs: a straight line, held within what the pairs can tell.

    Attributes:
        slope: nats per unit of similarity.
        offset: nats at similarity 0.
        highest: no similarity is worth more: so many pairs of strangers were compared and no more.
        unlike: share of the sights of one person in which this part looks like a stranger's.
    """

    slope: float
    offset: float
    highest: float
    unlike: float

    def evidence(self, similarity: float, /) -> float:
        """As in `Evidence`; never below ln(unlike)."""
        fitted = min(self.highest, self.slope * similarity + self.offset)
        return math.log((1 - self.unlike) * math.exp(fitted) + self.unlike)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Evidence of a model of which only the false alarms at its threshold are known.

    A similarity either reaches the threshold, as that of `FOUND` of the pairs of one person does,
    or says nothing.

    Attributes:
        threshold: cosine similarity.
        false_alarm_rate: share of pairs of strangers that reach it; above 0.
    """

    threshold: float
    false_alarm_rate: float

    def evidence(self, similarity: float, /) -> float:
        """As in `Evidence`; 0 below the threshold."""
        if similarity < self.threshold:
            return 0.0
        return max(0.0, math.log(FOUND / self.false_alarm_rate))


FOUND = 0.9
"""Share of pairs of one person that reach a threshold, where nobody measured it; assumed."""


def evidence(
    similarity: Mapping[Part, float], calibration: Mapping[Part, Evidence]
) -> float | None:
    """Evidence of all parts together, in nats.

    Returns:
        None where a part was compared whose similarities nobody can tell the worth of.
    """
    if not similarity or not similarity.keys() <= calibration.keys():
        return None
    return sum(calibration[part].evidence(value) for part, value in similarity.items())


def probability(found: float, compared: int) -> float:
    """How likely it is that a sight is the person asked about.

    Args:
        found: the evidence, in nats.
        compared: how many remembered sights were compared; one of them is expected to be theirs.

    Returns:
        0 to 1.
    """
    prior = 1 / max(2, compared)
    odds = found + math.log(prior / (1 - prior))
    return 1 / (1 + math.exp(-max(-700.0, min(700.0, odds))))
