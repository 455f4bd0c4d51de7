"""What somebody did while a camera followed them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ActionType(StrEnum):
    """The kinds of actions; docs/visits.md says when each is decided.

    `ENTER` and `LEAVE` begin and end every presence in a zone; `extra["how"]` says whether the
    border was passed (`walked`) or somebody was first or last seen inside (`appeared`,
    `vanished`). `CROSS`: a line was passed; `extra["direction"]` is `forward` or `backward`.
    `STAY`: in a zone for its `stay_after`. `TILL`: the same where the zone is a till;
    `extra["since_ms"]` of both is when the presence began.
    """

    ENTER = "enter"
    LEAVE = "leave"
    CROSS = "cross"
    STAY = "stay"
    TILL = "till"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that a track did.

    Attributes:
        id: made once, when it was decided; writing it again adds nothing.
        place: name of the zone, or of the line where it is `CROSS`; unique within a camera.
        at_ms: when it happened.
        extra: what else is known; JSON values.
    """

    id: str
    track: str
    type: ActionType
    place: str
    at_ms: int
    extra: Mapping[str, Any] = field(default_factory=dict)


def still_inside(actions: Iterable[Action]) -> dict[str, int]:
    """The zones that a track has entered and not left, with when it entered them.

    Args:
        actions: of one track, in order.
    """
    inside: dict[str, int] = {}
    for action in actions:
        if action.type is ActionType.ENTER:
            inside[action.place] = action.at_ms
        elif action.type is ActionType.LEAVE:
            inside.pop(action.place, None)
    return inside
