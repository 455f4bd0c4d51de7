"""What the box remembers: tracks, clips, cameras, its own state."""

import hashlib
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel

from edge_agent.domain.errors import NotFound
from edge_agent.queries import TrackFilter
from edge_agent.rest_api import shown
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.cameras import check_cameras
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.query import described, from_query
from edge_agent.wire import answers
from edge_agent.wire.model import HexId
from edge_agent.wire.picture_search import TrackQuery

InPath = Annotated[HexId, Path()]


def read_routes(parts: RestParts) -> APIRouter:
    """Make the routes that only read.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1")

    @router.get(
        "/tracks",
        tags=["people"],
        openapi_extra=described(TrackQuery),
        response_model=answers.Tracks,
    )
    async def tracks(request: Request) -> Response:
        """List tracks, newest first; with `If-None-Match`, 304 where nothing has changed."""
        wanted = from_query(TrackQuery, request)
        await _note(parts, request, wanted)
        await check_cameras(parts, wanted.cameras)
        page = await parts.queries.tracks(
            TrackFilter.of(wanted),
            after=wanted.after,
            limit=wanted.limit,
        )
        rows = [answers.track(row.as_track(), parts.links) for row in page.rows]
        return _unless_known(request, answers.Tracks(tracks=rows, next=page.after))

    @router.get("/tracks/{track_id}", tags=["people"])
    async def track(request: Request, track_id: InPath) -> shown.TrackWithClips:
        """Look at one track."""
        row = await parts.queries.track(track_id)
        if row is None:
            raise NotFound(f"there is no track {track_id}", field="track")
        await parts.audit.looked(asker(request), "track.view", {"track": track_id})
        return shown.track(row, parts.links)

    @router.get("/fragments/{fragment_id}", tags=["people"])
    async def fragment(request: Request, fragment_id: InPath) -> shown.Fragment:
        """Look at one clip: whether it plays, and which time its first picture shows."""
        row = await parts.queries.fragment(fragment_id)
        if row is None:
            raise NotFound(f"there is no fragment {fragment_id}", field="fragment")
        await parts.audit.looked(asker(request), "clip.view", {"fragment": fragment_id})
        clip = row.as_fragment()
        return shown.fragment(
            row,
            await parts.queries.tracks_in(fragment_id),
            parts.links,
            ready=await parts.playback.ready(clip),
            progress=parts.playback.progress(clip),
        )

    return router


async def _note(parts: RestParts, request: Request, wanted: TrackQuery) -> None:
    given = wanted.looks_for()
    if given:
        await parts.audit.looked(asker(request), "track.search", given)


def _unless_known(request: Request, answer: BaseModel) -> Response:
    """A page that is asked for every other second mostly gets 304 (RFC 9110, 13.1.2)."""
    body = answer.model_dump_json().encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag}  # for whoever keeps the page themselves; nobody on the way does
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
