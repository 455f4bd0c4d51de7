"""How an entry of the lexicon looks, and how its forms are written down."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a word does in a sentence."""

    COLOUR = "colour"
    GARMENT = "garment"
    TRAIT = "trait"
    OBJECT = "object"
    PERSON = "person"
    SCENE = "scene"
    DOING = "doing"
    SPORT = "sport"
    """Stands for the things that it needs."""
    ACTION = "action"
    PLACE = "place"
    NEGATION = "negation"
    LINK = "link"
    """Ties a colour to what stands before it: is, are, in, 是."""
    FILLER = "filler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A meaning and the words for it.

    Attributes:
        key: of an attribute, an object, an action, a synonym group of places.
        any_of: what it stands for by itself, as key and value.
        colours: the attributes whose colour a colour word beside it names.
        en: English forms, the first for tables; plurals are made.
        zh: Chinese forms.
    """

    role: Role
    key: str
    any_of: tuple[tuple[str, str], ...] = ()
    colours: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()

    @property
    def forms(self) -> frozenset[str]:
        """Every form, English ones with their plurals."""
        return frozenset(self.zh) | {form for word in self.en for form in (word, *_plurals(word))}


_SIBILANTS = ("s", "x", "z", "ch", "sh")


def _plurals(word: str) -> tuple[str, ...]:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return (word[:-1] + "ies",)
    if word.endswith(_SIBILANTS):
        return (word + "es",)
    return (word + "s",)


def forms(text: str) -> tuple[str, ...]:
    """Split `a | b` into forms."""
    return tuple(form.strip() for form in text.split("|") if form.strip())
