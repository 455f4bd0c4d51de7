"""Clips as a browser plays them, with privacy masks burnt in; and single pictures of them.

Pictures are decoded and encoded anew as H.264, sound is copied. Called in a process that may be
killed (`renderer`): what is decoded here comes from cameras.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import av
import numpy as np
import numpy.typing as npt

from edge_agent.domain.errors import Refused
from edge_agent.domain.mask import Mask
from edge_agent.media.pictures import encode_jpeg

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

    from edge_agent.domain.detection import Image

CODEC = "h264"
"""What every browser plays in an mp4; so does what is rendered here."""

SOUND = "aac"
"""Likewise; other sound is left out."""

_TICKS = Fraction(1, 90_000)
_X264 = {"preset": "veryfast", "crf": "23"}
_DARK, _GREY = 16, 128
"""Black in video range: luma, and both chroma planes."""

_STILL_QUALITY = 80


def render_clip(
    source: Path,
    target: Path,
    mask: Mask,
    *,
    longest_side: int,
    tell: Callable[[float], None],
) -> None:
    """Write a clip anew so that browsers play it; its times stay what they are.

    Args:
        source: any clip the recorder has written.
        target: the mp4 to write; an existing one is overwritten.
        mask: what is made black.
        longest_side: larger pictures are scaled down to this many pixels.
        tell: is told the share that is done, 0 to 1, now and then.

    Raises:
        Refused: it cannot be decoded.
        OSError: the disk refuses, or a limit is reached.
    """
    try:
        with av.open(source) as clip:
            picture = _picture_of(clip)
            sound = next((one for one in clip.streams.audio if one.name == SOUND), None)
            with av.open(
                target, "w", format="mp4", options={"movflags": "+faststart"}
            ) as container:
                out = _Rendered(container, picture, sound, mask, longest_side)
                length = float((clip.duration or 0) / av.time_base) or 1.0
                for seconds in out.take(clip):
                    tell(min(0.99, seconds / length))
                out.finish()
    except av.FFmpegError as error:
        raise Refused(f"the clip cannot be decoded: {error.strerror}") from error


def still(source: Path, at_s: float, mask: Mask, *, longest_side: int) -> bytes:
    """Take one picture out of a clip as JPEG.

    Args:
        source: any clip the recorder has written.
        at_s: second of the clip; the last picture where it is shorter.
        mask: what is made black.
        longest_side: a larger picture is scaled down to this many pixels.

    Raises:
        Refused: it cannot be decoded.
    """
    try:
        with av.open(source) as clip:
            stream = _picture_of(clip)
            clip.seek(max(0, round(at_s * av.time_base)), backward=True)
            frame = _at(clip, stream, at_s)
            if frame is None:
                raise Refused("the clip holds no picture")
            width, height = _fitting(frame.width, frame.height, longest_side)
            small = frame.reformat(width, height, "bgr24", interpolation="AREA")
            image = cast("Image", np.ascontiguousarray(small.to_ndarray()))
    except av.FFmpegError as error:
        raise Refused(f"the clip cannot be decoded: {error.strerror}") from error
    mask.fill(image, 0)
    return encode_jpeg(image, _STILL_QUALITY)


class _Rendered:
    """The clip that is written."""

    def __init__(
        self,
        container: "OutputContainer",
        picture: "VideoStream",
        sound: "AudioStream | None",
        mask: Mask,
        longest_side: int,
    ) -> None:
        self._container = container
        self._picture = picture
        self._sound = sound
        self._mask = mask
        codec = picture.codec_context
        if not codec.width or not codec.height:
            raise Refused("the clip holds no picture")
        self._size = _fitting(codec.width, codec.height, longest_side)
        # every stream before the first packet, for the head is written then
        rate = picture.average_rate or picture.guessed_rate or Fraction(25)
        self._stream = _h264(container, self._size, rate)
        self._copied = None if sound is None else container.add_stream_from_template(sound)

    def take(self, clip: "InputContainer") -> Iterator[float]:
        """Render everything; yields the second that has been reached."""
        for packet in clip.demux([each for each in (self._picture, self._sound) if each]):
            if packet.stream is self._picture:
                for frame in _decoded(packet):
                    self._show(frame)
                    yield frame.time or 0.0
            elif packet.size and packet.dts is not None and self._copied is not None:
                packet.stream = self._copied
                self._container.mux(packet)

    def finish(self) -> None:
        self._container.mux(self._stream.encode())

    def _show(self, frame: av.VideoFrame) -> None:
        shown = frame.reformat(*self._size, "yuv420p")
        if self._mask:
            shown.make_writable()  # the decoder predicts from what it gave away
            for number, value in enumerate((_DARK, _GREY, _GREY)):
                width, height = (side / (2 if number else 1) for side in self._size)
                self._mask.fill(_plane(shown, number), value, width=width, height=height)
        shown.pict_type = 0  # what was a key frame need be none here
        self._container.mux(self._stream.encode(shown))


def _picture_of(clip: "InputContainer") -> "VideoStream":
    if not clip.streams.video:
        raise Refused("the clip holds no picture")
    stream = clip.streams.video[0]
    stream.thread_type = "AUTO"
    return stream


def _decoded(packet: Any) -> "list[av.VideoFrame]":
    """The pictures of a packet; one that is damaged costs itself alone."""
    with suppress(av.InvalidDataError):
        return cast("list[av.VideoFrame]", packet.decode())
    return []


def _at(clip: "InputContainer", stream: "VideoStream", at_s: float) -> av.VideoFrame | None:
    last = None
    for packet in clip.demux(stream):
        for frame in _decoded(packet):
            last = frame
            if (frame.time or 0.0) >= at_s:
                return last
    return last


def _fitting(width: int, height: int, longest_side: int) -> tuple[int, int]:
    """The size to show it in, in whole chroma pixels."""
    scale = min(1.0, longest_side / max(width, height))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


def _h264(container: "OutputContainer", size: tuple[int, int], rate: Fraction) -> "VideoStream":
    stream = container.add_stream("libx264", rate=rate)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = _TICKS
    stream.codec_context.gop_size = max(1, round(rate))  # seeking lands within a second
    stream.codec_context.max_b_frames = 0
    stream.options = dict(_X264)
    return stream


def _plane(frame: av.VideoFrame, number: int) -> npt.NDArray[np.uint8]:
    """(h, w) uint8, a view of a plane where it lies."""
    plane = frame.planes[number]
    samples = np.frombuffer(cast("Any", plane), np.uint8)  # has a buffer, its stubs do not say so
    lines = samples[: plane.height * plane.line_size].reshape(plane.height, plane.line_size)
    return lines[:, : plane.width]
