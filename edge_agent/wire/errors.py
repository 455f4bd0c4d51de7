"""From the errors of the house to what the outside is told: one table, looked up along the MRO."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from edge_agent.domain.errors import (
    AgentError,
    Busy,
    Expired,
    NotAuthorised,
    NotFound,
    Refused,
    Retained,
    TooLarge,
    Unavailable,
    Unusable,
)


@dataclass(frozen=True, slots=True)
class Told:
    """How one family of errors is told.

    Attributes:
        code: in the answer's `error.code`, on every door.
        status: of the HTTP answer.
    """

    code: str
    status: HTTPStatus


TABLE: dict[type[AgentError], Told] = {
    AgentError: Told("internal", HTTPStatus.INTERNAL_SERVER_ERROR),
    Refused: Told("bad_request", HTTPStatus.BAD_REQUEST),
    NotFound: Told("not_found", HTTPStatus.NOT_FOUND),
    NotAuthorised: Told("not_authorised", HTTPStatus.UNAUTHORIZED),
    Expired: Told("expired", HTTPStatus.GONE),
    Retained: Told("retained", HTTPStatus.CONFLICT),
    TooLarge: Told("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    Busy: Told("busy", HTTPStatus.TOO_MANY_REQUESTS),
    Unavailable: Told("unavailable", HTTPStatus.SERVICE_UNAVAILABLE),
    Unusable: Told("internal", HTTPStatus.INTERNAL_SERVER_ERROR),
}


def told(error: AgentError) -> Told:
    """Look an error up; the nearest ancestor in the table answers for it."""
    return next(TABLE[family] for family in type(error).__mro__ if family in TABLE)


def error_body(error: AgentError) -> dict[str, Any]:
    """Make the object that stands under `error` in an answer: code, message and perhaps field."""
    body: dict[str, Any] = {"code": told(error).code, "message": str(error) or told(error).code}
    field = getattr(error, "field", None)
    if field is not None:
        body["field"] = field
    return body
