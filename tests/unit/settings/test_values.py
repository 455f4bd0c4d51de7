from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from edge_agent.domain.polygon import Polygon
from edge_agent.settings.secret import Secret
from edge_agent.settings.values import POLYGON, parse_duration, parse_share, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5 s", 5), ("2 min", 120), ("30 d", 2_592_000), ("250ms", 0.25), ("1.5 h", 5400), (0, 0)],
)
def test_durations_are_read_as_seconds(text: object, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("text", "count"), [("20 GiB", 20 << 30), ("500 MB", 500_000_000), ("64 KiB", 65536), (0, 0)]
)
def test_sizes_are_read_as_bytes(text: object, count: int) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (5, "unit is missing"),
        ("5", "unit is missing"),
        ("5 sec", "'sec' is no unit"),
        ("-5 s", "number and its unit"),
        ("five", "number and its unit"),
        (True, "number and its unit"),
        ([5], "number and its unit"),
        (None, "number and its unit"),
    ],
)
def test_wrong_durations_say_what_would_be_right(wrong: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_duration(wrong)


def test_a_share_is_at_most_the_whole() -> None:
    assert parse_share("0.15 %") == pytest.approx(0.0015)
    with pytest.raises(ValueError, match="100 %"):
        parse_share("101 %")


@given(st.integers(1, 10_000), st.sampled_from(["s", "min", "h", "d"]))
def test_a_larger_number_is_a_longer_duration(number: int, unit: str) -> None:
    assert parse_duration(f"{number} {unit}") < parse_duration(f"{number + 1} {unit}")


@given(st.text(min_size=1))
def test_a_secret_is_printed_nowhere(text: str) -> None:
    secret = Secret(text)
    assert (repr(secret), str(secret), f"{secret}") == ("Secret('***')", "***", "***")
    assert secret.reveal() == text


def test_a_polygon_is_read_as_its_corners() -> None:
    read = TypeAdapter(Annotated[Polygon, POLYGON]).validate_python
    assert read([[0, 0], [0.5, 0], [0.5, 1]]) == ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("left", "must be a list of corners"),
        ([[0, 0], [1, 0], 3], "must be a list of corners"),
        ([[0, 0], [1, 0], ["a", 1]], "must be a list of corners"),
        ([[0, 0], [640, 0], [640, 360]], "shares of its width and height"),
        ([[0, 0], [1, 0]], "3 to 64 corners"),
    ],
)
def test_what_is_no_polygon(written: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TypeAdapter(Annotated[Polygon, POLYGON]).validate_python(written)
