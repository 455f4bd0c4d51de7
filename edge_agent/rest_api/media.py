"""Pictures and clips, by signed link or with the token."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.track import FragmentState
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
    KeepSeconds = Annotated[int, Depends(access.media)]  # noqa: N806 - a type

    @router.get("/pictures/{picture_id}", response_class=Response)
    async def picture(request: Request, picture_id: InPath, keep_s: KeepSeconds) -> Response:
        """Fetch a best picture of a track."""
        path = parts.pictures.path(picture_id)
        return await send_file(request, path, "image/jpeg", keep_s, called="picture")

    @router.get("/clips/{fragment_id}", response_class=Response)
    async def clip(request: Request, fragment_id: InPath, keep_s: KeepSeconds) -> Response:
        """Fetch the clip of a fragment, or a range of it."""
        row = await parts.queries.fragment(fragment_id)
        if row is None:
            raise NotFound(f"there is no fragment {fragment_id}", field="id")
        if row.state is FragmentState.RECORDING:
            raise NotFound("this clip is still being recorded; try again soon", field="id")
        if row.masks or parts.masks.get(row.camera):
            raise Refused(
                "this clip shows what the camera's privacy masks cover, and is not handed out",
                field="id",
            )
        path = parts.clips / row.path
        media_type = _CLIP_TYPES.get(path.suffix, "application/octet-stream")
        return await send_file(request, path, media_type, keep_s, called="clip")

    @router.get("/queries/{job_id}", response_class=Response)
    async def query_picture(job_id: InPath, keep_s: KeepSeconds) -> Response:
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

    return router
