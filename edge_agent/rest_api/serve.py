"""Serve the door on a socket inside our own task group.

uvicorn does the work; what differs from its defaults and why:

* It accepts nothing itself: http and https share the port (arrivals.py).
* It installs no signal handlers: the daemon has one place for them (runtime/shutdown.py).
* It waits for an event instead of waking ten times a second.
* A connection whose request head does not arrive in time, that is one too many, or that goes on
  sending a body after it was answered, is closed; uvicorn itself waits for ever.
"""

import asyncio
import contextlib
import json
import logging
import socket
import ssl
from collections.abc import Callable, Generator
from typing import Any

import h11
import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from edge_agent.domain.errors import Unavailable, Unusable
from edge_agent.rest_api.arrivals import Arrivals
from edge_agent.rest_api.options import HttpOptions
from edge_agent.runtime.counters import Counters

log = logging.getLogger(__name__)

_BACKLOG = 128
_DATE_EVERY_S = 1.0
_GOODBYE_S = 1.0
"""How long a client gets to answer TLS's goodbye before the connection is cut."""


async def serve(
    app: ASGIApp,
    options: HttpOptions,
    context: Callable[[], ssl.SSLContext],
    counters: Counters,
    *,
    listening: Callable[[int], None] | None = None,
) -> None:
    """Answer requests until cancelled, then let running answers end within `shutdown_s`.

    Args:
        app: the door.
        options: where and with which limits.
        context: gives the TLS context for each new https connection.
        counters: count connections.
        listening: told the real port once connections are accepted.

    Raises:
        Unavailable: the address is not there, or taken.
        Unusable: the box may not listen there.
    """
    listener = _listen(options)
    config = _config(app, options)
    async with asyncio.TaskGroup() as group:
        server = _Server(config, options, listening)
        server.arrivals = Arrivals(
            listener,
            server.connection,
            context=context,
            options=options,
            counters=counters,
            group=group,
        )
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


def _config(app: ASGIApp, options: HttpOptions) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=_Connection,
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
    """A uvicorn server that gets its connections from elsewhere and leaves the signals alone.

    Attributes:
        arrivals: where connections come from.
    """

    arrivals: Arrivals

    def __init__(
        self,
        config: uvicorn.Config,
        options: HttpOptions,
        listening: Callable[[int], None] | None,
    ) -> None:
        super().__init__(config)
        self._options = options
        self._listening = listening
        self._stop = asyncio.Event()

    def stop(self) -> None:
        self.should_exit = True
        self._stop.set()

    def connection(self) -> asyncio.Protocol:
        """Make the protocol of one connection; it finds out by itself whether TLS is below it."""
        return _Connection(
            self._options,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.servers = []
        self.arrivals.open()
        self.started = True
        port = sockets[0].getsockname()[1] if sockets else self._options.port
        log.info("listening on %s:%d for http and https", self._options.host, port)
        if self._listening is not None:
            self._listening(port)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.arrivals.close()
        await super().shutdown(sockets)

    @override
    async def main_loop(self) -> None:
        # Tick 0 renews the Date header.
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DATE_EVERY_S):
                    await self._stop.wait()


class _Connection(H11Protocol):
    """A connection that is closed when what it is due to send takes too long.

    Args:
        options: the limits.
        uvicorns: what uvicorn gives its protocols.
    """

    def __init__(self, options: HttpOptions, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self._options = options
        self._head_deadline: asyncio.TimerHandle | None = None
        self._rest_deadline: asyncio.TimerHandle | None = None
        self._one_too_many = False

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._one_too_many = len(self.connections) > self._options.connections
        if self._one_too_many and self.scheme == "https":
            self._refuse_one_too_many()
        else:
            self._await_head()

    @override
    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():  # TLS goes on reading until the other side has agreed
            return
        if self._one_too_many:
            # In plain, only now: bytes had come, and closing on them would take the answer back.
            self._refuse_one_too_many()
            return
        super().data_received(data)
        if self._rest_deadline is not None and not self._has_rest():
            self._rest_has_come()
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._await_head()
        else:
            self._head_has_come()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._head_has_come()
        self._rest_has_come()
        self._unset_keepalive_if_required()
        super().connection_lost(exc)

    @override
    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._has_rest() and not self.transport.is_closing():
            # What is left of the body is read and thrown away, so that the client sees the answer.
            self._rest_deadline = self.loop.call_later(self._options.header_s, self._leave)

    @override
    def shutdown(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle
        super().shutdown()
        if cycle is None or cycle.response_complete:
            self._leave()

    @override
    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._leave()

    @override
    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "bad_request", "this is not HTTP/1.1")

    def _has_rest(self) -> bool:
        """Whether the body of a request that has its answer is still being sent."""
        return self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY

    def _leave(self) -> None:
        if not self.transport.is_closing():  # TLS forgets how to abort when it is closed twice
            self.transport.close()
        # Behind TLS the other side has to agree, and an idle client does not even look.
        self.loop.call_later(_GOODBYE_S, self.transport.abort)

    def _rest_has_come(self) -> None:
        if self._rest_deadline is not None:
            self._rest_deadline.cancel()
            self._rest_deadline = None

    def _await_head(self) -> None:
        if self._head_deadline is None:
            self._head_deadline = self.loop.call_later(self._options.header_s, self._head_is_late)

    def _head_has_come(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _head_is_late(self) -> None:
        self._refuse(408, "expired", "the head of the request did not arrive in time")

    def _refuse_one_too_many(self) -> None:
        self._refuse(503, "busy", "too many connections; try again later")

    def _refuse(self, status: int, code: str, message: str) -> None:
        # Below the application: there is no request yet that it could answer.
        self._head_has_come()
        body = json.dumps({"error": {"code": code, "message": message}, "request_id": None})
        self.transport.write(
            f"HTTP/1.1 {status} {code}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        )
        self._leave()
