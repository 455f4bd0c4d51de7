import json
from pathlib import Path

import numpy as np
import pytest

from edge_agent.domain.attributes import COLOURS, TRAITS, Attributes
from edge_agent.domain.worn import LOWER, UPPER, WORDS
from edge_agent.tracking.best import BestShotOptions
from tests.benchmarks.attribute_accuracy import (
    Person,
    Sight,
    answers,
    colour_mistakes,
    labels_in,
)

KEYS = [trait.key for trait in TRAITS]
OPTIONS = BestShotOptions(good=0.5, least=0.05)


def a_sight(quality: float, *, at_ms: int = 0, bag: float = 0.0, colour: str = "black") -> Sight:
    traits = np.zeros((1, len(TRAITS)), np.float32)
    traits[0, KEYS.index("bag")] = bag
    row = [one.key for one in COLOURS].index(colour)
    shares = np.eye(len(COLOURS), dtype=np.float32)[[row]]
    return Sight(at_ms, quality, Attributes(traits, shares, shares))


def test_pictures_are_kept_as_a_box_keeps_them() -> None:
    qualities = [0.3, 0.55, 0.56, 0.6, 0.8, 0.2, 0.85]
    person = Person("p", {}, [a_sight(quality) for quality in qualities])
    assert [sight.quality for sight in person.kept(OPTIONS)] == [0.55, 0.8, 0.85]
    poor = Person("p", {}, [a_sight(0.2), a_sight(0.3), a_sight(0.01)])
    assert [sight.quality for sight in poor.kept(OPTIONS)] == [0.3]
    assert Person("p", {}).kept(OPTIONS) == []


def test_answers_are_held_against_labels() -> None:
    carries = Person("a", {"bag": True, UPPER: ["red", "pink"]})
    empty = Person("b", {"bag": False, UPPER: ["blue"]})
    unlabelled = Person("c", {})
    asked = [
        (carries, [a_sight(0.5, bag=0.9, colour="pink")]),
        (empty, [a_sight(0.5, bag=0.8, colour="black")]),
        (unlabelled, [a_sight(0.5, bag=1.0)]),
        (carries, []),  # nobody was seen: nothing said
    ]
    bags = answers("bag", asked)
    assert [(one.true, one.said) for one in bags] == [(True, True), (False, True), (True, False)]
    assert [one.confidence for one in bags] == [pytest.approx(0.9), pytest.approx(0.8), None]
    assert [one.said for one in answers(UPPER, asked)] == [True, False, False]
    assert colour_mistakes(UPPER, asked) == "blue as black 1"


def test_labels_use_the_words_of_the_product(tmp_path: Path) -> None:
    for people in labels_in(tmp_path).values():
        for worn in people.values():
            for key, label in worn.items():
                if key in (UPPER, LOWER):
                    assert label
                    assert set(label) <= WORDS[key].keys()
                elif key != "seen":
                    assert key in KEYS
                    assert isinstance(label, bool)


def test_a_data_folder_may_bring_its_own_labels(tmp_path: Path) -> None:
    own = tmp_path / "labelled" / "attribute_labels.json"
    own.parent.mkdir()
    own.write_text(json.dumps({"yard": {"1": {"hat": True}}}))
    assert labels_in(tmp_path) == {"yard": {"1": {"hat": True}}}
