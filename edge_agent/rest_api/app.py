"""Put the door together."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp
from typing_extensions import override

from edge_agent.rest_api import shown
from edge_agent.rest_api.access import Access
from edge_agent.rest_api.accounts import login_routes, user_routes
from edge_agent.rest_api.cameras import camera_routes
from edge_agent.rest_api.errors import answer_errors
from edge_agent.rest_api.evidence import evidence_routes
from edge_agent.rest_api.fingerprints import fingerprint_routes
from edge_agent.rest_api.guard import Ahead, Guard
from edge_agent.rest_api.images import image_routes
from edge_agent.rest_api.media import media_routes
from edge_agent.rest_api.options import HttpOptions, Plain
from edge_agent.rest_api.orders import order_routes
from edge_agent.rest_api.parts import RestParts
from edge_agent.rest_api.plain import ToHttps
from edge_agent.rest_api.probes import health_routes, metrics_route
from edge_agent.rest_api.reads import read_routes
from edge_agent.rest_api.risk_tasks import risk_task_routes
from edge_agent.rest_api.roles import check_roles
from edge_agent.rest_api.searches import search_routes
from edge_agent.rest_api.sessions import session_routes
from edge_agent.rest_api.staff import staff_routes
from edge_agent.rest_api.system import system_routes
from edge_agent.rest_api.text_searches import text_search_routes
from edge_agent.rest_api.watchlists import watchlist_pictures, watchlist_routes
from edge_agent.rest_api.webhooks import webhook_routes

_REFUSAL: dict[int | str, dict[str, Any]] = {
    "default": {"model": shown.Problem, "description": "A refusal; docs/http.md has the table."}
}


def make_app(parts: RestParts, options: HttpOptions, ahead: Ahead | None = None) -> FastAPI:
    """Make the HTTP door.

    Routes of other doors (the page) may be added to what is returned; they stand under the same
    limits and headers, and are open to https alone.

    Args:
        parts: of the house.
        options: token, key and limits.
        ahead: another door on the same port, which is asked first; under the same limits, too.
            Its requests prove themselves and show no secret, so it is open to plain http as well.
    """
    app = _Door(parts, options, ahead)
    app.include_router(health_routes(parts))
    if options.plain is Plain.SIGNED:
        app.router.routes.append(ToHttps(parts.knows, options.public_address))
    access = Access(options, parts.links, parts.logins, parts.audit)
    app.include_router(login_routes(parts, access), responses=_REFUSAL)
    closed = APIRouter(dependencies=[Depends(access.allow)], responses=_REFUSAL)
    closed.include_router(search_routes(parts, options.picture_bytes))
    closed.include_router(text_search_routes(parts))
    closed.include_router(risk_task_routes(parts))
    closed.include_router(order_routes(parts))
    closed.include_router(session_routes(parts))
    closed.include_router(staff_routes(parts))
    closed.include_router(watchlist_routes(parts))
    closed.include_router(fingerprint_routes(parts))
    closed.include_router(read_routes(parts))
    closed.include_router(camera_routes(parts))
    closed.include_router(user_routes(parts))
    closed.include_router(webhook_routes(parts))
    closed.include_router(system_routes(parts))
    closed.include_router(evidence_routes(parts))

    @closed.get("/openapi.json", include_in_schema=False)
    async def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    closed.include_router(image_routes(parts))
    check_roles(closed.routes)
    app.include_router(closed)
    app.include_router(media_routes(parts, access), responses=_REFUSAL)
    app.include_router(watchlist_pictures(parts, access), responses=_REFUSAL)
    app.include_router(metrics_route(parts, access))
    answer_errors(app)
    return app


class _Door(FastAPI):
    """The application, with the guard around everything, the answers to faults included."""

    def __init__(self, parts: RestParts, options: HttpOptions, ahead: Ahead | None) -> None:
        super().__init__(
            title="edge-agent",
            version=parts.version,
            summary="Who was where in the store: live tracks, clips, and searches by picture.",
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
        )
        self._parts = parts
        self._options = options
        self._ahead = ahead

    @override
    def build_middleware_stack(self) -> ASGIApp:
        inner = super().build_middleware_stack()
        return Guard(inner, self._options, self._parts.clock, self._parts.counters, self._ahead)
