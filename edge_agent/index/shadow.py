"""Questions the index asks itself, to tell how well it answers on this box."""

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.index.nearest import best_of_each, compared
from edge_agent.index.signs import Positions
from edge_agent.index.table import Table

SLICE = 32_768
"""Rows that are compared at a time; about three milliseconds."""

_LOWEST = -2.0


class Shadow:
    """A question that was answered, and is held against every row it admitted, slice by slice.

    No signs take part: all rows are compared, by products whose bounds rule out who cannot be
    among the nearest (`nearest.compared`). All on the index's thread; in between it may do other
    things.

    Args:
        table: of the rows.
        query: (d,) what was asked.
        rows: all that were admitted.
        answered: (m,) the scores of the answer, falling.
        wanted: tracks that were asked for.
    """

    def __init__(
        self, table: Table, query: Floats, rows: Positions, *, answered: Floats, wanted: int
    ) -> None:
        self._table = table
        self._version = table.version
        self._query = query
        self._rows = rows
        self._answered = answered
        self._wanted = wanted
        self._scores = np.empty(0, np.float32)
        self._tracks = np.empty(0, np.int64)

    def go_on(self) -> bool:
        """Compare one slice; True as long as there is another."""
        if self._table.version != self._version:
            return False
        some, self._rows = self._rows[:SLICE], self._rows[SLICE:]
        near = compared(self._table, self._query, some, self._wanted, _LOWEST)
        self._scores = np.concatenate([self._scores, near.scores])
        self._tracks = np.concatenate([self._tracks, self._table.tracks(near.rows)])
        return len(self._rows) > 0

    @property
    def recall(self) -> float | None:
        """Which share of the true nearest was answered; None where vectors came or went since."""
        if self._table.version != self._version or len(self._rows):
            return None
        best = np.sort(best_of_each(self._scores, self._tracks))[::-1][: self._wanted]
        if not len(best):
            return 1.0
        return int(np.count_nonzero(self._answered >= best[-1])) / len(best)


def random_row(table: Table, chance: np.random.Generator) -> int:
    """One of the rows in use, each as likely as the others; the table must not be empty."""
    while True:
        row = int(chance.integers(table.ids.limit))
        if int(table.tracks(np.array([row]))[0]) >= 0:
            return row
