"""How a request becomes a model, or a refusal that names the field."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from edge_agent.domain.errors import Refused
from edge_agent.domain.ids import PLAIN_ID

END_OF_TIME_MS = 1 << 53
"""Integers up to here survive every JSON reader."""

Milliseconds = Annotated[int, Field(ge=0, le=END_OF_TIME_MS)]
PlainId = Annotated[str, Field(pattern=f"^{PLAIN_ID.pattern}$")]
HexId = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
"""An id made by `domain.ids.new_id`."""


class Parameters(BaseModel):
    """Base of what a client sends: strict about types, and unknown fields are refused."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class Answer(BaseModel):
    """Base of what the box sends; may grow fields, never changes them."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


P = TypeVar("P", bound=BaseModel)


def parsed(model: type[P], values: Mapping[str, Any]) -> P:
    """Check `values` and make the model of them.

    Raises:
        Refused: names the first field that is wrong, and all unknown ones.
    """
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        raise refusal(error.errors(include_url=False, include_input=False)) from None


def refusal(errors: list[ErrorDetails]) -> Refused:
    """Say what is wrong with a request, from pydantic's list of errors."""
    unknown = [_place(item) for item in errors if item["type"] == "extra_forbidden"]
    if unknown:
        named = ", ".join(unknown[:10])
        return Refused(f"unknown field: {named}", field=unknown[0])
    first = errors[0]
    place = _place(first)
    return Refused(f"{place}: {first['msg']}" if place else first["msg"], field=place or None)


def _place(error: ErrorDetails) -> str:
    return ".".join(str(part)[:64] for part in error["loc"])
