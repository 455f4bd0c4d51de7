"""Jobs and the box's own clips, over real storage and real files."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.domain.errors import Busy
from edge_agent.domain.fingerprint import DnaJob, DnaState, JobKind, Medium
from edge_agent.fingerprint import DnaRefusal, FingerprintOptions, Fingerprints
from edge_agent.media import SampleLimits
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.fingerprint_jobs import dna_jobs_by_id, next_dna_job, unfinished_count
from edge_agent.storage.fingerprints import libraries, library_files, system_library
from edge_agent.storage.forget import forget_fragments
from tests.support.clips import remembered
from tests.support.walking import walk, write_walk


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


def fingerprints(store: Store, **tuned: object) -> Fingerprints:
    return Fingerprints(store, FingerprintOptions(**tuned), SystemClock())  # type: ignore[arg-type]


@asynccontextmanager
async def running(*works: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:

        async def run(work: Callable[[], Awaitable[None]]) -> None:
            await work()

        tasks = [group.create_task(run(work)) for work in works]
        yield
        for task in tasks:
            task.cancel()


async def ended(store: Store, job: DnaJob) -> DnaJob:
    async with asyncio.timeout(40):
        while True:
            version = store.version("fp_job")
            (now,) = await dna_jobs_by_id(store, [job.id], job.kind)
            if now.finished_ms is not None:
                return now
            await store.changed("fp_job", version)


def put(store: Store, name: str, seed: int, first: int = 0, last: int = 200) -> str:
    folder = store.folder / "objects/clips"
    folder.mkdir(parents=True, exist_ok=True)
    write_walk(folder / name, walk(seed, 20)[first:last])
    return json.dumps({"Bucket": "clips", "Object": name})


def asked(library: str, save: str, key: str = "k") -> dict[str, str]:
    return {"PrimaryKey": key, "SaveType": save, "FpDBId": library}


async def test_a_copy_of_a_clip_is_answered_with_camera_and_time_until_the_clip_is_gone(
    store: Store,
) -> None:
    service = fingerprints(store)
    for seed, camera in ((1, "door"), (2, "till")):
        path = store.clips / f"{camera}.mp4"
        await asyncio.to_thread(write_walk, path, walk(seed, 20))
        await remembered(store, path, "h264", camera=camera, length_ms=20_000)
    async with running(service.run, service.run_recordings), asyncio.timeout(40):
        library = None
        while library is None or library.changes < 2:
            version = store.version("fp_library")
            library = await system_library(store)
            if library is None or library.changes < 2:
                await store.changed("fp_library", version)
        given = await asyncio.to_thread(put, store, "phone.mp4", 2, 50, 150)
        job = await service.submit(given, asked(library.id, "nosave"), asker="test")
        found = await ended(store, job)
        assert found.state is DnaState.SUCCESS
        (one,) = found.result or []
        assert one["camera"] == "till"
        assert one["key"] == f"till/{one['fragment']}"
        (piece,) = one["slices"]
        at_ms = 1_760_000_000_000 + (5 + piece["start"]) * 1000
        assert piece["at_ms"] == pytest.approx(at_ms, abs=300)
        with pytest.raises(DnaRefusal, match="SaveType"):
            await service.submit(given, asked(library.id, "save"), asker="test")
        with pytest.raises(DnaRefusal, match="FpDBId"):
            await service.delete_library(library.id, "Delete", asker="test")

        async with store.transaction() as tx:
            await forget_fragments(tx, [one["fragment"]])
        job = await service.submit(given, asked(library.id, "nosave"), asker="test")
        assert (await ended(store, job)).result == []


async def test_what_a_crash_interrupted_is_done_again_and_nothing_else(store: Store) -> None:
    service = fingerprints(store)
    library = await service.create_library("l", Medium.VIDEO, asker="test")
    given = await asyncio.to_thread(put, store, "a.mp4", 1)
    first = await service.submit(given, asked(library.id, "save", "first"), asker="test")
    async with running(service.run):
        done = await ended(store, first)
    second = await service.submit(given, asked(library.id, "save", "second"), asker="test")
    async with store.transaction() as tx:  # as if the box had died over it
        begun = await next_dna_job(tx, [])
    assert begun is not None
    assert begun[0].id == second.id
    async with running(service.run):
        found = await ended(store, second)
    assert found.file is None, "it is a duplicate of the first"
    assert await dna_jobs_by_id(store, [first.id], JobKind.SHOT) == [done]
    assert [file.id for file in await library_files(store, library.id, limit=9)] == [done.file]


async def test_jobs_are_cancelled_bounded_and_given_up(store: Store) -> None:
    service = fingerprints(store, most_unfinished=2, limits=SampleLimits(seconds=0.01))
    library = await service.create_library("l", Medium.VIDEO, asker="test")
    given = await asyncio.to_thread(put, store, "a.mp4", 1)
    cancelled = await service.submit(given, asked(library.id, "save"), asker="test")
    slow = await service.submit(given, asked(library.id, "save"), asker="test")
    with pytest.raises(Busy):
        await service.submit(given, asked(library.id, "save"), asker="test")
    assert (await service.cancel(cancelled.id, asker="test")).code == "Cancelled"
    async with running(service.run):
        failed = await ended(store, slow)
    assert failed.state is DnaState.FAIL
    assert failed.code == "InvalidParameter.ResourceContentBad"
    assert re.search("longer|bad", failed.message or "")
    assert await unfinished_count(store) == 0
    (unchanged,) = await libraries(store, [library.id])
    assert unchanged.changes == 0


async def test_a_link_out_of_the_folder_of_objects_is_not_followed(
    store: Store, tmp_path: Path
) -> None:
    service = fingerprints(store)
    library = await service.create_library("l", Medium.TEXT, asker="test")
    (tmp_path / "secret.txt").write_text("what nobody may read")
    folder = store.folder / "objects/clips"
    folder.mkdir(parents=True)
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    given = json.dumps({"Bucket": "clips", "Object": "out.txt"})
    job = await service.submit(given, asked(library.id, "save"), asker="test")
    async with running(service.run):
        assert (await ended(store, job)).code == "InvalidParameter.ResourceNotFound"


@pytest.mark.parametrize(
    "given",
    [
        "[" * 100_000,
        json.dumps({"Bucket": "clips", "Object": "\ud800"}),
        json.dumps({"MediaId": "\udfff"}),
    ],
)
async def test_what_no_file_can_be_called_is_refused(store: Store, given: str) -> None:
    service = fingerprints(store)
    library = await service.create_library("l", Medium.TEXT, asker="test")
    with pytest.raises(DnaRefusal) as refused:
        await service.submit(given, asked(library.id, "save"), asker="test")
    assert refused.value.dna == "InvalidParameter.JsonFormatInvalid"


async def test_a_name_longer_than_any_file_has_is_not_found(store: Store) -> None:
    service = fingerprints(store)
    library = await service.create_library("l", Medium.TEXT, asker="test")
    given = json.dumps({"Bucket": "clips", "Object": "x" * 300})
    job = await service.submit(given, asked(library.id, "save"), asker="test")
    async with running(service.run):
        assert (await ended(store, job)).code == "InvalidParameter.ResourceNotFound"


@pytest.mark.parametrize(
    "spoken",
    [
        "[" * 100_000,
        '[{"Text": "\\ud800", "Start": 0, "Duration": 1}]',
        '[{"Text": "a", "Start": NaN, "Duration": 1}]',
        '[{"Text": "a", "Start": 1e999, "Duration": 1}]',
        '[{"Text": "a", "Start": 1' + "0" * 400 + ', "Duration": 1}]',
        '{"Text": "a"}',
        "[7]",
    ],
)
async def test_what_is_no_speech_is_bad_content(store: Store, spoken: str) -> None:
    service = fingerprints(store)
    library = await service.create_library("l", Medium.TEXT, asker="test")
    folder = store.folder / "objects/clips"
    folder.mkdir(parents=True)
    (folder / "spoken.json").write_text(spoken)
    given = json.dumps({"Bucket": "clips", "Object": "spoken.json"})
    config = asked(library.id, "save") | {"TextType": "ASR"}
    job = await service.submit(given, config, asker="test")
    async with running(service.run):
        assert (await ended(store, job)).code == "InvalidParameter.ResourceContentBad"
