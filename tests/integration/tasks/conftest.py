"""Investigations by looks, over a store and an index that remember painted people."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.detection import Floats
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import RiskCriteria, RiskTask, TaskSearchState
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.runtime.clock import SystemClock
from edge_agent.search.asked import model_of
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.tracks import add_vector_ref, drop_vector_ref, vector_refs
from edge_agent.tasks import Likenesses, NewTask, Place, RiskTasks, RiskTasksOptions
from tests.support.painted import paint, vector_of
from tests.support.remembering import CAMERAS, Box, opened_box
from tests.support.sightings import face_of, standing

FACE, BODY = Part.FACE, Part.BODY
BETTER = itertools.count()
"""Numbers better vectors, so that no two of a track have one id."""

UNFINISHED = (TaskSearchState.WAITING, TaskSearchState.RUNNING)


class Office:
    """A box that remembers people, and its investigations."""

    def __init__(self, box: Box, likenesses: Likenesses | None = None, **limits: int) -> None:
        self.box = box
        self.store = box.store
        self.tasks = RiskTasks(
            box.store,
            Place(tenant="acme", store="shop-7"),
            RiskTasksOptions(**limits),
            likenesses=likenesses or box.searches().likenesses,
            clock=SystemClock(),
        )

    async def saw(self, track: str, who: int, likeness: float = 1.0, **more: Any) -> None:
        """Remember a track of somebody."""
        await self.box.remember(track, {FACE: vector_of(FACE, who, likeness)}, **more)

    async def saw_better(self, track: str, vectors: Mapping[Part, Floats]) -> None:
        """Put these vectors in place of a track's, as memory does; the index hears of it later."""
        old = await vector_refs(self.store, track)
        new = [
            StoredVector(
                id=f"{track}-{part}-better-{next(BETTER)}",
                track=track,
                camera="door",
                at_ms=1_500,
                quality=0.9,
                vector=Vector(part, model_of(self.box.eyes.info, part), values),
            )
            for part, values in vectors.items()
        ]
        await self.store.vectors.write(new)
        async with self.store.transaction() as tx:
            for one in new:
                await add_vector_ref(tx, one)
            for vector_id, _ in old:
                await drop_vector_ref(tx, vector_id)
        await self.store.vectors.delete(old)

    async def create(
        self, picture: bytes | None = None, criteria: RiskCriteria | None = None, **looks: Any
    ) -> RiskTask:
        """Begin an investigation by looks, with the times and cameras of the criteria."""
        criteria = criteria or RiskCriteria()
        return await self.tasks.create(
            NewTask(criteria=criteria, looks=asked(picture, criteria, **looks)), asker="test"
        )

    async def ended(self, task: RiskTask, *, not_as: Sequence[TaskSearchState] = ()) -> RiskTask:
        """Wait until the search of a task has ended, in a state that is none of these."""
        async with asyncio.timeout(20):
            while True:
                version = self.store.version("risk_task")
                now = await self.tasks.get(task.id)
                if now.search is None or now.search.state not in (*UNFINISHED, *not_as):
                    return now
                await self.store.changed("risk_task", version)

    async def reached(self, task: RiskTask, state: TaskSearchState) -> None:
        """Wait until the search of a task is in this state."""
        async with asyncio.timeout(20):
            while True:
                version = self.store.version("risk_task")
                search = (await self.tasks.get(task.id)).search
                if search is not None and search.state is state:
                    return
                await self.store.changed("risk_task", version)

    async def listed(self, task: RiskTask) -> set[str]:
        page = await self.tasks.tracks(task.id, limit=200)
        return {track.id for track in page.tracks}

    async def members(self, task: RiskTask) -> set[str]:
        """As `listed`, where nothing is going on; then the task's own count agrees."""
        listed = await self.listed(task)
        assert (await self.tasks.get(task.id)).tracks == len(listed)
        return listed

    async def joined(self, task: RiskTask, *tracks: str) -> None:
        """Wait until exactly these tracks are in a task."""
        await self.joined_by(task, *tracks)
        assert await self.listed(task) == set(tracks)

    async def joined_by(self, task: RiskTask, *tracks: str) -> None:
        """Wait until these tracks are in a task, whoever else is."""
        async with asyncio.timeout(20):
            version = self.store.version("risk_task")
            while not set(tracks) <= await self.listed(task):
                version = await self.store.changed("risk_task", version)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Pictures are looked at and tasks kept up as long as the block runs."""
        async with asyncio.TaskGroup() as group:
            running = group.create_task(self.tasks.run())
            try:
                yield
            finally:
                running.cancel()


def asked(
    picture: bytes | None = None, criteria: RiskCriteria | None = None, **looks: Any
) -> PictureQuestion:
    """A question about looks, under the other criteria."""
    criteria = criteria or RiskCriteria()
    return PictureQuestion(
        picture=picture,
        start_ms=criteria.start_ms,
        end_ms=criteria.end_ms,
        cameras=criteria.cameras,
        **looks,
    )


def picture_of(*people: int) -> bytes:
    """A picture that shows these people, from left to right."""
    placed = {}
    for number, who in enumerate(people):
        body = standing(100 + 180 * number, y=60, height=300)
        placed[who] = {BODY: body, FACE: face_of(body)}
    return paint(placed)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    async with opened_box(tmp_path / "state") as opened:
        async with opened.store.transaction() as tx:
            await ensure_cameras(tx, CAMERAS)
        yield opened


@pytest.fixture
def office(box: Box) -> Office:
    return Office(box)
