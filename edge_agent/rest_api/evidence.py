"""The audit log, exports of investigations, erasing."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse

from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.query import described, from_query
from edge_agent.wire import evidence as wire
from edge_agent.wire.model import PlainId, parsed

TaskInPath = Annotated[PlainId, Path()]


def evidence_routes(parts: RestParts) -> APIRouter:
    """Make /v1/audit, /v1/erasures, and exports of risk tasks.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1")

    @router.get("/audit", tags=["audit"], openapi_extra=described(wire.AuditQuery))
    async def audit(request: Request) -> wire.AuditEntries:
        """Read the audit log, newest first."""
        wanted = from_query(wire.AuditQuery, request)
        page = await parts.audit.page(
            before=wanted.before, who=wanted.who, action=wanted.action, limit=wanted.limit
        )
        shown = [wire.AuditEntry(**asdict(entry)) for entry in page.entries]
        return wire.AuditEntries(entries=shown, next=page.next)

    @router.get("/audit/check", tags=["audit"])
    async def check() -> wire.AuditCheck:
        """Check that nothing in the log was changed or taken out."""
        broken_at = await parts.audit.broken_at()
        return wire.AuditCheck(whole=broken_at is None, broken_at=broken_at)

    @router.post("/erasures", tags=["people"], openapi_extra=described_body(wire.Erase))
    async def erase(request: Request) -> wire.Erased:
        """Erase people for good: rows, vectors, pictures, clips, and their copies in backups."""
        wanted = parsed(wire.Erase, await read_json(request))
        done = await parts.erasure.erase(wanted.tracks, asker=asker(request))
        return wire.Erased(**asdict(done))

    @router.post("/risk-tasks/{task_id}/export", tags=["risk tasks"])
    async def prepare(task_id: TaskInPath) -> wire.Export:
        """Have the clips of an investigation made ready; tell what its export holds."""
        info = await parts.exports.prepare(task_id)
        url = None if info.waiting else f"/v1/risk-tasks/{task_id}/export"
        return wire.Export(**asdict(info), url=url)

    @router.get(
        "/risk-tasks/{task_id}/export",
        tags=["risk tasks"],
        response_class=StreamingResponse,
        responses={200: {"content": {"application/zip": {}}}},
    )
    async def export(request: Request, task_id: TaskInPath) -> StreamingResponse:
        """Fetch an investigation as a signed zip: pictures, clips, manifest."""
        pieces = await parts.exports.export(task_id, asker=asker(request))
        named = f'attachment; filename="{task_id}.zip"'
        return StreamingResponse(
            pieces, media_type="application/zip", headers={"Content-Disposition": named}
        )

    return router
