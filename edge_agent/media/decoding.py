"""The process that decodes pictures of strangers: `python -m edge_agent.media.decoding <parent>`.

It reads orders from its standard input, each the length of a file in four bytes and the file, and
writes to its standard output height and width in four bytes each and the (h, w, 3) pixels, blue
green red; both zero where it cannot be decoded. Its memory is limited from the start, and the time
of its processor anew with each order, so that a file made to hurt a decoder hurts it alone.
"""

import json
import os
import resource
import sys

import cv2
import numpy as np

from edge_agent.media.decoder import LENGTH, SIZE
from edge_agent.runtime.child import die_with_parent


def main() -> int:
    """Decode until the input ends; returns the exit status."""
    die_with_parent(int(sys.argv[1]))
    limits = json.loads(sys.argv[2])
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_DATA, limits["memory"]),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)  # cameras come first
    cv2.setNumThreads(1)
    while head := sys.stdin.buffer.read(LENGTH.size):
        data = sys.stdin.buffer.read(LENGTH.unpack(head)[0])
        _allow_seconds(limits["seconds"])
        _answer(data)
    return 0


def _allow_seconds(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard)
    )


def _answer(data: bytes) -> None:
    try:
        picture = cv2.imdecode(
            np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
        )
    except (cv2.error, MemoryError):
        picture = None
    out = sys.stdout.buffer
    if picture is None or picture.ndim != 3:  # noqa: PLR2004 - rows, columns, colours
        out.write(SIZE.pack(0, 0))
    else:
        out.write(SIZE.pack(*picture.shape[:2]))
        out.write(np.ascontiguousarray(picture).data)
    out.flush()


if __name__ == "__main__":
    sys.exit(main())
