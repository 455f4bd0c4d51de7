"""Every refusal in one shape, whoever noticed what is wrong."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from edge_agent.domain.errors import AgentError, NotAuthorised, Refused
from edge_agent.wire.errors import error_body, told
from edge_agent.wire.model import refusal

log = logging.getLogger(__name__)

_CODES = {
    HTTPStatus.UNAUTHORIZED: "not_authorised",
    HTTPStatus.FORBIDDEN: "not_authorised",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.REQUEST_TIMEOUT: "expired",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    HTTPStatus.INTERNAL_SERVER_ERROR: "internal",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}


class Forbidden(NotAuthorised):
    """A link that opens nothing: a token would help, the browser's own question for one not."""

    status = HTTPStatus.FORBIDDEN


class RangeNotSatisfiable(Refused):
    """A part of a file was asked for that it does not have.

    Args:
        size: of the file, in bytes.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"the file has {size} bytes and none in this range", field="range")
        self.size = size


def answer_errors(app: FastAPI) -> None:
    """Make the application answer every error in the house's shape."""
    app.add_exception_handler(AgentError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _by_framework)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _bug)


def request_id(request: Request) -> str | None:
    """The id under which this request is answered; set by the guard."""
    name = request.scope.get("edge_agent.request_id")
    return name if isinstance(name, str) else None


def problem(
    status: int, body: dict[str, Any], name: str | None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Make the answer of a refusal."""
    return JSONResponse({"error": body, "request_id": name}, status, headers)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AgentError)  # noqa: S101 - what it is registered for
    status = told(error).status
    headers: dict[str, str] = {}
    if isinstance(error, Forbidden):
        status = Forbidden.status
    elif status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="edge-agent"'
    elif isinstance(error, RangeNotSatisfiable):
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        headers["Content-Range"] = f"bytes */{error.size}"
    elif status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        headers["Retry-After"] = "1"
    level = logging.INFO if isinstance(error, Refused) else logging.WARNING
    log.log(level, "%s %s refused: %s", request.method, request.url.path, error)
    return problem(status, error_body(error), request_id(request), headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    details = [{**item, "loc": tuple(item["loc"])[1:]} for item in error.errors()]
    return await _expected(request, refusal(details))  # type: ignore[arg-type] # same shape


async def _by_framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    code = _CODES.get(HTTPStatus(error.status_code), "bad_request")
    message = f"{request.method} {request.url.path}: {error.detail}"
    return problem(
        error.status_code,
        {"code": code, "message": message},
        request_id(request),
        dict(error.headers or {}),
    )


async def _gone(request: Request, _error: Exception) -> JSONResponse:
    log.info("%s %s: the client left before its body was whole", request.method, request.url.path)
    body = {"code": "bad_request", "message": "the body is not whole"}
    return problem(HTTPStatus.BAD_REQUEST, body, request_id(request))


async def _bug(request: Request, _error: Exception) -> JSONResponse:
    # The server logs the traceback; the asker learns only under which id to look for it.
    log.error("%s %s failed; request id %s", request.method, request.url.path, request_id(request))
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        {"code": "internal", "message": "this is a fault of the box; its log says more"},
        request_id(request),
    )
