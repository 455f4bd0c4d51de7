"""Parameters of an address, read by the same models as those of a message."""

from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from edge_agent.domain.errors import Refused
from edge_agent.wire.model import refusal

P = TypeVar("P", bound=BaseModel)


def from_query(
    model: type[P],
    request: Request,
    *,
    path: Mapping[str, str] | None = None,
    beside: frozenset[str] = frozenset(),
) -> P:
    """Read the parameters of `request` into `model`.

    A list is given by repeating its name or with commas. Text that looks like what is wanted
    (`limit=20`) is taken for it, because an address has nothing but text.

    Args:
        model: of `edge_agent.wire`.
        request: whose query is read.
        path: fields that stand in the path of the address.
        beside: names in the query that are no fields of the model.

    Raises:
        Refused: a parameter is wrong, unknown or given twice.
    """
    values: dict[str, Any] = dict(path or {})
    lists = _lists(model)
    for name in dict.fromkeys(request.query_params):
        if name in beside:
            continue
        given = request.query_params.getlist(name)
        if name in lists:
            values[name] = [one for text in given for one in text.split(",") if one]
        elif len(given) > 1 or name in (path or {}):
            raise Refused(f"{name} is given more than once", field=name)
        else:
            values[name] = given[0]
    try:
        return model.model_validate(values, strict=False)
    except ValidationError as error:
        raise refusal(error.errors(include_url=False, include_input=False)) from None


def described(model: type[BaseModel], *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Describe the fields of `model` as query parameters, for OpenAPI."""
    return {
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": False,
                "description": schema.pop("description", ""),
                "schema": schema,
                **({"explode": True} if _is_list(schema) else {}),
            }
            for name, schema in model.model_json_schema()["properties"].items()
            if name not in without
        ]
    }


def _lists(model: type[BaseModel]) -> frozenset[str]:
    properties = model.model_json_schema()["properties"]
    return frozenset(name for name, schema in properties.items() if _is_list(schema))


def _is_list(schema: Mapping[str, Any]) -> bool:
    kinds = [schema, *schema.get("anyOf", [])]
    return any(kind.get("type") == "array" for kind in kinds)
