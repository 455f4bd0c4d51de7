"""Pictures of things: instances, what lies in them, and the operations of the cloud's API."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from edge_agent.domain.errors import Refused
from edge_agent.images import Asker
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.query import described, from_query
from edge_agent.wire import image_items as wire
from edge_agent.wire.images import OPERATIONS, read_image, told_image

_IN_PATH = "InstanceName"
InPath = Annotated[str, Path(min_length=1, max_length=20)]


def image_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/images.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/images", tags=["pictures of things"])

    @router.get("")
    async def instances() -> wire.Instances:
        """Show all instances, as configured."""
        told = [
            wire.instance(one.instance, items=one.items, model=one.model, ready=one.ready)
            for one in parts.images.instances()
        ]
        return wire.Instances(instances=told)

    @router.get("/{instance}/items", openapi_extra=described(wire.ItemsQuery))
    async def items(request: Request, instance: InPath) -> wire.Items:
        """Show the items of an instance, the newest first."""
        wanted = from_query(wire.ItemsQuery, request)
        page = await parts.images.items(instance, before=wanted.after, limit=wanted.limit)
        return wire.items(page.items, page.next, parts.links)

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
        f"/{{instance}}/{name.removeprefix('image.')}",
        operate,
        methods=["POST"],
        response_model=answer,
        response_model_exclude_none=True,
        summary=(wanted.__doc__ or name).splitlines()[0],
        openapi_extra=described_body(wanted, _IN_PATH),
    )
