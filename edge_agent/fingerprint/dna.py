"""The operations of media DNA, whichever door they come through, answered in the API's members."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from edge_agent.domain.fingerprint import DnaJob, JobKind
from edge_agent.fingerprint.fingerprints import Fingerprints
from edge_agent.fingerprint.inputs import read_input
from edge_agent.storage import Store
from edge_agent.storage.fingerprint_jobs import dna_jobs, dna_jobs_by_id
from edge_agent.storage.fingerprints import libraries, library_files
from edge_agent.wire.cloud import mts
from edge_agent.wire.cloud import mts_data as data

_LATEST: Final = 20
"""So many deletions are listed where no ids are given."""

CHANGES: Final = (
    mts.CreateLibrary,
    mts.SubmitShot,
    mts.DeleteFiles,
    mts.DeleteLibrary,
    mts.ImportShot,
)
"""Operations that more than look."""

Handler = Callable[[Any, str], Awaitable[dict[str, Any]]]


class Dna:
    """Answers operations.

    Args:
        fingerprints: takes jobs.
        store: holds libraries, files and jobs.
    """

    def __init__(self, fingerprints: Fingerprints, store: Store) -> None:
        self._fingerprints = fingerprints
        self._store = store
        self._handlers: Mapping[type, Handler] = {
            mts.CreateLibrary: self._create,
            mts.ListLibraries: self._list,
            mts.SubmitShot: self._submit,
            mts.QueryShots: self._shots,
            mts.ListFiles: self._files,
            mts.DeleteFiles: self._delete_files,
            mts.DeleteLibrary: self._delete_library,
            mts.QueryFileDeletions: self._file_deletions,
            mts.QueryLibraryDeletions: self._library_deletions,
            mts.ImportShot: self._import,
            mts.ListImports: self._imports,
        }

    async def answer(self, asked: mts.Operation, asker: str) -> dict[str, Any]:
        """What stands beside the RequestId; a member that is None is left out.

        Args:
            asked: the operation.
            asker: for the audit.

        Raises:
            Refused: something is wrong, or too many are waiting.
        """
        return await self._handlers[type(asked)](asked, asker)

    async def _create(self, asked: mts.CreateLibrary, asker: str) -> dict[str, Any]:
        made = await self._fingerprints.create_library(
            asked.name,
            asked.medium,
            description=asked.description,
            config=asked.config,
            asker=asker,
        )
        return {"FpShotDB": data.made_library(made)}

    async def _list(self, asked: mts.ListLibraries, _asker: str) -> dict[str, Any]:
        found = await libraries(self._store, asked.ids)
        return {
            "FpShotDBList": {"FpShotDB": [data.listed_library(each) for each in found]},
            "NonExistIds": data.unknown_ids(_missing(asked.ids, [each.id for each in found])),
        }

    async def _submit(self, asked: mts.SubmitShot, asker: str) -> dict[str, Any]:
        job = await self._fingerprints.submit(
            asked.given,
            asked.config,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=asker,
        )
        return {"JobId": job.id}

    async def _shots(self, asked: mts.QueryShots, _asker: str) -> dict[str, Any]:
        token, missing = None, []
        if asked.ids is not None:
            jobs = await dna_jobs_by_id(self._store, asked.ids, JobKind.SHOT)
            missing = _missing(asked.ids, [job.id for job in jobs])
        else:
            jobs = await dna_jobs(
                self._store,
                JobKind.SHOT,
                limit=asked.size + 1,
                before=asked.token or "~",
                state=asked.state,
                pipeline=asked.pipeline,
                start_ms=asked.start_ms,
                end_ms=asked.end_ms,
            )
            if len(jobs) > asked.size:
                jobs = jobs[: asked.size]
                token = jobs[-1].id
        media = {
            each.id: each.medium
            for each in await libraries(self._store, {job.library for job in jobs})
        }
        shots = [
            data.shot(job, read_input(job.asked["input"]).triple, media.get(job.library))
            for job in jobs
        ]
        return {
            "NextPageToken": token,
            "FpShotJobList": {"FpShotJob": shots},
            "NonExistIds": data.unknown_ids(missing),
        }

    async def _files(self, asked: mts.ListFiles, _asker: str) -> dict[str, Any]:
        await self._fingerprints.library(asked.library)
        files = await library_files(
            self._store,
            asked.library,
            after=asked.token,
            limit=asked.size + 1,
            start_ms=asked.start_ms,
            end_ms=asked.end_ms,
        )
        token = None
        if len(files) > asked.size:
            files = files[: asked.size]
            token = files[-1].id
        shown = [
            {
                "FileId": file.id,
                "PrimaryKey": file.primary_key,
                "InputFile": read_input(file.input).triple,
                "StoreTime": data.moment(file.stored_ms),
            }
            for file in files
        ]
        return {"FpShotFileList": {"FpShotFile": shown}, "NextPageToken": token}

    async def _delete_files(self, asked: mts.DeleteFiles, asker: str) -> dict[str, Any]:
        job = await self._fingerprints.delete_files(
            asked.library,
            files=asked.files,
            keys=asked.keys,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=asker,
        )
        return {"JobId": job.id}

    async def _delete_library(self, asked: mts.DeleteLibrary, asker: str) -> dict[str, Any]:
        job = await self._fingerprints.delete_library(
            asked.library,
            asked.how,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=asker,
        )
        return {"JobId": job.id}

    async def _file_deletions(self, asked: mts.QueryFileDeletions, _asker: str) -> dict[str, Any]:
        jobs, missing = await self._deletions(JobKind.DELETE_FILES, asked.ids)
        shown = [data.file_deletion(job) for job in jobs]
        return {"FpFileDeleteJobList": {"FpFileDeleteJob": shown}, "NonExistIds": missing}

    async def _library_deletions(
        self, asked: mts.QueryLibraryDeletions, _asker: str
    ) -> dict[str, Any]:
        jobs, missing = await self._deletions(JobKind.DELETE_LIBRARY, asked.ids)
        shown = [data.library_deletion(job) for job in jobs]
        return {"FpDBDeleteJobList": {"FpDBDeleteJob": shown}, "NonExistIds": missing}

    async def _deletions(
        self, kind: JobKind, ids: Sequence[str] | None
    ) -> tuple[list[DnaJob], dict[str, Any] | None]:
        if ids is None:
            return await dna_jobs(self._store, kind, limit=_LATEST), None
        jobs = await dna_jobs_by_id(self._store, ids, kind)
        return jobs, data.unknown_ids(_missing(ids, [job.id for job in jobs]))

    async def _import(self, asked: mts.ImportShot, asker: str) -> dict[str, Any]:
        job = await self._fingerprints.submit(
            asked.given,
            asked.config,
            kind=JobKind.IMPORT,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=asker,
        )
        return {"JobId": job.id}

    async def _imports(self, asked: mts.ListImports, _asker: str) -> dict[str, Any]:
        jobs = await dna_jobs_by_id(self._store, asked.ids, JobKind.IMPORT)
        return {
            "FpShotImportJobList": [data.imported(job) for job in jobs],
            "NonExistIds": _missing(asked.ids, [job.id for job in jobs]) or None,
        }


def _missing(asked: Sequence[str] | None, found: Sequence[str]) -> list[str]:
    return [each for each in asked or () if each not in found]
