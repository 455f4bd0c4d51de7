"""Stretches of time that somebody asks about."""

from edge_agent.domain.errors import Refused


def check_period(start_ms: int, end_ms: int, *, field: str = "end_ms") -> None:
    """See that a stretch of time is one.

    Args:
        start_ms: first moment, milliseconds since 1970 UTC.
        end_ms: first moment no longer in it.
        field: what the refusal says is wrong.

    Raises:
        Refused: it ends before it starts, or holds nothing.
    """
    if start_ms >= end_ms:
        raise Refused(f"end_ms ({end_ms}) must be later than start_ms ({start_ms})", field=field)
