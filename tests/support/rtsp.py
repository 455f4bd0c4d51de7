"""Real cameras for tests: `scripts/camera` on a free port, and clips whose frames are numbered."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from edge_agent.domain.detection import Image
from edge_agent.media import write_h264_clip

CAMERA = Path(__file__).parents[2] / "scripts" / "camera"
SYSTEM_PYTHON = "/usr/bin/python3"

_NEEDS = (
    "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0');"
    "from gi.repository import Gst, GstRtspServer"
)
_BITS = 10
_CELL = 16
_DARK, _BRIGHT, _SPLIT = 40, 215, 128


def numbered_frame(number: int, width: int = 640, height: int = 360) -> Image:
    """A grey picture with a moving bar whose top row of squares spells `number` in bits."""
    image = np.full((height, width, 3), 96, np.uint8)
    left = number * 8 % (width - 40)
    image[_CELL * 2 :, left : left + 40] = 200
    for bit in range(_BITS):
        level = _BRIGHT if number >> bit & 1 else _DARK
        image[:_CELL, bit * _CELL : (bit + 1) * _CELL] = level
    return image


def number_of(image: Image) -> int:
    """Read the number out of a frame that was encoded and decoded since."""
    half = _CELL // 2
    squares = [image[half - 2 : half + 2, b * _CELL + half].mean() for b in range(_BITS)]
    return sum(1 << bit for bit, level in enumerate(squares) if level > _SPLIT)


def numbered_clip(
    path: Path, *, frames: int = 100, fps: float = 25, size: tuple[int, int] = (640, 360)
) -> Path:
    """Write a clip of numbered frames, a key frame twice a second."""
    pictures = (numbered_frame(number, *size) for number in range(frames))
    write_h264_clip(path, pictures, fps=fps, gop=max(1, round(fps / 2)))
    return path


class Cameras:
    """A running RTSP server.

    Attributes:
        urls: address by camera.
    """

    def __init__(self, process: "subprocess.Popen[str]", urls: dict[str, str]) -> None:
        self._process = process
        self.urls = urls

    def order(self, line: str) -> None:
        """Change what a camera does, see `scripts/camera`; waits until it is so."""
        channel, answers = self._process.stdin, self._process.stdout
        if channel is None or answers is None:
            raise RuntimeError("the cameras have gone")
        channel.write(line + "\n")
        channel.flush()
        answer = answers.readline().strip()
        if answer != "ok":
            raise RuntimeError(f"{line}: {answer}")


def probe_gstreamer() -> None:
    """Skip the test where there is no GStreamer."""
    probe = subprocess.run([SYSTEM_PYTHON, "-c", _NEEDS], check=False, capture_output=True)
    if probe.returncode != 0:
        pytest.skip("the GStreamer RTSP server of the system's Python is not installed")


@contextlib.contextmanager
def rtsp_cameras(clips: dict[str, Path], *extra: str) -> Iterator[Cameras]:
    """Play clips as cameras until the block ends; skips where there is no GStreamer.

    Args:
        clips: H.264 without B-frames, by camera name.
        extra: further options of `scripts/camera`.
    """
    probe_gstreamer()
    named = [f"{name}={clip}" for name, clip in clips.items()]
    process = subprocess.Popen(
        [SYSTEM_PYTHON, str(CAMERA), "--port", "0", *extra, *named],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            lines = [cast("str", process.stdout and process.stdout.readline()) for _ in clips]
            urls = dict(line.split() for line in lines)
            yield Cameras(process, urls)
        finally:
            process.terminate()
            process.wait(10)
