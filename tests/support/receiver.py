"""A host that takes webhooks: a real https server, which checks signatures by its own means."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from edge_agent.runtime.clock import SystemClock


@dataclass
class Receiver:
    """What came, and what is answered.

    Attributes:
        key: messages that it does not sign are counted as `forged`.
        statuses: answers to come; after the last one it is 204. A status of 0 hangs up.
        slow_s: seconds before an answer.
        messages: of good requests that were answered 2xx, in order.
        at_ms: when each of them came.
        ids: the id header of every good request.
    """

    key: bytes
    port: int = 0
    statuses: list[int] = field(default_factory=list)
    slow_s: float = 0.0
    messages: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    at_ms: list[int] = field(default_factory=list)
    forged: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            lines = [line.partition(": ") for line in head.split("\r\n")[1:]]
            headers = {name.lower(): value for name, _, value in lines}
            body = await reader.readexactly(int(headers["content-length"]))
            status = self._judge(head, headers, body)
            await asyncio.sleep(self.slow_s)
            if status:
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
        writer.close()

    def _judge(self, head: str, headers: dict[str, str], body: bytes) -> int:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(self.key, signed, hashlib.sha256).digest()
        if headers["webhook-signature"] != f"v1,{base64.b64encode(digest).decode()}":
            self.forged += 1
            return 401
        assert head.startswith("POST /hooks/store?shop=7 HTTP/1.1\r\n")
        assert headers["content-type"] == "application/json"
        self.ids.append(headers["webhook-id"])
        status = self.statuses.pop(0) if self.statuses else 204
        if 200 <= status < 300:
            self.messages.append(json.loads(body))
            self.at_ms.append(SystemClock().now_ms())
        self.arrived.set()
        return status

    async def until(self, *, messages: int = 0, requests: int = 0) -> None:
        """Wait until so many were taken, and so many came."""
        async with asyncio.timeout(20):
            while len(self.messages) < messages or len(self.ids) < requests:
                self.arrived.clear()
                await self.arrived.wait()


@contextlib.asynccontextmanager
async def receiving(
    receiver: Receiver, secure: ssl.SSLContext | None, port: int = 0
) -> AsyncIterator[Receiver]:
    """Let it listen on this machine until the block ends."""
    running = await asyncio.start_server(receiver.take, "127.0.0.1", port, ssl=secure)
    receiver.port = running.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        running.close()
