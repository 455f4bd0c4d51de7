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


def most_saved(cost: npt.NDArray[np.float64], limit: float) -> float:
    """What the best assignment saves, by looking at every one."""
    rows, columns = cost.shape
    if rows > columns:
        return most_saved(cost.T, limit)
    return max(
        sum(max(limit - float(cost[row, column]), 0.0) for row, column in enumerate(chosen))
        for chosen in itertools.permutations(range(columns), rows)
    )


@settings(max_examples=200, deadline=None)
@given(cost=COSTS, limit=st.sampled_from([1.0, 0.6, 0.2]))
def test_is_as_good_as_trying_everything(cost: npt.NDArray[np.float64], limit: float) -> None:
    pairs = assign(cost, limit)
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert pairs == sorted(pairs)
    assert all(cost[pair] < limit for pair in pairs)
    saved = sum(limit - float(cost[pair]) for pair in pairs)
    assert abs(saved - most_saved(cost, limit)) < 1e-5


def test_a_doubtful_box_does_not_push_everybody_one_further() -> None:
    # Two pairs would be possible, (0, 1) and (1, 0), and both of them poor.
    cost = np.array([[0.1, 0.75], [0.75, 1.0]])
    assert assign(cost, 0.8) == [(0, 0)]


def test_a_crossing_is_not_solved_greedily() -> None:
    # Greedy would take the cheapest pair (0, 0) and be left with the dearest.
    cost = np.array([[0.1, 0.2], [0.2, 0.9]])
    assert assign(cost, 1.0) == [(0, 1), (1, 0)]
