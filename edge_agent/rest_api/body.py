"""Bodies of requests."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from pydantic import BaseModel

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


def described_body(model: type[BaseModel], *in_path: str) -> dict[str, Any]:
    """Describe `model` as the body of a request, for OpenAPI.

    Args:
        model: of `edge_agent.wire`.
        in_path: fields that stand in the address.
    """
    schema = model.model_json_schema()
    for name in in_path:
        del schema["properties"][name]
    schema["required"] = [name for name in schema.get("required", []) if name not in in_path]
    if not schema["required"]:
        del schema["required"]
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
    }
