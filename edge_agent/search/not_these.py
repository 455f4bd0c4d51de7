"""Leaving out who was said not to be meant, and whoever resembles them more; index thread."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex
from edge_agent.search.asked import AskedPerson
from edge_agent.search.compare import Comparison, near
from edge_agent.search.ranking import Compared


def without(
    index: VectorIndex,
    comparison: Comparison,
    compared: Sequence[Compared],
    others: Iterable[AskedPerson],
) -> list[Compared]:
    """What is left once everything that resembles one of the others more is taken away.

    A track resembles them more where its similarity to them is higher than to the person asked
    about: of faces where all three have one, else of bodies where all three have one, else it
    stays. Faces decide over bodies, since two people may wear the same.

    Args:
        index: what is remembered.
        comparison: whose models count.
        compared: tracks with their similarities to who is asked about.
        others: who is not meant.
    """
    kept = list(compared)
    for other in others:
        tracks = frozenset(one.track for one in kept)
        only = replace(comparison, where=replace(comparison.where, only_tracks=tracks))
        similar = {
            part: near(index, only, part, rows, threshold=-1.0, k=len(tracks))[0]
            for part, rows in other.vectors.items()
            if tracks
        }
        kept = [one for one in kept if not _nearer(one, similar)]
    return kept


def _nearer(one: Compared, similar: dict[Part, dict[str, float]]) -> bool:
    for part in (Part.FACE, Part.BODY):
        if part in one.similarity and one.track in similar.get(part, {}):
            return similar[part][one.track] > one.similarity[part]
    return False
