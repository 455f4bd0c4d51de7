"""Whether the clock may be believed when something is deleted for its age.

A clock that jumps ahead by a year makes everything on the box too old at once. So after a jump
nothing is deleted by age until the clock has run on evenly for a day; somebody has time to look.
"""

from edge_agent.runtime.clock import Clock

JUMP_MS = 3_600_000
PROBATION_S = 86_400.0


class ClockTrust:
    """Compares wall time with time that never jumps.

    Attributes:
        jumped_ms: how far the clock last jumped ahead; 0 where it has not.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset_ms = self._offset()
        self._until = clock.monotonic()
        self.jumped_ms = 0

    def look(self) -> bool:
        """Whether the clock may be believed now; call it at least every few hours."""
        offset = self._offset()
        if offset - self._offset_ms > JUMP_MS:
            self.jumped_ms = offset - self._offset_ms
            self._until = self._clock.monotonic() + PROBATION_S
        self._offset_ms = offset
        return self._clock.monotonic() >= self._until

    def _offset(self) -> int:
        return self._clock.now_ms() - round(self._clock.monotonic() * 1000)
