"""What the box tells the world."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    """The kinds of events; each has a JSON Schema in docs/mqtt."""

    TRACK_ENDED = "track.ended"
    ACTION = "action"
    ORDER_TIED = "order.tied"
    SESSION_UPDATED = "session.updated"
    FRAGMENT_CLOSED = "fragment.closed"
    WATCHLIST_HIT = "watchlist.hit"
    JOB_FINISHED = "job.finished"
    CAMERA_UP = "camera.up"
    CAMERA_DOWN = "camera.down"
    CAMERA_FROZEN = "camera.frozen"
    CAMERA_FAULT = "camera.fault"
    CAMERA_CLEARED = "camera.cleared"
    BOX_ALARM = "box.alarm"
    GAP = "gap"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """One event on its way out.

    Attributes:
        epoch: changes whenever the database had to be restored.
        seq: without gaps within an epoch, from 1.
        event_id: unique for ever.
        at_ms: when it happened.
    """

    epoch: str
    seq: int
    event_id: str
    kind: str
    at_ms: int
    data: Mapping[str, Any]
