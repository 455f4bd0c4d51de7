"""Bodies of requests."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from edge_agent.domain.errors import Refused
from edge_agent.wire.json_body import read_object


async def read_json(request: Request) -> Mapping[str, Any]:
    """The JSON object in a body.

    Raises:
        Refused: it is not sent as JSON, or is no object.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refused(
            f"send it as application/json; got {kind or 'no content type'}", field="content-type"
        )
    return read_object(await request.body())
