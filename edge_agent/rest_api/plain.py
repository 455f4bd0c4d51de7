"""What may be asked over plain http, where everything else is sent to https.

One route does it: what stands before it in the application may be asked over either protocol, what
stands behind it over https alone. So a new route is closed to plain http unless somebody puts it
in front on purpose.

The redirect is 308 (RFC 9110, 15.4.9), which keeps method and body. It leads to the host that was
asked where the box's certificate is good for it, else to the address of this box: a Host header
that nobody checked would send whoever believes the answer to a stranger.
"""

import json
import logging
import re
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers, QueryParams, URLPath
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send
from typing_extensions import override

log = logging.getLogger(__name__)

CODE = "https_needed"
"""The code in the body of the redirect."""

_HOST = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9._-]{1,253}))(?::(?P<port>[0-9]{1,5}))?"
)
_PORTS = range(1, 65_536)
_WHY = (
    "over plain http the box answers signed requests, signed links and health alone; "
    "ask the address in Location"
)
_SHOWN = (
    "; the token or key that came with this request was not looked at, and whoever listens on the "
    "way knows it now: replace it"
)


def is_signed_link(scope: Scope) -> bool:
    """Whether a file is asked for by a link that carries its own proof."""
    if not scope["path"].startswith("/media/"):
        return False
    query = QueryParams(scope["query_string"])
    return "e" in query or "s" in query


class ToHttps(BaseRoute):
    """Answers whatever comes over plain http and is no signed link.

    Args:
        knows: whether the box's certificate is good for a host name or address.
        public_address: where clients reach the box, `https://host[:port]`; else empty or http.
    """

    path = "to https"
    """The label under which answers are counted."""

    def __init__(self, knows: Callable[[str], bool], public_address: str) -> None:
        self._knows = knows
        self._public_address = public_address if public_address.startswith("https://") else ""

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["scheme"] != "http" or is_signed_link(scope):
            return Match.NONE, {}
        return Match.FULL, {"route": self}

    @override
    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        raise NoMatchFound(name, path_params)

    @override
    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if "expect" not in request.headers:  # who waits for leave to send a body needs no answer
            try:
                async for _ in request.stream():
                    pass  # a connection that is closed on unread bytes takes the answer with it
            except ClientDisconnect:
                return
        response = Response(
            self._told(request),
            HTTPStatus.PERMANENT_REDIRECT,
            {"Location": self._location(scope)},
            media_type="application/json",
        )
        await response(scope, receive, send)

    def _told(self, request: Request) -> str:
        shown = "authorization" in request.headers or "key" in request.query_params
        if shown:
            log.warning("%s came over plain http with a token", request.url.path)
        error = {"code": CODE, "message": _WHY + _SHOWN * shown}
        name = request.scope.get("edge_agent.request_id")
        return json.dumps({"error": error, "request_id": name})

    def _location(self, scope: Scope) -> str:
        path = (scope.get("raw_path") or b"/").decode("latin-1")
        query = scope["query_string"].decode("latin-1")
        # A target in another form than a path (RFC 9112, 3.2.2) would change the host.
        path = path if path.startswith("/") else "/"
        return f"{self._base(scope)}{path}{'?' * bool(query)}{query}"

    def _base(self, scope: Scope) -> str:
        host, port = scope.get("server") or ("localhost", None)
        asked = _HOST.fullmatch(Headers(scope=scope).get("host", ""))
        if asked is not None and self._knows(asked["v6"] or asked["name"]):
            host = asked["v6"] or asked["name"]
            port = int(asked["port"]) if asked["port"] else port
        elif self._public_address:
            return self._public_address
        # An interface, and IPv4 in the clothes of IPv6, mean nothing to whoever asks.
        host = host.partition("%")[0].removeprefix("::ffff:")
        bracketed = f"[{host}]" if ":" in host else host
        return f"https://{bracketed}:{port}" if port in _PORTS else f"https://{bracketed}"
