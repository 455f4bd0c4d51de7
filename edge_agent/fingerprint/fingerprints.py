"""What doors ask of fingerprints."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.errors import Busy, NotFound
from edge_agent.domain.fingerprint import DnaJob, DnaState, JobKind, Library, Medium, SaveType
from edge_agent.domain.ids import new_id
from edge_agent.fingerprint.inputs import Inputs, read_input
from edge_agent.fingerprint.options import FingerprintOptions
from edge_agent.fingerprint.reading import Reading
from edge_agent.fingerprint.recordings import Recordings
from edge_agent.fingerprint.shelves import Shelves
from edge_agent.fingerprint.worker import Worker
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.audit import append_audit
from edge_agent.storage.fingerprints import (
    dna_jobs_by_id,
    finish_dna_job,
    forget_dna_jobs,
    insert_dna_job,
    insert_library,
    libraries,
    unfinished_count,
)

_FORGET_EVERY_S = 3600.0

CANCELLED = "Cancelled"


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
        reading, inputs = Reading(options), Inputs(store, options.fetch)
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
            given: address, JSON triple of an object, or JSON with the MediaId of a clip.
            config: PrimaryKey, SaveType, FpDBId, TextType, SimilarityThreshold.
            kind: shot or import.
            pipeline: a label that jobs can be listed by.
            user_data: comes back with the job.
            asker: for the audit.

        Raises:
            DnaRefusal: something is wrong, or there is no such library.
            Busy: too many are waiting.
        """
        read_input(given)
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
        """End a shot or an import; one that has ended stays as it is.

        Raises:
            NotFound: there is no such job.
        """
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            for kind in (JobKind.SHOT, JobKind.IMPORT):
                if await dna_jobs_by_id(tx, [job_id], kind):
                    await finish_dna_job(
                        tx, job_id, at_ms=now_ms, code=CANCELLED, message="somebody cancelled it"
                    )
                    await append_audit(tx, asker, "fingerprint.cancel", {"job": job_id}, now_ms)
                    return (await dna_jobs_by_id(tx, [job_id], kind))[0]
        raise NotFound("there is no fingerprint job of this id", field="id")

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
