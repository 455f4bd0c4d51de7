"""What holds for every request, whatever it asks: limits, request id, headers, counting.

The guard stands outside of everything else, so that it also covers the answers to faults.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_agent.domain.errors import AgentError, Busy, Expired, TooLarge
from edge_agent.domain.ids import PLAIN_ID, new_id
from edge_agent.rest_api.options import HttpOptions
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.wire.errors import error_body, told

SECURITY_HEADERS = {
    # blob: is the picture that the page shows before it is sent.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

STRICT = "max-age=2592000"
"""30 days of https alone (RFC 6797): what a browser remembers cannot be taken back sooner."""


_ADDED = tuple(
    (name.lower().encode(), value.encode())
    for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-store"}.items()
)


_STRICT = ((b"strict-transport-security", STRICT.encode()),)


class Ahead(Protocol):
    """Another door on the same port, which is asked before any route is looked at."""

    def takes(self, scope: Scope) -> bool:
        """Whether a request is for it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that it takes."""

    async def refuse(self, scope: Scope, send: Send, error: AgentError) -> None:
        """Refuse a request that it takes in words that its clients know."""


@dataclass(slots=True)
class _Exchange:
    """One request on its way to its answer.

    Attributes:
        name: the request's id.
        ahead: who takes it before any route is looked at, if anybody does.
        body_bytes: its body may have.
        seconds: within which it has arrived and its answer has begun.
        arrived: bytes of the body so far.
        whole: the body has arrived completely.
        status: of the answer, 0 as long as it has not begun.
    """

    name: str
    ahead: Ahead | None
    body_bytes: int
    seconds: float
    arrived: int = 0
    whole: bool = False
    status: int = 0


class Guard:
    """ASGI middleware around the whole door.

    Args:
        app: what answers.
        options: the limits.
        clock: makes request ids.
        counters: counts answers by route and status.
        ahead: another door on the same port, if there is one.
    """

    def __init__(
        self,
        app: ASGIApp,
        options: HttpOptions,
        clock: Clock,
        counters: Counters,
        ahead: Ahead | None = None,
    ) -> None:
        self._app = app
        self._options = options
        self._clock = clock
        self._ahead = ahead
        self._in_flight = 0
        self._answers = counters.counter(
            "edge_agent_http_answers_total", "Answers of the HTTP door by method, route and status."
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request within the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ahead = self._ahead
        taken = ahead is not None and ahead.takes(scope)
        options, large = self._options, _is_upload(scope)
        exchange = _Exchange(
            self._name(scope),
            ahead if taken else None,
            options.upload_bytes if large else options.body_bytes,
            options.upload_s if large else options.request_s,
        )
        scope["edge_agent.request_id"] = exchange.name
        self._in_flight += 1
        try:
            await self._within_limits(scope, receive, send, exchange)
        finally:
            self._in_flight -= 1
            self._answers.add(
                method=scope["method"] if scope["method"] in _METHODS else "other",
                route="cloud" if taken else _route(scope),
                status=str(exchange.status),
            )

    async def _within_limits(
        self, scope: Scope, receive: Receive, send: Send, exchange: _Exchange
    ) -> None:
        strict = self._options.strict and scope["scheme"] == "https"
        try:
            self._check_head(scope, exchange)
            async with asyncio.timeout(exchange.seconds) as deadline:
                await (exchange.ahead or self._app)(
                    scope,
                    _limited(receive, exchange),
                    self._decorated(send, exchange, deadline, strict=strict),
                )
        except (TooLarge, Busy) as error:
            await self._refuse(scope, send, exchange, told(error).status, error)
        except TimeoutError:
            if exchange.status:
                # The head is out: the connection ends without the rest, which the client sees.
                return
            late = Expired(f"not answered within {exchange.seconds:g} s")
            status = HTTPStatus.SERVICE_UNAVAILABLE
            if not exchange.whole and _has_body(scope):
                late = Expired(f"the body did not arrive within {exchange.seconds:g} s")
                status = HTTPStatus.REQUEST_TIMEOUT
            await self._refuse(scope, send, exchange, status, late)

    async def _refuse(
        self, scope: Scope, send: Send, exchange: _Exchange, status: int, error: AgentError
    ) -> None:
        decorated = self._decorated(send, exchange, None)
        if exchange.ahead is not None:
            await exchange.ahead.refuse(scope, decorated, error)
            return
        await _send_refusal(decorated, status, error, exchange.name)

    def _check_head(self, scope: Scope, exchange: _Exchange) -> None:
        if self._in_flight > self._options.in_flight:
            raise Busy(f"{self._options.in_flight} requests are being answered; try again later")
        length = _header(scope, b"content-length") or "0"
        if length.isdecimal() and int(length) > exchange.body_bytes:
            raise _too_large(exchange)

    def _decorated(
        self,
        send: Send,
        exchange: _Exchange,
        deadline: asyncio.Timeout | None,
        *,
        strict: bool = False,
    ) -> Callable[[Message], Awaitable[None]]:
        async def decorated(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                headers = message["headers"]
                there = {name for name, _ in headers}
                message["headers"] = [
                    *headers,
                    *(added for added in _ADDED if added[0] not in there),
                    *(_STRICT if strict else ()),
                    (b"x-request-id", exchange.name.encode()),
                ]
            if deadline is not None and message.get("more_body", True):
                # From here on the clock runs for the client: it has to take what is sent.
                deadline.reschedule(asyncio.get_running_loop().time() + self._options.stall_s)
            await send(message)

        return decorated

    def _name(self, scope: Scope) -> str:
        given = _header(scope, b"idempotency-key")
        return given if PLAIN_ID.fullmatch(given) else new_id(self._clock.now_ms())


def _limited(receive: Receive, exchange: _Exchange) -> Receive:
    async def limited() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            exchange.arrived += len(message.get("body", b""))
            exchange.whole = not message.get("more_body", False)
            if exchange.arrived > exchange.body_bytes:
                raise _too_large(exchange)
        return message

    return limited


def _too_large(exchange: _Exchange) -> TooLarge:
    return TooLarge(f"a request's body may have {exchange.body_bytes} bytes at the most")


def _is_upload(scope: Scope) -> bool:
    """Whether a file is sent that is read piece by piece, once its sender has proved himself."""
    if (scope["method"], scope["path"]) not in _UPLOADS:
        return False
    kind = _header(scope, b"content-type").partition(";")[0].strip().lower()
    return kind != "application/json"


_UPLOADS = frozenset((("POST", "/v1/fingerprints/jobs"),))

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"))


def _has_body(scope: Scope) -> bool:
    return bool(_header(scope, b"transfer-encoding")) or _header(scope, b"content-length") not in {
        "",
        "0",
    }


def _header(scope: Scope, name: bytes) -> str:
    """The first header of this name, in lower case; empty where there is none."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return ""


def _route(scope: Scope) -> str:
    # The pattern, never the address itself: a label per id would grow without end.
    return str(getattr(scope.get("route"), "path", "other"))


async def _send_refusal(send: Send, status: int, error: AgentError, name: str) -> None:
    body = json.dumps({"error": error_body(error), "request_id": name}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
