"""Small grey pictures of a video at an even rate, and its sound, for whoever compares videos."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import av
import cv2
import numpy as np
import numpy.typing as npt

from edge_agent.domain.errors import Refused

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame

_CONTAINERS = (
    *("mov", "avi", "matroska", "mpeg", "mpegts", "flv", "mxf", "asf", "ogg", "rm", "dv"),
    *("mpegvideo", "m4v", "h264", "hevc"),
    *("wav", "mp3", "aac", "ac3", "eac3", "flac", "amr", "aiff", "caf", "w64", "ape"),
)
"""FFmpeg's names of what holds its pictures and sound itself. A playlist is a list of other files
and addresses, and whoever sends one would have the box read those."""

_ONE_FILE = {"format_whitelist": ",".join(_CONTAINERS), "protocol_whitelist": "file"}

_EIGHT_BIT_LUMA = frozenset({"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12"})


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """What was taken out of a video.

    Attributes:
        at: (n,) float64 seconds from the first picture, rising.
        pictures: (n, side, side) uint8 grey, squeezed to a square.
        seconds: how long the video is.
    """

    at: npt.NDArray[np.float64]
    pictures: npt.NDArray[np.uint8]
    seconds: float


def sample_video(
    source: Path,
    *,
    rate: float,
    side: int,
    longest_s: float = float("inf"),
    tell: Callable[[float], None] = lambda _: None,
) -> Sampled:
    """Take so many pictures per second out of a video.

    Args:
        source: a file with a picture, in any container that FFmpeg reads and that is no playlist.
        rate: pictures per second; where the video has fewer, all of them.
        side: width and height they are squeezed to, in pixels.
        longest_s: what comes later is not looked at.
        tell: is told the share that is done, 0 to 1.

    Raises:
        Refused: it cannot be decoded, or has no picture.
    """
    try:
        with av.open(source, options=_ONE_FILE) as container:
            if not container.streams.video:
                raise Refused("the file has no picture")
            taken = list(_taken(container, rate, side, longest_s, tell))
    except (av.FFmpegError, OSError) as error:
        raise Refused(f"the file cannot be decoded: {error.strerror}") from error
    if not taken:
        raise Refused("the file has no picture that can be decoded")
    at = np.array([seconds for seconds, _ in taken])
    return Sampled(at, np.stack([picture for _, picture in taken]), float(at[-1]) + 1 / rate)


def _taken(
    container: "InputContainer",
    rate: float,
    side: int,
    longest_s: float,
    tell: Callable[[float], None],
) -> Iterator[tuple[float, npt.NDArray[np.uint8]]]:
    stream = container.streams.video[0]
    length = float((container.duration or 0) / av.time_base) or 1.0
    fps = float(stream.average_rate or stream.guessed_rate or 25)
    start, due, latest = None, 0.0, -1.0
    for number, frame in enumerate(container.decode(stream)):
        seconds = float(frame.time) if frame.pts is not None else number / fps
        start = seconds if start is None else start
        seconds -= start
        # half a frame early is nearer than half a frame late
        if seconds + 0.5 / fps < due or seconds <= latest:
            continue
        if seconds > longest_s:
            return
        yield seconds, _small(frame, side)
        latest, due = seconds, max(due + 1 / rate, seconds + 0.5 / rate)
        tell(min(0.99, seconds / length))


def _small(frame: "VideoFrame", side: int) -> npt.NDArray[np.uint8]:
    if frame.format.name not in _EIGHT_BIT_LUMA:
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    rows = np.frombuffer(cast("Any", plane), np.uint8).reshape(-1, plane.line_size)
    # the mean of every pixel costs more than decoding did; that of some says the same
    down, across = max(1, frame.height // (side * 2)), max(1, frame.width // (side * 2))
    luma = np.ascontiguousarray(rows[: frame.height : down, : frame.width : across])
    return np.asarray(cv2.resize(luma, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def sample_sound(source: Path, *, rate: int, longest_s: float = float("inf")) -> bytes:
    """Take the sound of a file as 16-bit mono samples.

    Args:
        source: a file with sound; likewise.
        rate: samples per second of what is returned.
        longest_s: what comes later is not listened to.

    Raises:
        Refused: it cannot be decoded, or has no sound.
    """
    try:
        with av.open(source, options=_ONE_FILE) as container:
            if not container.streams.audio:
                raise Refused("the file has no sound")
            found = bytearray()
            resampler = av.AudioResampler(format="s16", layout="mono", rate=rate)
            for frame in container.decode(container.streams.audio[0]):
                for part in resampler.resample(frame):
                    found += bytes(part.planes[0])[: part.samples * 2]
                if len(found) > longest_s * rate * 2:
                    break
    except (av.FFmpegError, OSError) as error:
        raise Refused(f"the file cannot be decoded: {error.strerror}") from error
    return bytes(found)
