"""Health for the supervisor, metrics for the monitor."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Response
from fastapi.responses import PlainTextResponse

from edge_agent.rest_api import shown
from edge_agent.rest_api.access import Access
from edge_agent.rest_api.parts import RestParts


def health_routes(parts: RestParts) -> APIRouter:
    """Make /healthz and /readyz.

    Args:
        parts: of the house.
    """
    router = APIRouter(tags=["health"])

    @router.get("/healthz", responses={503: {"model": shown.Alive}})
    async def healthz(response: Response) -> shown.Alive:
        """Tell whether the daemon makes progress; needs no token."""
        reasons = list(parts.health.alive())
        if reasons:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return shown.Alive(alive=not reasons, reasons=reasons)

    @router.get("/readyz", responses={503: {"model": shown.Ready}})
    async def readyz(response: Response) -> shown.Ready:
        """Tell whether questions are answered fully; needs no token."""
        reasons = list(parts.health.ready())
        if reasons:
            response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return shown.Ready(ready=not reasons, reasons=reasons)

    return router


def metrics_route(parts: RestParts, access: Access) -> APIRouter:
    """Make /metrics.

    Args:
        parts: of the house.
        access: lets the metrics key pass.
    """
    router = APIRouter(tags=["health"])

    @router.get(
        "/metrics", response_class=PlainTextResponse, dependencies=[Depends(access.metrics)]
    )
    async def metrics() -> PlainTextResponse:
        """Give all metrics in Prometheus' text format."""
        return PlainTextResponse(
            parts.counters.render(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    return router
