"""Pictures of things: the operations of the cloud's Image Search, one address each."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from edge_agent.domain.errors import Refused
from edge_agent.images import Asker
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.wire.images import OPERATIONS, read_image, told_image

_IN_PATH = "InstanceName"
InPath = Annotated[str, Path(min_length=1, max_length=20)]


def image_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/images/{instance}.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/images/{instance}", tags=["pictures of things"])
    for name in OPERATIONS:
        _add_route(router, parts, name)
    return router


def _add_route(router: APIRouter, parts: RestParts, name: str) -> None:
    _, wanted, answer = OPERATIONS[name]

    async def operate(request: Request, instance: InPath) -> Any:
        values = await read_json(request)
        if _IN_PATH in values:
            raise Refused("the instance stands in the address", field=_IN_PATH)
        read = read_image(name, {**values, _IN_PATH: instance})
        fields = await parts.images.answer(read, Asker(asker(request), parts.links))
        return told_image(name, fields)

    router.add_api_route(
        f"/{name.removeprefix('image.')}",
        operate,
        methods=["POST"],
        response_model=answer,
        response_model_exclude_none=True,
        summary=(wanted.__doc__ or name).splitlines()[0],
        openapi_extra=described_body(wanted, _IN_PATH),
    )
