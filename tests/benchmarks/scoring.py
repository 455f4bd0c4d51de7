"""How right answers are, as numbers: pure functions with known answers."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from edge_agent.domain.detection import Floats

Flags = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.floating]


def likely_range(right: int, asked: int) -> tuple[float, float]:
    """Between which shares the true one lies with 95 % confidence (Wilson, 1927).

    Args:
        right: how many were right.
        asked: of how many; at least 1.
    """
    z = 1.959964
    share, spread = right / asked, z * z / asked
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / asked + spread / (4 * asked)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def ranking_precision(relevant: Iterable[bool], wanted: int) -> float:
    """Average precision of a ranked answer: the mean of the precision at each wanted row.

    Args:
        relevant: of every row of the answer, best first, whether it was wanted.
        wanted: how many there are; those missing from the answer count as precision 0.
    """
    found, total = 0, 0.0
    for rank, one in enumerate(relevant, 1):
        if one:
            found += 1
            total += found / rank
    return total / wanted if wanted else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The boxes found in one picture, held against the true ones.

    Attributes:
        score: (n,) of the boxes that count.
        right: (n,) which of them are true.
        wanted: how many true boxes there are.
    """

    score: Floats
    right: Flags
    wanted: int


def judge_boxes(
    found: Floats, score: Floats, truth: Floats, ignored: Flags, *, least: float = 0.5
) -> Judged:
    """Match found boxes with true ones, the best score first, each true box once.

    A box found where only an `ignored` true one is (a crowd, an object that nobody judged) counts
    neither way. The rule is that of the COCO evaluation.

    Args:
        found: (n, 4) xyxy.
        score: (n,).
        truth: (m, 4) xyxy.
        ignored: (m,) true boxes that need not be found.
        least: intersection over union from which two boxes are the same.
    """
    order = np.argsort(-score, kind="stable")
    shared, own = _shared(found, truth)
    fit = overlap(found, truth)
    inside = shared / np.maximum(own, 1e-9)
    free = ~ignored
    kept, right = [], []
    for row in order:
        candidates = np.where(free, fit[row], -1.0)
        best = int(candidates.argmax()) if len(truth) else -1
        if best >= 0 and candidates[best] >= least:
            free[best] = False
        elif (ignored & (inside[row] >= least)).any():
            continue
        else:
            best = -1
        kept.append(row)
        right.append(best >= 0)
    return Judged(
        np.asarray(score[kept], np.float32), np.array(right, np.bool_), int((~ignored).sum())
    )


def detection_precision(judged: Sequence[Judged]) -> float:
    """Average precision over pictures: the area under the curve of precision over recall.

    The curve is made to fall (at each recall the best precision from there on) and integrated at
    all its points, as PASCAL VOC does since 2010. A detector that reports nothing below some score
    ends its curve there.
    """
    wanted = sum(one.wanted for one in judged)
    if not wanted or not any(len(one.right) for one in judged):
        return 0.0
    order = np.argsort(-np.concatenate([one.score for one in judged]), kind="stable")
    right = np.concatenate([one.right for one in judged])[order]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    best_from_here = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best_from_here[right].sum() / wanted)


@dataclass(frozen=True, slots=True)
class Folded:
    """Accuracy where the threshold is chosen on other pairs than it is tried on.

    Attributes:
        mean: over the folds, 0 to 1.
        spread: standard deviation over the folds.
        threshold: the middle one of those chosen.
    """

    mean: float
    spread: float
    threshold: float


def folded_accuracy(score: Scores, same: Flags, *, folds: int = 10) -> Folded:
    """Accuracy of "same from a threshold on", as the LFW protocol has it.

    Each fold gets its share of the same and of the different pairs; the threshold that is best
    on the others is tried on it.
    """
    score = score.astype(np.float64)  # a threshold may lie between two neighbouring float32
    fold = np.empty(len(same), np.intp)
    for kind in (same, ~same):
        fold[kind] = np.arange(int(kind.sum())) % folds
    tried, chosen = [], []
    for number in range(folds):
        rest = fold != number
        threshold = best_threshold(score[rest], same[rest])
        chosen.append(threshold)
        tried.append(float(((score[~rest] >= threshold) == same[~rest]).mean()))
    mean = round(float(np.mean(tried)), 9)  # 582 of 600 in ten folds are 0.97 and not a hair less
    return Folded(mean, float(np.std(tried)), float(np.median(chosen)))


def best_threshold(score: Scores, same: Flags) -> float:
    """The threshold with the fewest mistakes, halfway between two scores; the lowest such."""
    order = np.argsort(score, kind="stable")
    steps = np.where(same[order], -1, 1)
    right = int(same.sum()) + np.concatenate([[0], np.cumsum(steps)])
    sorted_score = score[order].astype(np.float64)
    right[1:-1][sorted_score[1:] == sorted_score[:-1]] = -1  # nothing fits between equal scores
    edges = np.concatenate([[-np.inf], (sorted_score[:-1] + sorted_score[1:]) / 2, [np.inf]])
    return float(edges[int(right.argmax())])


def overlap(one: Floats, other: Floats) -> Floats:
    """Intersection over union of each of (n, 4) and each of (m, 4) boxes, as (n, m)."""
    shared, own = _shared(one, other)
    return np.asarray(shared / np.maximum(own + _area(other)[None] - shared, 1e-9), np.float32)


def _area(xyxy: Floats) -> Floats:
    sides = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0)
    return np.asarray(sides[:, 0] * sides[:, 1], np.float32)


def _shared(found: Floats, truth: Floats) -> tuple[Floats, Floats]:
    """(n, m) area that two boxes share, and (n, 1) area of the first."""
    low = np.maximum(found[:, None, :2], truth[None, :, :2])
    high = np.minimum(found[:, None, 2:], truth[None, :, 2:])
    sides = np.maximum(high - low, 0)
    return np.asarray(sides[..., 0] * sides[..., 1], np.float32), _area(found)[:, None]
