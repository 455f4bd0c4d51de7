"""Visits: the tracks of several cameras that seem to be one person."""

from dataclasses import dataclass
from enum import StrEnum


class LinkedBy(StrEnum):
    """Who put a track into a visit; what a person did is never undone by the machine."""

    MACHINE = "machine"
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTrack:
    """One track of a visit.

    Attributes:
        confidence: of its link to the others, 0 to 1; 1 for the first one.
    """

    track: str
    how: LinkedBy
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One person's visit; a suggestion, never a fact.

    Attributes:
        start_ms: first sight of any of its tracks.
        end_ms: last sight of any of them.
        confidence: of its weakest link, 0 to 1; 1 where a person made it, or of one track alone.
        changed_ms: when it last changed.
        tracks: in the order of their starts.
    """

    id: str
    start_ms: int
    end_ms: int
    confidence: float
    changed_ms: int
    tracks: tuple[SessionTrack, ...]
