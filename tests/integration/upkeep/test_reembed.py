"""Stored pictures are embedded anew: the built-in models, whose stamps change at will."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Generator
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import coroutine
from typing import Any

import numpy as np
import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex, Where
from edge_agent.storage.forget import forget_tracks
from edge_agent.upkeep import RebuildOptions, ReembedOptions
from edge_agent.upkeep.rebuild import Rebuild
from edge_agent.upkeep.reembed import Reembed
from edge_agent.upkeep.repair import Repair, RepairOptions
from edge_agent.vision import VisionFailed, VisionThreads
from tests.integration.storage.builders import DAY_MS, NOON_MS
from tests.integration.upkeep.boxes import Box
from tests.support.kept_pictures import BEFORE, core_eyes, keep, somebody

OPTIONS = ReembedOptions(share=1.0, batch=2, page=3, looks=3, look_every=0)
FLAT = np.full((64, 64, 3), 90, np.uint8)


@pytest.fixture
async def eyes(box: Box, tmp_path: Path) -> AsyncIterator[VisionThreads]:
    box.clock.ms = NOON_MS + 10 * DAY_MS
    async with core_eyes(tmp_path / "models", box.counters) as opened:
        yield opened


async def started(box: Box, eyes: VisionThreads, options: ReembedOptions = OPTIONS) -> Reembed:
    """As after a start: an empty index is filled, then stored pictures are looked at."""
    box.index = VectorIndex()
    rebuild = Rebuild(
        box.store,
        box.index,
        box.thread,
        RebuildOptions(pause=0, look_every=0),
        alarms=box.alarms,
        clock=box.clock,
        counters=box.counters,
    )
    await rebuild.run()
    return Reembed(
        box.store,
        box.index,
        box.thread,
        options,
        eyes=eyes,
        rebuild=rebuild,
        clock=box.clock,
        counters=box.counters,
    )


async def stamps(box: Box) -> dict[str, list[str]]:
    """Per track the stamps of its vectors that are named by a row and stored."""
    stored = {one.id: one async for batch in box.store.vectors.batches() for one in batch}
    rows = await box.store.rows("SELECT id, track, model FROM vector_ref ORDER BY track, model")
    found: dict[str, list[str]] = {}
    for row in rows:
        assert stored[row["id"]].vector.model == row["model"]
        found.setdefault(row["track"], []).append(row["model"])
    return found


async def test_every_picture_gets_its_vector_and_the_old_one_goes(
    box: Box, eyes: VisionThreads
) -> None:
    tracks = [
        await keep(box.store, Part.BODY, somebody(n), start_ms=NOON_MS + n * DAY_MS // 2)
        for n in range(7)
    ]
    tracks.append(await keep(box.store, Part.BODY, somebody(7), start_ms=NOON_MS + 7, vector=False))
    work = await started(box, eyes)
    assert (work.complete, work.progress) == (False, 0.0)
    await work.run()
    assert (work.complete, work.progress, work.pictures, work.made) == (True, 1.0, 8, 8)
    assert await stamps(box) == {track.id: [eyes.info.body_model] for track in tracks}
    assert len(box.index) == 8
    for number, track in enumerate(tracks):
        values = await eyes.embed_kept(Part.BODY, somebody(number), None)
        assert values is not None
        found = box.index.search(
            values,
            part=Part.BODY,
            model=eyes.info.body_model,
            where=Where(),
            k=1,
            threshold=0.9,
        )
        assert found.tracks == (track.id,)
    said = box.counters.render()
    assert "edge_agent_reembed_progress 1" in said
    assert 'edge_agent_reembedded_total{part="body"} 8' in said


async def test_the_newest_come_first_and_nothing_is_done_twice(
    box: Box, eyes: VisionThreads
) -> None:
    tracks = [
        await keep(box.store, Part.BODY, somebody(n), start_ms=NOON_MS + n * 1000) for n in range(6)
    ]
    work = await started(box, eyes)
    running = asyncio.get_running_loop().create_task(work.run())
    while work.made < 2:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    running.cancel()
    await asyncio.wait([running])
    done = {track for track, models in (await stamps(box)).items() if models != [BEFORE[Part.BODY]]}
    assert {tracks[5].id, tracks[4].id} <= done
    assert done == {track.id for track in tracks[-len(done) :]}
    again = await started(box, eyes)
    await again.run()
    assert again.complete
    calls = box.counters.counter("edge_agent_vision_calls_total", "").get(stage="embed_kept")
    assert calls <= 6 + OPTIONS.batch + 1


async def test_what_cannot_be_embedded_is_counted_and_not_tried_for_ever(
    box: Box, eyes: VisionThreads
) -> None:
    await keep(box.store, Part.BODY, somebody(1), start_ms=NOON_MS)
    faceless = await keep(box.store, Part.FACE, FLAT, start_ms=NOON_MS + 1)
    gone = await keep(box.store, Part.BODY, somebody(2), start_ms=NOON_MS + 2)
    flipped = await keep(box.store, Part.BODY, somebody(3), start_ms=NOON_MS + 3)
    assert gone.body
    assert flipped.body
    box.store.pictures.path(gone.body.picture).unlink()
    path = box.store.pictures.path(flipped.body.picture)
    path.write_bytes(path.read_bytes()[:-9] + b"flipped!!")
    work = await started(box, eyes)
    await work.run()
    assert (work.complete, work.made, work.left) == (True, 1, 0)
    assert work.failed == {"not_found": 1, "missing": 1, "damaged": 1}
    assert 'edge_agent_reembed_failed{reason="not_found"} 1' in box.counters.render()
    left = await stamps(box)
    assert left[faceless.id] == [BEFORE[Part.FACE]]
    calls = box.counters.counter("edge_agent_vision_calls_total", "")
    before = calls.get(stage="embed_kept")
    again = await started(box, eyes)
    await again.run()
    assert again.complete
    assert again.failed == work.failed
    assert calls.get(stage="embed_kept") == before
    async with box.store.transaction() as tx:
        await forget_tracks(tx, [faceless.id, gone.id, flipped.id])
    assert await box.count("not_embedded") == 0


async def test_a_model_that_fails_is_tried_again_and_then_given_up(
    box: Box, eyes: VisionThreads, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(box.store, Part.BODY, somebody(1), start_ms=NOON_MS)
    work = await started(box, eyes)

    def failing(*_: object) -> None:
        raise VisionFailed("the model is broken")

    with monkeypatch.context() as broken:
        broken.setattr(eyes._vision, "embed_kept", failing)
        for _ in range(OPTIONS.tries - 1):
            with pytest.raises(Unavailable, match="1 stored pictures have no vector"):
                await work.run()
        await work.run()
    assert (work.complete, work.failed) == (True, {"model_failed": 1})
    assert list((await stamps(box)).values()) == [[BEFORE[Part.BODY]]]
    after_a_start = await started(box, eyes)
    await after_a_start.run()
    assert (after_a_start.made, after_a_start.failed) == (1, {})


@coroutine
def cancelled_at(moment: int, work: Coroutine[Any, Any, None]) -> Generator[Any, None, bool]:
    """Cancel the running task at the n-th thing that `work` waits for; False if it ended before."""
    error: BaseException | None = None
    for step in count():
        try:
            waits_for = work.send(None) if error is None else work.throw(error)
        except StopIteration:
            return False
        except asyncio.CancelledError:
            return True
        if step == moment:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        try:
            yield waits_for
            error = None
        except BaseException as raised:  # noqa: BLE001 - handed on
            error = raised
    return False


async def test_it_goes_on_wherever_it_was_stopped(box: Box, eyes: VisionThreads) -> None:
    """At every await; the stamp changes to and fro, as when a pack is taken back."""
    for number in range(3):
        await keep(box.store, Part.BODY, somebody(number), start_ms=NOON_MS + number * 1000)
    sweep = Repair(
        box.store, RepairOptions(settle_ms=0), clock=box.clock, counters=box.counters
    ).sweep
    models = ("one/body@00000001", "two/body@00000002")
    stopped = 0
    for moment in count():
        eyes.info = replace(eyes.info, body_model=models[moment % 2])
        before = await stamps(box)
        if not await cancelled_at(moment, (await started(box, eyes)).run()):
            break
        stopped += 1
        meanwhile = await stamps(box)
        for track, known in before.items():  # never without a vector
            assert set(meanwhile[track]) & {*known, models[moment % 2]}
        work = await started(box, eyes)
        await work.run()
        assert work.complete
        assert set(map(tuple, (await stamps(box)).values())) == {(models[moment % 2],)}
        box.clock.ms += 1000
        await sweep()
        stored = sum([len(batch) async for batch in box.store.vectors.batches()])
        assert stored == len(box.index) == 3
    assert stopped > 20


async def test_tracks_that_go_meanwhile_leave_nothing_behind(box: Box, eyes: VisionThreads) -> None:
    tracks = [
        await keep(box.store, Part.BODY, somebody(n), start_ms=NOON_MS + n * 1000)
        for n in range(20)
    ]
    work = await started(box, eyes)

    async def erase() -> None:
        for track in reversed(tracks[::2]):
            async with box.store.transaction() as tx:
                forgotten = await forget_tracks(tx, [track.id])
            await box.thread.call(box.index.forget, [each for each, _ in forgotten.vectors])
            await box.store.vectors.delete(forgotten.vectors)

    async with asyncio.TaskGroup() as group:
        group.create_task(work.run())
        group.create_task(erase())
    await work.run()
    assert (work.complete, work.pictures, work.made) == (True, 10, 10)
    assert set(await stamps(box)) == {track.id for track in tracks[1::2]}
    stored = sum([len(batch) async for batch in box.store.vectors.batches()])
    assert stored == len(box.index) == 10
