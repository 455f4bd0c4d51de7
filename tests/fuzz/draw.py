"""Turns the bytes of a fuzzer into choices: the same bytes, the same choices.

A fuzzer that changes bytes then changes choices, and a corpus is replayed without the fuzzer.
When the bytes run out, every choice is the first and every text is empty.
"""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Draw:
    """Choices made out of bytes, from the front to the back."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        """0 to 255."""
        taken = self.raw(1)
        return taken[0] if taken else 0

    def raw(self, most: int) -> bytes:
        """The next bytes, `most` or as many as there are."""
        taken = self._data[self._at : self._at + most]
        self._at += len(taken)
        return taken

    def rest(self) -> bytes:
        """Everything that is left."""
        return self.raw(len(self._data))

    def below(self, count: int) -> int:
        """A number from 0 to `count` - 1."""
        return self.byte() % count

    def one_of(self, options: Sequence[T]) -> T:
        """One of these."""
        return options[self.below(len(options))]

    def text(self) -> str:
        """Up to 255 characters; anything but half surrogate pairs may be among them."""
        return self.raw(self.byte()).decode("utf-8", "replace")

    def value(self, known: Sequence[str]) -> str:
        """A text that means something to the receiver, or nearly, or nothing at all."""
        kind = self.below(8)
        if kind < 4:
            return self.one_of(known)
        if kind == 4:
            return str(int.from_bytes(self.raw(self.below(12)), signed=True))
        if kind == 5:
            return f"{self.one_of(known)}{self.text()}"
        if kind == 6:
            return self.one_of(["", "0", "1", "-1", "true", "nan", "1e999", "\x00", "\ud7ff", "٣"])
        return self.text()

    def json(self, names: Sequence[str], known: Sequence[str], depth: int = 4) -> Any:
        """A JSON value that has these names here and there."""
        kind = self.below(10)
        if kind < 4 and depth:
            fields = [self.one_of(names) if self.byte() else self.text() for _ in range(self.few())]
            return {name: self.json(names, known, depth - 1) for name in fields}
        if kind == 4 and depth:
            return [self.json(names, known, depth - 1) for _ in range(self.few())]
        if kind == 5:
            return self.one_of([None, True, False, 0, 1, -1, 0.5, 1e308, 10**13, 1 << 63])
        if kind == 6:
            return int.from_bytes(self.raw(self.below(12)), signed=True)
        return self.value(known)

    def few(self) -> int:
        """0 to 6."""
        return self.below(7)

    def document(self, names: Sequence[str], known: Sequence[str]) -> bytes:
        """The body of a request: JSON of those names, broken JSON, or anything."""
        kind = self.below(8)
        if kind == 0:
            return self.rest()
        written = json.dumps(self.json(names, known)).encode()
        if kind == 1:
            at = self.below(256) % (len(written) + 1)
            return written[:at] + self.raw(4) + written[at:]
        return written
