"""Decoding pictures of strangers in a process with limits on time, memory and size."""

import asyncio
import json
import os
import struct
import sys
from dataclasses import dataclass

import numpy as np

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Refused
from edge_agent.domain.image_item import ImageProblem, ImageRefused
from edge_agent.media.item_header import is_turned, read_item_header
from edge_agent.runtime.child import same_package

SIZE = struct.Struct("<II")
"""Height and width in front of the pixels that the process sends."""

LENGTH = struct.Struct("<I")
"""Bytes of the file in front of each that it gets."""

_CHANNELS = 3
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderLimits:
    """What is decoded, and what decoding one picture may cost.

    The first three are those of the cloud's Image Search.

    Attributes:
        max_bytes: of the encoded picture.
        min_side: pixels along one side.
        max_side: pixels along one side.
        seconds: of work on one picture.
        memory: bytes of the process's own; a picture of the largest size takes 50 MB.
        idle_s: a process that nobody wanted for so long is ended.
    """

    max_bytes: int = 4 * 1024 * 1024
    min_side: int = 100
    max_side: int = 4096
    seconds: int = 5
    memory: int = 512 << 20
    idle_s: float = 60.0


class Decoder:
    """Has pictures decoded one after the other by a process of its own.

    The process is started when it is first wanted, started anew after it was killed, and ended
    when nobody wants it for a while. Call `close` in the end.
    """

    def __init__(self, limits: DecoderLimits | None = None) -> None:
        self.limits = limits or DecoderLimits()
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.TimerHandle | None = None

    def check(self, data: bytes) -> None:
        """Judge a picture by its header; costs microseconds.

        Raises:
            ImageRefused: it is too long, of no format that is taken, too small or too large, or
                has to be turned before it is looked at.
        """
        limits = self.limits
        if len(data) > limits.max_bytes:
            raise _refused(ImageProblem.CONTENT, f"more than {limits.max_bytes} bytes")
        try:
            header = read_item_header(data)
        except Refused as error:
            message = f"{error}; GIF, TIFF and PPM are taken, too"
            raise _refused(ImageProblem.FORMAT, message) from None
        sides = sorted((header.width, header.height))
        if sides[0] < limits.min_side or sides[1] > limits.max_side:
            raise _refused(
                ImageProblem.PIXELS,
                f"{header.width} x {header.height} pixels; each side has to have"
                f" {limits.min_side} to {limits.max_side}",
            )
        if is_turned(data, header):
            raise _refused(ImageProblem.ORIENTATION, "it says that it has to be turned")

    async def decode(self, data: bytes) -> Image:
        """Decode a picture.

        Returns:
            (h, w, 3) uint8 BGR.

        Raises:
            ImageRefused: see `check`; or it is damaged, or costs too much time or memory.
        """
        self.check(data)
        async with self._turn:
            try:
                async with asyncio.timeout(2 * self.limits.seconds):
                    picture = await self._decoded(data)
            except (TimeoutError, ConnectionError, asyncio.IncompleteReadError):
                await self._end()
                raise _refused(ImageProblem.FORMAT, "decoding it takes too much") from None
            except BaseException:
                await self._end()  # what it would still write belongs to nobody
                raise
        if picture is None:
            raise _refused(ImageProblem.FORMAT, "it is damaged")
        return picture

    async def close(self) -> None:
        """End the process."""
        async with self._turn:
            await self._end()

    async def _decoded(self, data: bytes) -> Image | None:
        process = self._process or await self._start()
        source, sink = process.stdout, process.stdin
        if source is None or sink is None:
            raise RuntimeError("a decoder without pipes")
        sink.write(LENGTH.pack(len(data)) + data)
        height, width = SIZE.unpack(await source.readexactly(SIZE.size))
        if max(height, width) > self.limits.max_side:
            raise ConnectionError("it is larger than its header says")
        pixels = await source.readexactly(height * width * _CHANNELS)
        self._end_later()
        return np.frombuffer(pixels, np.uint8).reshape(height, width, _CHANNELS) if height else None

    async def _start(self) -> asyncio.subprocess.Process:
        limits = {"memory": self.limits.memory, "seconds": self.limits.seconds}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "edge_agent.media.decoding",
            str(os.getpid()), json.dumps(limits),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=same_package() | _ONE_THREAD,
        )  # fmt: skip
        return self._process

    def _end_later(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        loop = asyncio.get_running_loop()
        self._ending = loop.call_later(self.limits.idle_s, self._end_idle)

    def _end_idle(self) -> None:
        if not self._turn.locked() and self._process is not None and self._process.stdin:
            self._process.stdin.close()  # it ends by itself
            self._process = None

    async def _end(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()


def _refused(problem: ImageProblem, message: str) -> ImageRefused:
    return ImageRefused(problem, f"the picture: {message}", field="picture")
