"""Vectors by day: read back as written, checked, deleted for good."""

import shutil
from pathlib import Path

import numpy as np

from edge_agent.storage import Store
from tests.integration.storage.builders import DAY_MS, NOON_MS, SetClock, a_vector


async def all_ids(store: Store, *, size: int = 2048) -> list[str]:
    return [one.id async for batch in store.vectors.batches(size=size) for one in batch]


def holds(folder: Path, content: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and content in path.read_bytes()]


def flip_byte_in(path: Path, content: bytes) -> None:
    raw = bytearray(path.read_bytes())
    raw[raw.index(content) + len(content) // 2] ^= 0x10
    path.write_bytes(raw)


async def test_a_vector_comes_back_as_it_was(store: Store) -> None:
    written = a_vector(7)
    await store.vectors.write([written])
    (read,) = await store.vectors.get([(written.id, written.at_ms)])
    assert (read.id, read.track, read.camera) == (written.id, written.track, written.camera)
    assert (read.at_ms, read.quality) == (written.at_ms, written.quality)
    assert (read.vector.part, read.vector.model) == (written.vector.part, written.vector.model)
    assert read.vector.values.dtype == np.float32
    np.testing.assert_array_equal(read.vector.values, written.vector.values)


async def test_batches_come_newest_day_first_and_hold_everything_once(store: Store) -> None:
    days = {
        day: [a_vector(n, at_ms=NOON_MS - day * DAY_MS + n) for n in range(10)] for day in range(6)
    }
    await store.vectors.write([vector for vectors in days.values() for vector in vectors])
    assert await store.vectors.days() == ["20251009", *(f"2025100{8 - n}" for n in range(5))]
    seen = await all_ids(store, size=3)
    assert seen == [vector.id for day in range(6) for vector in reversed(days[day])]


async def test_a_vector_with_a_known_id_replaces_it(store: Store) -> None:
    first, second = a_vector(1, vector_id="same"), a_vector(2, vector_id="same")
    await store.vectors.write([first])
    await store.vectors.write([second])
    (read,) = await store.vectors.get([("same", NOON_MS)])
    np.testing.assert_array_equal(read.vector.values, second.vector.values)
    assert await all_ids(store) == ["same"]


async def test_a_kill_between_a_deletion_and_the_emptying_of_its_log(
    tmp_path: Path, clock: SetClock
) -> None:
    vectors = [a_vector(n) for n in range(3)]
    gone, kept = (vectors[n].vector.values.tobytes() for n in (0, 1))
    async with await Store.open(tmp_path / "box", clock=clock) as store:
        await store.vectors.write(vectors)
        day = store.vectors._days._open["20251009"]
        day.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        day.execute("DELETE FROM vector WHERE id = ?", (vectors[0].id,))
        shutil.copytree(tmp_path / "box", tmp_path / "killed")
    assert holds(tmp_path / "killed", gone)
    async with await Store.open(tmp_path / "killed", clock=clock) as store:
        assert len(await store.vectors.ids("20251009")) == 2
        assert not holds(tmp_path / "killed", gone)
        assert holds(tmp_path / "killed", kept)


async def test_a_flipped_byte_is_found_counted_and_left_out(
    tmp_path: Path, clock: SetClock
) -> None:
    vectors = [a_vector(n) for n in range(20)]
    async with await Store.open(tmp_path, clock=clock) as store:
        await store.vectors.write(vectors)
    hurt = vectors[11]
    flip_byte_in(tmp_path / "vectors" / "20251009.db", hurt.vector.values.tobytes())
    async with await Store.open(tmp_path, clock=clock) as store:
        seen = store.version("alarm")
        whole = await all_ids(store)
        assert sorted(whole) == sorted(vector.id for vector in vectors if vector is not hurt)
        assert store.vectors.damaged == {"20251009": {hurt.id}}
        assert store.alarms == ["1 vectors of 20251009 are damaged and were left out"]
        assert store.version("alarm") == seen + 1
        assert await store.vectors.get([(hurt.id, hurt.at_ms)]) == []
        assert len(store.alarms) == 1  # told once


async def test_a_flipped_byte_in_a_text_is_found_too(tmp_path: Path, clock: SetClock) -> None:
    async with await Store.open(tmp_path, clock=clock) as store:
        await store.vectors.write([a_vector(0, track="whose-face-is-it")])
    path = tmp_path / "vectors" / "20251009.db"
    path.write_bytes(path.read_bytes().replace(b"whose-face-is-it", b"whose-\xff\xfe-is-it"))
    async with await Store.open(tmp_path, clock=clock) as store:
        assert await all_ids(store) == []
        assert len(store.vectors.damaged["20251009"]) == 1


async def test_a_deleted_vector_leaves_no_byte_in_any_file(store: Store) -> None:
    vectors = [a_vector(n) for n in range(50)]
    await store.vectors.write(vectors)
    gone, kept = vectors[20], vectors[21]
    needle = gone.vector.values.tobytes()[100:140]
    assert holds(store.folder, needle)
    await store.vectors.delete([(gone.id, gone.at_ms)])
    assert holds(store.folder, needle) == []
    assert holds(store.folder, gone.id.encode()) == []
    assert holds(store.folder, kept.vector.values.tobytes()[100:140])
    assert await store.vectors.get([(gone.id, gone.at_ms)]) == []


async def test_a_day_left_empty_has_no_file(store: Store) -> None:
    vector = a_vector(0)
    await store.vectors.write([vector])
    await store.vectors.delete([(vector.id, vector.at_ms), ("unknown", NOON_MS - DAY_MS)])
    assert list((store.folder / "vectors").iterdir()) == []


async def test_a_dropped_day_is_gone_and_can_be_begun_again(store: Store) -> None:
    await store.vectors.write([a_vector(0), a_vector(1, at_ms=NOON_MS - DAY_MS)])
    await store.vectors.drop_day("20251009")
    assert await store.vectors.days() == ["20251008"]
    await store.vectors.write([a_vector(2)])
    assert len(await all_ids(store)) == 2


async def test_a_damaged_day_is_quarantined_alone(tmp_path: Path, clock: SetClock) -> None:
    today, yesterday = a_vector(0), a_vector(1, at_ms=NOON_MS - DAY_MS)
    async with await Store.open(tmp_path, clock=clock) as store:
        await store.vectors.write([today, yesterday])
    path = tmp_path / "vectors" / "20251009.db"
    path.write_bytes(b"no database" + path.read_bytes()[11:])
    async with await Store.open(tmp_path, clock=clock) as store:
        assert store.alarms == []  # nobody has looked at it yet
        assert await all_ids(store) == [yesterday.id]
        assert len(store.alarms) == 1
        assert "20251009 are damaged" in store.alarms[0]
        assert (tmp_path / "quarantine" / "20251009-0" / "20251009.db").exists()
        await store.vectors.write([today])  # is begun afresh
        assert await all_ids(store) == [today.id, yesterday.id]


async def test_writing_into_a_damaged_day_loses_nothing_new(
    tmp_path: Path, clock: SetClock
) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "20251009.db").write_bytes(b"x" * 9000)
    async with await Store.open(tmp_path, clock=clock) as store:
        vector = a_vector(0)
        await store.vectors.write([vector])
        assert await all_ids(store) == [vector.id]
        assert len(store.alarms) == 1
