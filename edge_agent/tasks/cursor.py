"""Where a page of tasks ended."""

import re

from edge_agent.domain.errors import Refused
from edge_agent.domain.ids import PLAIN_ID

_CURSOR = re.compile(rf"(-?[0-9]{{1,17}})\.({PLAIN_ID.pattern})")


def to_cursor(created_ms: int, task_id: str) -> str:
    """The cursor behind a task."""
    return f"{created_ms}.{task_id}"


def from_cursor(after: str | None) -> tuple[int, str] | None:
    """Creation and id in a cursor.

    Raises:
        Refused: no page ever ended with it.
    """
    if after is None:
        return None
    parts = _CURSOR.fullmatch(after)
    if parts is None:
        raise Refused("this is no cursor of an earlier page", field="after")
    return int(parts[1]), parts[2]
