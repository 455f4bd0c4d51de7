import asyncio
import sqlite3
from contextlib import closing

import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.vector import Part
from edge_agent.index import Where
from edge_agent.storage.forget import forget_tracks
from edge_agent.upkeep import RebuildOptions
from edge_agent.upkeep.rebuild import Rebuild
from tests.integration.storage.builders import DAY_MS, NOON_MS, a_vector, remember_person
from tests.integration.upkeep.boxes import Box

OPTIONS = RebuildOptions(batch=4, pause=0, looks=3, look_every=0)


def rebuild(box: Box, options: RebuildOptions = OPTIONS) -> Rebuild:
    box.clock.ms = NOON_MS + 10 * DAY_MS
    return Rebuild(
        box.store,
        box.index,
        box.thread,
        options,
        alarms=box.alarms,
        clock=box.clock,
        counters=box.counters,
    )


async def test_everything_referenced_comes_back_and_can_be_found(box: Box) -> None:
    people = [
        await remember_person(box.store, start_ms=NOON_MS + number * (DAY_MS // 4 + 1))
        for number in range(10)
    ]
    await box.store.vectors.write([a_vector(99)])  # nobody refers to it
    work = rebuild(box)
    assert work.progress == 0
    await work.run()
    assert (work.complete, work.progress, len(box.index)) == (True, 1.0, 10)
    assert box.index.complete
    track, _, vector = people[3]
    found = box.index.search(
        vector.vector.values,
        part=Part.FACE,
        model=vector.vector.model,
        where=Where(),
        k=1,
        threshold=0.9,
    )
    assert found.tracks == (track.id,)
    assert await box.events() == []


async def test_an_empty_box_is_complete_at_once(box: Box) -> None:
    work = rebuild(box)
    await work.run()
    assert work.complete


async def test_a_damaged_and_a_missing_vector_are_reported_not_hidden(box: Box) -> None:
    people = [
        await remember_person(box.store, start_ms=NOON_MS + number * DAY_MS) for number in range(5)
    ]
    await box.store.vectors.delete([(people[1][2].id, people[1][2].at_ms)])
    folder = box.store.folder / "vectors"
    day = min(folder.glob("*.db"))
    with closing(sqlite3.connect(day)) as database:
        database.execute("UPDATE vector SET numbers = zeroblob(length(numbers))")
        database.commit()
    work = rebuild(box)
    await work.run()
    assert (work.complete, work.unreadable, len(box.index)) == (True, 2, 3)
    assert "2 of 5 vectors are damaged or gone" in (await box.events())[-1][1]
    assert "edge_agent_vectors_unreadable 2" in box.counters.render()


async def test_tracks_that_come_and_go_meanwhile_end_up_right(box: Box) -> None:
    people = [await remember_person(box.store, start_ms=NOON_MS + n * 1000) for n in range(60)]
    work = rebuild(box, RebuildOptions(batch=2, pause=0, looks=50, look_every=0.01))

    async def churn() -> None:
        for number, (track, _, _) in enumerate(people[::3]):
            async with box.store.transaction() as tx:
                forgotten = await forget_tracks(tx, [track.id])
            await box.thread.call(box.index.forget, [each for each, _ in forgotten.vectors])
            await box.store.vectors.delete(forgotten.vectors)
            _, _, new = await remember_person(box.store, start_ms=box.clock.ms + number * 1000 + 1)
            await box.thread.call(box.index.add, [new])

    async with asyncio.TaskGroup() as group:
        group.create_task(work.run())
        group.create_task(churn())
    assert work.complete
    rows = await box.store.rows("SELECT id FROM vector_ref")
    assert len(box.index) == len(rows) == 60
    assert all(row["id"] in box.index for row in rows)


async def test_counts_that_do_not_agree_are_never_called_complete(box: Box) -> None:
    await remember_person(box.store)
    box.index.add([a_vector(7, track="nobody")])
    work = rebuild(box)
    with pytest.raises(Unavailable, match="does not agree"):
        await work.run()
    assert not work.complete
    assert work.progress < 1
