"""From similarities to ranked hits; pure arithmetic.

What is assumed, since no labelled pairs of the box's own cameras exist yet:

- The evidence of one part is a logistic curve around its threshold: 0.5 at the threshold, 0.88
  when the similarity is 0.16 above it. The slope is the same for both parts.
- Face and body err for different reasons (light and pose against clothes), so where both match
  their evidence adds up like independent causes (noisy-or), the body counting half.
- A face that matches says who it is; a body says what they wear. So every hit whose face matched
  ranks above every hit whose body alone did: scores from 0.5 on mean the face matched, below mean
  only the body did.
- Where faces were compared and did not match, a matching body is worth less, down to half: two
  people in the same uniform, or a face seen badly.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from edge_agent.domain.job import Hit
from edge_agent.domain.vector import Part

SLOPE = 0.08
"""Similarity above the threshold by which the odds grow e-fold."""

_BODY_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One track compared with one person.

    Attributes:
        similarity: cosine per part; a part that one side lacks is absent.
    """

    track: str
    person: int
    similarity: Mapping[Part, float]


def evidence(similarity: float, threshold: float) -> float:
    """0 to 1, 0.5 at the threshold."""
    return 1 / (1 + math.exp(-max(-700.0, min(700.0, (similarity - threshold) / SLOPE))))


def fused(similarity: Mapping[Part, float], thresholds: Mapping[Part, float]) -> float:
    """One score, 0 to 1, of the parts' similarities; 0 where none reaches its threshold."""
    matched = matched_parts(similarity, thresholds)
    shown = {part: evidence(value, thresholds[part]) for part, value in similarity.items()}
    if Part.FACE in matched:
        body = shown[Part.BODY] if Part.BODY in matched else 0.0
        return 1 - (1 - shown[Part.FACE]) * (1 - _BODY_SHARE * body)
    if Part.BODY in matched:
        doubt = 0.5 + shown[Part.FACE] if Part.FACE in shown else 1.0
        return _BODY_SHARE * shown[Part.BODY] * doubt
    return 0.0


def matched_parts(
    similarity: Mapping[Part, float], thresholds: Mapping[Part, float]
) -> frozenset[Part]:
    """The parts whose similarity reaches their threshold."""
    return frozenset(part for part, value in similarity.items() if value >= thresholds[part])


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
