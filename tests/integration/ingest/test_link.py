"""A real worker process on a real RTSP camera."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest import (
    CameraUp,
    Frame,
    GateOptions,
    IngestOptions,
    PictureFault,
    PictureWatchOptions,
    ResolutionChanged,
)
from edge_agent.runtime.counters import Counters
from tests.support.certificates import write_own_certificate
from tests.support.links import (
    QUICK,
    command_line,
    event_of,
    is_running,
    make_link,
    open_files,
    running,
    until,
    worker_pids,
)
from tests.support.rtsp import Cameras, number_of, numbered_clip, rtsp_cameras

pytestmark = pytest.mark.rtsp

LIVES = 15


@contextlib.contextmanager
def crowded_processor(*, others: int) -> Iterator[None]:
    """Whatever this thread starts has to share one processor with so many that never rest."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(others)]
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)
        for one in spinning:
            one.kill()
            one.wait()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
async def test_frames_come_with_advancing_times(cameras: Cameras, transport: str) -> None:
    link = make_link(cameras.urls["door"], transport=transport)
    async with running(link):
        seen: list[Frame] = []
        for _ in range(20):
            frame = await link.frame()
            assert frame.image.shape == (360, 640, 3)
            assert not frame.image.flags.writeable
            seen.append(frame)
            link.release(frame)
        up = await event_of(link, CameraUp)
    assert (up.width, up.height, up.codec) == (640, 360, "h264")
    assert all(one.source_ms < two.source_ms for one, two in pairwise(seen))
    assert all(one.wall_ms <= two.wall_ms for one, two in pairwise(seen))
    assert abs(time.time_ns() // 1_000_000 - seen[-1].wall_ms) < 10_000


async def test_a_slot_is_never_rewritten_while_it_is_looked_at(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"])
    async with running(link):
        held = await link.frame()
        number, pixels = number_of(held.image), held.image.copy()
        others = []
        for _ in range(10):
            frame = await link.frame()
            others.append(number_of(frame.image))
            assert frame.slot != held.slot
            link.release(frame)
        assert number_of(held.image) == number
        assert (held.image == pixels).all()
        assert len(set(others)) == 10
        link.release(held)
        with pytest.raises(ValueError, match="released before"):
            link.release(held)


async def test_times_and_pictures_belong_together(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"])
    async with running(link):
        seen = []
        for _ in range(15):
            frame = await link.frame()
            seen.append((number_of(frame.image), frame.source_ms))
            link.release(frame)
    for (number, source_ms), (later_number, later_ms) in pairwise(seen):
        assert (later_number - number) % 100 * 40 == later_ms - source_ms


async def test_without_credit_nothing_is_converted_and_every_frame_is_accounted_for(
    cameras: Cameras,
) -> None:
    counters = Counters()
    link = make_link(cameras.urls["door"], counters=counters)
    frames = counters.counter("edge_agent_frames_total", "")

    def count(stage: str) -> float:
        return frames.get(camera="door", stage=stage)

    async with running(link):
        first = await link.frame()
        await link.frame()
        await until(lambda: count("decoded") >= 60)
        assert count("delivered") == 2
        waiting = count("decoded") - count("gated") - count("superseded") - count("delivered")
        assert waiting in (0, 1)
        link.release(first)


async def test_a_killed_worker_is_told_and_the_next_one_goes_on(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"])
    async with running(link) as life:
        held = await link.frame()
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.wait([life])
        assert isinstance(life.exception(), Unavailable)
        assert "died" in str(life.exception())
        assert not link.up
    async with running(make_link(cameras.urls["door"])) as other:
        assert not other.done()
    again = make_link(cameras.urls["door"])
    async with running(again):
        await again.frame()
    assert number_of(held.image) >= 0


async def test_one_link_serves_several_lives(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"])
    life = asyncio.get_running_loop().create_task(link.run())
    first = await link.frame()
    waiting = asyncio.get_running_loop().create_task(link.frame())
    await asyncio.sleep(0)
    life.cancel()
    await asyncio.wait([life])
    async with running(link):
        second = await waiting
        assert second.slot != first.slot
        link.release(first)
        link.release(await link.frame())


async def test_a_hung_worker_is_killed(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"], IngestOptions(read_s=1, grace_s=0.5))
    async with running(link) as life:
        await link.frame()
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGSTOP)
        await asyncio.wait([life])
        assert "hung" in str(life.exception())
    assert not is_running(pid)


async def test_a_worker_without_a_processor_is_slow_and_not_hung(cameras: Cameras) -> None:
    impatient = IngestOptions(start_s=1, open_s=20, read_s=3, grace_s=0.5)
    link = make_link(cameras.urls["door"], impatient)
    with crowded_processor(others=8):
        async with running(link) as life:
            await event_of(link, CameraUp, within=120)
            (pid,) = worker_pids()
            os.kill(pid, signal.SIGSTOP)
            await asyncio.wait([life])
            assert "hung" in str(life.exception())


async def test_a_camera_that_falls_silent_is_given_up(own_cameras: Cameras) -> None:
    link = make_link(own_cameras.urls["door"], IngestOptions(read_s=1, grace_s=2))
    async with running(link) as life:
        await link.frame()
        own_cameras.order("stall door")
        await asyncio.wait([life])
        assert isinstance(life.exception(), Unavailable)


async def test_a_camera_that_throws_us_out_is_told_and_others_go_on(own_cameras: Cameras) -> None:
    door, till = (make_link(own_cameras.urls[name], id=name) for name in ("door", "till"))
    async with running(door) as life, running(till) as other:
        await door.frame()
        link_frame = await till.frame()
        own_cameras.order("stop door")
        await asyncio.wait([life])
        assert isinstance(life.exception(), Unavailable)
        till.release(link_frame)
        for _ in range(5):
            till.release(await till.frame())
        assert not other.done()


@pytest.mark.parametrize(
    ("path", "reason"), [("/nowhere", "does not know"), ("", "refuses|does not know|cannot")]
)
async def test_a_camera_that_is_not_there_is_unavailable(
    cameras: Cameras, path: str, reason: str
) -> None:
    base = cameras.urls["door"].rsplit("/", 1)[0]
    with pytest.raises(Unavailable, match=reason):
        await make_link(base + path).run()


async def test_a_host_that_accepts_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"rtsp://user:geheim@127.0.0.1:{mute.getsockname()[1]}/x"
        link = make_link(url, IngestOptions(open_s=1, read_s=1, grace_s=1))
        with pytest.raises(Unavailable) as refused:
            await link.run()
    assert "geheim" not in str(refused.value)


async def test_user_and_password_are_needed_and_used(clip: Path) -> None:
    with rtsp_cameras({"door": clip}, "--user", "viewer:geheim") as guarded:
        url = guarded.urls["door"]
        with pytest.raises(Unavailable, match="user or password"):
            await make_link(url).run()
        link = make_link(url.replace("rtsp://", "rtsp://viewer:geheim@"))
        async with running(link):
            await link.frame()
            (pid,) = worker_pids()
            assert "geheim" not in command_line(pid)


async def test_many_lives_leave_nothing_behind() -> None:
    link = make_link("rtsp://127.0.0.1:1/x")
    with pytest.raises(Unavailable):
        await link.run()
    gc.collect()
    before = open_files()
    for _ in range(LIVES):
        with pytest.raises(Unavailable):
            await link.run()
    gc.collect()
    assert open_files() <= before
    assert worker_pids() == []


async def test_the_worker_dies_with_its_parent(cameras: Cameras) -> None:
    daemon = f"""
import asyncio
from tests.support.links import make_link, running, worker_pids
async def main():
    link = make_link({cameras.urls["door"]!r})
    async with running(link):
        await link.frame()
        print(worker_pids()[0], flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""
    parent = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs on this loop
        [sys.executable, "-c", daemon],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    with parent:
        assert parent.stdout is not None
        pid = int(await asyncio.to_thread(parent.stdout.readline))
        assert is_running(pid)
        parent.kill()
    await until(lambda: not is_running(pid))


async def test_the_size_may_change_in_mid_stream(own_cameras: Cameras, tmp_path: Path) -> None:
    other = numbered_clip(tmp_path / "other.mp4", size=(320, 240))
    link = make_link(own_cameras.urls["door"])
    async with running(link):
        link.release(await link.frame())
        own_cameras.order(f"play door {other}")
        async with asyncio.timeout(20):
            while (frame := await link.frame()).image.shape != (240, 320, 3):
                link.release(frame)
        assert 0 <= number_of(frame.image) < 100
        changed = await event_of(link, ResolutionChanged)
        assert (changed.width, changed.height) == (320, 240)


async def test_a_frozen_picture_is_told(own_cameras: Cameras) -> None:
    options = IngestOptions(watch=PictureWatchOptions(frozen_s=1))
    link = make_link(own_cameras.urls["door"], options)
    async with running(link):
        await link.frame()
        own_cameras.order("freeze door")
        fault = await event_of(link, PictureFault)
        assert (fault.kind, fault.present) == ("frozen", True)
        own_cameras.order("resume door")
        fault = await event_of(link, PictureFault)
        assert (fault.kind, fault.present) == ("frozen", False)


async def test_attention_lets_frames_through_though_nothing_moves(own_cameras: Cameras) -> None:
    options = IngestOptions(gate=GateOptions(hold_s=0.2, settle_s=0.2, idle_s=600))
    link = make_link(own_cameras.urls["door"], options, detect_fps=5)
    async with running(link):
        first = await link.frame()
        link.release(first)
        own_cameras.order("freeze door")
        await asyncio.sleep(2)
        while True:  # what still came by
            try:
                async with asyncio.timeout(1.5):
                    link.release(await link.frame())
            except TimeoutError:
                break
        link.attend(live=True)
        frame = await asyncio.wait_for(link.frame(), 10)
        assert frame.motion < 0.0015


async def test_a_file_plays_in_real_time_and_ends(tmp_path: Path) -> None:
    short = numbered_clip(tmp_path / "short.mp4", frames=25)
    link = make_link(str(short), loop=False)
    async with running(link) as life:
        started = time.monotonic()
        await asyncio.wait([life])
        assert time.monotonic() - started >= 0.9
        assert life.exception() is None


async def test_a_file_starts_over_and_its_time_goes_on(tmp_path: Path) -> None:
    short = numbered_clip(tmp_path / "short.mp4", frames=25)
    link = make_link(f"file://{short}")
    async with running(link):
        times: list[int] = []
        while not times or times[-1] < 2500:
            frame = await link.frame()
            times.append(frame.source_ms)
            link.release(frame)
    steps = [later - sooner for sooner, later in pairwise(times)]
    assert min(steps) > 0
    assert max(steps) < 500


async def test_what_is_no_video_is_unavailable(tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("not a video")
    with pytest.raises(Unavailable, match="cannot be read"):
        await make_link(str(text), QUICK).run()


async def test_rtsps_is_spoken(clip: Path, tmp_path: Path) -> None:
    pair = tmp_path / "pair.pem"
    write_own_certificate(pair)
    with rtsp_cameras({"door": clip}, "--tls", str(pair)) as secure:
        assert secure.urls["door"].startswith("rtsps://")
        link = make_link(secure.urls["door"])
        async with running(link):
            assert number_of((await link.frame()).image) < 100


async def test_a_device_that_is_not_there_costs_nothing_but_a_warning(tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "clip.mp4", frames=25)
    counters = Counters()
    link = make_link(str(clip), replace(QUICK, hwaccel="no-such-device"), counters)
    async with running(link):
        link.release(await link.frame())
        assert (await event_of(link, CameraUp)).decoder == "software"
    opened = counters.counter("edge_agent_decoders_opened_total", "")
    assert opened.get(camera="door", decoder="software") == 1
