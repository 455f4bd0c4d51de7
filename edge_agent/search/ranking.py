"""From similarities to ranked hits; pure arithmetic.

`domain.resemblance` says what a score is, `domain.calibration` what a probability is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from edge_agent.domain.calibration import Evidence, evidence, probability
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """By what hits are judged.

    Attributes:
        thresholds: lowest similarity of a match, per part.
        calibration: what similarities are worth, as far as it is known.
        considered: remembered sights that were compared.
    """

    thresholds: Mapping[Part, float]
    calibration: Mapping[Part, Evidence] = field(default_factory=dict)
    considered: int = 0

    def probability(self, similarity: Mapping[Part, float]) -> float | None:
        """How likely it is one person; None where that cannot be told."""
        found = evidence(similarity, self.calibration)
        return None if found is None else probability(found, self.considered)


def ranked(compared: Iterable[Compared], judgement: Judgement, limit: int) -> list[Hit]:
    """The best `limit` tracks, each once, with the person it resembles most.

    Equal scores come in the order of the track ids, the newest first.
    """
    thresholds = judgement.thresholds
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
            probability=judgement.probability(one.similarity),
        )
        for rank, (track, (score, one)) in enumerate(order, start=1)
    ]
