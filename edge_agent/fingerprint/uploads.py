"""Inputs that are sent with the question: files that lie here until their job has ended."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from edge_agent.domain.errors import Busy, Refused, TooLarge
from edge_agent.domain.ids import new_id
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.durable import make_folder, sync_folder
from edge_agent.storage.errors import file_errors

_PIECE: Final = 1 << 20
"""Bytes that are written at once: a request arrives in smaller pieces."""

_WAITING: Final = 4
"""So many times the largest upload may lie here; more are refused as busy."""

_LONGEST_NAME: Final = 200


class Uploads:
    """Keeps what was sent.

    Args:
        store: has the folder.
        most_bytes: of one upload.
        clock: makes ids.
    """

    def __init__(self, store: Store, most_bytes: int, clock: Clock) -> None:
        self._folder = store.folder / "fingerprints" / "uploads"
        self._most = most_bytes
        self._clock = clock
        self._coming: set[str] = set()

    def path(self, upload: str) -> Path:
        """Where the upload of this id lies, whether it is there or not."""
        return self._folder / upload

    def coming(self, upload: str) -> bool:
        """Whether its sender is about to submit it; nobody else may name it."""
        return upload in self._coming

    @asynccontextmanager
    async def kept(self, pieces: AsyncIterator[bytes], name: str) -> AsyncIterator[str]:
        """Keep what arrives, durably; it goes again where the block that submits it fails.

        Args:
            pieces: the bytes, as they come.
            name: of the file, for people.

        Yields:
            the input, as `Fingerprints.submit` takes it.

        Raises:
            TooLarge: there is more than one upload may have.
            Busy: too much waits already.
            Refused: nothing came.
            Unavailable: the disk is full or failing.
        """
        upload = new_id(self._clock.now_ms())
        self._coming.add(upload)
        try:
            with file_errors("the upload cannot be kept"):
                await asyncio.to_thread(self._prepare)
                await self._write(upload, pieces)
            yield json.dumps({"Upload": upload, "Name": name[:_LONGEST_NAME]}, ensure_ascii=False)
        except BaseException:
            self.discard(upload)
            raise
        finally:
            self._coming.discard(upload)

    def discard(self, upload: str) -> None:
        """Delete one that has been looked at."""
        self.path(upload).unlink(missing_ok=True)

    def sweep(self, wanted: Collection[str]) -> None:
        """Delete what no job will look at: a crash leaves such files.

        Args:
            wanted: ids of those that jobs wait for.
        """
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            if path.name not in wanted and path.name not in self._coming:
                path.unlink(missing_ok=True)

    def _prepare(self) -> None:
        make_folder(self._folder)
        waiting = sum(path.stat().st_size for path in self._folder.iterdir())
        if waiting > _WAITING * self._most:
            raise Busy("too many uploads wait for their jobs; send it again later")

    async def _write(self, upload: str, pieces: AsyncIterator[bytes]) -> None:
        size, held = 0, bytearray()
        with self.path(upload).open("wb") as file:
            async for piece in pieces:
                size += len(piece)
                if size > self._most:
                    raise TooLarge(f"an input may have {self._most} bytes at the most")
                held += piece
                if len(held) >= _PIECE:
                    await asyncio.to_thread(file.write, bytes(held))
                    held.clear()
            if not size:
                raise Refused("the body is empty; it should be the file to look for")
            await asyncio.to_thread(file.write, bytes(held))
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
        await asyncio.to_thread(sync_folder, self._folder)
