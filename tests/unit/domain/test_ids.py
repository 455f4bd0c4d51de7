import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.ids import PLAIN_ID, new_id

MOMENTS = st.integers(0, 2**48 - 1)


@given(MOMENTS)
def test_an_id_is_32_hexadecimal_digits_and_tells_its_moment(at_ms: int) -> None:
    made = new_id(at_ms)
    assert re.fullmatch(r"[0-9a-f]{32}", made)
    assert int(made[:12], 16) == at_ms
    assert PLAIN_ID.fullmatch(made)


@given(st.lists(MOMENTS, unique=True))
def test_ids_sort_as_their_moments_do(moments: list[int]) -> None:
    made = {new_id(at_ms): at_ms for at_ms in moments}
    assert [made[each] for each in sorted(made)] == sorted(moments)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(1_700_000_000_000) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("good", ["door", "till-2", "a.b_c", "A" * 64, "7"])
def test_plain_names(good: str) -> None:
    assert PLAIN_ID.fullmatch(good)


@given(st.text(max_size=80).filter(lambda text: not re.fullmatch("[A-Za-z0-9._-]{1,64}", text)))
def test_nothing_else_is_plain(text: str) -> None:
    assert not PLAIN_ID.fullmatch(text)


@pytest.mark.parametrize("bad", ["", "a/b", "a+b", "#", "ä", "a b", "door\n", "A" * 65, "٣"])
def test_what_would_be_more_than_one_topic_level_or_file_name(bad: str) -> None:
    assert not PLAIN_ID.fullmatch(bad)
