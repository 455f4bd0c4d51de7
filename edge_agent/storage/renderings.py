"""Clips made playable and their thumbnails: a cache, bounded, and forgotten with the clip.

Nothing here is durable and nothing refers to it. The name of a file begins with the id of the
clip that it was made from, and its access time, which is set when it is used and never by the
kernel alone, says how long nobody has wanted it.
"""

import asyncio
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

from edge_agent.runtime.clock import Clock
from edge_agent.storage.errors import file_errors

P = ParamSpec("P")
R = TypeVar("R")

_PART = ".part"

IN_USE_MS = 60_000
"""What was used so lately is being sent, perhaps, and stays."""


class RenderedFiles:
    """The folder of renderings: `<id of the clip>.<what it depends on>.<mp4 or jpg>`."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock

    def path(self, fragment_id: str, rest: str) -> Path:
        """Where a rendering of this clip lies, whether it is there or not."""
        return self.folder / f"{fragment_id}.{rest}"

    def part(self, path: Path) -> Path:
        """Where it is written until it is whole."""
        return path.with_name(path.name + _PART)

    async def begin(self) -> None:
        """Make the folder, and remove what a crash left half written.

        Raises:
            Unavailable: the disk is failing.
        """
        await self._call(self._begin)

    async def use(self, path: Path) -> bool:
        """Whether it is there; if so, it counts as used now.

        Raises:
            Unavailable: the disk is failing.
        """
        return await self._call(self._use, path)

    async def accept(self, path: Path) -> bool:
        """Put what was written in its place; False where it was forgotten meanwhile.

        Raises:
            Unavailable: the disk is failing.
        """
        return await self._call(self._accept, path)

    async def forget(self, fragment_ids: Collection[str]) -> None:
        """Remove everything made from these clips, also what is being made.

        Raises:
            Unavailable: the disk is failing.
        """
        wanted = frozenset(fragment_ids)
        if wanted:
            await self._call(self._remove, lambda path: path.name.partition(".")[0] in wanted)

    async def clear(self) -> int:
        """Remove everything that is not in use; returns how many files went.

        Raises:
            Unavailable: the disk is failing.
        """
        return await self.keep_within(0, 0)

    async def keep_within(self, most_bytes: int, unused_ms: int) -> int:
        """Remove what was not used for so long, then the least lately used beyond the size.

        What was used within the last minute stays in any case.

        Returns:
            how many files went.

        Raises:
            Unavailable: the disk is failing.
        """
        return await self._call(self._evict, most_bytes, unused_ms)

    async def ids(self) -> frozenset[str]:
        """The clips of which there is a rendering.

        Raises:
            Unavailable: the disk is failing.
        """
        return await self._call(
            lambda: frozenset(path.name.partition(".")[0] for path in self._files())
        )

    async def _call(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        with file_errors("renderings of clips cannot be kept"):
            return await asyncio.to_thread(function, *args, **kwargs)

    def _begin(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self._remove(lambda path: path.suffix == _PART)

    def _files(self) -> Iterator[Path]:
        return self.folder.iterdir() if self.folder.is_dir() else iter(())

    def _use(self, path: Path) -> bool:
        try:
            self._touch(path)
        except FileNotFoundError:
            return False
        return True

    def _touch(self, path: Path) -> None:
        # never the time of modification: players ask for ranges of the file they know
        os.utime(path, ns=(self._clock.now_ms() * 1_000_000, path.stat().st_mtime_ns))

    def _accept(self, path: Path) -> bool:
        try:
            self.part(path).rename(path)
            self._touch(path)
        except FileNotFoundError:
            return False
        return True

    def _remove(self, wanted: Callable[[Path], bool]) -> int:
        gone = [path for path in self._files() if wanted(path)]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)

    def _evict(self, most_bytes: int, unused_ms: int) -> int:
        now = self._clock.now_ms()
        found = []
        for path in self._files():
            if path.suffix != _PART:
                status = path.stat()
                found.append((now - status.st_atime_ns // 1_000_000, status.st_size, path))
        found.sort()
        kept, gone = 0, 0
        for unused, size, path in found:
            kept += size
            too_old = unused >= unused_ms or kept > most_bytes
            if too_old and not 0 <= unused < IN_USE_MS:
                path.unlink(missing_ok=True)
                kept -= size
                gone += 1
        return gone
