"""The planner: which way the nearest rows are found, by how many a question admits.

Few are all compared. Of many, those are compared whose signs agree best with the query's. Compared
means: coarse products first, then the final score for every row that could still be among the `k`
best, which the bound on what a coarse product may be wrong tells for sure. So only the pass over
signs can lose a row.
"""

from typing import NamedTuple

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.index.plan import Ordinals
from edge_agent.index.signs import Positions
from edge_agent.index.table import Admitted, Table

FEW = 16_384
"""Rows that are compared without asking their signs first; about a millisecond."""

_CANDIDATES = 8_192
_PER_WANTED = 16
"""Rows that the pass over signs leaves: so many at least, and so many for each track wanted."""


class Near(NamedTuple):
    """Rows that may be among the best.

    Attributes:
        rows: (n,).
        scores: (n,) products with the query, none below the threshold.
    """

    rows: Positions
    scores: Floats


def nearest(table: Table, query: Floats, admitted: Admitted, k: int, threshold: float) -> Near:
    """All rows of the `k` nearest tracks that reach the threshold, and perhaps a few more."""
    rows = _candidates(table, query, admitted, max(_CANDIDATES, _PER_WANTED * k))
    scores, wrong = table.numbers.coarse_scores(query, rows)
    least = max(_least_of_best(scores, table.tracks(rows), k) - 2 * wrong, threshold - wrong)
    rows = rows[scores >= least]
    scores = table.numbers.scores(query, rows)
    good = scores >= threshold
    return Near(rows[good], scores[good])


def all_rows(table: Table, admitted: Admitted) -> Positions:
    """The admitted rows, listed."""
    if admitted.rows is not None:
        return admitted.rows
    if admitted.mask is not None:
        return np.flatnonzero(admitted.mask)
    return np.arange(table.ids.limit)


def _candidates(table: Table, query: Floats, admitted: Admitted, wanted: int) -> Positions:
    if admitted.count <= max(FEW, wanted):
        return all_rows(table, admitted)
    if admitted.rows is not None:
        return table.numbers.agreeing(query, admitted.rows, wanted)
    # of all rows so many more as the filter lets through fewer
    limit = table.ids.limit
    rows = table.numbers.agreeing(query, limit, min(limit, wanted * limit // admitted.count))
    return rows if admitted.mask is None else rows[admitted.mask[rows]]


def _least_of_best(scores: Floats, tracks: Ordinals, k: int) -> float:
    """The score of the `k`-th best track; below every score where there are fewer tracks."""
    several = 4 * k
    while several < len(scores):
        top = np.argpartition(-scores, several)[:several]
        best: dict[int, float] = {}
        for track, score in zip(tracks[top].tolist(), scores[top].tolist(), strict=True):
            best[track] = max(score, best.get(track, score))
        if len(best) >= k:
            return sorted(best.values(), reverse=True)[k - 1]
        several *= 4
    return -np.inf
