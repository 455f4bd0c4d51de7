import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edge_agent.tracking.assignment import assign

COSTS = st.tuples(st.integers(0, 5), st.integers(0, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(0, 1, width=32))
)


def best_by_trying(cost: npt.NDArray[np.float64], limit: float) -> tuple[int, float]:
    """As many pairs as possible, then the least cost, by looking at every assignment."""
    rows, columns = cost.shape
    if rows > columns:
        return best_by_trying(cost.T, limit)
    best = (0, 0.0)
    for chosen in itertools.permutations(range(columns), rows):
        costs = [cost[row, column] for row, column in enumerate(chosen)]
        allowed = [one for one in costs if one <= limit]
        if (-len(allowed), sum(allowed)) < (-best[0], best[1]):
            best = (len(allowed), sum(allowed))
    return best


@settings(max_examples=200, deadline=None)
@given(cost=COSTS, limit=st.sampled_from([1.0, 0.6, 0.2]))
def test_is_as_good_as_trying_everything(cost: npt.NDArray[np.float64], limit: float) -> None:
    pairs = assign(cost, limit)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert pairs == sorted(pairs)
    assert all(cost[pair] <= limit for pair in pairs)
    count, total = best_by_trying(cost, limit)
    assert len(pairs) == count
    assert abs(sum(cost[pair] for pair in pairs) - total) < 1e-5


def test_a_crossing_is_not_solved_greedily() -> None:
    # Greedy would take the cheapest pair (0, 0) and be left with the dearest.
    cost = np.array([[0.1, 0.2], [0.2, 0.9]])
    assert assign(cost, 1.0) == [(0, 1), (1, 0)]
