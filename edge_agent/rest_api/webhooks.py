"""Hosts that are told what happens by HTTP."""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Request, Response

from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.webhooks import NewWebhook, Target
from edge_agent.wire import webhooks as wire
from edge_agent.wire.model import PlainId, parsed

InPath = Annotated[PlainId, Path()]


def webhook_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/webhooks.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])
    webhooks = parts.webhooks

    @router.get("")
    async def everything() -> wire.Webhooks:
        """Show all of them, and how they take what they are told."""
        return wire.Webhooks(webhooks=[wire.Webhook(**_told(one)) for one in webhooks])

    @router.post(
        "", status_code=HTTPStatus.CREATED, openapi_extra=described_body(wire.WebhookCreate)
    )
    async def add(request: Request, response: Response) -> wire.WebhookCreated:
        """Tell one more host; the secret is shown this once."""
        wanted = parsed(wire.WebhookCreate, await read_json(request))
        made, secret = await webhooks.add(NewWebhook(**dict(wanted)), asker=asker(request))
        response.headers["Location"] = f"/v1/webhooks/{made.name}"
        return wire.WebhookCreated(**_told(made), secret=secret)

    @router.delete("/{name}", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
    async def remove(request: Request, name: InPath) -> None:
        """Tell a host no more; what waits for it is dropped."""
        await webhooks.remove(name, asker=asker(request))

    @router.post("/{name}/test")
    async def test(request: Request, name: InPath) -> wire.WebhookTested:
        """Send a host a message now, past its queue."""
        tried = await webhooks.test(name, asker=asker(request))
        return wire.WebhookTested(taken=tried.taken, status=tried.status, problem=tried.problem)

    return router


def _told(target: Target) -> dict[str, Any]:
    whom = target.told
    place = urlsplit(whom.url)
    return {
        "name": whom.name,
        "address": f"{place.scheme}://{place.netloc.rpartition('@')[2]}",
        "events": sorted(whom.kinds or ()),
        "added_ms": whom.added_ms,
        "waiting": target.waiting,
        "failures": target.failures,
        "problem": target.problem,
        "taken_ms": target.taken_ms,
    }
