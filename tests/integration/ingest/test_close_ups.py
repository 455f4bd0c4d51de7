"""A substream that is looked at, and close-ups of the main stream; real workers, real cameras."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.polygon import Polygon
from edge_agent.ingest import CameraLink, IngestOptions, PictureFault
from edge_agent.ingest.frame import CloseUp
from edge_agent.runtime.counters import Counters
from tests.support.links import QUICK, event_of, make_link, running, until
from tests.support.rtsp import Cameras, number_of, numbered_clip, rtsp_cameras

pytestmark = pytest.mark.rtsp

BELOW_THE_NUMBERS: Polygon = ((0.25, 0.25), (0.75, 0.25), (0.75, 1), (0.25, 1))
FRAMES = 100


@pytest.fixture
def both(clip: Path, tmp_path: Path) -> Iterator[Cameras]:
    """One view in two sizes, `main` and `sub`, and `square`, which is another one."""
    main = numbered_clip(tmp_path / "main.mp4", size=(1280, 720))
    square = numbered_clip(tmp_path / "square.mp4", size=(640, 480))
    with rtsp_cameras({"main": main, "sub": clip, "square": square}) as running_cameras:
        yield running_cameras


def two_streams(
    both: Cameras,
    counters: Counters | None = None,
    options: IngestOptions = QUICK,
    **more: object,
) -> CameraLink:
    return make_link(both.urls["main"], options, counters, detect_url=both.urls["sub"], **more)


async def asked(link: CameraLink) -> tuple[int, CloseUp | None]:
    """The newest frame's number, and its close-up."""
    frame = await link.frame()
    number = number_of(frame.image)
    close_up = await link.close_up(frame.wall_ms)
    link.release(frame)
    return number, close_up


async def shown(link: CameraLink) -> tuple[int, CloseUp]:
    """The same, once there is one."""
    async with asyncio.timeout(20):
        while True:
            number, close_up = await asked(link)
            if close_up is not None:
                return number, close_up


async def test_close_ups_have_the_main_streams_pixels_and_one_offset_in_time(
    both: Cameras,
) -> None:
    counters = Counters()
    link = two_streams(both, counters)
    apart = []
    async with running(link):
        for _ in range(50):  # the burst after a connection comes late; times settle behind it
            link.release(await link.frame())
        for _ in range(8):
            number, close_up = await shown(link)
            assert close_up.image.shape == (720, 1280, 3)
            apart.append((number_of(close_up.image) - number) % FRAMES)
            for _ in range(5):
                link.release(await link.frame())
    # the server starts each clip when it is asked for, so they are not in step; but steadily so
    steady = [(one - apart[0] + FRAMES // 2) % FRAMES - FRAMES // 2 for one in apart]
    assert max(steady) - min(steady) <= 3
    assert (
        counters.counter("edge_agent_close_ups_total", "").get(camera="door", outcome="shown") >= 8
    )


async def test_of_the_main_stream_nothing_is_decoded_that_nobody_asks_for(both: Cameras) -> None:
    counters = Counters()
    link = two_streams(both, counters)
    decoded = counters.counter("edge_agent_close_up_decoded_total", "")
    async with running(link):
        for _ in range(30):
            frame = await link.frame()
            assert frame.image.shape == (360, 640, 3)
            link.release(frame)
        assert decoded.get(camera="door") == 0
        await shown(link)
        assert 1 <= decoded.get(camera="door") <= 20  # a group of twelve and what is reordered


async def test_masks_cover_close_ups(both: Cameras) -> None:
    link = two_streams(both, masks=(BELOW_THE_NUMBERS,))
    async with running(link):
        _, close_up = await shown(link)
        assert close_up.image[180:, 320:960].max() == 0
        assert close_up.image[:176].min() > 20
        assert close_up.image[184:, 964:].min() > 60


async def test_clips_hold_the_main_stream(both: Cameras, tmp_path: Path) -> None:
    link = two_streams(both)
    async with running(link):
        await shown(link)
        await link.start_fragment("clip", tmp_path / "clip.mp4")
        await asyncio.sleep(1)
        await link.stop_fragment()
    with av.open(tmp_path / "clip.mp4") as clip:
        assert (clip.streams.video[0].width, clip.streams.video[0].height) == (1280, 720)
        assert sum(1 for _ in clip.decode(video=0)) >= 10


async def test_without_its_main_stream_a_camera_is_looked_at_until_it_is_back(
    both: Cameras,
) -> None:
    counters = Counters()
    link = two_streams(both, counters, replace(QUICK, away_s=0.5))
    missed = counters.counter("edge_agent_close_ups_total", "")
    async with running(link) as life:
        await shown(link)
        both.order("stop main")
        await until_missed(link)
        before = missed.get(camera="door", outcome="missed")
        for _ in range(20):
            assert (await asked(link))[1] is None
        assert missed.get(camera="door", outcome="missed") == before + 20
        fault = await event_of(link, PictureFault, within=40)
        assert (fault.kind, fault.present) == ("main_stream", True)
        assert fault.detail
        both.order("resume main")
        _, close_up = await shown(link)
        assert close_up.image.shape == (720, 1280, 3)
        over = await event_of(link, PictureFault)
        while over.present:  # told again after each try
            over = await event_of(link, PictureFault)
        assert (over.kind, over.since_ms) == ("main_stream", fault.since_ms)
        assert not life.done()
    starts = counters.counter("edge_agent_worker_starts_total", "")
    assert starts.get(camera="door") == 1


async def until_missed(link: CameraLink) -> None:
    async with asyncio.timeout(20):
        while (await asked(link))[1] is not None:
            pass


async def test_a_main_stream_that_is_away_from_the_start_hinders_nothing(both: Cameras) -> None:
    both.order("stop main")
    link = two_streams(both)
    async with running(link):
        assert (await asked(link))[1] is None


async def test_when_the_substream_goes_the_camera_has_gone(both: Cameras) -> None:
    link = two_streams(both)
    async with running(link) as life:
        await shown(link)
        both.order("stop sub")
        await until(life.done)
        assert isinstance(life.exception(), Unavailable)


async def test_a_substream_of_another_shape_is_refused_with_both_sizes(both: Cameras) -> None:
    link = make_link(both.urls["main"], detect_url=both.urls["square"])
    async with running(link) as life:
        await until(life.done)
        with pytest.raises(Unavailable, match=r"url shows 1280 x 720 and detect_url 640 x 480"):
            life.result()


async def test_a_camera_without_a_substream_has_no_close_ups(cameras: Cameras) -> None:
    link = make_link(cameras.urls["door"])
    async with running(link):
        assert (await asked(link))[1] is None
