"""Visits: look at them, split and merge them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from edge_agent.domain.errors import Refused
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.query import described, from_query
from edge_agent.wire import visits as wire
from edge_agent.wire.model import HexId, parsed

InPath = Annotated[HexId, Path()]


def session_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/sessions.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/sessions", tags=["visits"])
    sessions = parts.sessions

    @router.get("", openapi_extra=described(wire.SessionList))
    async def every(request: Request) -> wire.Sessions:
        """List visits, newest first."""
        wanted = from_query(wire.SessionList, request)
        page = await sessions.sessions(
            start_ms=wanted.start_ms,
            end_ms=wanted.end_ms,
            after=wanted.after,
            limit=wanted.limit,
        )
        shown = [wire.session(session) for session in page.sessions]
        return wire.Sessions(sessions=shown, next=page.after)

    @router.post("/merge", openapi_extra=described_body(wire.SessionMerge))
    async def merge(request: Request) -> wire.Session:
        """Put visits together; no machine takes them apart."""
        wanted = parsed(wire.SessionMerge, await read_json(request))
        return wire.session(await sessions.merge(wanted.sessions, asker=asker(request)))

    @router.get("/{session_id}")
    async def look(request: Request, session_id: InPath) -> wire.Session:
        """Look at a visit."""
        found = await sessions.get(session_id)
        await parts.audit.looked(asker(request), "session.view", {"session": session_id})
        return wire.session(found)

    @router.post("/{session_id}/split", openapi_extra=described_body(wire.SessionSplit, "session"))
    async def split(request: Request, session_id: InPath) -> wire.Session:
        """Take tracks out into a visit of their own; no machine puts them together again."""
        values = await read_json(request)
        if "session" in values:
            raise Refused("the visit stands in the address", field="session")
        wanted = parsed(wire.SessionSplit, {**values, "session": session_id})
        return wire.session(await sessions.split(session_id, wanted.tracks, asker=asker(request)))

    return router
