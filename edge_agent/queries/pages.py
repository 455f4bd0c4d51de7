"""Pages of rows."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from edge_agent.domain.errors import Refused

T = TypeVar("T")
MOST = 1000


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
