"""Sound in clips: only where it is asked for, and in step with the picture."""

import asyncio
import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from edge_agent.ingest import CameraLink
from tests.support.clips import write_numbered
from tests.support.links import make_link, running
from tests.support.rtsp import SYSTEM_PYTHON, probe_gstreamer

pytestmark = pytest.mark.rtsp

SERVER = Path(__file__).parents[2] / "support" / "sounding.py"


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of numbered frames, ten a second, with a tone."""
    path = tmp_path_factory.mktemp("clip") / "sounding.mp4"
    write_numbered(path, "libx264", frames=600, sound=True)
    return path


@contextlib.contextmanager
def sounding_camera(clip: Path) -> Iterator[str]:
    probe_gstreamer()
    command = [SYSTEM_PYTHON, str(SERVER), str(clip)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def recorded(link: CameraLink, path: Path, seconds: float = 3) -> None:
    async with running(link):
        link.release(await link.frame())
        await asyncio.sleep(2)
        await link.start_fragment("clip", path)
        await asyncio.sleep(seconds)
        await link.stop_fragment()


def sound_in(path: Path) -> tuple[float, float, float]:
    """First second, last second and loudness of the sound in a clip."""
    with av.open(path) as clip:
        frames = list(clip.decode(audio=0))
        wave = np.concatenate([frame.to_ndarray().ravel() for frame in frames])
        return frames[0].time or 0.0, frames[-1].time or 0.0, float(np.abs(wave).mean())


async def test_sound_is_recorded_where_it_is_asked_for(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with sounding_camera(clip) as url:
        await recorded(make_link(url, audio=True), path)
    first, last, loudness = sound_in(path)
    with av.open(path) as written:
        assert written.streams.audio[0].codec_context.name == "aac"
        assert [stream.type for stream in written.streams] == ["video", "audio"]
        length = float((written.duration or 0) / av.time_base)
        times = [frame.time or 0.0 for frame in written.decode(video=0)]
    assert length > 4
    assert first < 0.5
    assert abs(last - times[-1]) < 0.5
    assert loudness > 0.05
    assert times == pytest.approx([number / 10 for number in range(len(times))], abs=0.02)


async def test_without_being_asked_for_it_is_not_even_fetched(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with sounding_camera(clip) as url:
        await recorded(make_link(url), path, seconds=1)
    with av.open(path) as written:
        assert [stream.type for stream in written.streams] == ["video"]


async def test_a_looped_file_sounds_on(tmp_path: Path) -> None:
    short, path = tmp_path / "short.mp4", tmp_path / "clip.mp4"
    write_numbered(short, "libx264", frames=20, sound=True)
    await recorded(make_link(str(short), audio=True), path, seconds=4)
    first, last, loudness = sound_in(path)
    assert first < 0.5
    assert last > 4
    assert loudness > 0.05


async def test_a_camera_without_usable_sound_records_its_picture(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    silent, path = tmp_path / "silent.mp4", tmp_path / "clip.mp4"
    write_numbered(silent, "libx264", frames=100)
    await recorded(make_link(str(silent), audio=True), path, seconds=1)
    with av.open(path) as written:
        assert [stream.type for stream in written.streams] == ["video"]
    assert "it must be AAC, the camera sends none" in capfd.readouterr().err
