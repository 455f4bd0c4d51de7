"""Questions in words as kinds of things: what an installed detector knows of a picture."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from edge_agent.domain.objects import OBJECTS
from edge_agent.words import Kind, Reader, Wanted

KINDS: Final = len(OBJECTS)

_NUMBERS: Final[Mapping[str, int]] = {word.key: number for number, word in enumerate(OBJECTS)}
_AS_WORN: Final[Mapping[str, tuple[str, ...]]] = {
    "bag": ("handbag", "suitcase", "backpack"),
    "backpack": ("backpack",),
}
"""What a question about people reads as something worn, and the things that it is."""


@dataclass(frozen=True, slots=True)
class AskedThing:
    """One thing that a picture shall show, or not.

    Attributes:
        kinds: any of these classes of COCO, by number.
        negated: none of them.
    """

    kinds: tuple[int, ...]
    negated: bool


def asked_things(reader: Reader, text: str, now_ms: int) -> tuple[AskedThing, ...]:
    """Read a question; what is no kind of thing (colours, deeds, places, times) is passed over."""
    read = (_thing(wanted) for wanted in reader.read(text, now_ms).wanted)
    return tuple(dict.fromkeys(thing for thing in read if thing is not None))


def _thing(wanted: Wanted) -> AskedThing | None:
    if wanted.kind is Kind.OBJECT:
        return _of((key for key, _ in wanted.any_of), negated=wanted.negated)
    if wanted.kind is not Kind.ATTRIBUTE:
        return None
    worn = [(name, value) for key, value in wanted.any_of for name in _AS_WORN.get(key, ())]
    absent = any(value == "no" for _, value in worn)
    return _of((name for name, _ in worn), negated=absent)


def _of(keys: Iterable[str], *, negated: bool) -> AskedThing | None:
    kinds = tuple(sorted({_NUMBERS[key] for key in keys if key in _NUMBERS}))
    return AskedThing(kinds, negated) if kinds else None
