"""Whatever happens while pictures are looked at, a task ends up with who looks like that."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.risk_task import RiskCriteria, RiskTask, RiskTaskState, TaskSearchState
from edge_agent.domain.vector import Part
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.tracks import vector_refs
from edge_agent.tasks import Change
from tests.integration.tasks.conftest import FACE, Office, asked, picture_of
from tests.support.painted import INFO, vector_of
from tests.support.remembering import CAMERAS, opened_box

TRACKS = tuple(f"{number:032x}" for number in range(5))
LIKENESS = (0.2, 0.45, 0.7, 0.95)

steps = st.lists(
    st.one_of(
        st.tuples(st.just("seen"), st.sampled_from(TRACKS), st.sampled_from(LIKENESS)),
        st.tuples(st.just("seen_better"), st.sampled_from(TRACKS)),
        st.tuples(st.just("forgotten"), st.sampled_from(TRACKS)),
        st.tuples(st.just("asked_again")),
        st.tuples(st.just("closed_and_opened")),
        st.tuples(st.just("stopped_and_started")),
        st.tuples(st.just("waited")),
    ),
    max_size=16,
)


class Case:
    """A box at work, and how much each track looks like person 7 by now."""

    def __init__(self, office: Office, task: RiskTask) -> None:
        self.office = office
        self.task = task
        self.likeness: dict[str, float] = {}
        self.gone: set[str] = set()

    async def tell(self, story: Sequence[tuple[Any, ...]]) -> None:
        """Do everything; at each stop the box is gone in the middle of whatever it did."""
        rest = list(story)
        while True:
            async with self.office.at_work():
                while rest:
                    name, *values = rest.pop(0)
                    if name == "stopped_and_started":
                        break
                    await getattr(self, name)(*values)
                else:
                    await self.settled()
                    return
            self.office = Office(self.office.box)

    async def settled(self) -> None:
        await self.office.reached(self.task, TaskSearchState.COMPLETE)
        await self.office.tasks.keep_up()

    async def seen(self, track: str, likeness: float) -> None:
        # An id is made once: what has been forgotten never comes back under it.
        if track not in self.likeness.keys() | self.gone:
            self.likeness[track] = likeness
            await self.office.saw(track, 7, likeness)

    async def seen_better(self, track: str) -> None:
        more = [value for value in LIKENESS if value > self.likeness.get(track, 1.0)]
        if more:
            self.likeness[track] = more[0]
            box = self.office.box
            old = [vector for vector, _ in await vector_refs(box.store, track)]
            await self.office.saw_better(track, {FACE: vector_of(FACE, 7, more[0])})
            new = await box.store.vectors.get(await vector_refs(box.store, track))
            await box.index_thread.call(box.index.add, new)
            await box.index_thread.call(box.index.forget, old)

    async def forgotten(self, track: str) -> None:
        box = self.office.box
        async with box.store.transaction() as tx:
            gone = await forget_tracks(tx, [track])
        await box.index_thread.call(box.index.forget, [vector for vector, _ in gone.vectors])
        await box.store.vectors.delete(gone.vectors)
        self.likeness.pop(track, None)
        self.gone.add(track)

    async def asked_again(self) -> None:
        looks = asked(picture_of(7), parts=frozenset({Part.FACE}))
        await self._change(Change(criteria=RiskCriteria(), looks=looks))

    async def closed_and_opened(self) -> None:
        for state in (RiskTaskState.CLOSED, RiskTaskState.OPEN):
            await self._change(Change(state=state))

    async def waited(self) -> None:
        await self.office.ended(self.task)

    async def _change(self, change: Change) -> None:
        await self.office.tasks.change(self.task.id, change, asker="test")


@given(steps)
@settings(max_examples=25, deadline=None)
def test_a_task_ends_up_with_who_looks_like_that(story: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(told(Path(folder), story))


async def told(folder: Path, story: list[tuple[Any, ...]]) -> None:
    async with opened_box(folder / "state") as box:
        async with box.store.transaction() as tx:
            await ensure_cameras(tx, CAMERAS)
        office = Office(box)
        task = await office.create(picture_of(7), parts=frozenset({Part.FACE}))
        case = Case(office, task)
        await case.tell(story)
        alike = {name for name, value in case.likeness.items() if value >= INFO.face_threshold}
        assert await case.office.members(task) == alike
        assert await box.store.rows("SELECT * FROM track_news") == []
        kept = await box.store.rows("SELECT DISTINCT picture FROM risk_picture_vector")
        assert len(kept) == 1
