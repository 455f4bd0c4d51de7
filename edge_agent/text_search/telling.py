"""Found tracks as an answer on the wire."""

from collections.abc import Mapping

from edge_agent.domain.objects import OBJECT_BY_KEY
from edge_agent.domain.worn import WORDS
from edge_agent.text_search.asked import Asked, Part
from edge_agent.text_search.ranking import Found
from edge_agent.wire import text_search as wire
from edge_agent.wire.answers import Track
from edge_agent.wire.attributes import Name
from edge_agent.wire.model import END_OF_TIME_MS
from edge_agent.words import Kind, Span


def told(found: Found, tracks: Mapping[str, Track]) -> wire.TextSearch:
    """Make the answer.

    Args:
        found: what was found.
        tracks: those of its hits that are still there, by id; the others are left out.
    """
    asked = found.asked
    hits = [hit for hit in found.hits if hit.track in tracks]
    return wire.TextSearch(
        text=asked.text,
        understood=[_understood(part, asked) for part in asked.parts],
        unknown=[_words(span, asked.text) for span in asked.unknown],
        start_ms=max(asked.start_ms, 0),
        end_ms=min(asked.end_ms, END_OF_TIME_MS),
        answered=found.answered,
        described=found.described,
        hits=[
            wire.TextHit(
                rank=rank,
                score=hit.score,
                likeness=hit.likeness,
                matched=[
                    wire.Reason.model_validate(reason, from_attributes=True)
                    for reason in hit.reasons
                ],
                track=tracks[hit.track],
            )
            for rank, hit in enumerate(hits, start=1)
        ],
    )


def _understood(part: Part, asked: Asked) -> wire.Understood:
    return wire.Understood(
        kind=part.kind.value,
        words=[_words(span, asked.text) for span in part.spans],
        means=[_meaning(part.kind, key, value) for key, value in part.means],
        negated=part.negated,
        use=part.use.value,
    )


def _meaning(kind: Kind, key: str, value: str) -> wire.Meaning:
    word = WORDS.get(key, {}).get(value) if kind is Kind.ATTRIBUTE else None
    if kind is Kind.OBJECT:
        word = OBJECT_BY_KEY.get(key)
    name = None if word is None else Name(en=word.en, zh=word.zh)
    return wire.Meaning(key=key, value=value, name=name)


def _words(span: Span, text: str) -> wire.Words:
    return wire.Words(start=span.start, end=span.end, text=text[span.start : span.end])
