"""Who is seen in a substream is stored in the main stream's pixels; real cameras, real eyes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_agent.media import decode_picture
from scripts.demonstration.cast import cast_from_packages
from tests.integration.pipeline.test_camera import looked, on
from tests.support.links import until
from tests.support.rtsp import Cameras, rtsp_cameras
from tests.support.watching import Blinking, Watching, two_people

pytestmark = pytest.mark.rtsp

LARGER = 2


@pytest.fixture
def both(people: Path, tmp_path: Path) -> Iterator[Cameras]:
    """The scene of `people` as a substream, and twice as large as a main stream."""
    cast = cast_from_packages()
    main = two_people(tmp_path / "main.mp4", [cast.portraits[6], cast.stranger], larger=LARGER)
    with rtsp_cameras({"main": main, "sub": people}) as running:
        yield running


def widths(box: Watching, rows: list[Any]) -> list[int]:
    paths = [box.store.pictures.path(row["face_picture"]) for row in rows]
    return [decode_picture(path.read_bytes()).shape[1] for path in paths]


async def remembered(box: Watching) -> list[Any]:
    sql = "SELECT face_picture FROM track WHERE face_picture IS NOT NULL ORDER BY id"
    return await box.until_rows(sql, 2)


async def test_stored_pictures_are_the_main_streams_and_only_the_substream_is_decoded(
    box: Watching, eyes: Blinking, both: Cameras
) -> None:
    frames = box.counters.counter("edge_agent_frames_total", "")
    close_ups = box.counters.counter("edge_agent_close_ups_total", "")
    decoded = box.counters.counter("edge_agent_close_up_decoded_total", "")
    box.url = both.urls["sub"]
    async with on(box):
        small = widths(box, await remembered(box))
    await box.until_rows("SELECT id FROM track WHERE state = 'ended'", 2)
    before = await remembered(box)
    box.url, box.detect_url = both.urls["main"], both.urls["sub"]
    eyes.blind = True  # until both streams have come
    start = frames.get(camera="door", stage="decoded")
    async with on(box):
        await until(lambda: frames.get(camera="door", stage="decoded") >= start + 50)
        eyes.blind = False
        rows = await box.until_rows("SELECT id FROM track WHERE face_picture IS NOT NULL", 4)
        await until(lambda: looked(box) >= 40)
        known = {row["face_picture"] for row in before}
        large = widths(
            box, [row for row in await remembered(box) if row["face_picture"] not in known]
        )
    assert len(rows) == 4
    assert close_ups.get(camera="door", outcome="shown") >= 1
    assert np.median(large) / np.median(small) == pytest.approx(LARGER, rel=0.15)
    asked = sum(close_ups.get(camera="door", outcome=each) for each in ("shown", "missed"))
    assert 0 < decoded.get(camera="door") <= 12 * asked  # groups of five, and what is reordered
    assert frames.get(camera="door", stage="decoded") > decoded.get(camera="door")


async def test_without_the_main_stream_pictures_are_the_substreams(
    box: Watching, both: Cameras
) -> None:
    close_ups = box.counters.counter("edge_agent_close_ups_total", "")
    both.order("stop main")
    box.url, box.detect_url = both.urls["main"], both.urls["sub"]
    async with on(box) as camera:
        rows = await remembered(box)
        assert camera.up
        assert all(width < 400 for width in widths(box, rows))
        assert close_ups.get(camera="door", outcome="shown") == 0
        assert close_ups.get(camera="door", outcome="missed") >= 1
        before = looked(box)
        both.order("resume main")
        await box.until_rows("SELECT id FROM fragment WHERE state = 'recording'")
        await until(lambda: looked(box) >= before + 3)
    assert [kind for kind, _ in await box.told("camera.")][:1] == ["camera.up"]
