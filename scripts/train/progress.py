"""A bar on a terminal."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.progress import track

Item = TypeVar("Item")


def shown(items: Iterable[Item], title: str, total: int | None = None) -> Iterator[Item]:
    """The items, one after the other, while a bar says how far it is."""
    yield from track(items, title, total)
