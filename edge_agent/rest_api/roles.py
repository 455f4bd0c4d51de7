"""Which role each operation needs, in one table.

A route that does not stand here cannot be served: the door refuses to be made.
"""

from collections.abc import Sequence

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from edge_agent.domain.user import Role

VIEWER, INVESTIGATOR, ADMINISTRATOR = Role

NEEDED: dict[tuple[str, str], Role] = {
    ("GET", "/v1/cameras"): VIEWER,
    ("GET", "/v1/cameras/{camera}/newest"): VIEWER,
    ("GET", "/v1/status"): VIEWER,
    ("GET", "/v1/system"): VIEWER,
    ("GET", "/v1/tracks"): VIEWER,
    ("GET", "/v1/tracks/{track_id}"): VIEWER,
    ("GET", "/v1/fragments/{fragment_id}"): VIEWER,
    ("GET", "/v1/sessions"): VIEWER,
    ("GET", "/v1/sessions/{session_id}"): VIEWER,
    ("GET", "/v1/orders/{order_id}"): VIEWER,
    ("GET", "/openapi.json"): VIEWER,
    ("POST", "/v1/sessions/merge"): INVESTIGATOR,
    ("POST", "/v1/sessions/{session_id}/split"): INVESTIGATOR,
    ("POST", "/v1/picture-searches"): INVESTIGATOR,
    ("GET", "/v1/picture-searches"): INVESTIGATOR,
    ("GET", "/v1/picture-searches/{job}"): INVESTIGATOR,
    ("GET", "/v1/picture-searches/{job}/hits"): INVESTIGATOR,
    ("DELETE", "/v1/picture-searches/{job}"): INVESTIGATOR,
    ("POST", "/v1/text-searches"): INVESTIGATOR,
    ("POST", "/v1/risk-tasks"): INVESTIGATOR,
    ("GET", "/v1/risk-tasks"): INVESTIGATOR,
    ("GET", "/v1/risk-tasks/{task_id}"): INVESTIGATOR,
    ("PATCH", "/v1/risk-tasks/{task_id}"): INVESTIGATOR,
    ("DELETE", "/v1/risk-tasks/{task_id}"): INVESTIGATOR,
    ("GET", "/v1/staff"): INVESTIGATOR,
    ("POST", "/v1/staff"): ADMINISTRATOR,
    ("PATCH", "/v1/staff/{staff_id}"): ADMINISTRATOR,
    ("DELETE", "/v1/staff/{staff_id}"): ADMINISTRATOR,
    ("GET", "/v1/watchlists"): INVESTIGATOR,
    ("POST", "/v1/watchlists"): ADMINISTRATOR,
    ("GET", "/v1/watchlists/{list_id}"): INVESTIGATOR,
    ("PATCH", "/v1/watchlists/{list_id}"): ADMINISTRATOR,
    ("DELETE", "/v1/watchlists/{list_id}"): ADMINISTRATOR,
    ("GET", "/v1/watchlists/{list_id}/hits"): INVESTIGATOR,
    ("POST", "/v1/watchlists/{list_id}/entries"): INVESTIGATOR,
    ("PATCH", "/v1/watchlists/{list_id}/entries/{entry_id}"): INVESTIGATOR,
    ("DELETE", "/v1/watchlists/{list_id}/entries/{entry_id}"): INVESTIGATOR,
    ("PUT", "/v1/orders/{order_id}"): ADMINISTRATOR,
    ("POST", "/v1/risk-tasks/{task_id}/export"): INVESTIGATOR,
    ("GET", "/v1/risk-tasks/{task_id}/export"): INVESTIGATOR,
    ("POST", "/v1/erasures"): ADMINISTRATOR,
    ("GET", "/v1/audit"): ADMINISTRATOR,
    ("GET", "/v1/audit/check"): ADMINISTRATOR,
    ("GET", "/v1/images"): VIEWER,
    ("GET", "/v1/images/{instance}/items"): VIEWER,
    ("POST", "/v1/images/{instance}/search-by-picture"): VIEWER,
    ("POST", "/v1/images/{instance}/search-by-name"): VIEWER,
    ("POST", "/v1/images/{instance}/search-by-text"): VIEWER,
    ("POST", "/v1/images/{instance}/search-by-filter"): VIEWER,
    ("POST", "/v1/images/{instance}/exists"): VIEWER,
    ("POST", "/v1/images/{instance}/compare"): VIEWER,
    ("POST", "/v1/images/{instance}/detail"): VIEWER,
    ("POST", "/v1/images/{instance}/dump-list"): VIEWER,
    ("POST", "/v1/images/{instance}/import-list"): VIEWER,
    ("POST", "/v1/images/{instance}/add"): INVESTIGATOR,
    ("POST", "/v1/images/{instance}/update"): INVESTIGATOR,
    ("POST", "/v1/images/{instance}/delete"): INVESTIGATOR,
    ("POST", "/v1/images/{instance}/dump"): ADMINISTRATOR,
    ("POST", "/v1/images/{instance}/import"): ADMINISTRATOR,
    ("GET", "/v1/fingerprints/libraries"): INVESTIGATOR,
    ("POST", "/v1/fingerprints/libraries"): ADMINISTRATOR,
    ("GET", "/v1/fingerprints/libraries/{library_id}"): INVESTIGATOR,
    ("DELETE", "/v1/fingerprints/libraries/{library_id}"): ADMINISTRATOR,
    ("GET", "/v1/fingerprints/libraries/{library_id}/files"): INVESTIGATOR,
    ("DELETE", "/v1/fingerprints/libraries/{library_id}/files/{file_id}"): INVESTIGATOR,
    ("POST", "/v1/fingerprints/jobs"): INVESTIGATOR,
    ("GET", "/v1/fingerprints/jobs"): INVESTIGATOR,
    ("GET", "/v1/fingerprints/jobs/{job_id}"): INVESTIGATOR,
    ("POST", "/v1/fingerprints/jobs/{job_id}/cancel"): INVESTIGATOR,
    ("DELETE", "/v1/fingerprints/jobs/{job_id}"): INVESTIGATOR,
    ("GET", "/v1/webhooks"): ADMINISTRATOR,
    ("POST", "/v1/webhooks"): ADMINISTRATOR,
    ("DELETE", "/v1/webhooks/{name}"): ADMINISTRATOR,
    ("POST", "/v1/webhooks/{name}/test"): ADMINISTRATOR,
    ("GET", "/v1/users"): ADMINISTRATOR,
    ("POST", "/v1/users"): ADMINISTRATOR,
    ("PATCH", "/v1/users/{name}"): ADMINISTRATOR,
    ("DELETE", "/v1/users/{name}"): ADMINISTRATOR,
}
"""By method and path, as the routes are written."""


def check_roles(routes: Sequence[BaseRoute]) -> None:
    """See to it that every route that asks for a role has one.

    Raises:
        LookupError: one has none; a fault of whoever wrote it.
    """
    for context in iter_route_contexts(routes):
        for method in context.methods or ():
            if (method, context.path) not in NEEDED:
                raise LookupError(f"{method} {context.path} has no role in rest_api/roles.py")
