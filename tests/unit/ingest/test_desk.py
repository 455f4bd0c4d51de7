import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.ingest.desk import fitting_size
from edge_agent.ingest.ring import SLOT_BYTES


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        ((1920, 1080), (1920, 1080)),
        ((3840, 2160), (3840, 2160)),
        ((2160, 3840), (2160, 3840)),
        ((7680, 4320), (3840, 2160)),
        ((1, 9000), (1, 3840)),
    ],
)
def test_only_what_is_too_large_is_scaled(size: tuple[int, int], fits: tuple[int, int]) -> None:
    assert fitting_size(*size, 3840) == fits


@settings(deadline=None)
@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(16, 8000))
def test_what_is_converted_always_fits_into_a_slot(width: int, height: int, longest: int) -> None:
    fit_width, fit_height = fitting_size(width, height, longest)
    assert fit_width * fit_height * 3 <= SLOT_BYTES
    assert 1 <= fit_width <= min(width, longest)
    assert 1 <= fit_height <= min(height, longest)
