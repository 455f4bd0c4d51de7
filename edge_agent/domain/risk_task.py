"""Investigations: named sets of tracks of one store."""

from dataclasses import dataclass
from enum import StrEnum


class RiskTaskState(StrEnum):
    """Whether tracks that are new still come into a task by its criteria."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCriteria:
    """Which tracks belong to a task; a track has to meet all of it.

    Attributes:
        start_ms: seen at or after this time.
        end_ms: seen before this time.
        cameras: by one of these; empty means any.
    """

    start_ms: int = 0
    end_ms: int = 1 << 62
    cameras: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTask:
    """One investigation.

    Attributes:
        criteria: None where its tracks are only pointed at.
        changed_ms: when a person last changed it; tracks that its criteria find do not count.
        tracks: how many it has now.
    """

    id: str
    tenant: str
    store: str
    criteria: RiskCriteria | None
    state: RiskTaskState
    created_ms: int
    changed_ms: int
    tracks: int
