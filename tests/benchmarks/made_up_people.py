"""Vectors of people who do not exist, in numbers no data set has, spread as real ones are.

A person is drawn from the covariance of real people's means, her sights around her from the
covariance of real sights around theirs. How near this comes is told beside the real ones.
"""

from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Floats
from tests.benchmarks.real_vectors import People

SIGHTS = 5
"""Vectors of each person."""

_SHRINK = 0.15
"""Share of a covariance that is taken as alike in all directions: there are few real people."""

_BATCH = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How people differ, and how sights of one person do.

    Attributes:
        middle: (d,) of all people.
        people: (d, d) lower triangular, around the middle.
        sights: (d, d) lower triangular, around a person.
    """

    middle: Floats
    people: Floats
    sights: Floats

    @classmethod
    def of(cls, real: People) -> "Spread":
        """Estimate it; people of whom there is one vector tell of people alone."""
        numbers, sizes = np.unique(real.who, return_counts=True)
        means = np.stack([real.rows[real.who == number].mean(0) for number in numbers])
        often = numbers[sizes > 1]
        around = np.concatenate(
            [
                (rows - rows.mean(0)) * np.sqrt(len(rows) / (len(rows) - 1))
                for rows in (real.rows[real.who == number] for number in often)
            ]
        )
        return cls(means.mean(0), _root(means), _root(around))


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Made-up people.

    Attributes:
        rows: (n, d) float32 of length 1, `SIGHTS` after each other of one person.
        people: (n / SIGHTS, d) what their sights are drawn around; not of length 1.
    """

    rows: Floats
    people: Floats
    spread: Spread

    @classmethod
    def of(cls, spread: Spread, count: int, chance: np.random.Generator) -> "Crowd":
        """Draw so many vectors."""
        dimensions = len(spread.people)
        people = spread.middle + _drawn(spread.people, count // SIGHTS, chance)
        rows = np.empty((len(people) * SIGHTS, dimensions), np.float32)
        for first in range(0, len(people), _BATCH):
            some = np.repeat(people[first : first + _BATCH], SIGHTS, axis=0)
            some += _drawn(spread.sights, len(some), chance)
            rows[first * SIGHTS : first * SIGHTS + len(some)] = _unit(some)
        return cls(rows, people, spread)

    def asked(self, who: np.ndarray, chance: np.random.Generator) -> Floats:
        """(len(who), d) another sight of each of these people."""
        return _unit(self.people[who] + _drawn(self.spread.sights, len(who), chance))


def _root(rows: Floats) -> Floats:
    covariance = np.cov(rows.T)
    alike = np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    mixed = (1 - _SHRINK) * covariance + _SHRINK * alike
    return np.asarray(np.linalg.cholesky(mixed), np.float32)


def _drawn(root: Floats, count: int, chance: np.random.Generator) -> Floats:
    return np.asarray(chance.standard_normal((count, len(root)), np.float32) @ root.T, np.float32)


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
