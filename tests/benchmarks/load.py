"""Sends requests that were written beforehand over connections that are kept, and takes times."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from typing_extensions import override

END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it.

    Attributes:
        seconds: from the first request to the last answer.
        took: of each request, from its first byte out to its last byte in, in seconds.
        bad: answers that were not HTTP 200, or that say that they are refusals.
        bytes: of all answers.
    """

    seconds: float
    took: list[float]
    bad: int
    bytes: int

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.took) / self.seconds


async def send(port: int, requests: Sequence[bytes], connections: int) -> Load:
    """Send all requests, as many at a time as there are connections; each waits for its answer."""
    loop = asyncio.get_running_loop()
    left, made = iter(requests), list[_Connection]()
    began = time.perf_counter()
    for _ in range(connections):
        _, connection = await loop.create_connection(
            lambda: _Connection(left, loop.create_future()), "127.0.0.1", port
        )
        made.append(connection)
    await asyncio.gather(*(connection.ended for connection in made))
    return Load(
        time.perf_counter() - began,
        [took for connection in made for took in connection.took],
        sum(connection.bad for connection in made),
        sum(connection.bytes for connection in made),
    )


class _Connection(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], ended: asyncio.Future[None]) -> None:
        self.ended = ended
        self.took: list[float] = []
        self.bad = 0
        self.bytes = 0
        self._requests = requests
        self._answer = b""
        self._began = 0.0
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    @override
    def data_received(self, data: bytes) -> None:
        self._answer += data
        head = self._answer.find(END)
        if head < 0:
            return
        _, _, rest = self._answer[:head].lower().partition(LENGTH)
        if len(self._answer) < head + len(END) + int(rest.split(b"\r\n", 1)[0]):
            return
        self.took.append(time.perf_counter() - self._began)
        refused = b'"error_response"' in self._answer or b'"Success":false' in self._answer
        self.bad += refused or not self._answer.startswith(b"HTTP/1.1 200 ")
        self.bytes += len(self._answer)
        self._answer = b""
        self._ask()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_exception(exc or ConnectionError("the server closed the connection"))

    def _ask(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            self.ended.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(request)
