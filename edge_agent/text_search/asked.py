"""What of a question in words this box can answer, and what is filtered by."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from edge_agent.wire.text_search import TextSearchCreate
from edge_agent.words import AskedPlace, Kind, Question, Span, Wanted

_PERSON = ("person", "person")


class Use(StrEnum):
    """What became of a part of a question that was understood.

    `USED`: it decides which tracks are found. `NOT_TOLD`: this box does not tell it of people: its
    models were measured to be too bad at it, or there is none. `NOT_HERE`: no camera, zone or line
    of this box is called so.
    """

    USED = "used"
    NOT_TOLD = "not_told"
    NOT_HERE = "not_here"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextQuestion:
    """What a text search asks.

    Attributes:
        text: in Chinese or English.
        start_ms: only tracks seen at or after this time, and in the text's.
        end_ms: only tracks seen before this time.
        cameras: only these; empty means all.
        limit: how many hits at the most.
        include_staff: tracks of staff may be hits as well.
    """

    text: str
    start_ms: int = 0
    end_ms: int = 1 << 62
    cameras: frozenset[str] = frozenset()
    limit: int = 50
    include_staff: bool = False

    @classmethod
    def of(cls, sent: TextSearchCreate) -> Self:
        """From what was sent to a door."""
        return cls(
            text=sent.text,
            start_ms=sent.start_ms,
            end_ms=sent.end_ms,
            cameras=frozenset(sent.cameras),
            limit=sent.limit,
            include_staff=sent.include_staff,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the text that was understood.

    Attributes:
        kind: what it is about.
        spans: the words it was read from.
        means: key and value of what fits; of a place the camera, or zone and camera.
        negated: that it must not be so.
    """

    kind: Kind
    spans: tuple[Span, ...]
    means: tuple[tuple[str, str], ...]
    use: Use
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as this box answers it.

    Attributes:
        text: as it was given.
        parts: everything that was understood, in the order of the text.
        unknown: words that mean nothing here.
        concepts: what tracks are scored by; numbers of `parts`.
        actions: what they must have done, or not have done; type and whether it is denied.
        places: of these they must have been at one.
        start_ms: from this moment on.
        end_ms: before this one.
        cameras: only these; empty means all.
        limit: how many hits.
        include_staff: also people on the list of staff.
    """

    text: str
    parts: tuple[Part, ...]
    unknown: tuple[Span, ...]
    concepts: tuple[int, ...]
    actions: tuple[tuple[str, bool], ...]
    places: tuple[AskedPlace, ...]
    start_ms: int
    end_ms: int
    cameras: frozenset[str]
    limit: int
    include_staff: bool

    @property
    def answerable(self) -> bool:
        """Whether anything of it says which tracks are meant."""
        return any(part.use is Use.USED for part in self.parts)

    @property
    def looks(self) -> bool:
        """Whether anything of it may be seen on a picture: not only deeds, times and places."""
        seen = (Kind.ATTRIBUTE, Kind.OBJECT)
        untold = any(part.kind in seen and part.use is Use.NOT_TOLD for part in self.parts)
        return bool(self.concepts or self.unknown or untold)


def asked_of(question: TextQuestion, understood: Question, told: Collection[str]) -> Asked:
    """See what can be answered.

    Args:
        question: what was sent.
        understood: its text as it was read.
        told: keys of `domain.worn.WORDS` that this box tells of people.
    """
    parts = tuple(sorted(_parts(understood, told), key=lambda part: part.spans))
    used = [(number, part) for number, part in enumerate(parts) if part.use is Use.USED]
    time = understood.time
    return Asked(
        text=question.text,
        parts=parts,
        unknown=understood.unknown,
        concepts=tuple(n for n, part in used if part.kind is Kind.ATTRIBUTE),
        actions=tuple(
            (part.means[0][0], part.negated) for _, part in used if part.kind is Kind.ACTION
        ),
        places=tuple(place for place in understood.places if place.known),
        start_ms=max(question.start_ms, time.start_ms if time else 0),
        end_ms=min(question.end_ms, time.end_ms if time else question.end_ms),
        cameras=question.cameras,
        limit=question.limit,
        include_staff=question.include_staff,
    )


def _parts(understood: Question, told: Collection[str]) -> Iterator[Part]:
    for one in understood.wanted:
        yield _wanted(one, told)
    for place in understood.places:
        cameras = [("camera", camera) for camera in sorted(place.cameras)]
        zones = [(camera, zone) for camera, zone in sorted(place.zones)]
        yield Part(
            kind=Kind.PLACE,
            spans=(place.span,),
            means=(*cameras, *zones),
            use=Use.USED if place.known else Use.NOT_HERE,
            negated=place.negated,
        )
    if understood.time is not None:
        yield Part(kind=Kind.TIME, spans=understood.time.spans, means=(), use=Use.USED)


def _wanted(one: Wanted, told: Collection[str]) -> Part:
    fits = tuple(pair for pair in one.any_of if pair[0] in told)
    known = {
        Kind.ATTRIBUTE: bool(fits),
        Kind.ACTION: True,
        # every track is a person; other objects are not kept of tracks
        Kind.OBJECT: one.any_of == (_PERSON,) and not one.negated,
    }
    use = Use.USED if known[one.kind] else Use.NOT_TOLD
    return Part(
        kind=one.kind,
        spans=one.spans,
        means=fits or one.any_of,
        use=use,
        negated=one.negated,
    )
