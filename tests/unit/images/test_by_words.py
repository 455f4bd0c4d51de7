"""Items are found by what a text names, in Chinese and English."""

import numpy as np
import pytest

from edge_agent.domain.image_item import ImageItem
from edge_agent.domain.objects import OBJECTS
from edge_agent.images.gallery import Gallery, Wanted
from edge_agent.images.shelf import Query
from edge_agent.images.wording import asked_things
from edge_agent.storage.image_items import ItemVectors
from edge_agent.words import Reader

NUMBERS = {word.key: number for number, word in enumerate(OBJECTS)}
SHOWN = {
    "bike": {"bicycle": 0.9, "person": 0.8},
    "bottle": {"bottle": 0.7},
    "bag": {"handbag": 0.6},
    "both": {"bottle": 0.5, "laptop": 0.9},
    "nothing": {},
}


@pytest.fixture
def gallery() -> Gallery:
    made = Gallery()
    for number, (name, things) in enumerate(SHOWN.items()):
        kinds = tuple((NUMBERS[key], score) for key, score in things.items())
        item = ImageItem(product="p", name=name, things=kinds)
        made.put(number, item, ItemVectors("m", np.array([1, 0], np.float32), None))
    return made


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a bottle", ["bottle", "both"]),
        ("红色的瓶子", ["bottle", "both"]),
        ("笔记本电脑和瓶子", ["both", "bottle"]),
        ("一个人在骑自行车", ["bike"]),
        ("a handbag", ["bag"]),
        ("yesterday", []),
        ("", []),
    ],
)
def test_what_is_named_is_found_best_first(gallery: Gallery, text: str, names: list[str]) -> None:
    things = asked_things(Reader(), text, 0)
    found = gallery.showing(things, Wanted(), start=0, count=10)
    assert [list(SHOWN)[item_id] for item_id in found.ids] == names
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_what_must_not_be_there_counts(gallery: Gallery) -> None:
    things = asked_things(Reader(), "a laptop without a bottle", 0)
    assert [thing.negated for thing in things] == [False, True]
    found = gallery.showing(things, Wanted(), start=0, count=10)
    assert [list(SHOWN)[item_id] for item_id in found.ids] == ["both"]
    assert found.scores[0] == pytest.approx((0.9 + 0.5) / 2, abs=1e-3)


def test_a_text_as_a_vector_counts_beside_the_things(gallery: Gallery) -> None:
    """Items 0 to 4 all look alike; item 5 alone looks as the text says, and shows no thing."""
    other = ImageItem(product="p", name="other", things=())
    gallery.put(5, other, ItemVectors("m", np.array([0, 1], np.float32), None))
    text = np.array([0.6, 0.8], np.float32)
    described = {"m": Query(None, text, 0.5, 0.9), "gone": Query(None, text, 0.5, 0.9)}
    things = asked_things(Reader(), "a bottle", 0)
    found = gallery.showing(things, Wanted(), described=described, start=0, count=10)
    likeness = {"other": 0.75, "rest": 0.25}
    expected = {
        "bottle": (0.7 + likeness["rest"]) / 2,
        "both": (0.5 + likeness["rest"]) / 2,
        "other": likeness["other"] / 2,
        "bike": likeness["rest"] / 2,
    }
    scores = dict(zip([[*SHOWN, "other"][one] for one in found.ids], found.scores, strict=True))
    assert scores.keys() == {*SHOWN, "other"}
    assert {name: scores[name] for name in expected} == pytest.approx(expected, abs=1e-3)
    alone = gallery.showing((), Wanted(least=0.5), described=described, start=0, count=10)
    assert alone.ids == (5,)
