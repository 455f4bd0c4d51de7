"""The line between daemon and worker: JSON objects, one per line, each with a `kind`.

To the worker:   grant{slot}  record{id,path}  stop{id}  closeup{at_ms}  attend{live,fps}
To the daemon:   hello  up{width,height,codec,fps,decoder}  size{width,height}  beat{<counts>}
                 filled{slot,width,height,source_ms,wall_ms,motion,counts}
                 closeup{at_ms,width,height,wall_ms,decoded}
                 recording{id,start_ms}  closed{id,…,asked,reason}  lost{id,reason}
                 jump{whose,by_ms}  picture{fault,present,since_ms,detail}  ended{reason}

`hello`, `up` and `beat` come from the thread that reads the camera and are the signs of life.
"""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

LONGEST_LINE = 64 * 1024


class LineTooLongError(ValueError):
    """The other side sent something that cannot be one of our messages."""


def pack(kind: str, **fields: Any) -> bytes:
    """One message as a line."""
    return json.dumps({"kind": kind, **fields}, separators=(",", ":")).encode() + b"\n"


def unpack(line: bytes) -> tuple[str, dict[str, Any]]:
    """Kind and fields of a line.

    Raises:
        ValueError: it is no message.
    """
    message = json.loads(line)
    if not isinstance(message, dict) or not isinstance(message.get("kind"), str):
        raise ValueError("a message must be an object with a kind")  # noqa: TRY004 - of its bytes
    return message.pop("kind"), message


class ControlLine:
    """The worker's end; any of its threads may send, one reads."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._rest = b""

    def send(self, kind: str, **fields: Any) -> None:
        """Send a message; blocks while the daemon is busy.

        Raises:
            OSError: the daemon has gone.
        """
        with self._lock:
            self._channel.sendall(pack(kind, **fields))

    def lines(self) -> Iterator[bytes]:
        """Every line that comes, until the daemon hangs up.

        Raises:
            LineTooLongError: a line exceeds `LONGEST_LINE`.
            OSError: the daemon has gone.
        """
        while piece := self._channel.recv(LONGEST_LINE):
            *lines, self._rest = (self._rest + piece).split(b"\n")
            yield from lines
            if len(self._rest) > LONGEST_LINE:
                raise LineTooLongError(f"a line is longer than {LONGEST_LINE} bytes")
