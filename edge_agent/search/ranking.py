"""From similarities to ranked hits; pure arithmetic. `domain.resemblance` says what a score is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge_agent.domain.job import Hit
from edge_agent.domain.resemblance import fused, matched_parts
from edge_agent.domain.vector import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One track compared with one person.

    Attributes:
        similarity: cosine per part; a part that one side lacks is absent.
    """

    track: str
    person: int
    similarity: Mapping[Part, float]


def ranked(compared: Iterable[Compared], thresholds: Mapping[Part, float], limit: int) -> list[Hit]:
    """The best `limit` tracks, each once, with the person it resembles most.

    Equal scores come in the order of the track ids, the newest first.
    """
    best: dict[str, tuple[float, Compared]] = {}
    for one in compared:
        score = fused(one.similarity, thresholds)
        if score > best.get(one.track, (0.0, one))[0]:
            best[one.track] = (score, one)
    by_track = sorted(best.items(), key=lambda item: item[0], reverse=True)
    order = sorted(by_track, key=lambda item: -item[1][0])[:limit]
    return [
        Hit(
            rank=rank,
            track=track,
            score=score,
            face_score=one.similarity.get(Part.FACE),
            body_score=one.similarity.get(Part.BODY),
            matched=matched_parts(one.similarity, thresholds),
            person=one.person,
        )
        for rank, (track, (score, one)) in enumerate(order, start=1)
    ]
