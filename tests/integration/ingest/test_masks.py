"""What a privacy mask covers leaves no worker; a real worker on a real RTSP camera."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from edge_agent.domain.polygon import Polygon
from edge_agent.ingest import GateOptions, IngestOptions
from edge_agent.media import write_h264_clip
from edge_agent.runtime.counters import Counters
from tests.support.links import QUICK, make_link, running, until
from tests.support.rtsp import Cameras, number_of, rtsp_cameras

pytestmark = pytest.mark.rtsp

BELOW_THE_NUMBERS: Polygon = ((0.25, 0.25), (0.75, 0.25), (0.75, 1), (0.25, 1))
CALM = IngestOptions(
    open_s=5, read_s=3, grace_s=0.5, gate=GateOptions(idle_s=60, hold_s=0, settle_s=600)
)


async def test_frames_are_black_where_masks_are_and_untouched_elsewhere(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"], masks=(BELOW_THE_NUMBERS,))
    async with running(link):
        numbers = []
        for _ in range(5):
            frame = await link.frame()
            assert frame.image[90:, 160:480].max() == 0
            assert frame.image[:88].min() > 20
            assert frame.image[92:, :158].min() > 60
            assert frame.image[92:, 482:].min() > 60
            numbers.append(number_of(frame.image))
            link.release(frame)
    assert len(set(numbers)) == 5


async def test_a_scaled_picture_is_masked_as_well(cameras: Cameras) -> None:
    half = IngestOptions(open_s=5, read_s=3, longest_side=320)
    link = make_link(cameras.urls["door"], half, masks=(BELOW_THE_NUMBERS,))
    async with running(link):
        frame = await link.frame()
        assert frame.image.shape == (180, 320, 3)
        assert frame.image[45:, 80:240].max() == 0
        assert frame.image[47:, 242:].min() > 60
        link.release(frame)


@pytest.mark.parametrize(
    ("mask", "moves"),
    [
        (((0.5, 0), (1, 0), (1, 1), (0.5, 1)), False),
        (((0, 0), (0.45, 0), (0.45, 1), (0, 1)), True),
        (((0, 0), (1, 0), (1, 1), (0, 1)), False),
    ],
)
async def test_motion_behind_a_mask_passes_no_gate(
    tmp_path: Path,
    mask: Polygon,
    moves: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    def blinking(number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        image = np.full((360, 640, 3), 96, np.uint8)
        image[100:200, 400:500] = 200 if number % 10 < 5 else 96
        return image

    clip = tmp_path / "blinking.mp4"
    write_h264_clip(clip, map(blinking, range(50)), fps=25)
    counters = Counters()
    frames = counters.counter("edge_agent_frames_total", "")
    with rtsp_cameras({"door": clip}) as cameras:
        link = make_link(cameras.urls["door"], CALM, counters, masks=(mask,))
        async with running(link):
            first = await link.frame()
            link.release(first)
            if moves:
                async with asyncio.timeout(10):
                    again = await link.frame()
                assert again.motion > 0
                link.release(again)
                return
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(3):
                    await link.frame()
            await until(lambda: frames.get(camera="door", stage="gated") > 50)


async def test_a_worker_without_masks_masks_nothing(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"], QUICK)
    async with running(link):
        frame = await link.frame()
        assert frame.image.min() > 20
        link.release(frame)
