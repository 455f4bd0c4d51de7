"""Paging by key: the cursor names the last row that was shown, so no page costs more than another.

New rows that arrive between two pages shift nothing, and nothing is shown twice.
"""

import re

from edge_agent.domain.errors import Refused
from edge_agent.domain.ids import PLAIN_ID

_CURSOR = re.compile(rf"(-?[0-9]{{1,17}})\.({PLAIN_ID.pattern})")


def to_cursor(at_ms: int, row_id: str) -> str:
    """The cursor behind a row of this time and id."""
    return f"{at_ms}.{row_id}"


def from_cursor(after: str | None) -> tuple[int, str] | None:
    """The time and id in a cursor.

    Raises:
        Refused: no page ever ended with it.
    """
    if after is None:
        return None
    parts = _CURSOR.fullmatch(after)
    if parts is None:
        raise Refused("this is no cursor of an earlier page", field="after")
    return int(parts[1]), parts[2]
