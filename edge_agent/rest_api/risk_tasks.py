"""Risk tasks: begin an investigation, look at it, change it, end it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from edge_agent.domain.errors import Refused
from edge_agent.domain.risk_task import RiskTaskState
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.query import described, from_query
from edge_agent.tasks import Change, NewTask
from edge_agent.wire import answers
from edge_agent.wire import risk_tasks as wire
from edge_agent.wire.model import PlainId, parsed

InPath = Annotated[PlainId, Path()]

_IN_PATH = frozenset({"id"})


def risk_task_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/risk-tasks.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/risk-tasks", tags=["risk tasks"])
    tasks = parts.tasks

    @router.post(
        "", status_code=HTTPStatus.CREATED, openapi_extra=described_body(wire.RiskTaskCreate)
    )
    async def create(request: Request, response: Response) -> wire.RiskTask:
        """Begin an investigation."""
        wanted = parsed(wire.RiskTaskCreate, await read_json(request))
        task = await tasks.create(NewTask.of(wanted), asker=asker(request))
        response.headers["Location"] = f"/v1/risk-tasks/{task.id}"
        return wire.risk_task(task)

    @router.get("", openapi_extra=described(wire.RiskTaskList))
    async def every(request: Request) -> wire.RiskTasks:
        """List investigations, newest first."""
        wanted = from_query(wire.RiskTaskList, request)
        page = await tasks.tasks(
            state=None if wanted.state is None else RiskTaskState(wanted.state),
            after=wanted.after,
            limit=wanted.limit,
        )
        return wire.RiskTasks(tasks=[wire.risk_task(task) for task in page.tasks], next=page.after)

    @router.get("/{task_id}", openapi_extra=described(wire.RiskTaskGet, without=_IN_PATH))
    async def look(request: Request, task_id: InPath) -> wire.RiskTaskWithTracks:
        """Look at an investigation and a page of its tracks, newest first."""
        wanted = from_query(wire.RiskTaskGet, request, path={"id": task_id})
        task = await tasks.get(wanted.id, tenant=wanted.tenant, store=wanted.store)
        await parts.audit.looked(asker(request), "risk-task.view", {"task": task.id})
        if not wanted.limit:
            return wire.risk_task_with_tracks(task, [], None)
        page = await tasks.tracks(task.id, after=wanted.after, limit=wanted.limit)
        shown = [answers.track(track, parts.links) for track in page.tracks]
        return wire.risk_task_with_tracks(task, shown, page.after)

    @router.patch("/{task_id}", openapi_extra=described_body(wire.RiskTaskChange, "id"))
    async def change(request: Request, task_id: InPath) -> wire.RiskTask:
        """Change what belongs to an investigation, close it or open it again."""
        values = await read_json(request)
        if "id" in values:
            raise Refused("the id stands in the address, and does not change", field="id")
        wanted = parsed(wire.RiskTaskChange, {**values, "id": task_id})
        return wire.risk_task(await tasks.change(task_id, Change.of(wanted), asker=asker(request)))

    @router.delete("/{task_id}")
    async def delete(request: Request, task_id: InPath) -> wire.RiskTask:
        """Delete an investigation; its tracks stay."""
        return wire.risk_task(await tasks.delete(task_id, asker=asker(request)))

    return router
