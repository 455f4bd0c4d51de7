"""Text searches: find people by words."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request

from edge_agent.domain.errors import Refused
from edge_agent.domain.ids import PLAIN_ID
from edge_agent.queries import TrackFilter
from edge_agent.rest_api.access import asker
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.text_search import Found, Once, TextQuestion, told
from edge_agent.wire import answers
from edge_agent.wire.command import digest_of
from edge_agent.wire.model import parsed
from edge_agent.wire.text_search import TextSearch, TextSearchCreate

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A repeat within 24 h returns the first answer.",
    "schema": {"type": "string", "pattern": f"^{PLAIN_ID.pattern}$"},
}


def text_search_routes(parts: RestParts) -> APIRouter:
    """Make the route of /v1/text-searches.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/text-searches", tags=["text searches"])

    async def shown(found: Found) -> TextSearch:
        ids = frozenset(hit.track for hit in found.hits)
        wanted = TrackFilter(ids=ids, include_staff=True)
        rows = (await parts.queries.tracks(wanted, limit=len(ids))).rows if ids else ()
        return told(found, {row.id: answers.track(row.as_track(), parts.links) for row in rows})

    @router.post("", openapi_extra={**described_body(TextSearchCreate), "parameters": [_KEY]})
    async def search(request: Request) -> TextSearch:
        """Find people by what they wear, did, where and when; answered at once."""
        values = await read_json(request)
        question = TextQuestion.of(parsed(TextSearchCreate, values))
        return await parts.text_searches.ask(
            question, asker=asker(request), shown=shown, once=_once(request, values)
        )

    return router


def _once(request: Request, values: Mapping[str, Any]) -> Once | None:
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not PLAIN_ID.fullmatch(given):
        raise Refused(f"Idempotency-Key must match {PLAIN_ID.pattern}", field="idempotency-key")
    # A client that takes the same id over MQTT expects that door's answer; they are kept apart.
    return Once(id=f"rest:{given}", digest=digest_of(values))
