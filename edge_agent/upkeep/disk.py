"""A full disk stops recording before it stops anything else.

Clips are by far the most of what a box writes, and the first thing it can do without: whoever was
there is still found by picture and vector. So recording stops at the first mark, and at the
second the oldest clips go. Both come back only some way above their mark, or the box would start
and stop with every clip. Database, vectors, pictures and logs of the state folder's disk are all
covered, since it is the free space of that disk that is watched.

Even deleting a clip needs room: its row goes first, and the database's log grows before it
shrinks. So a file of a few megabytes, the ballast, is kept ready and given up when a disk is so
full that rows cannot be deleted any more; it is laid down again once there is room.
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar

from edge_agent.domain.errors import Unavailable
from edge_agent.runtime.counters import Counters
from edge_agent.storage.store import Store
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.clips import delete_clips

log = logging.getLogger(__name__)

GIB = 1 << 30
P = ParamSpec("P")
R = TypeVar("R")

_AT_ONCE = 8
_ANY_TIME = 1 << 62


class Usage(Protocol):
    """What `shutil.disk_usage` tells."""

    @property
    def total(self) -> int:
        """Bytes of the disk."""

    @property
    def free(self) -> int:
        """Bytes left for this user."""


@dataclass(frozen=True, slots=True)
class Level:
    """An amount of free space: so many bytes, or such a share of the disk.

    Attributes:
        bytes: used where `share` is 0.
        share: of the whole disk, 0 to 1.
    """

    bytes: int = 0
    share: float = 0.0

    def of(self, total: int) -> int:
        """In bytes, on a disk of `total` bytes."""
        return round(self.share * total) if self.share else self.bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskOptions:
    """When free space becomes too little.

    Attributes:
        stop_recording_below: no new clips while less than this is free.
        resume_above: recording goes on once more than this is free.
        delete_clips_below: the oldest clips are deleted while less than this is free.
        every: seconds between looks.
        ballast: bytes that are given up when not even rows can be deleted.
    """

    stop_recording_below: Level = Level(bytes=2 * GIB)
    resume_above: Level = Level(bytes=3 * GIB)
    delete_clips_below: Level = Level(bytes=1 * GIB)
    every: float = 10.0
    ballast: int = 16 << 20


class DiskWatch:
    """Watches the disk of the state folder.

    Attributes:
        recording_allowed: asked by recorders before and while they write.
        free: bytes at the last look.
    """

    def __init__(
        self,
        store: Store,
        options: DiskOptions,
        *,
        alarms: Alarms,
        counters: Counters,
        usage: Callable[[Path], Usage] = shutil.disk_usage,
    ) -> None:
        self._store = store
        self._options = options
        self._alarms = alarms
        self._usage = usage
        self.recording_allowed = True
        self.free = 0
        self._ballast = store.folder / "ballast"
        self._untold: str | None = None
        self._deleted = counters.counter(
            "edge_agent_clips_deleted_total", "Clips deleted, by reason."
        )
        counters.gauge(
            "edge_agent_disk_free_bytes", "Free space for the state folder.", lambda: self.free
        )
        counters.gauge(
            "edge_agent_recording_allowed",
            "0 while the disk is too full for clips.",
            lambda: float(self.recording_allowed),
        )

    async def check(self) -> None:
        """Look once and act.

        Raises:
            Unavailable: the disk cannot be asked, or rows of deleted clips cannot be written.
        """
        usage = await self._look()
        stop = self._options.stop_recording_below.of(usage.total)
        resume = max(self._options.resume_above.of(usage.total), stop)
        if self.recording_allowed and usage.free < stop:
            # Decided before anything is written about it: on a full disk writing fails.
            self.recording_allowed = False
            self._untold = (
                f"recording has stopped: {_mib(usage.free)} are free, {_mib(stop)} are needed;"
                f" it goes on above {_mib(resume)}"
            )
        elif not self.recording_allowed and usage.free > resume:
            self.recording_allowed = True
            self._untold = None
            log.warning("recording goes on: %s are free", _mib(usage.free))
        await self._make_room(usage)
        await self._tell()
        if usage.free > resume + self._options.ballast:
            await self._call(_lay, self._ballast, self._options.ballast)

    async def _look(self) -> Usage:
        usage = await self._call(self._usage, self._store.folder)
        self.free = usage.free
        return usage

    async def _call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await asyncio.to_thread(function, *args, **kwargs)
        except OSError as error:
            raise Unavailable(f"the disk of {self._store.folder} fails: {error}") from error

    async def _make_room(self, usage: Usage) -> None:
        """Drop what can be made again, then the oldest clips until enough is free."""
        wanted = self._options.delete_clips_below.of(usage.total)
        if usage.free < wanted and await self._store.renderings.clear():
            usage = await self._look()
        while usage.free < wanted:
            count = await self._delete_oldest()
            self._deleted.add(count, reason="disk")
            if count == 0:
                log.error("%s are free and no clip is left to delete", _mib(usage.free))
                return
            log.warning("%s are free: deleted the %d oldest clips", _mib(usage.free), count)
            usage = await self._look()

    async def _delete_oldest(self) -> int:
        try:
            return await delete_clips(self._store, before_ms=_ANY_TIME, count=_AT_ONCE)
        except Unavailable as error:
            if not self._ballast.exists():
                raise
            log.warning("not even rows can be deleted (%s): the ballast is given up", error)
            await self._call(self._ballast.unlink, missing_ok=True)
        return await delete_clips(self._store, before_ms=_ANY_TIME, count=_AT_ONCE)

    async def _tell(self) -> None:
        """Raise the alarm once; where the database cannot be written, again at the next look."""
        if self._untold is not None:
            await self._alarms.say("disk", self._untold)
            self._untold = None


def _lay(path: Path, size: int) -> None:
    """Make a file whose bytes are really taken from the disk, unless it is there."""
    if size and not path.exists():
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.0f} MiB"
