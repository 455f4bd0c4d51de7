import pytest

from edge_agent.domain.attributes import COLOURS, TRAITS
from edge_agent.domain.worn import NO, PRESENTS, WORDS, YES, Worn, parse_worn


def test_every_trait_has_words_for_yes_and_no_in_both_languages() -> None:
    for trait in TRAITS:
        assert WORDS[trait.key].keys() == {YES, NO}
    for key, values in WORDS.items():
        assert key == PRESENTS or len(values) in (2, len(COLOURS))
        for value, word in values.items():
            assert word.key == value
            assert word.en.isascii()
            assert all("\u4e00" <= character <= "\u9fff" for character in word.zh)


def test_no_two_things_are_called_the_same() -> None:
    words = [word for values in WORDS.values() for word in values.values()]
    assert len({word.en for word in words}) == len({word.zh for word in words}) == len(words)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("backpack", ("backpack", "yes")),
        ("backpack:yes", ("backpack", "yes")),
        ("hat:no", ("hat", "no")),
        ("upper:red", ("upper", "red")),
    ],
)
def test_what_is_asked_for_is_read(text: str, read: tuple[str, str]) -> None:
    assert parse_worn(text) == read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("umbrella", "backpack"),
        ("", "backpack"),
        ("upper", "upper:VALUE with one of: black"),
        ("upper:mauve", "purple"),
        ("backpack:", "yes, no"),
        ("backpack:yes:no", "yes, no"),
    ],
)
def test_what_cannot_be_asked_for_is_answered_with_what_can(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        parse_worn(text)


def test_only_words_can_be_said() -> None:
    assert Worn("upper", "red", 0.5).word.zh == "红色上衣"
    with pytest.raises(ValueError, match="upper:mauve"):
        Worn("upper", "mauve", 0.5)
