"""The vectors' numbers: one SQLite file per UTC day, all touched by one thread.

So a check or a backup of edge.db never has to read them, a damaged day is quarantined by itself,
and retention unlinks a file. Rows are durable when `write` returns, and only then does a row of
edge.db (`vector_ref`) name them.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from edge_agent.domain.vector import StoredVector
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.vector_days import VectorDays
from edge_agent.storage.vector_rows import Read, day_of

T = TypeVar("T")
BATCH = 2048


class VectorFiles:
    """All stored vectors.

    Attributes:
        damaged: by day, the ids of rows whose checksum did not fit when they were read.
    """

    def __init__(self, folder: Path, quarantine: Path, alarm: Callable[[str], None]) -> None:
        self._days = VectorDays(folder, quarantine)
        self._thread = OneThread("storage-vectors")
        self._alarm = alarm
        self.damaged: dict[str, set[str]] = {}

    async def write(self, vectors: Sequence[StoredVector]) -> None:
        """Write vectors; all are durable when this returns. One with a known id replaces it.

        Raises:
            Unavailable: the disk is full or failing; days before the failing one are written.
        """
        for day, of_day in _by_day((vector.at_ms, vector) for vector in vectors).items():
            await self._call(partial(self._days.write, day, of_day))

    async def delete(self, items: Iterable[tuple[str, int]]) -> None:
        """Remove vectors, each an id and its `at_ms`, so that no file holds their bytes.

        Raises:
            Unavailable: the disk is full or failing.
        """
        for day, ids in _by_day((at_ms, vector_id) for vector_id, at_ms in items).items():
            await self._call(partial(self._days.delete, day, ids))

    async def get(self, items: Iterable[tuple[str, int]]) -> list[StoredVector]:
        """The vectors of these ids and `at_ms` that are there and whole, in no order."""
        found: list[StoredVector] = []
        for day, ids in _by_day((at_ms, vector_id) for vector_id, at_ms in items).items():
            found += self._whole(day, await self._call(partial(self._days.get, day, ids)))
        return found

    async def batches(
        self, days: Sequence[str] | None = None, *, size: int = BATCH
    ) -> AsyncIterator[list[StoredVector]]:
        """Every whole vector, newest day first and newest first within a day.

        Damaged rows are left out, counted in `damaged` and reported as an alarm. What is written
        after a day was begun may be missing; it is in the caller's hands anyway.

        Args:
            days: only these, in this order; None means all.
            size: vectors per batch.
        """
        for day in await self.days() if days is None else days:
            before: int | None = None
            while True:
                step = partial(self._days.batch, day, before, size)
                read, before = await self._call(step)
                whole = self._whole(day, read)
                if whole:
                    yield whole
                if before is None:
                    break

    async def ids(self, day: str) -> list[str]:
        """The ids of all vectors of a day."""
        return await self._call(partial(self._days.ids, day))

    async def days(self) -> list[str]:
        """The days that have a file, `YYYYMMDD`, newest first."""
        return await self._thread.call(self._days.days)

    async def drop_day(self, day: str) -> None:
        """Remove a whole day.

        Raises:
            Unavailable: the disk is failing.
        """
        await self._call(partial(self._days.drop, day))
        self.damaged.pop(day, None)

    async def close(self) -> None:
        """Close every file; may be called once only."""
        await self._thread.call(self._days.close)
        self._thread.close()

    async def _call(self, work: Callable[[], T]) -> T:
        try:
            return await self._thread.call(work)
        finally:
            for message in self._days.take_notes():
                self._alarm(message)

    def _whole(self, day: str, read: Read) -> list[StoredVector]:
        known = self.damaged.setdefault(day, set()) if read.damaged else set()
        new = set(read.damaged) - known
        if new:
            known |= new
            self._alarm(f"{len(new)} vectors of {day} are damaged and were left out")
        return read.vectors


def _by_day(items: Iterable[tuple[int, T]]) -> dict[str, list[T]]:
    days: dict[str, list[T]] = {}
    for at_ms, item in items:
        days.setdefault(day_of(at_ms), []).append(item)
    return days
