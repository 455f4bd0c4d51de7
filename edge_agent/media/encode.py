"""Clips for cameras that are played from files: H.264 without B-frames, made to be looped."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av

from edge_agent.domain.detection import Image
from edge_agent.domain.errors import Refused

if TYPE_CHECKING:
    from av.video.stream import VideoStream

_TICKS = Fraction(1, 90_000)
"""RTP's clock for video (RFC 6184, 8.2.1): every frame rate in use is exact enough in it."""

_X264: dict[str, str] = {
    "preset": "veryfast",
    "tune": "zerolatency",
    "x264-params": "sliced-threads=0:slices=1",  # one slice a frame, as most cameras send
}


def write_h264_clip(
    path: Path, frames: Iterable[Image], *, fps: float, crf: int = 20, gop: int = 0
) -> int:
    """Encode pictures as an H.264 mp4 without B-frames.

    Args:
        path: the file to write; an existing one is overwritten.
        frames: all of one size; an odd last row or column is left out.
        fps: frames per second.
        crf: 0 loses nothing, 51 is the worst; x264's constant rate factor.
        gop: frames from key frame to key frame; 0 makes it one second.

    Returns:
        How many frames were written.

    Raises:
        Refused: there were no frames, or one of another size.
    """
    pictures = (
        _timed(av.VideoFrame.from_ndarray(_even(frame), format="bgr24"), number, fps)
        for number, frame in enumerate(frames)
    )
    return _encode(path, pictures, fps, crf, gop)


def transcode_h264(
    source: Path, target: Path, *, crf: int = 20, gop: int = 0, longest_side: int = 0
) -> int:
    """Encode the picture of any video file anew, without B-frames and without sound.

    Args:
        source: a file FFmpeg can read.
        target: the mp4 to write; an existing one is overwritten.
        crf: see `write_h264_clip`.
        gop: frames from key frame to key frame; 0 makes it one second.
        longest_side: larger pictures are scaled down to this many pixels; 0 leaves them.

    Returns:
        How many frames were written.

    Raises:
        Refused: the file is no video.
    """
    try:
        with av.open(source) as container:
            if not container.streams.video:
                raise Refused(f"{source} has no picture; give a video file")
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            fps = float(stream.average_rate or stream.guessed_rate or 25)
            frames = _rescaled(container.decode(stream), longest_side)
            return _encode(target, frames, fps, crf, gop)
    except (av.FFmpegError, OSError) as error:
        raise Refused(f"{source} cannot be read as a video: {error}") from error


def _even(picture: Image) -> Image:
    height, width = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    return picture[:height, :width]


def _timed(frame: av.VideoFrame, number: int, fps: float) -> av.VideoFrame:
    frame.pts = round(number / fps / _TICKS)
    frame.time_base = _TICKS
    return frame


def _rescaled(frames: Iterator[av.VideoFrame], longest_side: int) -> Iterator[av.VideoFrame]:
    for frame in frames:
        scale = longest_side / max(frame.width, frame.height) if longest_side else 1.0
        scale = min(1.0, scale)
        width, height = (int(side * scale) // 2 * 2 for side in (frame.width, frame.height))
        yield frame.reformat(width, height, "yuv420p")


def _encode(path: Path, frames: Iterable[av.VideoFrame], fps: float, crf: int, gop: int) -> int:
    written = 0
    with av.open(path, "w", format="mp4") as container:
        stream: VideoStream | None = None
        for frame in frames:
            if stream is None:
                stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
                stream.width, stream.height = frame.width, frame.height
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = _TICKS
                stream.codec_context.gop_size = gop or max(1, round(fps))
                stream.codec_context.max_b_frames = 0
                stream.options = {**_X264, "crf": str(crf)}
            elif (frame.width, frame.height) != (stream.width, stream.height):
                raise Refused("the frames of a clip must all have one size", field="frames")
            container.mux(stream.encode(frame))
            written += 1
        if stream is None:
            raise Refused("a clip needs at least one frame", field="frames")
        container.mux(stream.encode())
    return written
