"""Fingerprints: libraries, what they hold, and jobs that look for copies."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.fingerprint import DnaJob, Medium
from edge_agent.fingerprint import DnaRefusal, LookedAt
from edge_agent.rest_api import shown_prints as shown
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.query import described, from_query
from edge_agent.wire import fingerprint_jobs as wire
from edge_agent.wire.model import HexId, parsed

InPath = Annotated[HexId, Path()]
LibraryInPath = Annotated[wire.LibraryId, Path()]

JOBS = "/v1/fingerprints/jobs"
_NAME = "name"
_FIELDS = {"FpDBId": "library", "SaveType": "save", "Input": "url", "UserData": "user_data"}
"""The DNA API's names of what this door calls otherwise."""

_BODY = {
    "requestBody": {
        "required": True,
        "description": (
            "The job as JSON; or the file itself, the other fields and its `name` as query"
            " parameters."
        ),
        "content": {
            "application/json": {"schema": wire.PrintJobCreate.model_json_schema()},
            **{
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("video/*", "audio/*", "image/*", "text/*", "application/octet-stream")
            },
        },
    },
    "parameters": [
        *described(wire.PrintJobOptions)["parameters"],
        {
            "name": _NAME,
            "in": "query",
            "description": "What the sent file is called, for people.",
            "schema": {"type": "string"},
        },
    ],
}


def fingerprint_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/fingerprints.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/fingerprints", tags=["fingerprints"])
    _library_routes(router, parts)
    _file_routes(router, parts)
    _job_routes(router, parts)
    return router


def _library_routes(router: APIRouter, parts: RestParts) -> None:
    service, reads = parts.fingerprints, parts.fingerprint_reads

    @router.post(
        "/libraries",
        status_code=HTTPStatus.CREATED,
        openapi_extra=described_body(wire.PrintLibraryCreate),
    )
    async def create(request: Request, response: Response) -> wire.PrintLibrary:
        """Make a library."""
        wanted = parsed(wire.PrintLibraryCreate, await read_json(request))
        made = await service.create_library(
            wanted.name,
            Medium[wanted.medium.upper()],
            description=wanted.description,
            asker=asker(request),
        )
        response.headers["Location"] = f"/v1/fingerprints/libraries/{made.id}"
        return shown.library(await reads.library(made.id))

    @router.get("/libraries")
    async def everything() -> wire.PrintLibraries:
        """Show all libraries, that of the box's own clips among them."""
        found = await reads.libraries()
        return wire.PrintLibraries(libraries=[shown.library(each) for each in found])

    @router.get("/libraries/{library_id}")
    async def one(library_id: LibraryInPath) -> wire.PrintLibrary:
        """Show a library."""
        return shown.library(await reads.library(await _library_id(parts, library_id)))

    @router.delete(
        "/libraries/{library_id}",
        status_code=HTTPStatus.ACCEPTED,
        openapi_extra=described(wire.PrintLibraryDelete, without=frozenset(("library",))),
    )
    async def delete(request: Request, library_id: InPath) -> wire.PrintJob:
        """Delete a library with all that it holds, or empty it, as a job."""
        wanted = from_query(wire.PrintLibraryDelete, request, path={"library": library_id})
        with _own_words():
            job = await service.delete_library(
                wanted.library, "Purge" if wanted.keep else "Delete", asker=asker(request)
            )
        return await _told(parts, job)


def _file_routes(router: APIRouter, parts: RestParts) -> None:
    @router.get(
        "/libraries/{library_id}/files",
        openapi_extra=described(wire.PrintedFileList, without=frozenset(("library",))),
    )
    async def files(request: Request, library_id: LibraryInPath) -> wire.PrintedFiles:
        """Show what a library holds, in the order of its storing."""
        wanted = from_query(wire.PrintedFileList, request, path={"library": library_id})
        library = await _library_id(parts, wanted.library)
        found = await parts.fingerprint_reads.files(
            library, after=wanted.after or "", limit=wanted.limit + 1
        )
        return shown.files(found, wanted.limit)

    @router.delete("/libraries/{library_id}/files/{file_id}", status_code=HTTPStatus.ACCEPTED)
    async def delete(request: Request, library_id: InPath, file_id: InPath) -> wire.PrintJob:
        """Delete one fingerprint, as a job."""
        with _own_words():
            job = await parts.fingerprints.delete_files(
                library_id, files=[file_id], keys=[], asker=asker(request)
            )
        return await _told(parts, job)


def _job_routes(router: APIRouter, parts: RestParts) -> None:
    service, reads = parts.fingerprints, parts.fingerprint_reads

    @router.post("/jobs", status_code=HTTPStatus.ACCEPTED, openapi_extra=_BODY)
    async def submit(request: Request, response: Response) -> wire.PrintJob:
        """Look for an input in a library, or keep it there; the job is committed when this answers.

        The input is named in JSON, or is the body.
        """
        job = await _submitted(parts, request)
        response.headers["Location"] = f"{JOBS}/{job.id}"
        return await _told(parts, job)

    @router.get("/jobs", openapi_extra=described(wire.PrintJobList))
    async def jobs(request: Request) -> wire.PrintJobs:
        """List jobs, newest first."""
        wanted = from_query(wire.PrintJobList, request)
        state, cancelled = shown.asked_state(wanted.state)
        library = await _library_id(parts, wanted.library) if wanted.library else ""
        found = await reads.jobs(
            before=wanted.after or "~",
            limit=wanted.limit + 1,
            library=library,
            state=state,
            cancelled=cancelled,
        )
        return shown.jobs(found, wanted.limit)

    @router.get("/jobs/{job_id}")
    async def look(request: Request, job_id: InPath) -> wire.PrintJobWithMatches:
        """Look at a job and what it found: which pieces of the input are where in the library."""
        found = await reads.job(job_id)
        await parts.audit.looked(asker(request), "fingerprint.view", {"job": job_id})
        return shown.job_with_matches(found, parts.links)

    @router.post("/jobs/{job_id}/cancel")
    async def cancel(request: Request, job_id: InPath) -> wire.PrintJob:
        """Cancel a job; one that has ended stays as it is."""
        return await _told(parts, await service.cancel(job_id, asker=asker(request)))

    @router.delete("/jobs/{job_id}")
    async def delete(request: Request, job_id: InPath) -> wire.PrintJob:
        """Delete a job with what it found, cancelling it first; what it stored stays."""
        return await _told(parts, await service.forget(job_id, asker=asker(request)))


async def _submitted(parts: RestParts, request: Request) -> DnaJob:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        wanted = parsed(wire.PrintJobCreate, await read_json(request))
        return await _take(parts, request, _input(wanted), wanted)
    if kind.partition("/")[0] not in ("video", "audio", "image", "text") and (
        kind != "application/octet-stream"
    ):
        raise Refused(
            "send the job as application/json, or a file as video/*, audio/*, image/*, text/* or"
            f" application/octet-stream; got {kind or 'no content type'}",
            field="content-type",
        )
    options = from_query(wire.PrintJobOptions, request, beside=frozenset((_NAME,)))
    await _library_id(parts, options.library)  # before anything is sent
    name = request.query_params.get(_NAME, "")
    async with parts.fingerprints.uploaded(request.stream(), name) as given:
        return await _take(parts, request, given, options)


def _input(wanted: wire.PrintJobCreate) -> str:
    given: list[str] = []
    if wanted.url is not None:
        given.append(wanted.url)
    if wanted.object is not None:
        given.append(json.dumps({"Bucket": wanted.object.bucket, "Object": wanted.object.key}))
    if wanted.fragment is not None:
        given.append(json.dumps({"MediaId": wanted.fragment}))
    if len(given) != 1:
        raise Refused("give exactly one of url, object and fragment", field="url")
    if wanted.url is not None and not wanted.url.lower().startswith(("http://", "https://")):
        raise Refused("the address must start with http:// or https://", field="url")
    return given[0]


async def _take(
    parts: RestParts, request: Request, given: str, wanted: wire.PrintJobOptions
) -> DnaJob:
    config: dict[str, Any] = {
        "FpDBId": await _library_id(parts, wanted.library),
        "SaveType": wanted.save,
        "PrimaryKey": wanted.key or "",
        "TextType": "ASR" if wanted.text_type == "asr" else "Text",
        "SimilarityThreshold": wanted.threshold,
    }
    with _own_words():
        return await parts.fingerprints.submit(
            given, config, user_data=wanted.user_data, asker=asker(request)
        )


async def _library_id(parts: RestParts, named: str) -> str:
    """The id behind what the door takes for one.

    Raises:
        NotFound: there is no such library.
    """
    if named == wire.RECORDINGS:
        return (await parts.fingerprint_reads.recordings()).id
    return (await parts.fingerprint_reads.library(named)).library.id


async def _told(parts: RestParts, job: DnaJob) -> wire.PrintJob:
    held = {each.library.id: each.library for each in await parts.fingerprint_reads.libraries()}
    library = held.get(job.library)
    return shown.job(LookedAt(job=job, medium=library.medium if library else None))


_GONE: Mapping[str, str] = {"InvalidParameter.DBNotExist": "library"}


@contextmanager
def _own_words() -> Iterator[None]:
    """Turn refusals in the words of the DNA API into those of this door."""
    try:
        yield
    except DnaRefusal as error:
        if error.dna in _GONE:
            raise NotFound(
                "there is no fingerprint library of this id", field=_GONE[error.dna]
            ) from error
        field = _FIELDS.get(error.field or "", "object")
        if error.dna == "InvalidParameter.NotSupported":
            raise Refused(
                "the library of the box's own clips can be asked, and not changed", field=field
            ) from error
        raise Refused(str(error), field=field) from error
