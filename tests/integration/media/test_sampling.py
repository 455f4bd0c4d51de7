"""Files of every kind are sampled; one made to hurt hurts the process that reads it alone."""

import functools
import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.fingerprints import RATE, SIDE, VideoLibrary, print_of, question_of
from edge_agent.media import SampleLimits, sampled_sound, sampled_video
from edge_agent.media.sampled import Sampled
from tests.support.walking import Pictures, walk

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.video.stream import VideoStream

SECONDS = 8
FPS = 25
SOUND_RATE = 48_000
SMALL = SampleLimits(seconds=20, memory=256 << 20)
KINDS = {
    "mp4": ("mp4", "libx264", "aac"),
    "avi": ("avi", "mpeg4", "mp3"),
    "mkv": ("matroska", "libx264", "aac"),
    "mpg": ("mpeg", "mpeg2video", "mp2"),
    "ts": ("mpegts", "libx264", "aac"),
    "mov": ("mov", "mjpeg", "pcm_s16le"),
    "flv": ("flv", "flv", "aac"),
    "mxf": ("mxf", "mpeg2video", "pcm_s16le"),
}
"""Per ending: container, and what pictures and sound are encoded with."""


def write(path: Path, kind: str, seconds: float = SECONDS, seed: int = 1) -> None:
    """Somebody walks through a scene, and two tones take turns."""
    container, codec, sound = KINDS[kind]
    scene = walked(seed, seconds)
    with av.open(path, "w", format=container) as out:
        stream = cast("VideoStream", out.add_stream(codec, rate=FPS))
        stream.width, stream.height, stream.gop_size = 320, 240, 12
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.bit_rate = 2_000_000
        rate = 44_100 if kind == "flv" else SOUND_RATE
        voice = cast("AudioStream", out.add_stream(sound, rate=rate))
        for number in range(round(seconds * FPS)):
            picture = scene[min(len(scene) - 1, number * 2 // 5)]
            large = av.VideoFrame.from_ndarray(picture.repeat(4, axis=1).repeat(4, axis=0), "gray")
            frame = large.reformat(320, 240, stream.pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
        at = np.arange(round(seconds * rate)) / rate
        tone = np.sin(2 * np.pi * np.where(at % 1 < 0.5, 440, 660) * at) * 8000
        heard = av.AudioFrame.from_ndarray(tone.astype(np.int16)[None], format="s16", layout="mono")
        heard.rate, heard.pts, heard.time_base = rate, 0, Fraction(1, rate)
        out.mux(voice.encode(heard))
        out.mux(voice.encode())


@functools.cache
def walked(seed: int, seconds: float) -> Pictures:
    return walk(seed, seconds)


async def pictures(source: Path, limits: SampleLimits = SMALL) -> Sampled:
    target = source.with_suffix(".taken")
    try:
        return await sampled_video(
            source, target, limits, rate=RATE, side=SIDE, tell=lambda _: None
        )
    finally:
        assert not target.exists()


@pytest.mark.parametrize("kind", KINDS)
async def test_every_container_is_read_and_its_video_found(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"clip.{kind}"
    write(path, kind)
    taken = await pictures(path)
    assert taken.seconds == pytest.approx(SECONDS, abs=0.2)
    assert len(taken.at) == pytest.approx(SECONDS * RATE, abs=2)
    original = walked(1, SECONDS)
    library = VideoLibrary({"a": print_of(np.arange(len(original)) / RATE, original, SECONDS)})
    (found,) = library.find(question_of(taken.at, taken.pictures, taken.seconds))
    assert found.other_start - found.start == pytest.approx(0, abs=0.3)
    heard = await sampled_sound(path, tmp_path / "heard", SMALL, rate=8000)
    assert len(heard) / 2 / 8000 == pytest.approx(SECONDS, abs=0.3)
    assert np.abs(np.frombuffer(heard, np.int16)).max() > 3000


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_that_breaks_off_or_is_damaged_ends_in_pictures_or_a_refusal(
    tmp_path: Path, kind: str
) -> None:
    whole = tmp_path / f"whole.{kind}"
    write(whole, kind, seconds=3)
    data = bytearray(whole.read_bytes())
    rng = np.random.default_rng(1)
    broken = {"cut": bytes(data[: len(data) // 2]), "head": bytes(data[:100])}
    for place in rng.integers(0, len(data), 200):
        data[place] = int(rng.integers(256))
    broken["damaged"] = bytes(data)
    for name, content in broken.items():
        path = tmp_path / f"{name}.{kind}"
        path.write_bytes(content)
        try:
            taken = await pictures(path)
        except Unavailable:
            continue
        assert taken.pictures.shape[1:] == (SIDE, SIDE)
        assert (np.diff(taken.at) > 0).all()


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:8,\nsecret.ts\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile secret.ts\n",
    "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
async def test_a_playlist_leads_to_no_other_file(tmp_path: Path, name: str) -> None:
    write(tmp_path / "secret.ts", "ts", seconds=2)
    (tmp_path / name).write_text(PLAYLISTS[name])
    with pytest.raises(Unavailable, match="cannot be decoded"):
        await pictures(tmp_path / name)


async def test_what_grows_beyond_its_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.mov"
    with av.open(path, "w", format="mov") as out:
        stream = out.add_stream("png", rate=1)
        stream.width = stream.height = 16_000
        stream.pix_fmt = "gray"
        frame = av.VideoFrame(16_000, 16_000, "gray")
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.pts, frame.time_base = 0, Fraction(1, 1)
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    assert path.stat().st_size < 2 << 20
    with pytest.raises(Unavailable):
        await pictures(path, SampleLimits(seconds=20, memory=192 << 20))


async def test_what_takes_too_long_is_killed(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)  # nobody ever writes into it
    with pytest.raises(Unavailable, match="longer"):
        await pictures(pipe, SampleLimits(seconds=1.5))


async def test_a_long_video_is_looked_at_as_far_as_allowed(tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    write(path, "mp4")
    taken = await pictures(path, SampleLimits(seconds=20, longest_s=3.0))
    assert taken.seconds == pytest.approx(3.0, abs=0.3)
