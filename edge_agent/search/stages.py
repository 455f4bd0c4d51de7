"""How long each stage of answering a question took."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from edge_agent.runtime.clock import Clock


class Stages:
    """A stop watch for one question."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._took: dict[str, float] = {}

    @property
    def took_ms(self) -> Mapping[str, float]:
        """Milliseconds by stage, in the order in which they began."""
        return self._took

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the block; a stage that comes again is added to."""
        began = self._clock.monotonic()
        self._took.setdefault(name, 0.0)
        try:
            yield
        finally:
            self._took[name] += (self._clock.monotonic() - began) * 1e3

    def written(self) -> str:
        """For the log: each stage and its milliseconds."""
        return ", ".join(f"{name} {took:.0f}" for name, took in self._took.items())
