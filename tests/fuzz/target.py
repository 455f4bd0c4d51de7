"""What can be fuzzed: something that takes bytes, and judges what becomes of them."""

import random
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

Judge = Callable[[bytes], Awaitable[None]]
"""Hands bytes to a door and raises `AssertionError`, or whatever the door raised, at a fault."""


def random_seeds(count: int = 64, size: int = 400) -> list[bytes]:
    """Inputs to begin with where every input makes a request; always the same."""
    generator = random.Random(1)  # noqa: S311 - nothing is secret here
    return [generator.randbytes(size) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Target:
    """One door, or one reader of what strangers send.

    Attributes:
        name: of the corpus.
        opened: opens the door over a folder and yields its judge.
        seeds: makes inputs to begin with.
        renew_after: judged inputs after which the door is opened afresh, because what inputs
            leave behind fills it up.
    """

    name: str
    opened: Callable[[Path], AbstractAsyncContextManager[Judge]]
    seeds: Callable[[], Sequence[bytes]] = random_seeds
    renew_after: int = 2000
