"""Clips as cameras of all kinds would leave them, their frames numbered."""

import asyncio
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from edge_agent.domain.detection import Image
from edge_agent.domain.ids import new_id
from edge_agent.domain.polygon import Polygon
from edge_agent.domain.track import Fragment, FragmentState
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import save_fragment
from tests.support.rtsp import numbered_frame

if TYPE_CHECKING:
    from av.video.stream import VideoStream

RATE = 10
_SOUND_RATE = 16_000
_SAMPLES = 1024


def write_numbered(
    path: Path,
    encoder: str,
    *,
    frames: int = 30,
    size: tuple[int, int] = (640, 360),
    sound: bool = False,
) -> None:
    """Write numbered frames, ten a second, with an encoder of FFmpeg's, into an mp4."""
    with av.open(path, "w", format="mp4") as clip:
        stream = cast("VideoStream", clip.add_stream(encoder, rate=RATE))
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if encoder == "mjpeg" else "yuv420p"
        stream.bit_rate = 2_000_000
        stream.codec_context.gop_size = RATE
        stream.codec_context.max_b_frames = 0
        voice = clip.add_stream("aac", rate=_SOUND_RATE, layout="mono") if sound else None
        for number in range(frames):
            picture = av.VideoFrame.from_ndarray(numbered_frame(number, *size), format="bgr24")
            picture.pts, picture.time_base = number, Fraction(1, RATE)
            clip.mux(stream.encode(picture))
        clip.mux(stream.encode())
        if voice is not None:
            for beep in _tone(frames / RATE):
                clip.mux(voice.encode(beep))
            clip.mux(voice.encode())


def _tone(seconds: float) -> Iterator[av.AudioFrame]:
    for block in range(int(seconds * _SOUND_RATE / _SAMPLES)):
        at = np.arange(block * _SAMPLES, (block + 1) * _SAMPLES) / _SOUND_RATE
        wave = (np.sin(2 * np.pi * 440 * at) * 8000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = _SOUND_RATE, block * _SAMPLES
        frame.time_base = Fraction(1, _SOUND_RATE)
        yield frame


async def remembered(
    store: Store,
    path: Path,
    codec: str,
    *,
    masks: tuple[Polygon, ...] = (),
    camera: str = "door",
    length_ms: int = 3000,
) -> Fragment:
    """Write the row of a closed clip that lies in the store's folder."""
    start_ms = 1_760_000_000_000
    size = (await asyncio.to_thread(path.stat)).st_size
    fragment = Fragment(
        id=new_id(start_ms), camera=camera, start_ms=start_ms, end_ms=start_ms + length_ms,
        state=FragmentState.CLOSED, path=path.name, size=size, codec=codec,
        masks=masks,
    )  # fmt: skip
    async with store.transaction() as tx:
        await save_fragment(tx, fragment)
    return fragment


def shown_in(path: Path) -> list[tuple[float, Image]]:
    """Second and picture, BGR, of every frame of a clip."""
    with av.open(path) as clip:
        return [
            (frame.time or 0.0, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
            for frame in clip.decode(video=0)
        ]
