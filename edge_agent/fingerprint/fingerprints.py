"""What doors ask of fingerprints."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.errors import Busy, NotFound
from edge_agent.domain.fingerprint import (
    CANCELLED,
    DnaJob,
    DnaState,
    JobKind,
    Library,
    Medium,
    SaveType,
)
from edge_agent.domain.ids import new_id
from edge_agent.fingerprint.inputs import Inputs, read_input
from edge_agent.fingerprint.options import FingerprintOptions
from edge_agent.fingerprint.reading import Reading
from edge_agent.fingerprint.recordings import Recordings
from edge_agent.fingerprint.shelves import Shelves
from edge_agent.fingerprint.uploads import Uploads
from edge_agent.fingerprint.worker import Worker
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.audit import append_audit
from edge_agent.storage.fingerprint_jobs import (
    delete_dna_job,
    dna_job,
    finish_dna_job,
    forget_dna_jobs,
    insert_dna_job,
    unfinished_count,
)
from edge_agent.storage.fingerprints import insert_library, libraries
from edge_agent.storage.transaction import Transaction

_FORGET_EVERY_S = 3600.0


class Fingerprints:
    """Keeps libraries and takes jobs; `run` works on them.

    Args:
        store: the truth.
        options: the limits.
        clock: tells the time.
    """

    def __init__(self, store: Store, options: FingerprintOptions, clock: Clock) -> None:
        self._store = store
        self._options = options
        self._clock = clock
        self._uploads = Uploads(store, options.fetch.max_bytes, clock)
        self._inputs = inputs = Inputs(store, self._uploads, options.fetch)
        reading = Reading(options)
        self._worker = Worker(store, Shelves(store), reading, inputs, options, clock)
        self._recordings = Recordings(store, reading, inputs, clock)

    async def run(self) -> None:
        """Work on jobs until cancelled.

        Raises:
            Unavailable: storage does not answer; run again later, nothing is lost.
        """
        await self._worker.run()

    async def run_recordings(self) -> None:
        """Print the box's own clips until cancelled; raises as `run`."""
        if self._options.recordings:
            await self._recordings.run()

    async def run_history(self) -> None:
        """Forget jobs that ended long ago, until cancelled; raises as `run`."""
        while True:
            async with self._store.transaction() as tx:
                await forget_dna_jobs(tx, self._clock.now_ms() - self._options.history_ms)
            await asyncio.sleep(_FORGET_EVERY_S)

    async def create_library(
        self, name: str, medium: Medium, *, description: str = "", config: str = "", asker: str
    ) -> Library:
        """Make a library."""
        now_ms = self._clock.now_ms()
        made = Library(
            id=new_id(now_ms),
            name=name,
            description=description,
            medium=medium,
            config=config,
            created_ms=now_ms,
        )
        async with self._store.transaction() as tx:
            await insert_library(tx, made)
            await append_audit(
                tx, asker, "fingerprint.library.create", {"library": made.id}, now_ms
            )
        return made

    def uploaded(self, pieces: AsyncIterator[bytes], name: str) -> AbstractAsyncContextManager[str]:
        """Keep a file that is sent, as an input to submit within; see `Uploads.kept`."""
        return self._uploads.kept(pieces, name)

    async def submit(
        self,
        given: str,
        config: Mapping[str, Any],
        *,
        kind: JobKind = JobKind.SHOT,
        pipeline: str = "",
        user_data: str = "",
        asker: str,
    ) -> DnaJob:
        """Take a job that looks at an input.

        Args:
            given: address, JSON triple of an object, JSON with the MediaId of a clip, or what
                `uploaded` gave.
            config: PrimaryKey, SaveType, FpDBId, TextType, SimilarityThreshold.
            kind: shot or import.
            pipeline: a label that jobs can be listed by.
            user_data: comes back with the job.
            asker: for the audit.

        Raises:
            DnaRefusal: something is wrong, or there is no such library.
            Busy: too many are waiting.
        """
        upload = read_input(given).upload
        if upload and not self._uploads.coming(upload):
            raise DnaRefusal("ResourceNotFound", upload)
        library = await self.library(config["FpDBId"])
        save = SaveType(config["SaveType"])
        if library.system and save is not SaveType.NOSAVE:
            raise DnaRefusal("NotSupported", "SaveType")
        if kind is JobKind.IMPORT and library.medium is not Medium.TEXT:
            raise DnaRefusal("NotSupported", "FpDBId")
        asked = {"input": given, "config": dict(config)}
        return await self._take(
            kind, library, asked, pipeline=pipeline, user_data=user_data, asker=asker
        )

    async def delete_files(
        self,
        library_id: str,
        *,
        files: Collection[str],
        keys: Collection[str],
        pipeline: str = "",
        user_data: str = "",
        asker: str,
    ) -> DnaJob:
        """Take a job that deletes fingerprints; raises as `submit`."""
        library = await self._changeable(library_id)
        asked = {"files": list(files), "keys": list(keys)}
        return await self._take(
            JobKind.DELETE_FILES,
            library,
            asked,
            pipeline=pipeline,
            user_data=user_data,
            asker=asker,
        )

    async def delete_library(
        self, library_id: str, how: str, *, pipeline: str = "", user_data: str = "", asker: str
    ) -> DnaJob:
        """Take a job that empties (`Purge`) or deletes (`Delete`) a library; raises as `submit`."""
        library = await self._changeable(library_id)
        return await self._take(
            JobKind.DELETE_LIBRARY,
            library,
            {"how": how},
            pipeline=pipeline,
            user_data=user_data,
            asker=asker,
        )

    async def cancel(self, job_id: str, *, asker: str) -> DnaJob:
        """End a job; one that has ended stays as it is.

        Raises:
            NotFound: there is no such job.
        """
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await _existing(tx, job_id)
            if await finish_dna_job(
                tx, job_id, at_ms=now_ms, code=CANCELLED, message="somebody cancelled it"
            ):
                await append_audit(tx, asker, "fingerprint.cancel", {"job": job_id}, now_ms)
            job = await _existing(tx, job_id)
        self._inputs.done(job.asked)
        return job

    async def forget(self, job_id: str, *, asker: str) -> DnaJob:
        """Delete a job with what it found; one that has not ended ends. What it stored stays.

        Raises:
            NotFound: there is no such job.
        """
        async with self._store.transaction() as tx:
            job = await _existing(tx, job_id)
            await delete_dna_job(tx, job_id)
            await append_audit(
                tx, asker, "fingerprint.delete", {"job": job_id}, self._clock.now_ms()
            )
        self._inputs.done(job.asked)
        return job

    async def library(self, library_id: str) -> Library:
        """One library.

        Raises:
            DnaRefusal: there is none of this id.
        """
        found = await libraries(self._store, [library_id])
        if not found:
            raise DnaRefusal("DBNotExist")
        return found[0]

    async def _changeable(self, library_id: str) -> Library:
        library = await self.library(library_id)
        if library.system:
            raise DnaRefusal("NotSupported", "FpDBId")
        return library

    async def _take(
        self,
        kind: JobKind,
        library: Library,
        asked: Mapping[str, Any],
        *,
        pipeline: str,
        user_data: str,
        asker: str,
    ) -> DnaJob:
        now_ms = self._clock.now_ms()
        job = DnaJob(
            id=new_id(now_ms),
            kind=kind,
            state=DnaState.QUEUING,
            progress=0.0,
            created_ms=now_ms,
            library=library.id,
            pipeline=pipeline,
            user_data=user_data,
            asked=asked,
        )
        async with self._store.transaction() as tx:
            if await unfinished_count(tx) >= self._options.most_unfinished:
                raise Busy("too many fingerprint jobs are waiting; ask again later")
            await insert_dna_job(tx, job)
            detail = {"job": job.id, "library": library.id}
            await append_audit(tx, asker, f"fingerprint.{kind.value}", detail, now_ms)
        return job


async def _existing(tx: Transaction, job_id: str) -> DnaJob:
    job = await dna_job(tx, job_id)
    if job is None:
        raise NotFound("there is no fingerprint job of this id", field="job")
    return job
