"""Jobs, worked on in lanes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.fingerprint import DnaJob, JobKind, Library, Medium, PrintedFile, SaveType
from edge_agent.domain.ids import new_id
from edge_agent.fingerprint.inputs import Inputs, read_input
from edge_agent.fingerprint.options import FingerprintOptions
from edge_agent.fingerprint.reading import Read, Reading
from edge_agent.fingerprint.shelves import Shelves
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.fingerprint_jobs import (
    finish_dna_job,
    next_dna_job,
    requeue_dna_jobs,
    tell_dna_progress,
    unfinished_inputs,
)
from edge_agent.storage.fingerprints import delete_files, delete_library, insert_file, libraries

log = logging.getLogger(__name__)

_TELL_EVERY_S = 1.0


class _EndedMeanwhileError(Exception):
    """The job was cancelled while it was being worked on."""


class Worker:
    """Works on jobs; there is one worker per store.

    Args:
        store: the truth; jobs are rows of it.
        shelves: ask libraries.
        reading: reads files.
        inputs: bring them here.
        options: the limits.
        clock: tells the time.
    """

    def __init__(  # noqa: PLR0917 - made in one place
        self,
        store: Store,
        shelves: Shelves,
        reading: Reading,
        inputs: Inputs,
        options: FingerprintOptions,
        clock: Clock,
    ) -> None:
        self._store = store
        self._shelves = shelves
        self._reading = reading
        self._inputs = inputs
        self._options = options
        self._clock = clock
        self._busy: set[str] = set()

    async def run(self) -> None:
        """Work until cancelled.

        Raises:
            Unavailable: storage does not answer; run again later, nothing is lost.
        """
        self._busy.clear()
        async with self._store.transaction() as tx:
            again = await requeue_dna_jobs(tx)
            self._inputs.sweep(await unfinished_inputs(tx))
        if again:
            log.info("%d fingerprint jobs were interrupted and begin anew", again)
        gone: Unavailable | None = None
        try:
            async with asyncio.TaskGroup() as lanes:
                for number in range(self._options.lanes):
                    lanes.create_task(self._serve(), name=f"fingerprints {number}")
        except* Unavailable as errors:
            gone = Unavailable(str(errors.exceptions[0]))
        if gone is not None:
            raise gone

    async def _serve(self) -> None:
        while True:
            version = self._store.version("fp_job")
            async with self._store.transaction() as tx:
                begun = await next_dna_job(tx, self._busy)
                if begun is not None:
                    self._busy.add(begun[0].library)
            if begun is None:
                await self._store.changed("fp_job", version)
                continue
            job, starts = begun
            try:
                await self._work_on(job, starts)
            except _EndedMeanwhileError:
                log.info("fingerprint job %s was cancelled", job.id)
                self._inputs.done(job.asked)
            finally:
                self._busy.discard(job.library)

    async def _work_on(self, job: DnaJob, starts: int) -> None:
        try:
            if starts > self._options.most_starts:
                await self._fail(
                    job, "InternalError", f"the box stopped {starts - 1} times over it"
                )
            elif job.kind is JobKind.DELETE_LIBRARY:
                await self._delete_library(job)
            elif job.kind is JobKind.DELETE_FILES:
                await self._delete_files(job)
            else:
                await self._shoot(job)
        except DnaRefusal as error:
            await self._fail(job, error.dna, str(error))
        except Unavailable as error:
            # the host of an address or a library of the system; storage would fail here again
            await self._fail(job, "InternalError", str(error))

    async def _fail(self, job: DnaJob, code: str, message: str) -> None:
        log.info("fingerprint job %s failed: %s: %s", job.id, code, message)
        async with self._store.transaction() as tx:
            await finish_dna_job(tx, job.id, at_ms=self._clock.now_ms(), code=code, message=message)
        self._inputs.done(job.asked)

    async def _delete_library(self, job: DnaJob) -> None:
        async with self._store.transaction() as tx:
            if await finish_dna_job(tx, job.id, at_ms=self._clock.now_ms()):  # else cancelled
                await delete_library(tx, job.library, keep=job.asked["how"] == "Purge")

    async def _delete_files(self, job: DnaJob) -> None:
        async with self._store.transaction() as tx:
            if await finish_dna_job(tx, job.id, at_ms=self._clock.now_ms()):
                await delete_files(tx, job.library, job.asked["files"], job.asked["keys"])

    async def _shoot(self, job: DnaJob) -> None:
        found = await libraries(self._store, [job.library])
        if not found:
            raise DnaRefusal("DBNotExist")
        (library,) = found
        config = job.asked["config"]
        read = await self._read(job, library)
        save = SaveType(config["SaveType"])
        result: list[dict[str, Any]] | None = None
        if save is not SaveType.ONLYSAVE:
            every = await self._shelves.find(library, read)
            least = float(config.get("SimilarityThreshold") or 0)
            result = [one for one in every if one["similarity"] >= least]
            if library.system:
                result = await self._placed(result)
        keep = save in (SaveType.ONLYSAVE, SaveType.FORCESAVE) or (
            save is SaveType.SAVE and not result
        )
        await self._end(job, library, read, result, keep=keep)

    async def _read(self, job: DnaJob, library: Library) -> Read:
        asr = job.asked["config"].get("TextType", "Text") == "ASR"
        wanted = read_input(job.asked["input"])
        async with self._telling(job) as tell, self._inputs.local(wanted) as (source, work):
            return await self._reading.read(library.medium, source, work, asr=asr, tell=tell)

    @asynccontextmanager
    async def _telling(self, job: DnaJob) -> AsyncIterator[Any]:
        """Write down how far a job is, and stop it where it has been cancelled."""
        share = 0.0

        def tell(done: float) -> None:
            nonlocal share
            share = done

        async def watch() -> None:
            while True:
                await asyncio.sleep(_TELL_EVERY_S)
                async with self._store.transaction() as tx:
                    if not await tell_dna_progress(tx, job.id, share * 0.9):
                        raise _EndedMeanwhileError

        try:
            async with asyncio.TaskGroup() as group:
                watching = group.create_task(watch())
                yield tell
                watching.cancel()
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None

    async def _placed(self, result: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Findings among the box's own clips, with camera and time."""
        for one in result:
            fragment = one["key"].rpartition("/")[2]
            rows = await self._store.rows(
                "SELECT camera, start_ms FROM fragment WHERE id = ?", (fragment,)
            )
            for row in rows:
                one |= {"fragment": fragment, "camera": row["camera"]}
                for piece in one["slices"]:
                    piece["at_ms"] = row["start_ms"] + round(piece["other_start"] * 1000)
        return result

    async def _end(
        self,
        job: DnaJob,
        library: Library,
        read: Read,
        result: list[dict[str, Any]] | None,
        *,
        keep: bool,
    ) -> None:
        now_ms = self._clock.now_ms()
        file = PrintedFile(
            id=new_id(now_ms),
            library=library.id,
            primary_key=job.asked["config"].get("PrimaryKey") or job.id,
            input=job.asked["input"],
            seconds=read.seconds,
            stored_ms=now_ms,
            print=read.print,
        )
        async with self._store.transaction() as tx:
            ended = await finish_dna_job(
                tx,
                job.id,
                at_ms=now_ms,
                file=file.id if keep else None,
                seconds=read.seconds if library.medium in (Medium.VIDEO, Medium.AUDIO) else None,
                result=result,
            )
            if ended and keep and await libraries(tx, [library.id]):
                await insert_file(tx, file)
        self._inputs.done(job.asked)
