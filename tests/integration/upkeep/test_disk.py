import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.runtime.counters import Counters
from edge_agent.storage import Store
from edge_agent.storage.tracks import save_fragment
from edge_agent.upkeep import DiskOptions, Level
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.disk import DiskWatch
from tests.integration.storage.builders import NOON_MS, SetClock, a_fragment, remember_person
from tests.integration.upkeep.boxes import Box, Disk

MIB = 1 << 20
OPTIONS = DiskOptions(
    stop_recording_below=Level(bytes=200 * MIB),
    resume_above=Level(bytes=300 * MIB),
    delete_clips_below=Level(share=0.1),
    ballast=0,
)


def watch(box: Box, disk: Disk) -> DiskWatch:
    return DiskWatch(box.store, OPTIONS, alarms=box.alarms, counters=box.counters, usage=disk.usage)


async def test_recording_stops_first_and_resumes_well_above_the_mark(box: Box) -> None:
    disk = Disk(250 * MIB)
    watched = watch(box, disk)
    told = []
    for free in (250, 199, 250, 150, 300, 301, 250):
        disk.free = free * MIB
        await watched.check()
        told.append(watched.recording_allowed)
    assert told == [True, False, False, False, False, True, True]
    alarms = await box.events()
    assert len(alarms) == 1
    assert alarms[0][0] == "box.alarm"
    assert "recording has stopped: 199 MiB are free" in alarms[0][1]
    assert "edge_agent_recording_allowed 1" in box.counters.render()


async def test_below_the_second_mark_the_oldest_clips_go_and_tracks_stay(box: Box) -> None:
    fragments = [a_fragment(start_ms=NOON_MS + number * 10_000) for number in range(20)]
    files = [box.clip(fragment.path) for fragment in fragments]
    for number, fragment in enumerate(fragments):
        await remember_person(
            box.store, start_ms=NOON_MS + number * 10_000 + 1000, fragment=fragment
        )
    disk = Disk(99 * MIB)

    def freeing(folder: Path) -> object:
        disk.free = (99 + sum(not file.exists() for file in files) // 8) * MIB
        return disk.usage(folder)

    watched = DiskWatch(
        box.store,
        OPTIONS,
        alarms=box.alarms,
        counters=box.counters,
        usage=freeing,  # type: ignore[arg-type]
    )
    await watched.check()
    assert [file.exists() for file in files] == [False] * 8 + [True] * 12
    assert await box.count("fragment") == 12
    assert await box.count("track") == 20
    rows = await box.store.rows("SELECT count(*) FROM track WHERE fragment IS NULL")
    assert rows[0][0] == 8


async def test_what_can_be_made_again_goes_before_any_clip(box: Box) -> None:
    fragment = a_fragment()
    file, made = box.clip(fragment.path), box.store.renderings.path(fragment.id, "0.mp4")
    await box.store.renderings.begin()
    made.write_bytes(b"made playable")
    os.utime(made, (1, 1))
    async with box.store.transaction() as tx:
        await save_fragment(tx, fragment)
    disk = Disk(0)

    def freeing(folder: Path) -> object:
        disk.free = (90 if made.exists() else 110) * MIB
        return disk.usage(folder)

    watched = DiskWatch(
        box.store,
        OPTIONS,
        alarms=box.alarms,
        counters=box.counters,
        usage=freeing,  # type: ignore[arg-type]
    )
    await watched.check()
    assert not made.exists()
    assert file.exists()


async def test_a_disk_that_stays_full_does_not_loop_for_ever(box: Box) -> None:
    fragment = a_fragment()
    file = box.clip(fragment.path)
    async with box.store.transaction() as tx:
        await save_fragment(tx, fragment)
    watched = watch(box, Disk(1))
    await watched.check()
    assert not file.exists()
    assert not watched.recording_allowed


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mount.returncode:
        pytest.skip("a small disk cannot be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_disk_without_a_byte_left_heals_itself(small_disk: Path) -> None:
    clock = SetClock()
    options = DiskOptions(
        stop_recording_below=Level(bytes=4 * MIB),
        resume_above=Level(bytes=5 * MIB),
        delete_clips_below=Level(bytes=3 * MIB),
        ballast=4 * MIB,
    )
    async with await Store.open(small_disk / "state", clock=clock) as store:
        counters = Counters()
        watched = DiskWatch(
            store, options, alarms=Alarms(store, clock, counters), counters=counters
        )
        await watched.check()
        ballast = store.folder / "ballast"
        assert ballast.stat().st_size == 4 * MIB
        fragments = [a_fragment(start_ms=NOON_MS + number) for number in range(12)]
        for fragment in fragments:
            file = store.clips / fragment.path
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(b"x" * MIB)
            async with store.transaction() as tx:
                await save_fragment(tx, fragment)
        filler = small_disk / "log"
        with pytest.raises(OSError, match="No space"):
            filler.write_bytes(b"x" * 24 * MIB)
        await watched.check()
        assert not watched.recording_allowed
        assert watched.free >= 3 * MIB
        rows = await store.rows("SELECT count(*) FROM fragment")
        assert rows[0][0] < len(fragments)
        filler.unlink()
        await watched.check()
        assert "edge_agent_recording_allowed 1" in counters.render()
        assert ballast.exists()
