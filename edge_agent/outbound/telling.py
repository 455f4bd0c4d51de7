"""One try to tell a host something, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.outbound.post import PostLimits, post

_TAKEN = range(200, 300)
_MALFORMED = frozenset((400, 413, 422))
"""By these a host says that it will never take this very message."""

MOST_REFUSALS = 5
"""So often a message is sent of which a host says so; it may be wrong for a while."""


class Outcome(StrEnum):
    """What became of one try; what failed may be taken later."""

    TAKEN = "taken"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try.

    Attributes:
        status: of the answer; None where there was none.
        problem: why it was not taken, empty where it was.
    """

    status: int | None
    problem: str

    @property
    def taken(self) -> bool:
        """Whether the host has taken it."""
        return not self.problem

    @property
    def outcome(self) -> Outcome:
        """The same with what it means for further tries."""
        if self.taken:
            return Outcome.TAKEN
        return Outcome.REFUSED if self.status in _MALFORMED else Outcome.FAILED


async def tell(url: str, body: bytes, headers: Mapping[str, str], limits: PostLimits) -> Tried:
    """Send a body of JSON once, as `post`; what that raises is told as the problem."""
    try:
        status = await post(url, body, {**headers, "Content-Type": "application/json"}, limits)
    except (Refused, Unavailable) as error:
        return Tried(None, f"not taken: {error}")
    return Tried(status, "" if status in _TAKEN else f"answered {status}")
