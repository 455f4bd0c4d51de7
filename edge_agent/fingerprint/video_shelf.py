"""One library of videos, as it is asked.

In memory is only what moments are looked up by; the prints stay in the database, of which a
question reads the few parts that it is lined up with. What came and went since the last question
is taken in before the next.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from edge_agent.domain.fingerprint import Library, PrintedFile
from edge_agent.fingerprints import (
    BITS,
    MARGINS,
    Bits,
    Found,
    MomentIndex,
    VideoPrint,
    VideoQuestion,
    Window,
    propose,
    settle,
)
from edge_agent.storage import Store
from edge_agent.storage.fingerprints import file_keys, print_part, prints_of

_AT_ONCE: Final = 64
_ROW: Final = BITS // 8

Parts = Mapping[tuple[str, int], Sequence[tuple[int, Bits]]]
"""By file and view: first row and rows of what was read."""


class VideoShelf:
    """A library; one question at a time.

    Args:
        store: the truth.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._index = MomentIndex(len(MARGINS))
        self._keys: dict[str, str] = {}
        self._changes = -1

    async def find(self, library: Library, question: VideoQuestion) -> list[Found]:
        """Every piece of the question that is in the library, by its start."""
        await self._catch_up(library)
        proposed = await asyncio.to_thread(propose, self._index, question)
        parts = await self._read([window for one in proposed for window in one.windows()])

        def fetch(window: Window) -> Bits:
            return _cut(parts, window)

        found = await asyncio.to_thread(settle, question, proposed, fetch)
        return [replace(one, key=self._keys[one.key]) for one in found]

    async def _catch_up(self, library: Library) -> None:
        if self._changes == library.changes:
            return
        self._keys = await file_keys(self._store, library.id)
        for gone in self._index.files - self._keys.keys():
            self._index.remove(gone)
        new = sorted(self._keys.keys() - self._index.files)
        for first in range(0, len(new), _AT_ONCE):
            files = await prints_of(self._store, new[first : first + _AT_ONCE])
            await asyncio.to_thread(self._add, files)
        self._changes = library.changes

    def _add(self, files: Sequence[PrintedFile]) -> None:
        self._index.add(
            [(file.id, VideoPrint.from_bytes(file.print, file.seconds).views) for file in files]
        )

    async def _read(self, windows: Sequence[Window]) -> Parts:
        found: dict[tuple[str, int], list[tuple[int, Bits]]] = defaultdict(list)
        for window in _joined(windows):
            part = await print_part(
                self._store,
                window.file,
                part=window.view,
                parts=len(MARGINS),
                first=window.first * _ROW,
                size=(window.last - window.first) * _ROW,
            )
            rows = np.frombuffer(part, np.uint8).reshape(-1, _ROW)
            found[window.file, window.view].append((window.first, rows))
        return found


def _joined(windows: Sequence[Window]) -> list[Window]:
    """The same rows in fewer windows, by file, view and row."""
    joined: list[Window] = []
    for window in sorted(set(windows)):
        last = joined[-1] if joined else None
        if last is not None and last[:2] == window[:2] and window.first <= last.last:
            joined[-1] = last._replace(last=max(last.last, window.last))
        else:
            joined.append(window)
    return joined


def _cut(parts: Parts, window: Window) -> Bits:
    for first, rows in parts.get((window.file, window.view), ()):
        if first <= window.first < first + len(rows):
            return rows[window.first - first : window.last - first]
    return np.zeros((0, _ROW), np.uint8)
