"""Having a file sampled by a process that is killed when it exceeds a limit."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_agent.media.rendering import carried_out, cpu_s
from edge_agent.media.sampled import Sampled


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLimits:
    """What sampling one file may cost.

    Attributes:
        seconds: by the clock on the wall.
        memory: bytes of the process's own.
        output: bytes of what it hands over.
        longest_s: seconds of the file; what comes later is not looked at.
    """

    seconds: float = 1800.0
    memory: int = 1 << 30
    output: int = 512 << 20
    longest_s: float = 4 * 3600.0


async def sampled_video(
    source: Path,
    target: Path,
    limits: SampleLimits,
    *,
    rate: float,
    side: int,
    tell: Callable[[float], None],
) -> Sampled:
    """Have pictures taken out of a video; see `sample_video`.

    Args:
        source: the video.
        target: a file to hand them over in; removed afterwards.
        limits: beyond any of them the process ends.
        rate: pictures per second.
        side: their width and height in pixels.
        tell: is told the share that is done, 0 to 1.

    Raises:
        Unavailable: it cannot be decoded, or a limit was reached.
    """
    line = _line(source, target, limits, rate=rate, side=side, sound=False)
    try:
        await carried_out("edge_agent.media.sampler", line, limits.seconds, tell)
        return await asyncio.to_thread(_sampled, target)
    finally:
        await asyncio.to_thread(target.unlink, missing_ok=True)


async def sampled_sound(source: Path, target: Path, limits: SampleLimits, *, rate: int) -> bytes:
    """Have the sound taken out of a file; see `sample_sound`; raises as `sampled_video`."""
    line = _line(source, target, limits, rate=rate, side=0, sound=True)
    try:
        await carried_out("edge_agent.media.sampler", line, limits.seconds, lambda _: None)
        return await asyncio.to_thread(_samples, target)
    finally:
        await asyncio.to_thread(target.unlink, missing_ok=True)


def _line(
    source: Path, target: Path, limits: SampleLimits, *, rate: float, side: int, sound: bool
) -> bytes:
    fields = {
        "source": str(source),
        "target": str(target),
        "sound": sound,
        "rate": rate,
        "side": side,
        "longest_s": limits.longest_s,
        "cpu_s": cpu_s(limits.seconds),
        "memory": limits.memory,
        "output": limits.output,
    }
    return json.dumps(fields).encode() + b"\n"


def _sampled(path: Path) -> Sampled:
    with np.load(path, allow_pickle=False) as kept:
        return Sampled(kept["at"], kept["pictures"], float(kept["seconds"]))


def _samples(path: Path) -> bytes:
    with np.load(path, allow_pickle=False) as kept:
        return bytes(kept["samples"].tobytes())
