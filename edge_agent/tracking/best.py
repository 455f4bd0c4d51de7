"""Which view of a person is worth keeping, and when it is worth embedding."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class BestShotOptions:
    """When a view replaces another; qualities are 0 to 1.

    Attributes:
        good: the first view of this quality is embedded at once, so that somebody still in view
            can be found.
        better: a view replaces the kept one when it is better by this much; keeps pictures from
            being swapped over noise.
        much_better: a kept view is embedded again when it is better than the embedded one by this.
        least: a view below this is never kept.
    """

    good: float = 0.45
    better: float = 0.03
    much_better: float = 0.12
    least: float = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class View(Generic[T]):
    """One kept view: its quality, its time, and what the caller took of it (a crop)."""

    quality: float
    at_ms: int
    taken: T


class BestShot(Generic[T]):
    """Keeps the best view of one part of one track.

    Attributes:
        best: the best view so far, None before the first one.
    """

    def __init__(self, options: BestShotOptions) -> None:
        self._options = options
        self._embedded: float | None = None
        self.best: View[T] | None = None

    def offer(self, quality: float, at_ms: int, take: Callable[[], T]) -> bool:
        """Look at one view.

        Args:
            quality: 0 to 1.
            at_ms: when it was seen.
            take: called only when the view is kept; returns what to keep of it.

        Returns:
            True when the kept view should be embedded now; say so with `embedded`.
        """
        if not self.would_keep(quality):
            return False
        self.best = View(quality, at_ms, take())
        if self._embedded is None:
            return quality >= self._options.good
        return quality >= self._embedded + self._options.much_better

    def would_keep(self, quality: float) -> bool:
        """Whether a view of this quality would be kept."""
        if self.best is None:
            return quality >= self._options.least
        return quality >= self.best.quality + self._options.better

    def embedded(self, view: View[T]) -> None:
        """Remember that this view has been embedded."""
        self._embedded = max(view.quality, self._embedded or 0.0)

    def left_to_embed(self) -> View[T] | None:
        """At the end of the track: the best view if a worse one, or none, was embedded."""
        if self.best is None:
            return None
        if self._embedded is not None and self.best.quality <= self._embedded:
            return None
        return self.best
