"""Who belongs to whom: the assignment with the least total cost."""

import numpy as np
import numpy.typing as npt


def assign(cost: npt.NDArray[np.floating], limit: float) -> list[tuple[int, int]]:
    """Pair rows with columns one to one so that the pairs save the most.

    A pair saves what it costs less than `limit`. Pairing as many as possible would be wrong: a
    doubtful box beside somebody would push everybody one further, and they exchange identities.

    The Hungarian method in its O(n²m) shape with potentials (Kuhn 1955; Jonker and Volgenant
    1987); a frame has tens of people at most.

    Args:
        cost: (n, m), 0 to 1 each.
        limit: a pair that costs as much as this, or more, is not made.

    Returns:
        (row, column) pairs in the order of the rows.
    """
    if cost.size == 0:
        return []
    rows = np.flatnonzero((cost < limit).any(axis=1))
    cheapest = cost[rows].argmin(axis=1).tolist()
    if len(set(cheapest)) == len(rows):
        # No two want the same, as in most frames: nothing can be better than that.
        return list(zip(rows.tolist(), cheapest, strict=True))
    if cost.shape[0] > cost.shape[1]:
        return sorted((row, column) for column, row in assign(cost.T, limit))
    # Costing the limit is as good as staying alone, so that is what all other pairs cost.
    capped = np.minimum(cost, limit).astype(np.float64)
    return [(row, column) for row, column in _least(capped) if cost[row, column] < limit]


def _least(cost: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """Give every row a column; there are at least as many columns as rows."""
    rows, columns = cost.shape
    of_row = np.zeros(rows)
    of_column = np.zeros(columns + 1)
    owner = np.full(columns + 1, -1)  # the last column stands for "the row being placed"
    for row in range(rows):
        owner[columns] = row
        came_from = np.full(columns, columns)
        slack = np.full(columns, np.inf)
        visited = np.zeros(columns + 1, bool)
        here = columns
        while owner[here] >= 0:
            visited[here] = True
            reduced = cost[owner[here]] - of_row[owner[here]] - of_column[:columns]
            nearer = ~visited[:columns] & (reduced < slack)
            slack[nearer] = reduced[nearer]
            came_from[nearer] = here
            nearest = int(np.argmin(np.where(visited[:columns], np.inf, slack)))
            step = slack[nearest]
            of_row[owner[visited]] += step
            of_column[visited] -= step
            slack[~visited[:columns]] -= step
            here = nearest
        while here != columns:
            owner[here] = owner[came_from[here]]
            here = int(came_from[here])
    return sorted((int(owner[column]), column) for column in range(columns) if owner[column] >= 0)
