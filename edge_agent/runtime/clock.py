"""The only place where the time of day is read."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells wall time and a time that never jumps."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00Z; may jump when somebody sets the clock."""

    def monotonic(self) -> float:
        """Seconds since an unspecified moment; never jumps, never runs backwards."""


class SystemClock:
    """The machine's clocks."""

    def now_ms(self) -> int:
        """Milliseconds since 1970-01-01T00:00Z."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds since boot, more or less."""
        return time.monotonic()
