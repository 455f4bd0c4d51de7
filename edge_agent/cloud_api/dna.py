"""Media DNA, as MTS shows it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from edge_agent.cloud_api.caller import Caller
from edge_agent.domain.access_key import AccessKey, KeyRole
from edge_agent.domain.dna_refusal import DnaRefusal
from edge_agent.domain.errors import NotAuthorised
from edge_agent.domain.fingerprint import DnaJob, JobKind
from edge_agent.fingerprint import Fingerprints
from edge_agent.fingerprint.inputs import read_input
from edge_agent.storage import Store
from edge_agent.storage.fingerprints import dna_jobs, dna_jobs_by_id, libraries, library_files
from edge_agent.wire.cloud import mts
from edge_agent.wire.cloud import mts_data as data
from edge_agent.wire.cloud.answers import CloudAnswer, success
from edge_agent.wire.cloud.errors import GatewayRefusal
from edge_agent.wire.cloud.request import CloudRequest

_LATEST: Final = 20
"""So many deletions are listed where no ids are given."""

_CHANGES = (
    mts.CreateLibrary,
    mts.SubmitShot,
    mts.DeleteFiles,
    mts.DeleteLibrary,
    mts.ImportShot,
)

Handler = Callable[[Any, Caller], Awaitable[dict[str, Any]]]


class CloudDna:
    """The operations on fingerprints.

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

    async def answer(
        self, request: CloudRequest, key: AccessKey, caller: Caller, request_id: str
    ) -> CloudAnswer:
        """Answer a request of version `mts.VERSION`.

        Raises:
            AgentError: it is refused, or the box is at fault.
        """
        try:
            asked = mts.read_operation(request.action, request.parameters)
            if isinstance(asked, _CHANGES) and key.role is not KeyRole.FULL:
                raise NotAuthorised("this key may only look")
            fields = await self._handlers[type(asked)](asked, caller)
        except DnaRefusal as error:
            raise GatewayRefusal(error.dna, 400, str(error)) from error
        return success(request.manner, request_id, fields)

    async def _create(self, asked: mts.CreateLibrary, caller: Caller) -> dict[str, Any]:
        made = await self._fingerprints.create_library(
            asked.name,
            asked.medium,
            description=asked.description,
            config=asked.config,
            asker=caller.asker,
        )
        return {"FpShotDB": data.made_library(made)}

    async def _list(self, asked: mts.ListLibraries, _caller: Caller) -> dict[str, Any]:
        found = await libraries(self._store, asked.ids)
        return {
            "FpShotDBList": {"FpShotDB": [data.listed_library(each) for each in found]},
            "NonExistIds": data.unknown_ids(_missing(asked.ids, [each.id for each in found])),
        }

    async def _submit(self, asked: mts.SubmitShot, caller: Caller) -> dict[str, Any]:
        job = await self._fingerprints.submit(
            asked.given,
            asked.config,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=caller.asker,
        )
        return {"JobId": job.id}

    async def _shots(self, asked: mts.QueryShots, _caller: Caller) -> dict[str, Any]:
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

    async def _files(self, asked: mts.ListFiles, _caller: Caller) -> dict[str, Any]:
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

    async def _delete_files(self, asked: mts.DeleteFiles, caller: Caller) -> dict[str, Any]:
        job = await self._fingerprints.delete_files(
            asked.library,
            files=asked.files,
            keys=asked.keys,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=caller.asker,
        )
        return {"JobId": job.id}

    async def _delete_library(self, asked: mts.DeleteLibrary, caller: Caller) -> dict[str, Any]:
        job = await self._fingerprints.delete_library(
            asked.library,
            asked.how,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=caller.asker,
        )
        return {"JobId": job.id}

    async def _file_deletions(
        self, asked: mts.QueryFileDeletions, _caller: Caller
    ) -> dict[str, Any]:
        jobs, missing = await self._deletions(JobKind.DELETE_FILES, asked.ids)
        shown = [data.file_deletion(job) for job in jobs]
        return {"FpFileDeleteJobList": {"FpFileDeleteJob": shown}, "NonExistIds": missing}

    async def _library_deletions(
        self, asked: mts.QueryLibraryDeletions, _caller: Caller
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

    async def _import(self, asked: mts.ImportShot, caller: Caller) -> dict[str, Any]:
        job = await self._fingerprints.submit(
            asked.given,
            asked.config,
            kind=JobKind.IMPORT,
            pipeline=asked.told.pipeline,
            user_data=asked.told.user_data,
            asker=caller.asker,
        )
        return {"JobId": job.id}

    async def _imports(self, asked: mts.ListImports, _caller: Caller) -> dict[str, Any]:
        jobs = await dna_jobs_by_id(self._store, asked.ids, JobKind.IMPORT)
        return {
            "FpShotImportJobList": [data.imported(job) for job in jobs],
            "NonExistIds": _missing(asked.ids, [job.id for job in jobs]) or None,
        }


def _missing(asked: Sequence[str] | None, found: Sequence[str]) -> list[str]:
    return [each for each in asked or () if each not in found]
