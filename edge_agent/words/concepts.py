"""What a question in words comes to: typed parts, each with its place in the text."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a part of a question is about."""

    ATTRIBUTE = "attribute"
    OBJECT = "object"
    ACTION = "action"
    PLACE = "place"
    TIME = "time"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters of the text, counted from 0; `end` is the first behind it."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing that is asked for.

    Attributes:
        spans: the words it was read from, in order.
        any_of: what fits, as key and value: of `domain.worn.WORDS` for an attribute (`upper`,
            `red`), or a key that no box tells (`glasses`, `yes`); of an object or an action its
            name alone, twice.
        negated: that it must not be so. Of what is there or not the value says it (`hat`, `no`),
            so this is of colours and objects.
    """

    kind: Kind
    spans: tuple[Span, ...]
    any_of: tuple[tuple[str, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPlace:
    """A place that is asked for.

    Attributes:
        span: the words it was read from.
        cameras: that are there; those whose zones are meant are not among them.
        zones: (camera, name of a zone or line).
        negated: anywhere else.
    """

    span: Span
    cameras: frozenset[str]
    zones: frozenset[tuple[str, str]]
    negated: bool = False

    @property
    def known(self) -> bool:
        """Whether the box has a camera, zone or line that is called so."""
        return bool(self.cameras or self.zones)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTime:
    """When it was.

    Attributes:
        spans: the words it was read from.
        start_ms: from this moment on, since 1970 UTC.
        end_ms: before this one.
    """

    spans: tuple[Span, ...]
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A text as it was understood.

    Attributes:
        text: as it was given.
        wanted: attributes, objects and actions.
        places: several are alternatives.
        time: None where none is named.
        unknown: words that mean nothing here.
    """

    text: str
    wanted: tuple[Wanted, ...] = ()
    places: tuple[AskedPlace, ...] = ()
    time: AskedTime | None = None
    unknown: tuple[Span, ...] = ()

    def words(self, span: Span) -> str:
        """The words of a span."""
        return self.text[span.start : span.end]
