"""From rows of numbers to hits with their reasons; pure arithmetic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from edge_agent.text_search.asked import Asked
from edge_agent.text_search.statements import UNSAID


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How one track stands to one concept.

    Attributes:
        part: number of the part of the question.
        matched: that what is said of the track fits.
        probability: 0 to 1, as the model gives it; `statements.UNSAID` where nothing is said.
        said: that anything is said about it.
    """

    part: int
    matched: bool
    probability: float
    said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHit:
    """One track that answers a text search.

    Attributes:
        rank: 1 is the best.
        score: 0 to 1: the product of the probabilities of its reasons, as if they were independent
            of each other, and of `likeness`; 1 where nothing is scored.
        likeness: how well the text as a whole describes the body, 0 to 1; None where it was not
            held against it.
    """

    rank: int
    track: str
    score: float
    reasons: tuple[Reason, ...]
    likeness: float | None = None

    @property
    def matched(self) -> int:
        """How many of the concepts fit."""
        return sum(reason.matched for reason in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a text search.

    Attributes:
        asked: the question as it was understood.
        hits: those that match more of the concepts before those that match fewer, then by score,
            then the newest first.
        described: the text as a whole was held against pictures of bodies.
    """

    asked: Asked
    hits: tuple[TextHit, ...]
    described: bool = False

    @property
    def answered(self) -> bool:
        """Whether anything of the text said which tracks are meant."""
        return self.described or self.asked.answerable


def hits_of(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> tuple[TextHit, ...]:
    """Make hits of rows in order; a track that comes again is passed over."""
    best = {row["track"]: row for row in reversed(rows)}
    ordered = [row for row in rows if best[row["track"]] is row][: asked.limit]
    return tuple(_hit(rank, row, asked) for rank, row in enumerate(ordered, start=1))


def described_hits(
    asked: Asked, rows: Sequence[Mapping[str, Any]], likenesses: Mapping[str, float]
) -> tuple[TextHit, ...]:
    """Make hits of rows, whatever their order, and of how well the text describes their bodies.

    Args:
        asked: the question.
        rows: of a statement; a track that comes again is passed over.
        likenesses: by track, 0 to 1; what has none counts as what nothing is said about.
    """
    hits = [
        _described(row, asked, likenesses) for row in {row["track"]: row for row in rows}.values()
    ]
    hits.sort(key=lambda hit: hit.track, reverse=True)  # the newest first
    hits.sort(key=lambda hit: (-hit.matched, -hit.score))
    return tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits[: asked.limit], start=1))


def _described(row: Mapping[str, Any], asked: Asked, likenesses: Mapping[str, float]) -> TextHit:
    hit = _hit(0, row, asked)
    likeness = likenesses.get(hit.track)
    weight = UNSAID if likeness is None else likeness
    return replace(hit, score=hit.score * weight, likeness=likeness)


def _hit(rank: int, row: Mapping[str, Any], asked: Asked) -> TextHit:
    reasons = tuple(_reason(number, row[f"v{number}"]) for number in asked.concepts)
    score = prod(reason.probability for reason in reasons)
    return TextHit(rank=rank, track=row["track"], score=score, reasons=reasons)


def _reason(number: int, value: float | None) -> Reason:
    if value is None:
        return Reason(part=number, matched=False, probability=UNSAID, said=False)
    return Reason(part=number, matched=value >= 1, probability=value - (value >= 1), said=True)
