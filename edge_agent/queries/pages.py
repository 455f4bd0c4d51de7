"""Paging by key: the cursor names the last row that was shown, so no page costs more than another.

New rows that arrive between two pages shift nothing, and nothing is shown twice.
"""

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

from edge_agent.domain.errors import Refused

T = TypeVar("T")
MOST = 1000
_CURSOR = re.compile(r"(-?[0-9]{1,17})\.([A-Za-z0-9._-]{1,64})")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows.

    Attributes:
        rows: in order.
        after: the cursor of the next page, None on the last one.
    """

    rows: tuple[T, ...]
    after: str | None


def check_limit(limit: int) -> int:
    """The limit itself.

    Raises:
        Refused: it is not from 1 to 1000.
    """
    if not 1 <= limit <= MOST:
        raise Refused(f"limit must be from 1 to {MOST}, got {limit}", field="limit")
    return limit


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
