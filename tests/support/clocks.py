"""Clocks that tests set."""


class SetClock:
    """A clock that stands still until somebody moves it."""

    def __init__(self, at_ms: int = 1_700_000_000_000) -> None:
        self.at_ms = at_ms
        self.seconds = 0.0

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        """Let time go by on both clocks."""
        self.at_ms += int(seconds * 1000)
        self.seconds += seconds
