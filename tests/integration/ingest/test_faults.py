"""Cameras that go wrong, over RTSP; each fault is told once, and its end."""

import asyncio
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Image
from edge_agent.ingest import CameraLink, PictureFault, PictureWatchOptions
from edge_agent.media import write_h264_clip
from tests.support.links import QUICK, event_of, make_link, running
from tests.support.rtsp import Cameras, numbered_clip, rtsp_cameras

pytestmark = [pytest.mark.rtsp, pytest.mark.timeout(150)]

IMPATIENT = replace(
    QUICK,
    watch=PictureWatchOptions(
        dark_s=1, frozen_s=2, blurred_s=2, moved_s=16, accept_s=600, slow_s=5, steady_s=3
    ),
)


def scene(shift: int = 0, blur: float = 0) -> Image:
    """A room that stands still but for its noise."""
    random = np.random.default_rng(5)
    room = np.full((360, 640, 3), 110, np.uint8)
    for _ in range(60):
        x, y = int(random.integers(0, 600)), int(random.integers(0, 330))
        size, grey = int(random.integers(10, 80)), int(random.integers(30, 230))
        room[y : y + size, x : x + size] = grey
    room = np.roll(room, shift, axis=1)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), blur), np.uint8) if blur else room


def noisy(path: Path, image: Image, *, fps: float = 10, frames: int = 30) -> Path:
    random = np.random.default_rng(6)
    noise = (
        np.clip(image + random.normal(0, 3, image.shape), 0, 255).astype(np.uint8)
        for _ in range(frames)
    )
    write_h264_clip(path, noise, fps=fps, gop=10)
    return path


async def fault_of(link: CameraLink, kind: str, within: float = 60) -> PictureFault:
    """The next fault; there must be no other before it."""
    fault = await event_of(link, PictureFault, within=within)
    assert fault.kind == kind
    return fault


@pytest.mark.parametrize(
    ("kind", "image"),
    [
        ("black", np.full((360, 640, 3), 0, np.uint8)),
        ("covered", np.full((360, 640, 3), 130, np.uint8)),
        ("blurred", scene(blur=60)),
    ],
)
async def test_a_camera_that_sees_nothing(tmp_path: Path, kind: str, image: Image) -> None:
    good = noisy(tmp_path / "good.mp4", scene())
    bad = noisy(tmp_path / "bad.mp4", image) if kind == "blurred" else tmp_path / "bad.mp4"
    if kind != "blurred":
        write_h264_clip(bad, [image] * 30, fps=10, gop=10)
    with rtsp_cameras({"door": good}) as cameras:
        link = make_link(cameras.urls["door"], IMPATIENT)
        async with running(link):
            await asyncio.sleep(12)  # a view becomes usual
            cameras.order(f"play door {bad}")
            assert (await fault_of(link, kind)).present
            cameras.order(f"play door {good}")
            assert not (await fault_of(link, kind)).present


async def test_a_camera_that_was_turned_and_turned_back(tmp_path: Path) -> None:
    good = noisy(tmp_path / "good.mp4", scene())
    turned = noisy(tmp_path / "turned.mp4", scene(shift=170))
    with rtsp_cameras({"door": good}) as cameras:
        link = make_link(cameras.urls["door"], IMPATIENT)
        async with running(link):
            await asyncio.sleep(12)
            cameras.order(f"play door {turned}")
            assert (await fault_of(link, "moved")).present
            cameras.order(f"play door {good}")
            assert not (await fault_of(link, "moved")).present


async def test_a_camera_that_sends_too_few_pictures(tmp_path: Path) -> None:
    good = noisy(tmp_path / "good.mp4", scene())
    slow = noisy(tmp_path / "slow.mp4", scene(), fps=2)
    with rtsp_cameras({"door": good}) as cameras:
        link = make_link(cameras.urls["door"], IMPATIENT)
        async with running(link):
            await asyncio.sleep(6)
            cameras.order(f"play door {slow}")
            began = await fault_of(link, "slow")
            assert began.present
            assert "pictures a second instead of" in began.detail
            cameras.order(f"play door {good}")
            assert not (await fault_of(link, "slow")).present


async def test_a_camera_whose_time_runs_backwards(tmp_path: Path) -> None:
    clip = numbered_clip(tmp_path / "numbered.mp4")
    with rtsp_cameras({"door": clip}) as cameras:
        link = make_link(cameras.urls["door"], IMPATIENT)
        async with running(link):
            await settled(cameras, link)
            cameras.order("back door 3")
            began = await fault_of(link, "backwards")
            assert began.present
            over = await fault_of(link, "backwards")
            assert (over.present, over.since_ms) == (False, began.since_ms)


async def settled(_cameras: Cameras, link: CameraLink) -> None:
    for _ in range(50):
        link.release(await link.frame())
    while not link.events.empty():
        assert not isinstance(link.events.get_nowait(), PictureFault)
    await asyncio.sleep(4)
