"""The cameras, and how the box is."""

from typing import Annotated

from fastapi import APIRouter, Path

from edge_agent.domain.errors import NotFound
from edge_agent.rest_api import shown
from edge_agent.rest_api.parts import RestParts
from edge_agent.wire import box_status
from edge_agent.wire.model import PlainId

CameraInPath = Annotated[PlainId, Path()]


def camera_routes(parts: RestParts) -> APIRouter:
    """Make /v1/cameras and /v1/status.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1", tags=["box"])

    @router.get("/cameras")
    async def cameras() -> box_status.Cameras:
        """List the cameras and how they are."""
        rows = await parts.queries.cameras()
        return box_status.Cameras.model_validate(
            {
                "cameras": [
                    box_status.Camera.model_validate(row, from_attributes=True) for row in rows
                ]
            }
        )

    @router.get("/cameras/{camera}/newest")
    async def newest(camera: CameraInPath) -> shown.Newest:
        """Show a picture of what a camera recorded last."""
        await check_cameras(parts, [camera])
        clip = await parts.queries.newest_clip(camera)
        if clip is None:
            return shown.Newest(at_ms=None, url=None)
        return shown.Newest(at_ms=clip.end_ms, url=parts.links.thumbnail(clip.id))

    @router.get("/status")
    async def status() -> box_status.BoxStatus:
        """Tell how the box is."""
        return await parts.status()

    return router


async def check_cameras(parts: RestParts, named: list[str]) -> None:
    """See to it that there are cameras of these names.

    Raises:
        NotFound: of one of them there is none.
    """
    if not named:
        return
    known = {row.id for row in await parts.queries.cameras()}
    unknown = sorted(set(named) - known)
    if unknown:
        raise NotFound(f"there is no camera {', '.join(unknown)}", field="cameras")
