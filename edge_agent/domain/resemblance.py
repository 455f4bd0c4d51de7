"""What similarities of faces and bodies say about two sights being one person.

What is assumed, since no labelled pairs of the box's own cameras exist yet:

- The evidence of one part is a logistic curve around its threshold: 0.5 at the threshold, 0.88
  when the similarity is 0.16 above it. The slope is the same for both parts.
- Face and body err for different reasons (light and pose against clothes), so where both match
  their evidence adds up like independent causes (noisy-or), the body counting half.
- A face that matches says who it is; a body says what they wear. So whatever matched by its face
  scores 0.5 or more, and whatever matched by its body alone scores less.
- Where faces were compared and did not match, a matching body is worth less, down to half: two
  people in the same uniform, or a face seen badly.
"""

import math
from collections.abc import Mapping

from edge_agent.domain.vector import Part

SLOPE = 0.08
"""Similarity above the threshold by which the odds grow e-fold."""

_BODY_SHARE = 0.5


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
