"""The list of staff: who is left out of visits and results."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from edge_agent.domain.errors import Refused
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.tasks import Told
from edge_agent.wire import staff as wire
from edge_agent.wire.model import PlainId, parsed

InPath = Annotated[PlainId, Path()]


def staff_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/staff.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/staff", tags=["staff"])
    staff = parts.staff

    @router.post("", status_code=HTTPStatus.CREATED, openapi_extra=described_body(wire.StaffCreate))
    async def create(request: Request, response: Response) -> wire.Person:
        """Take somebody onto the list."""
        wanted = parsed(wire.StaffCreate, await read_json(request))
        made = await staff.create(Told.of(wanted), staff_id=wanted.id, asker=asker(request))
        response.headers["Location"] = f"/v1/staff/{made.id}"
        return wire.person(made, staff.models)

    @router.get("")
    async def everybody() -> wire.People:
        """Show the list."""
        people = await staff.members()
        return wire.People(staff=[wire.person(each, staff.models) for each in people])

    @router.patch("/{staff_id}", openapi_extra=described_body(wire.StaffChange, "id"))
    async def change(request: Request, staff_id: InPath) -> wire.Person:
        """Say more about somebody."""
        values = await read_json(request)
        if "id" in values:
            raise Refused("the id stands in the address, and does not change", field="id")
        wanted = parsed(wire.StaffChange, {**values, "id": staff_id})
        changed = await staff.change(staff_id, Told.of(wanted), asker=asker(request))
        return wire.person(changed, staff.models)

    @router.delete("/{staff_id}")
    async def delete(request: Request, staff_id: InPath) -> wire.Person:
        """Take somebody off the list and delete what was kept of the face."""
        return wire.person(await staff.delete(staff_id, asker=asker(request)), staff.models)

    return router
