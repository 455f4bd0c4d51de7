"""Clips recorded from a real camera, and what a kill leaves of them."""

import asyncio
import hashlib
import os
import signal
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest import (
    CameraLink,
    ClosedClip,
    FragmentCut,
    FragmentLost,
    Frame,
    recover_part,
)
from edge_agent.ingest.clip import part_of
from tests.support.links import QUICK, event_of, make_link, running, worker_pids
from tests.support.rtsp import Cameras, number_of, numbered_clip, numbered_frame

if TYPE_CHECKING:
    from av.video.stream import VideoStream

    from edge_agent.domain.detection import Image

pytestmark = pytest.mark.rtsp


async def watch(link: CameraLink, seconds: float) -> Frame:
    """Look at frames for so long in the camera's time; returns the last, released."""
    first = frame = await link.frame()
    link.release(first)
    while frame.source_ms - first.source_ms < seconds * 1000:
        frame = await link.frame()
        link.release(frame)
    return frame


def numbers(path: Path) -> list[int]:
    with av.open(path) as clip:
        assert next(clip.demux(video=0)).is_keyframe
        clip.seek(0)
        pictures = [frame.to_ndarray(format="bgr24") for frame in clip.decode(video=0)]
    return [number_of(cast("Image", picture)) for picture in pictures]


def in_a_row(found: list[int], frames: int = 100) -> bool:
    return all((later - sooner) % frames == 1 for sooner, later in pairwise(found))


def checked(clip: ClosedClip, path: Path) -> list[int]:
    data = path.read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (clip.size, clip.sha256)
    assert not part_of(path).exists()
    return numbers(path)


async def test_a_clip_has_every_frame_from_before_it_was_asked_for(
    cameras: Cameras, tmp_path: Path
) -> None:
    link = make_link(cameras.urls["door"])
    path = tmp_path / "clip.mp4"
    async with running(link):
        before = await watch(link, 2)
        start_ms = await link.start_fragment("f1", path)
        assert part_of(path).exists()
        after = await watch(link, 1)
        clip = await link.stop_fragment()

        assert start_ms < before.wall_ms < after.wall_ms <= clip.end_ms + 100
        assert clip.start_ms == start_ms
        assert (clip.fragment_id, clip.codec) == ("f1", "h264")
        found = checked(clip, path)
        assert in_a_row(found)
        assert len(found) * 40 == pytest.approx(clip.end_ms - clip.start_ms, abs=80)

        frame = await link.frame()  # the clip's time is the frames' time
        second = await link.start_fragment("f2", tmp_path / "two.mp4")
        place = round((frame.wall_ms - second) / 40)
        clip = await link.stop_fragment()
        found = checked(clip, tmp_path / "two.mp4")
        assert number_of(frame.image) in found[max(0, place - 1) : place + 2]


async def test_a_clip_that_was_cut_by_a_kill_still_plays(cameras: Cameras, tmp_path: Path) -> None:
    link = make_link(cameras.urls["door"])
    path = tmp_path / "clip.mp4"
    async with running(link) as life:
        await watch(link, 1)
        start_ms = await link.start_fragment("f1", path)
        await watch(link, 3)
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.wait([life])
        with pytest.raises(Unavailable):
            await link.stop_fragment()
    clip = await asyncio.to_thread(recover_part, path)
    assert clip is not None
    assert (clip.fragment_id, clip.start_ms) == ("f1", start_ms)
    assert clip.end_ms - clip.start_ms >= 2500
    found = checked(clip, path)
    assert in_a_row(found)
    assert len(found) * 40 == pytest.approx(clip.end_ms - clip.start_ms, abs=80)


@pytest.mark.parametrize("keep", [0, 20, 700])
async def test_a_leftover_that_does_not_play_is_left_alone(
    cameras: Cameras, tmp_path: Path, keep: int
) -> None:
    link = make_link(cameras.urls["door"])
    path = tmp_path / "clip.mp4"
    async with running(link):
        await watch(link, 0.5)
        await link.start_fragment("f1", path)
        data = part_of(path).read_bytes()
    part_of(path).write_bytes(data[:keep])
    assert recover_part(path) is None
    assert part_of(path).exists()
    assert recover_part(tmp_path / "never.mp4") is None


async def test_a_camera_that_goes_away_leaves_a_whole_clip(
    own_cameras: Cameras, tmp_path: Path
) -> None:
    link = make_link(own_cameras.urls["door"])
    path = tmp_path / "clip.mp4"
    async with running(link) as life:
        await watch(link, 1)
        await link.start_fragment("f1", path)
        await watch(link, 0.5)
        own_cameras.order("stop door")
        await asyncio.wait([life])
        cut = await event_of(link, FragmentCut)
        assert cut.reason == "camera away"
        assert await link.stop_fragment() == cut.clip
        assert in_a_row(checked(cut.clip, path))
        with pytest.raises(Unavailable, match="not recording"):
            await link.stop_fragment()


async def test_a_change_of_the_encoding_ends_the_clip_and_the_next_one_plays(
    own_cameras: Cameras, tmp_path: Path
) -> None:
    other = numbered_clip(tmp_path / "other.mp4", size=(320, 240))
    link = make_link(own_cameras.urls["door"])
    async with running(link):
        await watch(link, 1)
        await link.start_fragment("f1", tmp_path / "one.mp4")
        own_cameras.order(f"play door {other}")
        cut = await event_of(link, FragmentCut)
        assert cut.reason == "parameters"
        assert await link.stop_fragment() == cut.clip
        assert in_a_row(checked(cut.clip, tmp_path / "one.mp4"))

        await watch(link, 1)
        await link.start_fragment("f2", tmp_path / "two.mp4")
        await watch(link, 0.5)
        clip = await link.stop_fragment()
    assert in_a_row(checked(clip, tmp_path / "two.mp4"))
    with av.open(tmp_path / "two.mp4") as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (320, 240)


async def test_a_clip_that_has_grown_to_its_size_ends_and_the_next_begins(
    cameras: Cameras, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    link = make_link(cameras.urls["door"], replace(QUICK, largest_clip=30_000))
    async with running(link):
        await watch(link, 1)
        await link.start_fragment("first", first)
        watching = asyncio.get_running_loop().create_task(watch(link, 30))
        cut = await event_of(link, FragmentCut)
        watching.cancel()
        assert cut.reason == "size"
        assert 30_000 <= cut.clip.size < 60_000
        assert await link.stop_fragment() == cut.clip
        await link.start_fragment("second", second)
        await link.stop_fragment()
    assert in_a_row(checked(cut.clip, first))
    assert numbers(second)


async def test_a_disk_that_refuses_loses_the_clip_and_nothing_else(
    cameras: Cameras, tmp_path: Path
) -> None:
    link = make_link(cameras.urls["door"])
    async with running(link) as life:
        await watch(link, 0.5)
        with pytest.raises(Unavailable, match="could not be written"):
            await link.start_fragment("f1", tmp_path / "no such folder" / "clip.mp4")
        lost = await event_of(link, FragmentLost)
        assert lost.fragment_id == "f1"
        await watch(link, 0.5)
        assert not life.done()
        await link.start_fragment("f2", tmp_path / "clip.mp4")
        clip = await link.stop_fragment()
        checked(clip, tmp_path / "clip.mp4")


async def test_a_full_disk_loses_the_clip_and_nothing_else(
    cameras: Cameras, tmp_path: Path
) -> None:
    link = make_link(cameras.urls["door"])
    path = tmp_path / "clip.mp4"
    part_of(path).symlink_to("/dev/full")

    async def record() -> None:
        await link.start_fragment("f1", path)
        await watch(link, 4)
        await link.stop_fragment()

    async with running(link) as life:
        await watch(link, 2)
        with pytest.raises(Unavailable, match="No space"):
            await record()
        await watch(link, 0.5)
        assert not life.done()


async def test_one_clip_at_a_time_and_none_without_a_camera(
    cameras: Cameras, tmp_path: Path
) -> None:
    link = make_link(cameras.urls["door"])
    with pytest.raises(Unavailable, match="away"):
        await link.start_fragment("f1", tmp_path / "clip.mp4")
    async with running(link):
        await watch(link, 0.5)
        with pytest.raises(Unavailable, match="not recording"):
            await link.stop_fragment()
        await link.start_fragment("f1", tmp_path / "clip.mp4")
        with pytest.raises(Unavailable, match="recording f1"):
            await link.start_fragment("f2", tmp_path / "clip2.mp4")
        await link.stop_fragment()


@pytest.mark.parametrize("codec", ["libx264", "libx265", "mjpeg"])
async def test_clips_of_other_encodings_play_and_know_their_length(
    tmp_path: Path, codec: str
) -> None:
    source, path = tmp_path / "source.mkv", tmp_path / "clip.mp4"
    with av.open(source, "w") as container:
        stream = cast("VideoStream", container.add_stream(codec, rate=25))
        stream.width, stream.height = 640, 360
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = 10
        stream.options = {"bf": "2", "x265-params": "log-level=none"} if codec != "mjpeg" else {}
        for number in range(50):
            picture = av.VideoFrame.from_ndarray(numbered_frame(number), format="bgr24")
            container.mux(stream.encode(picture.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode())
    link = make_link(str(source), loop=True)
    async with running(link):
        await watch(link, 1)
        await link.start_fragment("f1", path)
        await watch(link, 1)
        clip = await link.stop_fragment()
    with av.open(path) as container:
        length_ms = sum(1 for _ in container.decode(video=0)) * 40
    assert length_ms >= 1000
    assert clip.end_ms - clip.start_ms == pytest.approx(length_ms, abs=80)
