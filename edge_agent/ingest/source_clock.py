"""When a frame was taken, told from the camera's own stamps.

A frame arrives late by an unknown and changing time; the least late one of the last minute says
how the camera's clock lies to ours. That follows a camera whose clock runs fast or slow, and
neither a stalled network nor the burst after a connection moves it. Everything is reckoned on
the monotonic clock and turned into wall time last, so that setting the box's clock moves all
times at once, and is noticed.
"""

from dataclasses import dataclass

WINDOW_MS = 30_000
"""The least late frame is sought in the running window of this length and the one before it."""


@dataclass(frozen=True, slots=True)
class Jump:
    """Time leapt: `whose` clock (`source` or `box`), and how far in milliseconds."""

    whose: str
    by_ms: int


class SourceClock:
    """Maps one source's time to wall time."""

    def __init__(self, jump_ms: int) -> None:
        self._jump_ms = jump_ms
        self._window_started = 0
        self._least: int | None = None
        self._least_before: int | None = None
        self._last_source = 0
        self._last_wall = 0
        self._box: int | None = None

    def arrived(self, source_ms: int, monotonic_ms: int, now_ms: int) -> tuple[int, Jump | None]:
        """Take the next frame in the order of presentation.

        Args:
            source_ms: as the source stamped it.
            monotonic_ms: when it arrived, on the clock that never jumps.
            now_ms: the same moment as wall time.

        Returns:
            When it was taken, as wall time, never before the frame before it; and the leap that
            was noticed, if any.
        """
        jump = self._box_jump(now_ms - monotonic_ms)
        late = monotonic_ms - source_ms
        if self._least is None:
            self._anchor(late, monotonic_ms)
        else:
            jump = self._source_jump(source_ms, late, monotonic_ms) or jump
            self._narrow(late, monotonic_ms)
        self._last_source = source_ms
        wall = min(source_ms + self._offset() + now_ms - monotonic_ms, now_ms)
        self._last_wall = max(self._last_wall, wall)
        return self._last_wall, jump

    def at(self, source_ms: int) -> int:
        """Wall time of a moment near the frame that arrived last."""
        return self._last_wall + source_ms - self._last_source

    def _offset(self) -> int:
        known = [least for least in (self._least, self._least_before) if least is not None]
        return min(known)

    def _anchor(self, late: int, monotonic_ms: int) -> None:
        self._least, self._least_before, self._window_started = late, None, monotonic_ms

    def _box_jump(self, box: int) -> Jump | None:
        before, self._box = self._box, box
        if before is None or abs(box - before) <= self._jump_ms:
            return None
        self._last_wall = 0
        return Jump("box", box - before)

    def _source_jump(self, source_ms: int, late: int, monotonic_ms: int) -> Jump | None:
        ahead = self._offset() - late
        backwards = source_ms - self._last_source
        if ahead > self._jump_ms:
            self._anchor(late, monotonic_ms)
            return Jump("source", ahead)
        if backwards < -self._jump_ms:
            self._anchor(late, monotonic_ms)
            return Jump("source", backwards)
        return None

    def _narrow(self, late: int, monotonic_ms: int) -> None:
        if monotonic_ms - self._window_started > WINDOW_MS or self._least is None:
            self._least_before, self._least = self._least, late
            self._window_started = monotonic_ms
        else:
            self._least = min(self._least, late)
