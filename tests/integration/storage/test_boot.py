"""A damaged database is put aside and the last good backup takes its place, unattended."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.storage import Store
from edge_agent.storage.backup import backups, make_backup
from edge_agent.storage.outbox import (
    acknowledge,
    append_event,
    consumers,
    events_after,
    last_seq,
    release,
    set_consumers,
)
from tests.integration.storage.builders import SetClock, a_track, insert_tracks

PAGE = 4096


async def filled(folder: Path, clock: SetClock) -> str:
    """A box with tracks and events, a backup, and more after it; returns its epoch."""
    async with await Store.open(folder, clock=clock) as store:
        async with store.transaction() as tx:
            await insert_tracks(tx, [a_track(f"before-{n:03}") for n in range(300)])
            await set_consumers(tx, ["cloud"], 0)
            for number in range(1, 6):
                event_id = f"event-{number}"
                await append_event(tx, EventKind.TRACK_ENDED, {"n": number}, number, event_id)
            await acknowledge(tx, "cloud", 3, 10)
            await release(tx)
        await make_backup(folder, clock=clock)
        async with store.transaction() as tx:
            await insert_tracks(tx, [a_track("after")])
            await append_event(tx, EventKind.TRACK_ENDED, {"n": 6}, 6, "event-6")
        return store.epoch


def flip(path: Path, start: int, length: int) -> None:
    content = bytearray(path.read_bytes())
    for place in range(start, start + length):
        content[place] ^= 0xFF
    path.write_bytes(content)


async def track_ids(store: Store) -> list[str]:
    return [row["id"] for row in await store.rows("SELECT id FROM track ORDER BY id")]


@pytest.mark.parametrize(
    ("start", "length"),
    [
        pytest.param(0, 16, id="header"),
        pytest.param(PAGE, 64, id="page 2"),
        pytest.param(-1, 0, id="cut"),
    ],
)
async def test_a_damaged_database_is_quarantined_and_the_backup_restored(
    tmp_path: Path, clock: SetClock, start: int, length: int
) -> None:
    epoch = await filled(tmp_path, clock)
    database = tmp_path / "edge.db"
    if length:
        flip(database, start, length)
    else:
        database.write_bytes(database.read_bytes()[: 3 * PAGE])
    damaged = database.read_bytes()
    clock.ms += 1000
    async with await Store.open(tmp_path, clock=clock) as store:
        assert await track_ids(store) == [f"before-{n:03}" for n in range(300)]
        assert store.epoch != epoch
        assert len(store.alarms) == 2
        assert "edge.db is" in store.alarms[0]
        assert "was restored" in store.alarms[1]
        assert (tmp_path / "quarantine" / str(clock.ms) / "edge.db").read_bytes() == damaged
        again = store.epoch
    async with await Store.open(tmp_path, clock=clock) as store:
        assert (store.epoch, store.alarms) == (again, [])


async def test_after_a_restore_seq_counts_from_one_and_nobody_has_acknowledged(
    tmp_path: Path, clock: SetClock
) -> None:
    await filled(tmp_path, clock)
    flip(tmp_path / "edge.db", PAGE, 64)
    async with await Store.open(tmp_path, clock=clock) as store:
        waiting = await events_after(store, 0, 10)
        assert [(row.seq, row.event_id) for row in waiting] == [(1, "event-4"), (2, "event-5")]
        assert {row.epoch for row in waiting} == {store.epoch}
        assert [each.acked_seq for each in await consumers(store)] == [0]
        async with store.transaction() as tx:
            seq = await append_event(tx, EventKind.BOX_ALARM, {}, 9, new_id(9))
        assert seq == 3
        assert await last_seq(store) == 3


async def test_a_damaged_backup_is_passed_over(tmp_path: Path, clock: SetClock) -> None:
    await filled(tmp_path, clock)
    clock.ms += 1000
    newest = await make_backup(tmp_path, clock=clock)
    flip(newest, PAGE, 64)
    flip(tmp_path / "edge.db", PAGE, 64)
    async with await Store.open(tmp_path, clock=clock) as store:
        assert await track_ids(store) == [f"before-{n:03}" for n in range(300)]
        assert any(f"backup {newest.name} is damaged" in alarm for alarm in store.alarms)


async def test_without_a_backup_a_fresh_database_is_begun(tmp_path: Path, clock: SetClock) -> None:
    epoch = await filled(tmp_path, clock)
    for backup in backups(tmp_path):
        backup.unlink()
    flip(tmp_path / "edge.db", 0, 16)
    async with await Store.open(tmp_path, clock=clock) as store:
        assert await track_ids(store) == []
        assert store.epoch != epoch
        assert "fresh database" in store.alarms[-1]


async def test_a_boot_that_ended_between_quarantine_and_restore_is_taken_up(
    tmp_path: Path, clock: SetClock
) -> None:
    epoch = await filled(tmp_path, clock)
    (tmp_path / "edge.db").unlink()
    (tmp_path / "edge.db.restoring").write_bytes(b"half a backup")
    (tmp_path / "edge.db-wal").write_bytes(b"the log of the database that was moved")
    async with await Store.open(tmp_path, clock=clock) as store:
        assert len(await track_ids(store)) == 300
        assert store.epoch != epoch
        assert "missing" in store.alarms[0]


async def test_a_folder_without_anything_is_no_alarm(tmp_path: Path, clock: SetClock) -> None:
    async with await Store.open(tmp_path / "new" / "state", clock=clock) as store:
        assert store.alarms == []


async def test_a_backup_is_one_whole_file_and_old_ones_go(store: Store, clock: SetClock) -> None:
    for number in range(4):
        async with store.transaction() as tx:
            await insert_tracks(tx, [a_track(f"t{number}")])
        clock.ms += 1
        await make_backup(store.folder, clock=clock, keep=2)
    newest = backups(store.folder)[0]
    names = sorted(path.name for path in (store.folder / "backups").iterdir())
    assert names == [f"{clock.ms - 1}.db", f"{clock.ms}.db"]
    with closing(sqlite3.connect(f"{newest.as_uri()}?mode=ro", uri=True)) as copy:
        assert copy.execute("SELECT count(*) FROM track").fetchone() == (4,)
