"""The filter language: masks over columns against an evaluator that is slow and obviously right."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.image_item import ImageItem, ImageProblem, ImageRefused
from edge_agent.domain.item_filter import AllOf, AnyOf, Condition, Filter, parse_filter
from edge_agent.images.columns import Columns
from edge_agent.images.filtering import admitted

WORDS = ("", "a", "红", 'say "hi"', "back\\slash", "AND")
NUMBERS = (-5, 0, 1, 7, 2**62)
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq,
    "!=": operator.ne,
}  # fmt: skip


def holds(wanted: Filter, item: ImageItem) -> bool:
    """One item, one condition at a time."""
    if isinstance(wanted, AllOf):
        return all(holds(part, item) for part in wanted.parts)
    if isinstance(wanted, AnyOf):
        return any(holds(part, item) for part in wanted.parts)
    value = (item.texts if wanted.text else item.ints)[wanted.attribute]
    if value is None:
        return False
    if wanted.operator == "in":
        return value in wanted.values
    if wanted.operator == "not in":
        return value not in wanted.values
    return COMPARED[wanted.operator](value, wanted.values[0])


def written(wanted: Filter) -> str:
    """The filter in its language, in as many spellings as there are."""
    if isinstance(wanted, AllOf | AnyOf):
        joint = " and " if isinstance(wanted, AllOf) else " OR "
        return joint.join(f"({written(part)})" for part in wanted.parts)
    number = str(wanted.attribute + 1) if wanted.attribute else ""
    kind = "str" if wanted.text else "int"
    name = f"{kind}_attr{number}" if wanted.attribute % 2 else f"{kind}Attr{number}"
    values = [value_written(value) for value in wanted.values]
    if "in" in wanted.operator:
        return f"{name} {wanted.operator} ({', '.join(values)})"
    return f"{name}{wanted.operator}{values[0]}"


def value_written(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def conditions(*, text: bool) -> st.SearchStrategy[Filter]:
    values = st.sampled_from(WORDS if text else NUMBERS)
    single = st.sampled_from(["=", "!="] if text else [">", ">=", "<", "<=", "="])
    attribute = st.integers(0, 3)
    return st.one_of(
        st.builds(Condition, st.just(text), attribute, single, st.tuples(values)),
        st.builds(
            Condition,
            st.just(text),
            attribute,
            st.sampled_from(["in", "not in"]),
            st.lists(values, min_size=1, max_size=3).map(tuple),
        ),
    )


filters = st.recursive(
    conditions(text=True) | conditions(text=False),
    lambda inner: st.builds(
        lambda kind, parts: kind(tuple(parts)),
        st.sampled_from([AllOf, AnyOf]),
        st.lists(inner, min_size=2, max_size=3),
    ),
    max_leaves=8,
)
items = st.builds(
    ImageItem,
    product=st.sampled_from("abc"),
    name=st.just("n"),
    ints=st.tuples(*[st.none() | st.sampled_from(NUMBERS)] * 4),
    texts=st.tuples(*[st.none() | st.sampled_from(WORDS)] * 4),
)


@given(filters, st.lists(items, max_size=12), st.data())
@settings(max_examples=150, deadline=None)
def test_masks_say_what_the_slow_evaluator_says(
    wanted: Filter, some: list[ImageItem], data: st.DataObject
) -> None:
    columns = Columns()
    rows = [(item_id, item) for item_id, item in enumerate(some)]
    for item_id, item in rows:
        columns.append(item_id, item)
    if rows:  # the last row moves into the place of one that goes
        gone = data.draw(st.integers(0, len(rows) - 1))
        columns.remove(gone)
        rows[gone] = rows[-1]
        rows.pop()
    read = parse_filter(written(wanted))
    mask = admitted(read, columns)
    assert mask.tolist() == [holds(wanted, item) for _, item in rows]
    assert columns.ids.tolist() == [item_id for item_id, _ in rows]


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "int_attr", "int_attr=", "int_attr==1", "int_attr=1.5", 'int_attr="1"',
        "str_attr=1", 'str_attr>"a"', "int_attr!=1", "int_attr5=1", "attr=1", "int_attr in ()",
        "int_attr in (1", 'int_attr in (1,"a")', "int_attr=1 int_attr=2", "int_attr=1 AND",
        "(int_attr=1", "int_attr=1)", "NOT int_attr=1", 'str_attr="open', "int_attr=1; DROP",
        f"int_attr={2**63}", "int_attr=1x", "(" * 40 + "int_attr=1" + ")" * 40, "int_attr not (1)",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ImageRefused) as refused:
        parse_filter(text)
    assert refused.value.problem is ImageProblem.FILTER


def test_and_binds_tighter_than_or_and_spaces_are_free() -> None:
    read = parse_filter('int_attr>1 OR int_attr2<=-3 AND( str_attr4!="x" )')
    assert isinstance(read, AnyOf)
    assert [type(part) for part in read.parts] == [Condition, AllOf]


def test_lists_can_be_forbidden() -> None:
    with pytest.raises(ImageRefused):
        parse_filter("int_attr in (1)", lists=False)


def test_columns_grow() -> None:
    columns = Columns()
    for number in range(3000):
        columns.append(
            number, ImageItem(product=str(number), name="n", ints=(number, None, None, 1))
        )
    mask = admitted(parse_filter("int_attr >= 2998"), columns)
    assert np.flatnonzero(mask).tolist() == [2998, 2999]
