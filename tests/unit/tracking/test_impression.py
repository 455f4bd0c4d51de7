"""Laws of putting together what several pictures of one person say."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.attributes import COLOURS, TRAITS, Attributes
from edge_agent.domain.worn import LOWER, NO, PRESENTS, UPPER, YES, Worn
from edge_agent.tracking.impression import Impression

EVERYTHING = {**{trait.key: 0.5 for trait in TRAITS}, UPPER: 0.0, LOWER: 0.0}
HAT = [trait.key for trait in TRAITS].index("hat")

Picture = tuple[Attributes, float]

PROBABILITY = st.floats(0, 1, width=32)
QUALITY = st.floats(0, 1)


def a_picture(
    hat: float = 0.0, quality: float = 0.5, colour: int = 0, male: float | None = None
) -> Picture:
    traits = np.zeros((1, len(TRAITS)), np.float32)
    traits[0, HAT] = hat
    shares = np.eye(len(COLOURS), dtype=np.float32)[[colour]]
    told = None if male is None else np.array([male], np.float32)
    return Attributes(traits, shares, shares, told), quality


PICTURES = st.lists(
    st.builds(a_picture, hat=PROBABILITY, quality=QUALITY, colour=st.integers(0, len(COLOURS) - 1)),
    min_size=1,
    max_size=8,
)


def said(pictures: Sequence[Picture]) -> dict[str, Worn]:
    impression = Impression()
    for seen, quality in pictures:
        impression.add(seen, quality)
    return {worn.key: worn for worn in impression.said(EVERYTHING)}


def probability(worn: Worn) -> float:
    return worn.confidence if worn.value == YES else 1 - worn.confidence


@given(PICTURES, st.randoms(use_true_random=False))
def test_the_order_of_pictures_does_not_matter(pictures: list[Picture], chance: object) -> None:
    mixed = list(pictures)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = said(pictures)["hat"], said(mixed)["hat"]
    assert probability(one) == pytest.approx(probability(other), abs=2e-3)


@given(PICTURES)
def test_the_mean_lies_between_what_the_pictures_say(pictures: list[Picture]) -> None:
    each = [float(seen.traits[0, HAT]) for seen, _ in pictures]
    mean = probability(said(pictures)["hat"])
    assert min(each) - 1e-3 <= mean <= max(each) + 1e-3


@given(PICTURES)
def test_every_picture_twice_says_the_same_as_once(pictures: list[Picture]) -> None:
    once, twice = said(pictures), said([*pictures, *pictures])
    for key, worn in once.items():
        assert twice[key].confidence == pytest.approx(worn.confidence, abs=2e-3)


@given(PICTURES, PROBABILITY, QUALITY)
def test_a_picture_moves_the_mean_towards_itself(
    pictures: list[Picture], hat: float, quality: float
) -> None:
    before = probability(said(pictures)["hat"])
    after = probability(said([*pictures, a_picture(hat, quality)])["hat"])
    assert min(before, hat) - 2e-3 <= after <= max(before, hat) + 2e-3
    assert abs(after - hat) <= abs(before - hat) + 2e-3


@given(PICTURES)
def test_confidences_are_shares_and_the_likelier_answer_is_given(pictures: list[Picture]) -> None:
    for worn in said(pictures).values():
        least = 1 / len(COLOURS) if worn.key in (UPPER, LOWER) else 0.5
        assert least - 1e-3 <= worn.confidence <= 1


def test_a_good_picture_outweighs_bad_ones() -> None:
    bad = [a_picture(0.0, quality=0.1, colour=1)] * 3
    worn = said([*bad, a_picture(1.0, quality=0.9, colour=3)])
    assert worn["hat"] == Worn("hat", YES, 0.75)
    assert worn[UPPER] == Worn(UPPER, COLOURS[3].key, 0.75)


def test_a_picture_without_any_quality_counts_where_there_is_no_other() -> None:
    assert said([a_picture(1.0, quality=0.0)])["hat"].value == YES
    assert said([a_picture(1.0, quality=0.0), a_picture(0.0, quality=0.5)])["hat"].value == NO


def test_without_a_picture_nothing_is_said() -> None:
    assert Impression().said(EVERYTHING) == ()


def test_only_what_is_offered_is_told_at_its_threshold() -> None:
    impression = Impression()
    impression.add(*a_picture(0.6, male=0.9))
    assert impression.said({}) == ()
    assert impression.said({"hat": 0.7}) == (Worn("hat", NO, 0.4),)
    assert impression.said({"hat": 0.5}) == (Worn("hat", YES, 0.6),)
    assert [worn.key for worn in impression.said({UPPER: 0.0, "bag": 0.5})] == ["bag", UPPER]


def test_gender_presentation_is_told_only_where_it_is_offered_and_was_read() -> None:
    offered = {PRESENTS: 0.5}
    unread = Impression()
    unread.add(*a_picture())
    assert unread.said(offered) == ()
    unread.add(*a_picture(male=0.2))
    assert unread.said(offered) == (Worn(PRESENTS, "woman", 0.8),)
    assert unread.said({"hat": 0.5}) == (Worn("hat", NO, 1.0),)
