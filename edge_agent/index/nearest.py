"""The planner: which way the nearest rows are found, by how many a question admits.

Few are all compared. Of many, those are compared whose signs agree best with the query's. Compared
means in three looks, each at fewer rows than the one before: coarse products, finer ones, and the
products of the vectors themselves. A look leaves out a row only where the bound on what it may be
wrong by says for sure that `k` tracks are nearer. So only the pass over signs can lose a row.
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

_SEVERAL = 4
"""Rows per track wanted that are looked at first: most tracks have fewer."""


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
    return compared(table, query, rows, k, threshold)


def compared(table: Table, query: Floats, rows: Positions, k: int, threshold: float) -> Near:
    """The same of these rows."""
    scores, wrong = table.numbers.coarse_scores(query, rows)
    least = _least_of_best(scores, table.tracks(rows), k)
    rows = rows[scores >= max(least - 2 * wrong, threshold - wrong)]
    scores, wrong = table.numbers.scores(query, rows)
    least = _least_of_best(scores, table.tracks(rows), k)
    left = scores >= max(least - 2 * wrong, threshold - wrong)
    rows, scores = rows[left], scores[left]
    exact = table.scores(query, rows)
    if exact is not None and np.all(np.abs(exact - scores) <= wrong):  # the disk tells the truth
        scores = exact
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
    return table.numbers.agreeing(
        query, table.ids.limit, wanted, rows=admitted.rows, mask=admitted.mask
    )


def _least_of_best(scores: Floats, tracks: Ordinals, k: int) -> float:
    """The score of the `k`-th best track; below every score where there are fewer tracks."""
    several = _SEVERAL * k
    while True:
        top = np.argpartition(-scores, several)[:several] if several < len(scores) else None
        best = (
            best_of_each(scores, tracks) if top is None else best_of_each(scores[top], tracks[top])
        )
        if len(best) >= k:
            return float(np.partition(best, len(best) - k)[len(best) - k])
        if top is None:
            return -np.inf
        several *= _SEVERAL


def best_of_each(scores: Floats, tracks: Ordinals) -> Floats:
    """(tracks,) the best score of each track, in the order of the numbers of the tracks."""
    falling = np.argsort(-scores)
    _, first = np.unique(tracks[falling], return_index=True)
    return np.asarray(scores[falling[first]])
