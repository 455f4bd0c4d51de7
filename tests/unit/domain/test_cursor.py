"""Cursors go out and come back; anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.cursor import from_cursor, to_cursor
from edge_agent.domain.errors import Refused
from edge_agent.domain.ids import new_id


@given(st.integers(0, 1 << 45))
def test_a_cursor_comes_back_as_it_went_out(at_ms: int) -> None:
    row_id = new_id(at_ms)
    assert from_cursor(to_cursor(at_ms, row_id)) == (at_ms, row_id)


@pytest.mark.parametrize(
    "text", ["", ".", "12", "12.", ".a", "x.a", "1²3.a", "1" * 18 + ".a", "1.a b", "1.a\n"]
)
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        from_cursor(text)
    assert refused.value.field == "after"


@given(st.text())
def test_no_text_does_worse_than_being_refused(text: str) -> None:
    try:
        cursor = from_cursor(text)
    except Refused:
        return
    assert cursor is not None
