"""The pictures of a video file, one after the other, with their times."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Refused


@dataclass(frozen=True, slots=True)
class Frames:
    """A video file that is open.

    Attributes:
        count: how many pictures it says it has; 0 where it does not say.
        fps: frames per second, on average.
        pictures: (milliseconds from the start, (h, w, 3) uint8 BGR); raises `Refused` where the
            file breaks off.
    """

    count: int
    fps: float
    pictures: Iterator[tuple[int, Image]]


@contextmanager
def open_frames(path: Path) -> Iterator[Frames]:
    """Open a video file.

    Raises:
        Refused: there is no such file, or it is no video.
    """
    if not path.is_file():
        raise Refused(f"there is no file {path}; give a video file", field="file")
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError) as error:
        raise Refused(f"{path} cannot be read as a video: {error}", field="file") from error
    with container:
        if not container.streams.video:
            raise Refused(f"{path} has no picture; give a video file", field="file")
        stream = container.streams.video[0]
        fps = float(stream.average_rate or stream.guessed_rate or 25)
        yield Frames(stream.frames, fps, _pictures(path, container, fps))


def _pictures(
    path: Path, container: "av.container.InputContainer", fps: float
) -> Iterator[tuple[int, Image]]:
    try:
        for number, frame in enumerate(container.decode(video=0)):
            seconds = float(frame.time) if frame.pts is not None else number / fps
            yield round(seconds * 1000), np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    except (av.FFmpegError, OSError) as error:
        raise Refused(f"{path} breaks off: {error}", field="file") from error
