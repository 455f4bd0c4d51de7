"""The index asked about people; everything here runs on the index's own thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from edge_agent.domain.detection import Floats
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex, Where
from edge_agent.search.asked import AskedPerson
from edge_agent.search.ranking import Compared


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """What is compared with what.

    Attributes:
        models: the stamp of the query's vectors, per part.
        thresholds: lowest similarity of a match, per part.
        where: which vectors are compared at all.
        candidates: tracks per part and person at the most.
    """

    persons: tuple[AskedPerson, ...]
    models: Mapping[Part, str]
    thresholds: Mapping[Part, float]
    where: Where
    candidates: int


@dataclass(frozen=True, slots=True)
class Compareds:
    """What came out.

    Attributes:
        compared: tracks of which at least one part reached its threshold.
        considered: vectors that the filter admitted, of the part and person with most of them; 0
            means there was nothing to compare with.
        indexed: how much of what is remembered the index held, 0 to 1, where it is known.
    """

    compared: list[Compared]
    considered: int
    indexed: float | None = None


def compare(index: VectorIndex, comparison: Comparison) -> Compareds:
    """Find the tracks near each person, then complete the similarities of their other part."""
    compared: list[Compared] = []
    considered = 0
    for person in comparison.persons:
        found: dict[Part, dict[str, float]] = {}
        for part, queries in person.vectors.items():
            threshold = comparison.thresholds[part]
            found[part], admitted = near(
                index, comparison, part, queries, threshold=threshold, k=comparison.candidates
            )
            considered = max(considered, admitted)
        compared += _completed(index, comparison, person, found)
    return Compareds(compared, considered, index.share)


def near(
    index: VectorIndex,
    comparison: Comparison,
    part: Part,
    queries: Iterable[Floats],
    *,
    threshold: float,
    k: int,
) -> tuple[dict[str, float], int]:
    """The best similarity per track over all queries, and how many vectors were admitted.

    Args:
        index: what is remembered.
        comparison: whose models and filters count.
        part: of the queries.
        queries: unit rows.
        threshold: lower similarities are left out.
        k: tracks per query at the most.
    """
    best: dict[str, float] = {}
    considered = 0
    for query in queries:
        matches = index.search(
            query,
            part=part,
            model=comparison.models[part],
            where=comparison.where,
            k=k,
            threshold=threshold,
        )
        considered = max(considered, matches.considered)
        for track, score in zip(matches.tracks, matches.scores, strict=True):
            best[track] = max(float(score), best.get(track, -1.0))
    return best, considered


def _completed(
    index: VectorIndex,
    comparison: Comparison,
    person: AskedPerson,
    found: Mapping[Part, Mapping[str, float]],
) -> list[Compared]:
    """A track found by its face has a body too; its similarity belongs into the hit."""
    candidates = frozenset(track for tracks in found.values() for track in tracks)
    if not candidates:
        return []
    similar = {}
    for part, queries in person.vectors.items():
        # what one query found is known already; of several, each has to tell of every track
        known = found[part] if len(queries) == 1 else {}
        similar[part] = {
            **known,
            **_similarities(index, comparison, part, queries, candidates - known.keys()),
        }
    return [
        Compared(
            track=track,
            person=person.number,
            similarity={part: near[track] for part, near in similar.items() if track in near},
        )
        for track in sorted(candidates)
    ]


def _similarities(
    index: VectorIndex,
    comparison: Comparison,
    part: Part,
    queries: Floats,
    tracks: frozenset[str],
) -> dict[str, float]:
    """Of these tracks, whatever they are."""
    if not tracks:
        return {}
    only = replace(comparison, where=replace(comparison.where, only_tracks=tracks))
    return near(index, only, part, queries, threshold=-1.0, k=len(tracks))[0]
