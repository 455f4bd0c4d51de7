"""Does the camera's time run as it should, and do its pictures come as often as they should?"""

from edge_agent.ingest.fault import Fault, Patience
from edge_agent.ingest.source import PictureWatchOptions
from edge_agent.ingest.source_clock import Jump

BACK_MS = 100
"""A picture that claims to be older by this than the one before it."""

SLOW_BELOW, FAST_ABOVE = 0.5, 0.7
"""Of the usual rate: below it is slow, above it is well again."""

PLAUSIBLE_FPS = (1.0, 120.0)
"""What a stream may declare; some declare their clock's ticks."""

LEARNS = 0.2


class TimeWatch:
    """Notices leaps and backward runs of a camera's clock, and a low rate of pictures."""

    def __init__(self, options: PictureWatchOptions) -> None:
        steady_ms = options.steady_s * 1000
        self._clock = Patience("clock", 0, steady_ms)
        self._backwards = Patience("backwards", 0, steady_ms)
        self._slow = Patience("slow", 0)
        self._window_ms = options.slow_s * 1000
        self._usual = 0.0
        self._window_started: int | None = None
        self._pictures = 0
        self._last_source: int | None = None

    def declared(self, fps: float) -> None:
        """Take what the stream says of itself; 0 where it says nothing."""
        least, most = PLAUSIBLE_FPS
        self._usual = fps if least <= fps <= most else 0.0

    def arrived(self, monotonic_ms: int, wall_ms: int) -> list[Fault]:
        """Count an encoded picture; says something once a window at the most."""
        if self._window_started is None:
            self._window_started = monotonic_ms
        elapsed = monotonic_ms - self._window_started
        if elapsed < self._window_ms:
            self._pictures += 1
            return []
        fps = self._pictures * 1000 / elapsed
        self._window_started, self._pictures = monotonic_ms, 1
        return self._judge_rate(fps, wall_ms)

    def shown(self, source_ms: int, jump: Jump | None, wall_ms: int) -> list[Fault]:
        """Take a picture's own time, in the order of presentation."""
        last, self._last_source = self._last_source, source_ms
        back = 0 if last is None else last - source_ms
        leapt = jump.by_ms if jump is not None and jump.whose == "source" else 0
        if back <= BACK_MS and not leapt and self._backwards.idle and self._clock.idle:
            return []
        return [
            *self._backwards.judge(wall_ms, is_so=back > BACK_MS, detail=f"by {back / 1000:.1f} s"),
            *self._clock.judge(wall_ms, is_so=leapt > 0, detail=f"by {leapt / 1000:.1f} s"),
        ]

    def _judge_rate(self, fps: float, wall_ms: int) -> list[Fault]:
        least = FAST_ABOVE if self._slow.told else SLOW_BELOW
        slow = fps < least * self._usual
        detail = f"{fps:.1f} pictures a second instead of {self._usual:.1f}"
        if not slow:
            self._usual += (1.0 if self._usual == 0 else LEARNS) * (fps - self._usual)
        return self._slow.judge(wall_ms, is_so=slow, detail=detail)
