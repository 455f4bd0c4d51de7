"""Pictures and clips, by signed link or with the token."""

import pathlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.track import Fragment, FragmentState
from edge_agent.rest_api.access import Access
from edge_agent.rest_api.files import send_file
from edge_agent.rest_api.parts import RestParts
from edge_agent.wire.model import HexId

_CLIP_TYPES = {".mp4": "video/mp4", ".mkv": "video/x-matroska", ".ts": "video/mp2t"}
_MAGIC = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"RIFF": "image/webp",
    b"BM": "image/bmp",
}

InPath = Annotated[HexId, Path()]


def media_routes(parts: RestParts, access: Access) -> APIRouter:
    """Make the routes under /media.

    Args:
        parts: of the house.
        access: lets signed links and the token pass.
    """
    router = APIRouter(prefix="/media", tags=["media"])
    keep = Annotated[int, Depends(access.media)]
    _people(router, parts, keep)
    _clips(router, parts, keep)
    _things(router, parts, keep)
    return router


def _people(router: APIRouter, parts: RestParts, keep: Any) -> None:
    @router.get("/pictures/{picture_id}", response_class=Response)
    async def picture(request: Request, picture_id: InPath, keep_s: keep) -> Response:
        """Fetch a best picture of a track."""
        path = parts.pictures.path(picture_id)
        return await send_file(request, path, "image/jpeg", keep_s, called="picture")

    @router.get("/queries/{job_id}", response_class=Response)
    async def query_picture(job_id: InPath, keep_s: keep) -> Response:
        """Fetch the picture that a search was asked with."""
        content = await parts.query_picture(job_id)
        if content is None:
            raise NotFound("this search is not here (any more) or has no picture", field="id")
        kinds = (kind for magic, kind in _MAGIC.items() if content.startswith(magic))
        cache = f"private, max-age={keep_s}, immutable"
        return Response(
            content,
            media_type=next(kinds, "application/octet-stream"),
            headers={"Cache-Control": cache},
        )


def _clips(router: APIRouter, parts: RestParts, keep: Any) -> None:
    @router.get("/clips/{fragment_id}", response_class=Response)
    async def clip(
        request: Request,
        fragment_id: InPath,
        keep_s: keep,
        form: Literal["playable", "recorded"] = "playable",
    ) -> Response:
        """Fetch the clip of a fragment, or a range of it.

        `playable`: as recorded where a browser plays that, else made so. `recorded`: as it was
        sent by the camera; refused where privacy masks cover something in it.
        """
        fragment = await _fragment(parts, fragment_id)
        if form == "playable":
            path = await parts.playback.clip(fragment)
        else:
            path = _recorded(parts, fragment)
        media_type = _CLIP_TYPES.get(path.suffix, "application/octet-stream")
        # Masks may be added later; then even a browser's own copy must not be shown again.
        keep_s = 0 if parts.playback.masked(fragment) else keep_s
        return await send_file(request, path, media_type, keep_s, called="clip")

    @router.get("/thumbnails/{fragment_id}", response_class=Response)
    async def thumbnail(request: Request, fragment_id: InPath, keep_s: keep) -> Response:
        """Fetch a small picture of a clip: at its best moment, or from its middle."""
        fragment = await _fragment(parts, fragment_id)
        moment = await parts.queries.best_moment(fragment_id)
        path = await parts.playback.thumbnail(fragment, moment)
        keep_s = 0 if parts.playback.masked(fragment) else keep_s
        return await send_file(request, path, "image/jpeg", keep_s, called="thumbnail")


def _things(router: APIRouter, parts: RestParts, keep: Any) -> None:
    @router.get("/items/{picture_id}", response_class=Response)
    async def item(request: Request, picture_id: InPath, keep_s: keep) -> Response:
        """Fetch the picture of an item of Image Search."""
        path = parts.item_pictures.path(picture_id)
        return await send_file(request, path, "image/jpeg", keep_s, called="picture")

    @router.get("/image-tasks/{task}", response_class=Response)
    async def image_task(
        request: Request, task: Annotated[int, Path(ge=0)], keep_s: keep
    ) -> Response:
        """Fetch a dump, or what went wrong with an import: one JSON object a line."""
        path = parts.image_tasks(task)
        return await send_file(request, path, "application/x-ndjson", keep_s, called="file")


async def _fragment(parts: RestParts, fragment_id: str) -> Fragment:
    row = await parts.queries.fragment(fragment_id)
    if row is None:
        raise NotFound(f"there is no fragment {fragment_id}", field="id")
    return row.as_fragment()


def _recorded(parts: RestParts, fragment: Fragment) -> pathlib.Path:
    if fragment.state is FragmentState.RECORDING:
        raise NotFound("this clip is still being recorded; try again soon", field="id")
    if parts.playback.masked(fragment):
        raise Refused(
            "as it was recorded, this clip shows what privacy masks cover; ask for it without form",
            field="form",
        )
    return parts.clips / fragment.path
