"""Where the door stands on the HTTP port, and how requests reach it."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from edge_agent.cloud_api.door import CloudDoor
from edge_agent.wire.cloud.received import TOP_PATH, Received, dialect_of


def routes(door: CloudDoor) -> list[Route]:
    """Make the routes of the door; they go before those of the page, which also has `/`."""
    endpoint = _Endpoint(door)
    return [_Root("/", endpoint, name="cloud"), Route(TOP_PATH, endpoint, name="cloud top")]


class _Endpoint:
    """Hands requests to the door and sends its answers."""

    def __init__(self, door: CloudDoor) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        answer = await self._door.answer(_received(request, body), request.url.scheme)
        response = Response(
            answer.body, answer.status, dict(answer.headers), media_type=answer.content_type
        )
        await response(scope, receive, send)


class _Root(Route):
    """`/` as far as cloud clients ask for it: whoever opens the page signs nothing."""

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        if match is not Match.FULL or scope["method"] == "POST":
            return match, child
        if dialect_of(_received(Request(scope), b"")) is None:
            return Match.NONE, {}
        return match, child


def _received(request: Request, body: bytes) -> Received:
    path = request.scope.get("raw_path") or request.scope["path"].encode()
    return Received.of(
        request.method,
        path.decode("latin-1"),
        request.scope["query_string"].decode("latin-1"),
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw],
        body,
    )
