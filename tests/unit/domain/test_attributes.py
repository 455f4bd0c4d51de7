import numpy as np
import pytest

from edge_agent.domain.attributes import COLOURS, TRAITS, Attributes, Floats


def shares(rows: int, columns: int) -> Floats:
    return np.full((rows, columns), 0.25, np.float32)


def test_rows_are_taken_together() -> None:
    upper = np.eye(3, len(COLOURS), dtype=np.float32)
    every = Attributes(
        shares(3, len(TRAITS)), upper, shares(3, len(COLOURS)), np.arange(3, dtype=np.float32)
    )
    some = every[np.array([2, 0])]
    assert len(some) == 2
    np.testing.assert_array_equal(some.upper, upper[[2, 0]])
    assert some.male is not None
    assert some.male.tolist() == [2, 0]
    assert Attributes(every.traits, upper, upper)[np.array([True, False, False])].male is None


@pytest.mark.parametrize("wrong", ["traits", "upper", "lower", "male"])
def test_columns_fit_each_other(wrong: str) -> None:
    columns = {
        "traits": shares(2, len(TRAITS)),
        "upper": shares(2, len(COLOURS)),
        "lower": shares(2, len(COLOURS)),
        "male": np.zeros(2, np.float32),
    }
    columns[wrong] = columns[wrong][..., :1] if columns[wrong].ndim == 2 else columns[wrong][:1]
    with pytest.raises(ValueError, match=f"{wrong} must have shape"):
        Attributes(**columns)
