"""What a text search is asked with, and what it answers."""

from typing import Annotated, Literal

from pydantic import Field

from edge_agent.wire.answers import Track
from edge_agent.wire.attributes import Name
from edge_agent.wire.model import END_OF_TIME_MS, Answer, Milliseconds, Parameters, PlainId


class TextSearchCreate(Parameters):
    """Find people by what they wear, did, where and when, in words."""

    text: Annotated[str, Field(min_length=1, max_length=500)]
    """Who is looked for, in Chinese or English; docs/words.md has the words."""
    start_ms: Milliseconds = 0
    """Only tracks seen at or after this time; a time in the text narrows it down."""
    end_ms: Milliseconds = END_OF_TIME_MS
    """Only tracks seen before this time."""
    cameras: list[PlainId] = Field(default=[], max_length=1000)
    """Only these cameras; empty means all."""
    include_staff: bool = False
    """Also find people on the list of staff."""
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    """How many hits at the most."""


class Words(Answer):
    """Some words of the text."""

    start: int
    """First character, counted from 0."""
    end: int
    """The first one behind."""
    text: str


class Meaning(Answer):
    """Something that words of the text stand for."""

    key: str
    """Of an attribute as in `track.query`, of an object its class, of an action its type, of a
    place `camera` or the camera of a zone."""
    value: str
    """`yes`, `no`, a colour; of a place its id or name."""
    name: Name | None = None
    """How people call it."""


class Understood(Answer):
    """A part of the text that was understood."""

    kind: Literal["attribute", "object", "action", "place", "time"]
    words: list[Words]
    """Which words, in order."""
    means: list[Meaning]
    """Any of these fits; empty for a time."""
    negated: bool
    """That it must not be so."""
    use: Literal["used", "not_told", "not_here"]
    """`not_told`: this box does not tell it of people, so nobody was found or left out by it.
    `not_here`: no camera, zone or line of this box is called so."""


class Reason(Answer):
    """How a track stands to something that was asked for."""

    part: int
    """Number of the part in `understood`, counted from 0."""
    matched: bool
    """Whether what is said of the track fits."""
    probability: float
    """0 to 1, as the model gives it, of a colour its share in the clothes; 0.1 where nothing is
    said. How often it is right stands in docs/models.md."""
    said: bool
    """Whether anything is said about it."""


class TextHit(Answer):
    """One track that answers a text search."""

    rank: int
    """1 is the best."""
    score: float
    """0 to 1: the product of the probabilities of its reasons, as if they were independent, and of
    `likeness`, 0.1 where that is null though the text was held against pictures."""
    likeness: float | None = None
    """0 to 1: how well the text as a whole describes the person's picture, by an image-text model;
    null where there is no such model or picture."""
    matched: list[Reason]
    """One for each part that tracks are scored by."""
    track: Track


class TextSearch(Answer):
    """What was understood, and who fits."""

    text: str
    understood: list[Understood]
    """In the order of the text."""
    unknown: list[Words]
    """Words that mean nothing to the box."""
    start_ms: int
    """The time that was searched, from the text and the parameters together."""
    end_ms: int
    answered: bool
    """Whether anything of the text says who is meant; if not, there are no hits."""
    described: bool = False
    """Whether the text as a whole was held against pictures of people as well; only with an
    image-text model, and not where it names nothing but deeds, places and times."""
    hits: list[TextHit]
    """Who has more of what was asked comes first, then by score, then the newest."""
