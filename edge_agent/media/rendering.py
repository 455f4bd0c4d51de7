"""Having a clip rendered by a process that is killed when it exceeds a limit."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.polygon import Polygon
from edge_agent.runtime.child import same_package

_CORES = 4
"""Processor seconds per second of the limit; what is left runs into the wall clock."""

_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderLimits:
    """What rendering one clip may cost.

    Attributes:
        seconds: by the clock on the wall.
        memory: bytes of the process's own.
        output: bytes of the file it writes.
        longest_side: larger pictures are scaled down to this many pixels.
        thumbnail_side: likewise for single pictures.
    """

    seconds: float = 300.0
    memory: int = 768 << 20
    output: int = 512 << 20
    longest_side: int = 1280
    thumbnail_side: int = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOrder:
    """What is wanted.

    Attributes:
        source: the recorded clip.
        target: the file to write; an existing one is overwritten.
        masks: what is made black, in shares of the picture.
        at_s: second of the picture that is wanted as JPEG; None renders the whole clip as mp4.
    """

    source: Path
    target: Path
    masks: tuple[Polygon, ...]
    at_s: float | None = None


async def render(order: RenderOrder, limits: RenderLimits, tell: Callable[[float], None]) -> None:
    """Have an order carried out; what has been written of a failed one stays.

    Args:
        order: what is wanted.
        limits: beyond any of them the process ends.
        tell: is told the share that is done, 0 to 1.

    Raises:
        Unavailable: it failed, or a limit was reached.
    """
    await carried_out("edge_agent.media.renderer", _line(order, limits), limits.seconds, tell)


async def carried_out(
    module: str, line: bytes, seconds: float, tell: Callable[[float], None]
) -> None:
    """Have an order carried out by a process of its own.

    Args:
        module: what the process runs.
        line: the order.
        seconds: on the wall; then it is killed.
        tell: is told the share that is done, 0 to 1.

    Raises:
        Unavailable: it failed, or took too long.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", module, str(os.getpid()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=same_package() | _ONE_THREAD,
    )  # fmt: skip
    error = ""
    try:
        async with asyncio.timeout(seconds):
            error = await _followed(process, line, tell)
            status = await process.wait()
    except TimeoutError:
        raise Unavailable(f"rendering took longer than {seconds:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if status != 0:
        raise Unavailable(error or f"the renderer died (exit status {status})")


def cpu_s(seconds: float) -> int:
    """Processor seconds that a process may use within so many seconds on the wall."""
    return round(seconds * _CORES)


async def _followed(
    process: asyncio.subprocess.Process, line: bytes, tell: Callable[[float], None]
) -> str:
    """Hand in the order and read what comes; returns the error that was told, if any."""
    source, sink = process.stdout, process.stdin
    if source is None or sink is None:
        raise RuntimeError("a renderer without pipes")
    sink.write(line)
    sink.close()
    error = ""
    async for said in source:
        fields = json.loads(said)
        if "progress" in fields:
            tell(fields["progress"])
        error = fields.get("error", error)
    return error


def _line(order: RenderOrder, limits: RenderLimits) -> bytes:
    whole = order.at_s is None
    fields = {
        "source": str(order.source),
        "target": str(order.target),
        "masks": order.masks,
        "at_s": order.at_s,
        "longest_side": limits.longest_side if whole else limits.thumbnail_side,
        "cpu_s": cpu_s(limits.seconds),
        "memory": limits.memory,
        "output": limits.output,
    }
    return json.dumps(fields).encode() + b"\n"
