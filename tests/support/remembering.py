"""A store and an index that remember painted people, as the pipeline would have left them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from edge_agent.domain.detection import Floats
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import VectorIndex
from edge_agent.media import PictureLimits
from edge_agent.outbound import FetchLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.search import Eyes, PictureSearches, QueryPictures, SearchOptions
from edge_agent.search.asked import model_of
from edge_agent.storage import Store
from edge_agent.storage.tracks import add_vector_ref, save_track
from tests.support.painted import PaintedEyes

CAMERAS = ("door", "till")


@dataclass
class Box:
    """Everything a picture search needs, with real storage behind it."""

    store: Store
    eyes: Eyes
    options: SearchOptions
    index: VectorIndex = field(default_factory=VectorIndex)
    index_thread: OneThread = field(default_factory=lambda: OneThread("index"))
    index_complete: asyncio.Event = field(default_factory=asyncio.Event)
    counters: Counters = field(default_factory=Counters)
    fetch: FetchLimits = field(default_factory=FetchLimits)

    def searches(self) -> PictureSearches:
        """New picture searches over what is remembered, as after a start."""
        return PictureSearches(
            store=self.store,
            index=self.index,
            index_thread=self.index_thread,
            index_complete=self.index_complete,
            eyes=self.eyes,
            pictures=QueryPictures(
                PictureLimits(max_bytes=4 * 1024 * 1024, max_pixels=4_000_000), self.fetch
            ),
            cameras=CAMERAS,
            options=self.options,
            clock=SystemClock(),
            counters=self.counters,
        )

    async def remember(
        self,
        track: str,
        vectors: Mapping[Part, Floats],
        *,
        camera: str = "door",
        start_ms: int = 1_000,
        end_ms: int = 2_000,
        at_ms: int | None = None,
    ) -> None:
        """Keep a track with one vector per part, in storage and in the index."""
        stored = [
            StoredVector(
                id=f"{track}-{part}",
                track=track,
                camera=camera,
                at_ms=start_ms if at_ms is None else at_ms,
                quality=0.8,
                vector=Vector(part, model_of(self.eyes.info, part), values),
            )
            for part, values in vectors.items()
        ]
        await self.store.vectors.write(stored)
        async with self.store.transaction() as tx:
            await save_track(
                tx,
                Track(
                    id=track, camera=camera, start_ms=start_ms, end_ms=end_ms,
                    state=TrackState.ENDED, face=None, body=None, fragment=None,
                ),
            )  # fmt: skip
            for one in stored:
                await add_vector_ref(tx, one)
        await self.index_thread.call(self.index.add, stored)


@asynccontextmanager
async def opened_box(
    folder: Path, eyes: Eyes | None = None, options: SearchOptions | None = None
) -> AsyncIterator[Box]:
    """A box over a state folder, its index complete."""
    async with await Store.open(folder, clock=SystemClock()) as store:
        box = Box(store, eyes or PaintedEyes(), options or SearchOptions())
        box.index_complete.set()
        try:
            yield box
        finally:
            box.index_thread.close()


async def ended(box: Box, job_id: str) -> str:
    """Wait until a job has ended and return its state."""
    while True:
        version = box.store.version("job")
        rows = await box.store.rows("SELECT state FROM job WHERE id = ?", (job_id,))
        if rows and rows[0]["state"] not in ("initialising", "running"):
            return str(rows[0]["state"])
        await box.store.changed("job", version)


@asynccontextmanager
async def answering(searches: PictureSearches) -> AsyncIterator[None]:
    """The worker runs as long as the block does; its failure is the block's."""

    class _DoneError(Exception):
        pass

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(searches.run(), name="picture searches")
            yield
            raise _DoneError
    except* _DoneError:
        pass
