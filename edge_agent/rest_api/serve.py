"""Serve the door on a socket inside our own task group.

uvicorn does the work; what differs from its defaults and why:

* It installs no signal handlers: the daemon has one place for them (runtime/shutdown.py).
* It waits for an event instead of waking ten times a second.
* A connection whose request head does not arrive in time, or that is one too many, is closed;
  uvicorn itself waits for a slow head for ever.
"""

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import Callable, Generator
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.rest_api.options import HttpOptions

log = logging.getLogger(__name__)

_BACKLOG = 128
_DATE_EVERY_S = 1.0


async def serve(
    app: FastAPI, options: HttpOptions, *, listening: Callable[[int], None] | None = None
) -> None:
    """Answer requests until cancelled, then let running answers end within `shutdown_s`.

    Args:
        app: the door.
        options: where and with which limits.
        listening: told the real port once connections are accepted.

    Raises:
        Unavailable: the address is not there, or taken.
        Unusable: the box may not listen there.
    """
    listener = _listen(options)
    server = _Server(_config(app, options), listening)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(server.serve(sockets=[listener]), name="http server")
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            server.stop()
            await asyncio.wait({running})
            raise


def _listen(options: HttpOptions) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Named, because asyncio switches Nagle off only where it is: an answer goes out in two writes.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        # Only a port that needs a privilege never comes free by itself: an address may arrive
        # with the network, and whoever holds the port may be on its way out.
        kind = Unusable if isinstance(error, PermissionError) else Unavailable
        raise kind(
            f"cannot listen on {options.host}:{options.port}: {error.strerror}; "
            "change http.host or http.port, or end what uses it"
        ) from error
    listener.setblocking(False)  # noqa: FBT003 - its only argument
    return listener


def _config(app: FastAPI, options: HttpOptions) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=type("_LimitedConnection", (_Connection,), {"options": options}),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_keep_alive=options.keep_alive_s,
        timeout_graceful_shutdown=options.shutdown_s,
        h11_max_incomplete_event_size=32 * 1024,
    )


class _Server(uvicorn.Server):
    """A uvicorn server that waits for an event and leaves the signals alone."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[int], None] | None) -> None:
        super().__init__(config)
        self._listening = listening
        self._stop = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._stop.set()

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else self.config.port
        log.info("listening on %s:%d", self.config.host, port)
        if self._listening is not None:
            self._listening(port)

    @override
    async def main_loop(self) -> None:
        # Tick 0 renews the Date header.
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DATE_EVERY_S):
                    await self._stop.wait()


class _Connection(H11Protocol):
    """A connection that is closed when a request's head takes too long."""

    options: HttpOptions

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_deadline: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.options.connections:
            self._refuse(503, "busy", "too many connections; try again later")
            return
        self._await_head()

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._await_head()
        else:
            self._head_has_come()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._head_has_come()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    @override
    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "bad_request", "this is not HTTP/1.1")

    def _await_head(self) -> None:
        if self._head_deadline is None:
            self._head_deadline = self.loop.call_later(self.options.header_s, self._head_is_late)

    def _head_has_come(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _head_is_late(self) -> None:
        self._refuse(408, "expired", "the head of the request did not arrive in time")

    def _refuse(self, status: int, code: str, message: str) -> None:
        # Below the application: there is no request yet that it could answer.
        self._head_has_come()
        body = json.dumps({"error": {"code": code, "message": message}, "request_id": None})
        self.transport.write(
            f"HTTP/1.1 {status} {code}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        )
        self.transport.close()
