"""Which visit a track belongs to; pure arithmetic, no clock, no I/O.

A visit is a suggestion. Rather two visits for one person than one for two:

- Nobody is in two views at the same time, except by cameras that are said to overlap, and ways
  between cameras may take a least time.
- Where both tracks have a face, the faces decide; clothes never make good what faces refuse.
- Clothes alone link only within a few minutes and within one day, only where at least one side has
  no face, and only where no other visit looks nearly as much alike.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from edge_agent.domain.resemblance import fused, matched_parts
from edge_agent.domain.vector import Part, Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingOptions:
    """When tracks may be one visit; times in milliseconds.

    Attributes:
        gap_ms: a visit ends so long after its last sight.
        body_within_ms: clothes alone link tracks that are at most so far apart.
        slack_ms: tracks by two cameras may overlap by so much all the same, because their first
            and last sights are not exact.
        body_margin: by how much of the confidence one visit has to beat every other where only
            clothes speak for it.
        overlapping: pairs of cameras that see the same place.
        ways: the least time between two cameras' views, by pair.
    """

    gap_ms: int = 1_800_000
    body_within_ms: int = 300_000
    slack_ms: int = 1000
    body_margin: float = 0.05
    overlapping: frozenset[frozenset[str]] = frozenset()
    ways: Mapping[frozenset[str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sighted:
    """What is known of one track.

    Attributes:
        vectors: the best of each part that it has.
    """

    track: str
    camera: str
    start_ms: int
    end_ms: int
    vectors: Mapping[Part, Vector]


@dataclass(frozen=True, slots=True)
class Link:
    """A visit that a track may belong to, with a confidence from 0 to 1."""

    session: str
    confidence: float


def possible(one: Sighted, other: Sighted, options: LinkingOptions) -> bool:
    """Whether one person can have been in both views at these times."""
    pair = frozenset({one.camera, other.camera})
    if pair in options.overlapping:
        return True
    between = max(one.start_ms, other.start_ms) - min(one.end_ms, other.end_ms)
    return between >= options.ways.get(pair, 0) - options.slack_ms


def alike(
    one: Sighted,
    other: Sighted,
    thresholds: Mapping[Part, float],
    options: LinkingOptions,
    day_of: Callable[[int], object],
) -> float:
    """How sure it is that two tracks are one person, 0 to 1; 0 where it cannot be said.

    0.5 and more means that the faces match, less that only the clothes do.
    """
    similarity = {
        part: float(one.vectors[part].values @ other.vectors[part].values)
        for part in Part
        if part in one.vectors
        and part in other.vectors
        and one.vectors[part].model == other.vectors[part].model
    }
    matched = matched_parts(similarity, thresholds)
    if Part.FACE in matched:
        return fused(similarity, thresholds)
    apart = max(one.start_ms, other.start_ms) - min(one.end_ms, other.end_ms)
    same_day = len({day_of(each) for s in (one, other) for each in (s.start_ms, s.end_ms)}) == 1
    by_clothes = (
        Part.BODY in matched
        and Part.FACE not in similarity
        and apart <= options.body_within_ms
        and same_day
    )
    return fused(similarity, thresholds) if by_clothes else 0.0


def best_link(
    new: Sighted,
    sessions: Mapping[str, Sequence[Sighted]],
    *,
    apart: Collection[str],
    thresholds: Mapping[Part, float],
    options: LinkingOptions,
    day_of: Callable[[int], object],
) -> Link | None:
    """The visit that a track belongs to, None where it begins one of its own.

    Args:
        new: the track.
        sessions: visits near it with their tracks.
        apart: tracks that a person said are somebody else.
        thresholds: least similarity per part.
        options: when tracks may be one visit.
        day_of: the store's day of a time.
    """
    links = []
    for session, tracks in sessions.items():
        fits = all(t.track not in apart and possible(new, t, options) for t in tracks)
        scores = [alike(new, t, thresholds, options, day_of) for t in tracks] if fits else []
        if _contradicted(new, tracks, thresholds, scores):
            continue
        if max(scores, default=0.0) > 0:
            links.append(Link(session, max(scores)))
    links.sort(key=lambda link: (-link.confidence, link.session))
    if not links:
        return None
    best, *others = links
    clothes_only = best.confidence < 0.5  # noqa: PLR2004 - what `alike` says
    if clothes_only and others and best.confidence - others[0].confidence < options.body_margin:
        return None
    return best


def _contradicted(
    new: Sighted,
    tracks: Sequence[Sighted],
    thresholds: Mapping[Part, float],
    scores: Sequence[float],
) -> bool:
    """Whether clothes speak for a visit and every face in it against."""
    if Part.FACE not in new.vectors or max(scores, default=0.0) >= 0.5:  # noqa: PLR2004
        return False
    mine = new.vectors[Part.FACE]
    faces = [t.vectors[Part.FACE] for t in tracks if Part.FACE in t.vectors]
    return any(
        face.model == mine.model and float(face.values @ mine.values) < thresholds[Part.FACE]
        for face in faces
    )
