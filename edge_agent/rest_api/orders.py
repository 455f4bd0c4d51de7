"""Orders of the point of sale: report one, look at who stood at its till."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from edge_agent.domain.errors import Refused
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.wire import visits as wire
from edge_agent.wire.model import PlainId, parsed

InPath = Annotated[PlainId, Path()]


def order_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/orders.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/orders", tags=["orders"])

    @router.put("/{order_id}", openapi_extra=described_body(wire.OrderPut, "id"))
    async def put(request: Request, order_id: InPath) -> wire.Order:
        """Report an order; the same again changes nothing and tells who is tied to it."""
        values = await read_json(request)
        if "id" in values:
            raise Refused("the id stands in the address", field="id")
        wanted = parsed(wire.OrderPut, {**values, "id": order_id})
        return wire.order(*await parts.orders.put(wanted.order()))

    @router.get("/{order_id}")
    async def look(order_id: InPath) -> wire.Order:
        """Look at an order and the tracks it is tied to."""
        return wire.order(*await parts.orders.get(order_id))

    return router
