"""A box without cameras, doors or network."""

import shutil
from pathlib import Path
from types import SimpleNamespace

from edge_agent.index import VectorIndex
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage import Store
from edge_agent.upkeep.alarm import Alarms
from tests.integration.storage.builders import SetClock


class Box:
    """A store, an index and a clock that is set by hand."""

    def __init__(self, store: Store, clock: SetClock) -> None:
        self.store = store
        self.clock = clock
        self.counters = Counters()
        self.alarms = Alarms(store, clock, self.counters)
        self.index = VectorIndex()
        self.thread = OneThread("index")

    async def events(self) -> list[tuple[str, str]]:
        """Kind and data of every event in the outbox, in order."""
        rows = await self.store.rows("SELECT kind, data FROM outbox ORDER BY seq")
        return [(row["kind"], row["data"]) for row in rows]

    async def count(self, table: str) -> int:
        rows = await self.store.rows(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name
        return int(rows[0][0])

    def clip(self, path: str, content: bytes = b"clip") -> Path:
        file = self.store.clips / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        return file


class Disk:
    """Tells the free space it was set to; the rest is the real disk."""

    def __init__(self, free: int, total: int = 1000 << 20) -> None:
        self.free = free
        self.total = total

    def usage(self, folder: Path) -> SimpleNamespace:
        assert shutil.disk_usage(folder).total > 0
        return SimpleNamespace(free=self.free, total=self.total)
