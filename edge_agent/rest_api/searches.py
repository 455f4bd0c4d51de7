"""Picture searches: ask, look, list, cancel."""

import base64
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.ids import PLAIN_ID
from edge_agent.domain.job import Job as DomainJob
from edge_agent.rest_api import shown
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.query import described, from_query
from edge_agent.search import RequestKey
from edge_agent.wire import answers
from edge_agent.wire.command import digest_of
from edge_agent.wire.json_body import read_object
from edge_agent.wire.model import parsed
from edge_agent.wire.picture_search import JobGet, JobList, PictureSearchCreate

_NOT_IN_QUERY = frozenset({"picture", "pictures", "url", "track"})
_IN_PATH = frozenset({"job"})
_BODY = {
    "requestBody": {
        "required": True,
        "description": (
            "The question as JSON; or the picture itself, the other fields as query parameters."
        ),
        "content": {
            "application/json": {"schema": PictureSearchCreate.model_json_schema()},
            "image/*": {"schema": {"type": "string", "format": "binary"}},
        },
    },
    "parameters": [
        *described(PictureSearchCreate, without=_NOT_IN_QUERY)["parameters"],
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "A repeat within 24 h returns the first answer and starts nothing.",
            "schema": {"type": "string", "pattern": f"^{PLAIN_ID.pattern}$"},
        },
    ],
}


def search_routes(parts: RestParts, picture_bytes: int) -> APIRouter:
    """Make the routes under /v1/picture-searches.

    Args:
        parts: of the house.
        picture_bytes: largest picture sent as a raw body.
    """
    router = APIRouter(prefix="/v1/picture-searches", tags=["picture searches"])

    @router.post("", status_code=HTTPStatus.ACCEPTED, openapi_extra=_BODY)
    async def create(request: Request, response: Response) -> answers.Job:
        """Start a search; its job is committed when this answers."""
        values = await _asked(request, picture_bytes)
        question = parsed(PictureSearchCreate, values).question()
        key = _request_key(request, values)
        job = await parts.searches.create(question, asker=asker(request), request=key)
        response.headers["Location"] = f"/v1/picture-searches/{job.id}"
        return answers.job(job)

    @router.get("", openapi_extra=described(JobList))
    async def jobs(request: Request) -> answers.Jobs:
        """List searches, newest first."""
        wanted = from_query(JobList, request)
        page = await parts.queries.jobs(after=wanted.after, limit=wanted.limit)
        return answers.Jobs(jobs=[answers.job(job) for job in page.rows], next=page.after)

    @router.get("/{job}", openapi_extra=described(JobGet, without=_IN_PATH))
    async def look(request: Request, job: str) -> shown.Search:
        """Look at a search and a page of its hits, best first."""
        wanted = from_query(JobGet, request, path={"job": job})
        found = await _job(parts, wanted.job)
        await _note(parts, request, wanted.job)
        page = await _hits(parts, wanted)
        return shown.search(found, page, parts.links)

    @router.get("/{job}/hits", openapi_extra=described(JobGet, without=_IN_PATH))
    async def hits(request: Request, job: str) -> shown.Hits:
        """Look at a page of hits, best first."""
        wanted = from_query(JobGet, request, path={"job": job})
        await _job(parts, wanted.job)
        await _note(parts, request, wanted.job)
        return await _hits(parts, wanted)

    @router.delete("/{job}")
    async def cancel(request: Request, job: str) -> answers.Job:
        """Cancel a search; one that has ended stays as it is."""
        wanted = from_query(JobGet, request, path={"job": job})
        return answers.job(await parts.searches.cancel(wanted.job, asker=asker(request)))

    return router


async def _asked(request: Request, picture_bytes: int) -> Mapping[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        if request.query_params:
            name = next(iter(request.query_params))
            raise Refused("a JSON question has all its fields in the body", field=name)
        return read_object(await request.body())
    if kind.startswith("image/") or kind == "application/octet-stream":
        return await _asked_raw(request, picture_bytes)
    raise Refused(
        "send the question as application/json, or a picture as image/*; "
        f"got {kind or 'no content type'}",
        field="content-type",
    )


async def _asked_raw(request: Request, picture_bytes: int) -> Mapping[str, Any]:
    for name in _NOT_IN_QUERY & request.query_params.keys():
        raise Refused(f"the picture is the body; {name} has no place beside it", field=name)
    picture = await request.body()
    if not picture:
        raise Refused("the body is empty; it should be the picture", field="picture")
    if len(picture) > picture_bytes:
        raise TooLarge(f"picture has more than {picture_bytes} bytes", field="picture")
    asked = from_query(PictureSearchCreate, request).model_dump(exclude_unset=True)
    return {**asked, "picture": base64.b64encode(picture).decode("ascii")}


def _request_key(request: Request, values: Mapping[str, Any]) -> RequestKey | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not PLAIN_ID.fullmatch(given):
        raise Refused(f"Idempotency-Key must match {PLAIN_ID.pattern}", field="idempotency-key")
    # A client that takes the same id over MQTT expects that door's answer; they are kept apart.
    return RequestKey(id=f"rest:{given}", digest=digest_of(values))


async def _note(parts: RestParts, request: Request, job: str) -> None:
    await parts.audit.looked(asker(request), "picture-search.view", {"job": job})


async def _job(parts: RestParts, job_id: str) -> DomainJob:
    job = await parts.queries.job(job_id)
    if job is None:
        raise NotFound(f"there is no job {job_id}", field="job")
    return job


async def _hits(parts: RestParts, wanted: JobGet) -> shown.Hits:
    if wanted.limit == 0:
        return shown.Hits(hits=[], next=None)
    rows = await parts.queries.hits(wanted.job, after_rank=wanted.after, limit=wanted.limit + 1)
    page = [shown.hit(row, parts.links) for row in rows[: wanted.limit]]
    return shown.Hits(hits=page, next=page[-1].rank if len(rows) > wanted.limit else None)
