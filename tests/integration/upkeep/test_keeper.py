import asyncio
import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from edge_agent.domain.ids import new_id
from edge_agent.storage.backup import backups
from edge_agent.storage.erasures import mark_erasure
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.tracks import add_picture, save_fragment
from edge_agent.upkeep import BackupOptions, ScrubOptions, Upkeep, UpkeepOptions
from edge_agent.upkeep.backup import Backups
from edge_agent.upkeep.scrub import Scrub
from edge_agent.vision import VisionThreads
from tests.integration.storage.builders import (
    DAY_MS,
    NOON_MS,
    a_fragment,
    a_picture,
    remember_person,
)
from tests.integration.upkeep.boxes import Box, Disk
from tests.support.kept_pictures import core_eyes


def _upkeep(box: Box, eyes: VisionThreads) -> Upkeep:
    return Upkeep(
        box.store,
        box.index,
        box.thread,
        UpkeepOptions(),
        eyes=eyes,
        clock=box.clock,
        counters=box.counters,
        usage=Disk(900 << 20, total=1000 << 20).usage,
    )


async def test_the_scrub_finds_flipped_bytes_and_missing_files(box: Box) -> None:
    content = b"picture" * 1000
    sha256 = hashlib.sha256(content).hexdigest()
    ids = [new_id(NOON_MS + number) for number in range(3)]
    await box.store.pictures.write([(identity, content) for identity in ids])
    fragment = a_fragment()
    box.clip(fragment.path, content)
    async with box.store.transaction() as tx:
        for identity in ids:
            await add_picture(tx, replace(a_picture(identity, "t"), sha256=sha256))
        await save_fragment(tx, fragment, sha256)
    scrub = Scrub(
        box.store,
        ScrubOptions(bytes_per_s=1 << 30),
        alarms=box.alarms,
        counters=box.counters,
    )
    await scrub.run()
    assert scrub.damaged == []
    flipped = box.store.pictures.path(ids[1])
    flipped.write_bytes(content[:-1] + b"X")
    box.store.pictures.path(ids[2]).unlink()
    box.clip(fragment.path, b"short")
    await scrub.run()
    assert scrub.damaged == [f"picture {ids[1]}", f"picture {ids[2]}", f"clip {fragment.id}"]
    assert "3 stored files are damaged or missing" in (await box.events())[0][1]


async def test_backups_are_made_when_due_and_the_oldest_go(box: Box) -> None:
    made = Backups(
        box.store, BackupOptions(every=3600, keep=2), clock=box.clock, counters=box.counters
    )
    told = []
    for hours in (0, 0.5, 1, 2, 3):
        box.clock.ms = NOON_MS + round(hours * 3_600_000)
        told.append(await made.check())
    assert told == [True, False, True, True, True]
    assert len(backups(box.store.folder)) == 2
    box.clock.ms = NOON_MS - DAY_MS
    assert await made.check()


async def test_what_an_erasure_left_is_removed_at_start_however_new(
    box: Box, tmp_path: Path
) -> None:
    track, picture, vector = await remember_person(box.store)
    async with box.store.transaction() as tx:
        await forget_tracks(tx, [track.id])
        await mark_erasure(tx)
    box.clock.ms = NOON_MS + 1000
    async with core_eyes(tmp_path / "models", box.counters) as eyes:
        await _upkeep(box, eyes).start()
    assert not box.store.pictures.path(picture.id).exists()
    assert await box.store.vectors.get([(vector.id, vector.at_ms)]) == []


async def test_everything_runs_together_until_it_is_stopped(box: Box, tmp_path: Path) -> None:
    await remember_person(box.store)
    box.clock.ms = NOON_MS + 3_600_000
    box.store.alarms.append("something was repaired at boot")
    async with core_eyes(tmp_path / "models", box.counters) as eyes:
        upkeep = _upkeep(box, eyes)
        await upkeep.start()
        assert not upkeep.recording_allowed()
        with suppress(TimeoutError):
            async with asyncio.timeout(10), asyncio.TaskGroup() as group:
                running = group.create_task(upkeep.run())
                while not (upkeep.reembed.complete and backups(box.store.folder)):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
                running.cancel()
    assert upkeep.rebuild.complete
    assert upkeep.reembed.failed == {"damaged": 1}
    events = await box.events()
    assert sum("repaired at boot" in data for _, data in events) == 1
    assert sum("recording has stopped" in data for _, data in events) == 1
