"""One camera from its pixels to rows, files and events; small weights, a real worker."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from edge_agent.domain.polygon import polygons_of
from edge_agent.domain.vector import Part
from edge_agent.media import decode_picture
from edge_agent.pipeline.camera import Camera
from edge_agent.storage.cameras import ensure_cameras, get_cameras
from edge_agent.storage.tracks import recording_fragments
from tests.support.links import until, worker_pids
from tests.support.watching import SHORT, Blinking, Watching


@contextlib.asynccontextmanager
async def on(box: Watching) -> AsyncIterator[Camera]:
    """The camera `door`, switched on until the block ends."""
    async with box.store.transaction() as tx:
        await ensure_cameras(tx, ["door"])
    camera = box.camera()
    task = asyncio.get_running_loop().create_task(camera.run())
    try:
        yield camera
        assert not task.done()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def looked(box: Watching) -> float:
    frames = box.counters.counter("edge_agent_frames_total", "")
    return frames.get(camera="door", stage="inferred")


async def both_remembered(box: Watching) -> list[str]:
    """Wait until both people have a face picture; returns their tracks."""
    rows = await box.until_rows("SELECT id FROM track WHERE face_picture IS NOT NULL", 2)
    return sorted(row["id"] for row in rows)


async def test_people_in_view_are_remembered_with_their_faces_and_the_clip(box: Watching) -> None:
    async with on(box) as camera:
        tracks = await both_remembered(box)
        assert camera.followed == 2
        assert camera.up
        rows = await box.store.rows("SELECT * FROM track ORDER BY id")
        assert [(row["id"], row["state"], row["camera"]) for row in rows] == [
            (track, "open", "door") for track in tracks
        ]
        for row in rows:
            picture = box.store.pictures.path(row["face_picture"]).read_bytes()
            assert picture.startswith(b"\xff\xd8")
            assert row["face_quality"] > 0.4
        (state,) = await get_cameras(box.store)
        assert state.state == "up"
        await box.until_rows("SELECT id FROM fragment WHERE state = 'recording'")
        before = looked(box)
        await until(lambda: looked(box) >= before + 5)
        told = [kind for kind, _ in await box.told() if kind.startswith("camera.")]
        assert told == ["camera.up"]  # once, whatever came since

    vectors = await box.store.rows("SELECT track, part FROM vector_ref ORDER BY track")
    assert [(row["track"], row["part"]) for row in vectors] == [
        (track, Part.FACE.value) for track in tracks
    ]


async def test_stopping_ends_everybody_in_view_and_closes_the_clip(box: Watching) -> None:
    async with on(box) as camera:
        tracks = await both_remembered(box)
        (fragment,) = await box.until_rows("SELECT id FROM fragment WHERE state = 'recording'")
        before = looked(box)
        await until(lambda: looked(box) >= before + 3)
    await box.memory.drained()
    assert camera.followed == 0
    assert worker_pids() == []
    rows = await box.store.rows("SELECT * FROM track ORDER BY id")
    assert [(row["id"], row["state"]) for row in rows] == [(track, "ended") for track in tracks]
    ended = await box.told("track.ended")
    assert sorted(data["track"] for _, data in ended) == tracks
    assert all(data["fragment"] == fragment["id"] for _, data in ended)
    ((_, closed),) = await box.told("fragment.closed")
    assert (closed["fragment"], closed["state"]) == (fragment["id"], "closed")
    assert closed["tracks"] == tracks
    links = await box.store.rows("SELECT track, fragment FROM track_fragment ORDER BY track")
    assert [(row["track"], row["fragment"]) for row in links] == [
        (track, fragment["id"]) for track in tracks
    ]


async def test_a_killed_worker_is_down_and_up_again_and_ends_whom_it_showed(box: Watching) -> None:
    async with on(box) as camera:
        tracks = await both_remembered(box)
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGKILL)
        await box.until_rows("SELECT seq FROM outbox WHERE kind LIKE 'camera.%'", 3)
        events = await box.told("camera.")
        assert [kind for kind, _ in events] == ["camera.up", "camera.down", "camera.up"]
        assert all(data["camera"] == "door" for _, data in events)
        assert "died" in events[1][1]["reason"]
        ended = await box.until_rows("SELECT id FROM track WHERE state = 'ended'", 2)
        assert sorted(row["id"] for row in ended) == tracks
        again = await box.until_rows("SELECT id FROM track WHERE state = 'open'", 2)
        assert not {row["id"] for row in again} & set(tracks)
        assert camera.up
        starts = box.counters.counter("edge_agent_worker_starts_total", "")
        assert starts.get(camera="door") == 2


async def test_every_frame_has_one_fate_whatever_happens_to_worker_and_model(
    box: Watching, eyes: Blinking
) -> None:
    frames = box.counters.counter("edge_agent_frames_total", "")

    def count(*stages: str) -> float:
        return sum(frames.get(camera="door", stage=stage) for stage in stages)

    def under_way() -> float:
        fates = ("gated", "superseded", "dropped", "inferred", "failed")
        return count("decoded") - count(*fates)

    async with on(box):
        await until(lambda: looked(box) >= 5 and count("gated") >= 5)
        assert 0 <= under_way() <= 4
        eyes.blind = True
        await until(lambda: count("failed") >= 2)
        assert 0 <= under_way() <= 4
        eyes.blind = False
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGKILL)
        before = looked(box)
        await until(lambda: looked(box) >= before + 5)
        assert 0 <= under_way() <= 4
    assert under_way() == 0
    assert count("decoded") >= 5 + 5 + 2 + 5


async def test_a_failing_model_is_counted_and_is_not_the_same_as_nobody(
    box: Watching, eyes: Blinking, caplog: pytest.LogCaptureFixture
) -> None:
    frames = box.counters.counter("edge_agent_frames_total", "")
    async with on(box) as camera:
        tracks = await both_remembered(box)
        eyes.blind = True
        before = looked(box)
        # far longer than a person may be unseen
        await until(lambda: frames.get(camera="door", stage="failed") >= 10)
        assert looked(box) <= before + 1
        assert camera.followed == 2
        assert "a frame could not be looked at: the model is gone" in caplog.text
        eyes.blind = False
        before = looked(box)
        await until(lambda: looked(box) >= before + 5)
        assert camera.followed == 2
        assert await box.told("track.ended") == []
        assert [kind for kind, _ in await box.told("camera.")] == ["camera.up"]
    await box.memory.drained()
    rows = await box.store.rows("SELECT id FROM track ORDER BY id")
    assert [row["id"] for row in rows] == tracks


async def test_who_is_behind_a_mask_is_neither_found_nor_in_any_picture(box: Watching) -> None:
    box.masks = (((0, 0), (0.5, 0), (0.5, 1), (0, 1)),)
    box.fragments = replace(SHORT, masks=box.masks)
    async with on(box) as camera:
        await box.until_rows("SELECT id FROM track WHERE face_picture IS NOT NULL")
        before = looked(box)
        await until(lambda: looked(box) >= before + 10)
        assert camera.followed == 1
        (row,) = await box.store.rows("SELECT * FROM track")
        await box.until_rows("SELECT id FROM fragment WHERE state = 'recording'")
        picture = decode_picture(box.store.pictures.path(row["face_picture"]).read_bytes())
        assert picture.mean() > 40
        (fragment,) = await recording_fragments(box.store)
        assert list(fragment.masks) == list(box.masks)
    await box.memory.drained()
    (closed,) = await box.store.rows("SELECT state, masks FROM fragment")
    assert (closed["state"], polygons_of(json.loads(closed["masks"]))) == ("closed", box.masks)


async def test_a_camera_that_is_to_record_nothing_records_nothing(box: Watching) -> None:
    box.fragments = replace(SHORT, record=False)
    async with on(box) as camera:
        await both_remembered(box)
        before = looked(box)
        await until(lambda: looked(box) >= before + 10)
        assert camera.followed == 2
    await box.memory.drained()
    assert len(await box.told("track.ended")) == 2
    assert await box.store.rows("SELECT id FROM fragment") == []
    assert not any(box.store.clips.iterdir())
