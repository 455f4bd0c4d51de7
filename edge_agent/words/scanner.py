"""Cutting a text into words that mean something, by longest match over the lexicon.

Chinese has no spaces. A dictionary segmenter (jieba) cuts by the frequency of words in newspapers,
has to be taught every word of the lexicon anyway, and takes a second to load; whatever it cuts off
besides is unknown here. So the lexicon itself is the dictionary: at each place the longest form
that fits is taken, in English from one word boundary to another.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from edge_agent.words.clothes import COLOUR_WORDS, GARMENTS
from edge_agent.words.concepts import Span
from edge_agent.words.doings import DOINGS, TRAITS
from edge_agent.words.entries import Entry
from edge_agent.words.people import PEOPLE
from edge_agent.words.scenery import SCENERY
from edge_agent.words.small_words import ACTIONS, FILLERS, LINKS, NEGATIONS, PLACES
from edge_agent.words.things import THINGS

LEXICON: tuple[Entry, ...] = (
    *FILLERS,
    *LINKS,
    *NEGATIONS,
    *PLACES,
    *ACTIONS,
    *DOINGS,
    *TRAITS,
    *SCENERY,
    *THINGS,
    *PEOPLE,
    *GARMENTS,
    *COLOUR_WORDS,
)
"""Every entry; of two with one form the later counts."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word that means something.

    Attributes:
        entry: what; None for the name of a place.
        form: in lower case.
    """

    span: Span
    form: str
    entry: Entry | None


def levelled(text: str) -> str:
    """Lower case and half width, sign by sign, so that places in the text stay the same."""
    return "".join(_level(character) for character in text)


def _level(character: str) -> str:
    if "\uff01" <= character <= "\uff5e":
        character = chr(ord(character) - 0xFEE0)
    if character in "\u3000\t\n\r":
        return " "
    if character == "\u2019":
        return "'"
    low = character.lower()
    return low if len(low) == 1 else character


def scan(text: str, names: Iterable[str], taken: Sequence[Span]) -> tuple[list[Token], list[Span]]:
    """The words of a text, and what is no word of the lexicon.

    Args:
        text: as `levelled` gives it.
        names: of places, in lower case.
        taken: stretches that have been read as something else.
    """
    forms: dict[str, Entry | None] = {**_forms(), **dict.fromkeys(names)}
    longest = max(map(len, forms))
    tokens, unknown, at = list[Token](), list[Span](), 0
    ends = {span.start: span.end for span in taken}
    while at < len(text):
        if at in ends:
            at = ends[at]
            continue
        limit = min([at + longest, len(text), *(s.start for s in taken if s.start > at)])
        form = _longest(text, at, limit, forms)
        if form is not None:
            tokens.append(Token(Span(at, at + len(form)), form, forms[form]))
            at += len(form)
            continue
        end = _word_end(text, at)
        if text[at].isalnum():
            unknown.append(Span(at, end))
        at = end
    return tokens, _joined(unknown, text)


@cache
def _forms() -> Mapping[str, Entry]:
    return {form: entry for entry in LEXICON for form in entry.forms}


def _longest(text: str, at: int, limit: int, forms: Mapping[str, Entry | None]) -> str | None:
    if at and _of_word(text[at - 1]) and _of_word(text[at]):
        return None
    for end in range(limit, at, -1):
        form = text[at:end]
        if form in forms and not (end < len(text) and _of_word(form[-1]) and _of_word(text[end])):
            return form
    return None


def _of_word(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _word_end(text: str, at: int) -> int:
    end = at + 1
    while _of_word(text[at]) and end < len(text) and (_of_word(text[end]) or text[end] == "'"):
        end += 1
    return end


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Neighbouring characters of Chinese are one unknown word."""
    joined: list[Span] = []
    for span in spans:
        before = joined[-1] if joined else None
        if before and before.end == span.start and not text[span.start].isascii():
            joined[-1] = Span(before.start, span.end)
        else:
            joined.append(span)
    return joined
