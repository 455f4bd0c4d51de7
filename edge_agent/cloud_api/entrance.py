"""Where the door stands on the HTTP port, and how requests reach it.

Requests of cloud clients are told from others by their head and come here before any route is
looked at: routing, validation and exception handlers of the framework would cost as much as the
answer, and would tell faults in words that no cloud client knows.
"""

import logging
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from edge_agent.cloud_api.door import CloudDoor
from edge_agent.domain.errors import AgentError
from edge_agent.wire.cloud.answers import CloudAnswer
from edge_agent.wire.cloud.received import ROOT, TOP_PATH, Received, dialect_of

log = logging.getLogger(__name__)

_SIGNED: Final = (b"acs ", b"ACS3-")
"""What `Authorization` begins with in the dialects that have it."""


class Entrance:
    """The ASGI application of the door.

    Args:
        door: answers.
    """

    def __init__(self, door: CloudDoor) -> None:
        self._door = door

    def takes(self, scope: Scope) -> bool:
        """Whether a request is a cloud client's; whoever opens the page at `/` signs nothing."""
        path, method = scope["path"], scope["method"]
        if path == TOP_PATH or (path == ROOT and method == "POST"):
            return True
        for name, value in scope["headers"]:
            if name == b"authorization" and value.startswith(_SIGNED):
                return True
        return path == ROOT and dialect_of(_received(scope, b"")) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            received = _received(scope, await _body(receive))
        except ClientDisconnect:
            return
        except AgentError as error:  # it is longer than the server takes
            await self.refuse(scope, send, error)
            return
        try:
            answer = await self._door.answer(received, scope["scheme"])
        except Exception:
            # The server logs what it was; the client learns the id that the log names as well.
            await _send(send, self._door.refusal(received, AgentError("a fault of the box")))
            raise
        await _send(send, answer)

    async def refuse(self, scope: Scope, send: Send, error: AgentError) -> None:
        """Refuse a request, whose body nobody has read, in its own words."""
        await _send(send, self._door.refusal(_received(scope, b""), error))


async def _body(receive: Receive) -> bytes:
    """The whole body.

    Raises:
        ClientDisconnect: the client left before it was whole.
        TooLarge: it is larger than the server takes.
    """
    parts: list[bytes] = []
    while True:
        message: Message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


async def _send(send: Send, answer: CloudAnswer) -> None:
    headers = [
        (b"content-type", answer.content_type.encode("latin-1")),
        (b"content-length", str(len(answer.body)).encode("ascii")),
    ]
    headers += [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})


def _received(scope: Scope, body: bytes) -> Received:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return Received.of(
        scope["method"],
        path.decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]],
        body,
    )
