"""What is told of people by what they wear and carry."""

from collections.abc import Iterable

from edge_agent.domain.worn import WORDS, Worn
from edge_agent.wire.model import Answer


class Name(Answer):
    """How people call something."""

    en: str
    """In English."""
    zh: str
    """In Chinese."""


class Attribute(Answer):
    """One thing that a person wears, carries or looks like."""

    key: str
    """`backpack`, `upper` and so on; docs/models.md says which are told."""
    value: str
    """`yes` or `no`; of `upper` and `lower` a colour."""
    name: Name
    confidence: float
    """0 to 1: the model's probability, of a colour its share in the clothes; how often it is
    right stands in docs/models.md."""


class Askable(Answer):
    """One thing that is told of people, and that tracks can be asked for by."""

    key: str
    values: dict[str, Name]
    """Each value it can have, and how people call that."""


def attribute(value: Worn) -> Attribute:
    """Show what is said of somebody."""
    word = value.word
    return Attribute(
        key=value.key,
        value=value.value,
        name=Name(en=word.en, zh=word.zh),
        confidence=value.confidence,
    )


def askable(keys: Iterable[str]) -> list[Askable]:
    """Show the attributes of these keys with all their values, in the order of `WORDS`."""
    wanted = frozenset(keys)
    return [
        Askable(key=key, values={v: Name(en=word.en, zh=word.zh) for v, word in values.items()})
        for key, values in WORDS.items()
        if key in wanted
    ]
