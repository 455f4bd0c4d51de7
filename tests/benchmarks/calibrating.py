"""Fitting evidence to labelled pairs and judging it: pure functions with known answers."""

import math
from dataclasses import dataclass

import numpy as np

from edge_agent.domain.calibration import Curve
from tests.benchmarks.labelled_sights import Numbers, Pairs
from tests.benchmarks.scoring import Flags, Scores

PRIOR = 0.001
"""Share of pairs of one person that the fit is made for: there a search's thresholds lie. Where ten
pairs of strangers are a larger share of all, that."""

FALSE_ALARMS = (1, 4, 10, 100)
"""Per 10,000 comparisons: thresholds are offered for these."""

LOWEST, STEP, BINS = -6.0, 1.5, 12
"""Bins of evidence, nats."""

_VISIBLE = 0.25
_PER = 10_000
_FEW = 10
"""A rate that fewer pairs than this show is not known well enough to set a threshold by."""

_STEPS = 200
_RIDGE = 1e-12
_SETTLED = 1e-7
_RULE_OF_THREE = 3
"""Of an event that n trials did not show, 3/n is the 95 % upper bound of the rate."""


def fitted(pairs: Pairs, unlike: float | None = None) -> Curve:
    """The straight line of evidence over similarity that explains the pairs best.

    Logistic regression with the pairs weighted to `PRIOR` (Brümmer and du Preez, "Application-
    independent evaluation of speaker detection", 2006), by Newton's method. What the pairs could
    not show is not claimed: what none of n pairs of strangers showed may, with 95 % confidence,
    still be as frequent as 3/n.

    Args:
        pairs: both kinds.
        unlike: as in `Curve`; None takes what the number of pairs supports.
    """
    prior = max(PRIOR, min(0.5, _FEW / max(pairs.strangers, 1)))
    weight = pairs.weight.astype(np.float64)
    for same, share in ((pairs.same, prior), (~pairs.same, 1 - prior)):
        weight[same] *= share / weight[same].sum()
    slope, offset = _line(pairs.score.astype(np.float64), pairs.same, weight)
    return Curve(
        slope=slope,
        offset=offset - math.log(prior / (1 - prior)),
        highest=math.log(max(pairs.strangers / _RULE_OF_THREE, 1.0)),
        unlike=min(0.5, _RULE_OF_THREE / pairs.people) if unlike is None else unlike,
    )


def _line(score: Scores, same: Flags, weight: Scores) -> tuple[float, float]:
    """Slope and offset of the log odds over the similarity; Newton with halved strides."""
    rows = np.stack([score, np.ones_like(score)], axis=1)
    sign = np.where(same, -1.0, 1.0)

    def loss(line: Scores) -> float:
        return float((weight * np.logaddexp(0, sign * (rows @ line))).sum())

    share = float(weight[same].sum())
    line = np.array([0.0, math.log(share / (1 - share))])
    for _ in range(_STEPS):
        told = logistic(rows @ line)
        slant = rows.T @ (weight * (told - same))
        bend = (rows * (weight * told * (1 - told))[:, None]).T @ rows
        step = np.linalg.solve(bend + _RIDGE * np.eye(2), slant)
        while loss(line - step) > loss(line) and np.abs(step).max() > _SETTLED:
            step = step / 2
        line = line - step
        if np.abs(step).max() <= _SETTLED:
            break
    return float(line[0]), float(line[1])


def thresholds(pairs: Pairs) -> dict[int, float]:
    """The similarity that so many of 10,000 pairs of strangers reach.

    None where fewer than ten different pairs of strangers stand for the rate.
    """
    strangers = np.sort(pairs.score[~pairs.same])[::-1]
    found = {}
    for alarms in FALSE_ALARMS:
        reach = len(strangers) * alarms // _PER
        if pairs.strangers * alarms / _PER >= _FEW:
            found[alarms] = float(strangers[reach])
    return found


@dataclass(frozen=True, slots=True)
class Judged:
    """How right told probabilities are, at one prior.

    Attributes:
        brier: mean squared difference of told probability and truth.
        error: expected calibration error: the mean difference of told probability and counted
            share over twelve bins of evidence, by weight.
        cost: Brümmer's Cllr in bits, at even odds: 0 is perfect, 1 is what saying nothing costs.
    """

    brier: float
    error: float
    cost: float


def told(curve: Curve, pairs: Pairs) -> Scores:
    """(n,) evidence of every pair, nats."""
    return np.array([curve.evidence(float(score)) for score in pairs.score])


def judged(evidence: Scores, pairs: Pairs, prior: float, counts: Scores | float = 1.0) -> Judged:
    """Hold told evidence against the truth, with the pairs weighted to a prior.

    Args:
        evidence: (n,) nats.
        pairs: what is true.
        prior: share of pairs of one person.
        counts: (n,) how often each pair counts.
    """
    weight = pairs.weight * counts
    own, strangers = weight * pairs.same, weight * ~pairs.same
    own, strangers = own / own.sum(), strangers / strangers.sum()
    mixed = prior * own + (1 - prior) * strangers
    probability = logistic(evidence + math.log(prior / (1 - prior)))
    brier = float((mixed * (probability - pairs.same) ** 2).sum())
    row = bins_of(evidence)
    said = np.bincount(row, mixed * probability, BINS)
    so = np.bincount(row, mixed * pairs.same, BINS)
    cost = (own * np.logaddexp(0, -evidence) + strangers * np.logaddexp(0, evidence)).sum()
    return Judged(brier, float(np.abs(said - so).sum()), float(cost) / (2 * math.log(2)))


def judged_range(
    evidence: Scores, pairs: Pairs, prior: float, *, rounds: int = 200
) -> tuple[Judged, Judged]:
    """The 95 % range of every figure, by a bootstrap over people (Poisson counts)."""
    random = np.random.default_rng(0)
    groups = int(pairs.who.max()) + 1
    drawn = [
        judged(evidence, pairs, prior, random.poisson(1.0, groups).astype(np.float64)[pairs.who])
        for _ in range(rounds)
    ]
    sides = [
        Judged(
            *(float(np.quantile([getattr(one, name) for one in drawn], share)) for name in NAMES)
        )
        for share in (0.025, 0.975)
    ]
    return sides[0], sides[1]


NAMES = ("brier", "error", "cost")


def bins_of(evidence: Scores) -> Numbers:
    """(n,) the bin of each evidence, from `LOWEST` nats up in steps of `STEP`."""
    return np.clip(((evidence - LOWEST) / STEP).astype(np.int_), 0, BINS - 1)


@dataclass(frozen=True, slots=True)
class Point:
    """One bin of a reliability diagram, in nats.

    Attributes:
        told: the mean that was told.
        counted: ln of the share of the pairs of one person over the share of the pairs of strangers
            that lie in it; where no stranger does, with the three that may: then at least that.
        least: whether it is at least that.
    """

    told: float
    counted: float
    least: bool


def reliability(evidence: Scores, pairs: Pairs) -> list[Point]:
    """The bins in which enough of the pairs of one person lie."""
    points = []
    row = bins_of(evidence)
    own_weight = pairs.weight * pairs.same
    other_weight = pairs.weight * ~pairs.same
    for number in range(BINS):
        inside = row == number
        own, other = float(own_weight[inside].sum()), float(other_weight[inside].sum())
        if min(own, max(other, 1.0)) < _VISIBLE:
            continue
        share = own / own_weight.sum()
        among = max(other, _RULE_OF_THREE if other < _VISIBLE else 0.0) / other_weight.sum()
        mean = float(np.average(evidence[inside], weights=pairs.weight[inside]))
        points.append(Point(mean, math.log(share / among), other < _VISIBLE))
    return points


def logistic(odds: Scores) -> Scores:
    """Probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -700, 700))))
