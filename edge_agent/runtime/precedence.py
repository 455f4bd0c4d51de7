"""Something that others make way for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Precedence:
    """Says whether somebody is being served who goes first; lives on the event loop."""

    def __init__(self) -> None:
        self._served = 0
        self._waiting: list[Callable[[], None]] = []

    @property
    def taken(self) -> bool:
        """Whether anybody is being served."""
        return self._served > 0

    @contextmanager
    def take(self) -> Iterator[None]:
        """Go first for as long as the block lasts; several may at a time."""
        self._served += 1
        try:
            yield
        finally:
            self._served -= 1
            if not self._served:
                for go_on in self._waiting:
                    go_on()

    def afterwards(self, go_on: Callable[[], None]) -> None:
        """Have this called whenever the last one has been served."""
        self._waiting.append(go_on)
