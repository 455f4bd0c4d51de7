"""Connections from the moment they are accepted until it is known which protocol they speak.

One port, two protocols: the first byte decides. A TLS record that begins a handshake starts with
22 (RFC 8446, 5.1), which no HTTP method does. The byte is looked at and stays in the socket's
buffer, so whoever gets the connection reads it from its beginning.

A connection that says nothing, or does not finish its handshake, costs a socket and a timer, is let
go after its time, and makes room for a newer one where there are too many: a crowd of silent
strangers does not keep anybody out.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from edge_agent.rest_api.options import HttpOptions
from edge_agent.runtime.counters import Counters

log = logging.getLogger(__name__)

_HANDSHAKE = b"\x16"
_AT_ONCE = 64
"""Connections accepted before the loop gets its turn."""
_SHORT_OF_FILES_S = 1.0


@dataclass(slots=True, eq=False)
class _Arrival:
    """One connection.

    Attributes:
        timer: lets it go; None once its handshake has a time of its own.
        waiting: the loop watches for its first byte.
        handed_on: its handshake goes on.
    """

    sock: socket.socket
    timer: asyncio.TimerHandle | None = None
    waiting: bool = False
    handed_on: bool = False


class Arrivals:
    """Accepts connections and hands each on, in plain or behind TLS.

    Args:
        listener: bound, listening and not blocking.
        protocol: makes the protocol of one connection, the same for both.
        context: gives the TLS context for a new connection.
        options: time and number of those who have not said what they speak.
        counters: count connections.
        group: in which they are handed on.
    """

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.BaseProtocol],
        *,
        context: Callable[[], ssl.SSLContext],
        options: HttpOptions,
        counters: Counters,
        group: asyncio.TaskGroup,
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._context = context
        self._options = options
        self._group = group
        self._loop = asyncio.get_running_loop()
        self._here: dict[_Arrival, None] = {}  # the oldest first
        self._pause: asyncio.TimerHandle | None = None
        self._counter = counters.counter(
            "edge_agent_http_connections_total",
            "Connections to the HTTP port by protocol and by what came of them.",
        )

    def open(self) -> None:
        """Accept from now on."""
        self._pause = None
        self._loop.add_reader(self._listener, self._accept)

    def close(self) -> None:
        """Accept no more and let go whoever has not got through."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._listener)
        for arrival in list(self._here):
            self._let_go(arrival, "stopped")

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                sock, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionAbortedError:
                continue
            except OSError as error:
                self._wait_for_files(error)
                return
            sock.setblocking(False)  # noqa: FBT003 - its only argument
            self._meet(sock)

    def _wait_for_files(self, error: OSError) -> None:
        # Out of descriptors or memory: the connection stays in the queue, and asking again at once
        # would keep the loop busy with nothing else.
        log.error("no connection can be accepted: %s; trying again", error)
        self._loop.remove_reader(self._listener)
        self._pause = self._loop.call_later(_SHORT_OF_FILES_S, self.open)

    def _meet(self, sock: socket.socket) -> None:
        if len(self._here) >= self._options.arrivals:
            self._let_go(next(iter(self._here)), "crowded_out")
        arrival = _Arrival(sock)
        self._here[arrival] = None
        self._look(arrival)

    def _look(self, arrival: _Arrival) -> None:
        try:
            first = arrival.sock.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            self._wait(arrival)
            return
        except OSError:
            self._let_go(arrival, "left")
            return
        if not first:
            self._let_go(arrival, "left")
            return
        self._stop_waiting(arrival)
        if first == _HANDSHAKE:
            arrival.handed_on = True
            self._group.create_task(self._secure(arrival))
        else:
            del self._here[arrival]
            self._group.create_task(self._hand_on(arrival.sock))

    def _wait(self, arrival: _Arrival) -> None:
        if not arrival.waiting:
            arrival.waiting = True
            arrival.timer = self._loop.call_later(
                self._options.header_s, self._let_go, arrival, "silent"
            )
            self._loop.add_reader(arrival.sock, self._look, arrival)

    def _stop_waiting(self, arrival: _Arrival) -> None:
        if arrival.waiting:
            arrival.waiting = False
            self._loop.remove_reader(arrival.sock)
        if arrival.timer is not None:
            arrival.timer.cancel()
            arrival.timer = None

    async def _hand_on(self, sock: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, sock)
        except OSError as error:
            log.debug("a connection came to nothing: %s", error)
            self._counter.add(protocol="http", outcome="failed")
        else:
            self._counter.add(protocol="http", outcome="served")

    async def _secure(self, arrival: _Arrival) -> None:
        try:
            await self._loop.connect_accepted_socket(
                self._protocol,
                arrival.sock,
                ssl=self._context(),
                ssl_handshake_timeout=self._options.header_s,
            )
        except OSError as error:  # ssl.SSLError is one, as is the end of its time
            log.debug("a handshake came to nothing: %s", error)
            self._forget(arrival, "failed")
        else:
            self._forget(arrival, "served")

    def _let_go(self, arrival: _Arrival, outcome: str) -> None:
        self._stop_waiting(arrival)
        self._forget(arrival, outcome)
        if not arrival.handed_on:
            arrival.sock.close()
            return
        # The socket is its transport's by now: closed here, its number could be another's before
        # the loop has forgotten it. As if the client had left, the handshake ends by itself.
        with contextlib.suppress(OSError):
            arrival.sock.shutdown(socket.SHUT_RDWR)

    def _forget(self, arrival: _Arrival, outcome: str) -> None:
        if arrival in self._here:  # else it was let go while its handshake ended
            del self._here[arrival]
            protocol = "https" if arrival.handed_on else "none"
            self._counter.add(protocol=protocol, outcome=outcome)
