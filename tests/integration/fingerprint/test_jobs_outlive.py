"""Jobs outlive the process that works on them, share it fairly, and are forgotten in the end."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.domain.fingerprint import DnaJob, DnaState, JobKind, Medium
from edge_agent.fingerprint import FingerprintOptions, Fingerprints
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.fingerprint_jobs import dna_jobs, dna_jobs_by_id, unfinished_count
from edge_agent.storage.fingerprints import libraries, library_files
from tests.integration.storage.builders import SetClock
from tests.support.walking import walk, write_walk

pytestmark = pytest.mark.timeout(180)
DAY_MS = 86_400_000

WORKER = """
import asyncio, sys
from pathlib import Path
from edge_agent.fingerprint import FingerprintOptions, Fingerprints
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.fingerprint_jobs import unfinished_count

async def tell(store):
    last = None
    while True:
        version = store.version("fp_job")
        left = await unfinished_count(store)
        if left != last:
            print(left, flush=True)
        last = left
        await store.changed("fp_job", version)

async def main():
    clock = SystemClock()
    async with await Store.open(Path(sys.argv[1]), clock=clock) as store:
        service = Fingerprints(store, FingerprintOptions(), clock)
        await asyncio.gather(service.run(), tell(store))

asyncio.run(main())
"""


def work_until_killed(folder: Path, left: int) -> None:
    """Have a process work on jobs and kill it once so many are left."""
    command = [sys.executable, "-c", WORKER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) <= left:
                break
        process.kill()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    async with await Store.open(folder, clock=SystemClock()) as store:
        yield store


def put(folder: Path, count: int, seconds: float = 20) -> list[str]:
    objects = folder / "objects/clips"
    objects.mkdir(parents=True)
    for number in range(count):
        write_walk(objects / f"{number}.mp4", walk(number, seconds))
    return [json.dumps({"Bucket": "clips", "Object": f"{number}.mp4"}) for number in range(count)]


async def submitted(
    service: Fingerprints, library: str, given: Sequence[str], *, pipeline: str = ""
) -> list[DnaJob]:
    return [
        await service.submit(
            each,
            {"PrimaryKey": str(number), "SaveType": "forcesave", "FpDBId": library},
            asker="test",
            pipeline=pipeline,
        )
        for number, each in enumerate(given)
    ]


@asynccontextmanager
async def working(service: Fingerprints) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(service.run())
        yield
        task.cancel()


async def until(comes: Callable[[], Awaitable[bool]]) -> None:
    """Wait for what nobody tells of."""
    while not await comes():  # noqa: ASYNC110 - files and states that are not told
        await asyncio.sleep(0.02)


async def _all_ended(store: Store) -> bool:
    return not await unfinished_count(store)


async def _begun(store: Store, job: str) -> bool:
    (found,) = await dna_jobs_by_id(store, [job], JobKind.SHOT)
    return found.state is DnaState.ANALYSING


async def _left(folder: Path) -> bool:
    return not any((folder / "fingerprints").glob("job-*"))


async def test_a_killed_box_goes_on_where_it_was_and_repeats_nothing_that_had_ended(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "state"
    async with opened(folder) as store:
        given = await asyncio.to_thread(put, folder, 5)
        service = Fingerprints(store, FingerprintOptions(), SystemClock())
        library = await service.create_library("l", Medium.VIDEO, asker="test")
        jobs = [job.id for job in await submitted(service, library.id, given)]
    for left in (4, 2):
        await asyncio.to_thread(work_until_killed, folder, left)
    async with opened(folder) as store:
        before = {job.id: job for job in await dna_jobs_by_id(store, jobs, JobKind.SHOT)}
        ended = [job for job in before.values() if job.finished_ms is not None]
        assert 3 <= len(ended) < 5
        async with working(Fingerprints(store, FingerprintOptions(), SystemClock())):
            await until(lambda: _all_ended(store))
        after = {job.id: job for job in await dna_jobs_by_id(store, jobs, JobKind.SHOT)}
        assert {job.state for job in after.values()} == {DnaState.SUCCESS}
        assert [after[job.id] for job in ended] == ended
        kept = {file.id for file in await library_files(store, library.id, limit=99)}
        assert kept == {job.file for job in after.values()}, "each once, and none of a broken job"
        starts = await store.rows("SELECT starts FROM fp_job ORDER BY id")
        assert [row["starts"] for row in starts][:1] == [1]
        assert max(row["starts"] for row in starts) <= 3
        (shown,) = await libraries(store, [library.id])
        assert shown.changes == 5


async def test_so_many_libraries_are_worked_on_at_once_and_each_by_one_job(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    async with opened(folder) as store:
        given = await asyncio.to_thread(put, folder, 2)
        service = Fingerprints(store, FingerprintOptions(lanes=2), SystemClock())
        lines = ["a" * 32, "b" * 32, "c" * 32]
        for line in lines:
            library = await service.create_library(line, Medium.VIDEO, asker="test")
            await submitted(service, library.id, given, pipeline=line)
        busiest = 0
        async with working(service):
            while await unfinished_count(store):
                rows = await store.rows("SELECT library FROM fp_job WHERE state = 'Analysing'")
                at_work = [row["library"] for row in rows]
                assert len(set(at_work)) == len(at_work) <= 2
                busiest = max(busiest, len(at_work))
                await asyncio.sleep(0.01)
        assert busiest == 2
        for line in lines:
            found = await dna_jobs(store, JobKind.SHOT, limit=9, pipeline=line)
            assert [(job.pipeline, job.state) for job in found] == [(line, DnaState.SUCCESS)] * 2


async def test_a_job_that_is_cancelled_while_it_is_worked_on_stops_and_keeps_nothing(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "state"
    async with opened(folder) as store:
        (given,) = await asyncio.to_thread(put, folder, 1, 240)
        service = Fingerprints(store, FingerprintOptions(), SystemClock())
        library = await service.create_library("l", Medium.VIDEO, asker="test")
        (job,) = await submitted(service, library.id, [given])
        async with working(service):
            await until(lambda: _begun(store, job.id))
            cancelled = await service.cancel(job.id, asker="test")
            assert cancelled.code == "Cancelled"
            (after,) = await submitted(service, library.id, [given])
            assert (await service.cancel(after.id, asker="test")).code == "Cancelled"
            await until(lambda: _left(folder))
        assert await library_files(store, library.id, limit=9) == []
        assert (await dna_jobs_by_id(store, [job.id], JobKind.SHOT)) == [cancelled]


async def test_ended_jobs_are_listed_for_half_a_year_and_then_forgotten(tmp_path: Path) -> None:
    clock = SetClock()
    async with await Store.open(tmp_path / "state", clock=clock) as store:
        service = Fingerprints(store, FingerprintOptions(), clock)
        library = await service.create_library("l", Medium.TEXT, asker="test")
        given = json.dumps({"Bucket": "clips", "Object": "a.txt"})
        old, waiting = await submitted(service, library.id, [given, given])
        await service.cancel(old.id, asker="test")

        async def listed_after(days: float) -> set[str]:
            clock.ms += round(days * DAY_MS)
            history = asyncio.create_task(service.run_history())  # noqa: TID251 - ended below
            await asyncio.sleep(0.2)
            history.cancel()
            await asyncio.gather(history, return_exceptions=True)
            return {job.id for job in await dna_jobs(store, JobKind.SHOT, limit=9)}

        assert await listed_after(179) == {waiting.id, old.id}
        assert await listed_after(1.1) == {waiting.id}, "what waits is no history"
