"""What is said of somebody who was followed: words and values, in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edge_agent.domain.attributes import COLOURS, TRAITS, Word

YES, NO = "yes", "no"

UPPER, LOWER, PRESENTS = "upper", "lower", "presents"
"""Colour of the upper and of the lower clothes; whether somebody presents as a man or a woman."""

_WITHOUT = {
    "bag": Word(NO, "no bag", "无手提包"),
    "backpack": Word(NO, "no backpack", "无双肩包"),
    "hat": Word(NO, "no hat", "无帽子"),
    "long_sleeves": Word(NO, "no long sleeves", "非长袖"),
    "long_trousers": Word(NO, "no long trousers", "非长裤"),
    "long_hair": Word(NO, "no long hair", "非长发"),
    "coat": Word(NO, "no coat or jacket", "无外套"),
}


def _words() -> dict[str, dict[str, Word]]:
    traits = {t.key: {YES: Word(YES, t.en, t.zh), NO: _WITHOUT[t.key]} for t in TRAITS}
    places = {UPPER: ("upper clothes", "上衣"), LOWER: ("lower clothes", "下装")}
    colours = {
        key: {c.key: Word(c.key, f"{c.en} {en}", f"{c.zh}{zh}") for c in COLOURS}
        for key, (en, zh) in places.items()
    }
    presents = {
        "man": Word("man", "presents as a man", "男性外表"),
        "woman": Word("woman", "presents as a woman", "女性外表"),
    }
    return {**traits, **colours, PRESENTS: presents}


WORDS: Mapping[str, Mapping[str, Word]] = MappingProxyType(_words())
"""Every attribute with every value it can have, and how people call that."""


@dataclass(frozen=True, slots=True)
class Worn:
    """One thing that somebody wears, carries or looks like, as all pictures together say.

    Attributes:
        key: of `WORDS`.
        value: one of that key's.
        confidence: 0 to 1; of yes and no the mean probability the model gives, of a colour its
            share in the clothes. No probability of being right: that stands in docs/models.md.
    """

    key: str
    value: str
    confidence: float

    def __post_init__(self) -> None:
        if self.value not in WORDS.get(self.key, {}):
            raise ValueError(f"no attribute {self.key}:{self.value}")

    @property
    def word(self) -> Word:
        """How people call it."""
        return WORDS[self.key][self.value]


def parse_worn(text: str) -> tuple[str, str]:
    """Read `backpack`, which is `backpack:yes`, `hat:no` or `upper:red` into key and value.

    Raises:
        ValueError: there is no such attribute or value; the message names those that there are.
    """
    key, colon, value = text.partition(":")
    values = WORDS.get(key)
    if values is None:
        raise ValueError(f"no attribute {key!r}; there are: {', '.join(WORDS)}")
    if not colon and YES in values:
        value = YES
    if value not in values:
        raise ValueError(
            f"{key} has no value {value!r}; write {key}:VALUE with one of: {', '.join(values)}"
        )
    return key, value
