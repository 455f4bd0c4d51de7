"""Stored bytes are read again, slowly, and compared with their checksums.

Disks forget quietly: a flipped byte in a picture or in a vector's blob is seen by no database
check. One pass reads every picture, every clip and every vector at a few megabytes per second.
"""

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from edge_agent.domain.errors import Unavailable
from edge_agent.runtime.counters import Counters
from edge_agent.storage.store import Store
from edge_agent.upkeep.alarm import Alarms

log = logging.getLogger(__name__)

_CHUNK = 1 << 20
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ScrubOptions:
    """How fast stored bytes are read again.

    Attributes:
        bytes_per_s: on average.
        every: seconds from the end of one pass to the start of the next.
    """

    bytes_per_s: int = 4 << 20
    every: float = 7 * 86_400.0


class _File(NamedTuple):
    """A file as its row knows it."""

    table: str
    id: str
    path: Path
    sha256: str


class Scrub:
    """Verifies files and vectors.

    Attributes:
        damaged: what the pass in progress, or else the last one, found damaged or missing:
            "picture <id>" or "clip <id>".
    """

    def __init__(
        self, store: Store, options: ScrubOptions, *, alarms: Alarms, counters: Counters
    ) -> None:
        self._store = store
        self._options = options
        self._alarms = alarms
        self._read = counters.counter(
            "edge_agent_scrubbed_bytes_total", "Stored bytes verified against their checksums."
        )
        self.damaged: list[str] = []
        counters.gauge(
            "edge_agent_files_damaged",
            "Files that the latest pass found damaged or missing.",
            lambda: len(self.damaged),
        )

    async def run(self) -> None:
        """One pass over everything.

        Raises:
            Unavailable: the disk cannot be read.
        """
        self.damaged = []
        async for file in self._files():
            if not await self._sound(file) and await self._still_there(file):
                self.damaged.append(f"{_NOUN[file.table]} {file.id}")
                log.error("%s is damaged or missing: %s", self.damaged[-1], file.path)
        async for batch in self._store.vectors.batches(size=512):
            # Storage compares the checksums and raises the alarm itself.
            await self._rest(sum(vector.vector.values.nbytes for vector in batch))
        if self.damaged:
            named = ", ".join(self.damaged[:_NAMED])
            await self._alarms.say(
                "disk", f"{len(self.damaged)} stored files are damaged or missing: {named}"
            )

    async def _files(self) -> AsyncIterator[_File]:
        """Every file that has a checksum; new ones come in behind and are reached as well."""
        last = ""
        while rows := await self._store.rows(
            "SELECT id, sha256 FROM picture WHERE id > ? ORDER BY id LIMIT 200", (last,)
        ):
            for row in rows:
                path = self._store.pictures.path(row["id"])
                yield _File("picture", row["id"], path, row["sha256"])
            last = rows[-1]["id"]
        last = ""
        while rows := await self._store.rows(
            "SELECT id, path, sha256 FROM fragment WHERE id > ? ORDER BY id LIMIT 50", (last,)
        ):
            for row in rows:
                if row["sha256"]:
                    path = self._store.clips / row["path"]
                    yield _File("fragment", row["id"], path, row["sha256"])
            last = rows[-1]["id"]

    async def _sound(self, file: _File) -> bool:
        digest = hashlib.sha256()
        try:
            stream = await asyncio.to_thread(file.path.open, "rb")
            with stream:
                # In small steps, so that stopping the box never waits for a whole clip.
                while chunk := await asyncio.to_thread(stream.read, _CHUNK):
                    digest.update(chunk)
                    await self._rest(len(chunk))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise Unavailable(f"cannot read {file.path}: {error}") from error
        return digest.hexdigest() == file.sha256

    async def _still_there(self, file: _File) -> bool:
        """Whether the row still says so; what was deleted meanwhile is no damage."""
        rows = await self._store.rows(
            f"SELECT sha256 FROM {file.table} WHERE id = ?",  # noqa: S608 - one of two names
            (file.id,),
        )
        return bool(rows) and rows[0]["sha256"] == file.sha256

    async def _rest(self, size: int) -> None:
        self._read.add(size)
        await asyncio.sleep(size / self._options.bytes_per_s)


_NOUN = {"picture": "picture", "fragment": "clip"}
