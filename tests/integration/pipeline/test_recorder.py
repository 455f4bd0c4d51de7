"""When clips begin and end; a real worker records a file of numbered frames."""

import asyncio
import contextlib
import hashlib
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.track import Track, TrackState
from edge_agent.ingest import CameraLink, CameraUp, ClosedClip, FragmentCut
from edge_agent.ingest.clip import part_of
from edge_agent.pipeline.recorder import ClipLink, FragmentOptions, FragmentRecorder
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import link_fragment, save_track
from tests.support.links import event_of, make_link, running, until, worker_pids
from tests.support.watching import SHORT, in_a_row, numbers_in, told, until_rows


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


@dataclass
class Scene:
    """A camera that somebody may stand in front of.

    Attributes:
        somebody: whether somebody is in view.
        allowed: whether the disk has room.
        seen_ms: times of the frames with somebody in them.
    """

    store: Store
    link: CameraLink
    recorder: FragmentRecorder
    life: "asyncio.Task[None]"
    recording: "asyncio.Task[None]"
    permission: list[bool]
    somebody: bool = False
    seen_ms: list[int] = field(default_factory=list)

    async def look(self) -> None:
        """Look at frames, as the camera's task does."""
        while True:
            frame = await self.link.frame()
            self.link.release(frame)
            self.recorder.seen(somebody=self.somebody)
            if self.somebody:
                self.seen_ms.append(frame.wall_ms)
                self.recorder.shows(["t-in-view"])

    async def visit(self, seconds: float) -> None:
        """Somebody comes and is seen for that long, in the camera's time, then leaves."""
        self.somebody, self.seen_ms = True, []
        await until(lambda: bool(self.seen_ms) and
                    self.seen_ms[-1] - self.seen_ms[0] >= seconds * 1000)  # fmt: skip
        self.somebody = False

    async def until_state(self, *states: str, count: int = 1) -> list[Any]:
        """Wait for fragments in one of these states."""
        wanted = ",".join(f"'{state}'" for state in states)
        return await until_rows(
            self.store, f"SELECT * FROM fragment WHERE state IN ({wanted}) ORDER BY id", count  # noqa: S608
        )  # fmt: skip


@contextlib.asynccontextmanager
async def scene(
    store: Store,
    url: Path,
    options: FragmentOptions = SHORT,
    recorded_through: type[ClipLink] | None = None,
    *,
    loop: bool = True,
) -> AsyncIterator[Scene]:
    """An empty scene whose worker is up."""
    link = make_link(str(url), loop=loop, detect_fps=10.0)
    permission = [True]
    recorder = FragmentRecorder(
        camera="door",
        link=recorded_through(link) if recorded_through else link,  # type: ignore[call-arg]
        store=store,
        allowed=lambda: permission[0],
        options=options,
        clock=SystemClock(),
    )
    async with running(link) as life:
        await event_of(link, CameraUp)
        begin = asyncio.get_running_loop().create_task
        recording = begin(recorder.run())
        made = Scene(store, link, recorder, life, recording, permission)
        looking = begin(made.look())
        try:
            yield made
            assert not recording.done() or recording.cancelled()
        finally:
            for task in (looking, recording):
                task.cancel()
            await asyncio.wait([looking, recording])
            await recorder.close()


def playable(store: Store, row: Any) -> list[int]:
    """Check a fragment's file against its row; returns the numbers of its frames."""
    path = store.clips / row["path"]
    data = path.read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (row["size"], row["sha256"])
    assert not part_of(path).exists()
    found = numbers_in(path)
    assert len(found) * 40 == pytest.approx(row["end_ms"] - row["start_ms"], abs=80)
    return found


async def test_a_visit_is_recorded_from_before_it_began_until_after_it_ended(
    store: Store, numbered: Path
) -> None:
    async with scene(store, numbered) as at:
        await until(lambda: at.link.up)
        first = await store.rows("SELECT * FROM fragment")
        assert first == []
        await asyncio.sleep(1.5)  # something to be before it
        at.somebody = True
        await until(lambda: at.recorder.current is not None)
        current = at.recorder.current or ""
        (row,) = await store.rows("SELECT * FROM fragment")
        assert (row["id"], row["state"]) == (current, "recording")
        assert part_of(store.clips / row["path"]).exists()
        async with store.transaction() as tx:
            await save_track(tx, Track(id="t-written", camera="door", start_ms=1, end_ms=2,
                                       state=TrackState.OPEN, face=None, body=None,
                                       fragment=current))  # fmt: skip
            await link_fragment(tx, "t-written", current)
        await at.visit(1.0)
        (row,) = await at.until_state("closed")

        assert row["start_ms"] <= at.seen_ms[0] - 1000
        assert row["end_ms"] >= at.seen_ms[-1]
        assert row["codec"] == "h264"
        assert in_a_row(playable(store, row))
        assert at.recorder.current is None
        ((_, data),) = await told(store, "fragment.closed")
        assert data["tracks"] == ["t-in-view", "t-written"]
        assert {key: data[key] for key in ("fragment", "state", "size", "start_ms", "end_ms")} == {
            "fragment": row["id"],
            **{key: row[key] for key in ("state", "size", "start_ms", "end_ms")},
        }


async def test_the_next_visit_is_another_clip(store: Store, numbered: Path) -> None:
    async with scene(store, numbered) as at:
        await at.visit(0.3)
        await at.until_state("closed")
        await at.visit(0.3)
        rows = await at.until_state("closed", count=2)
        assert len({row["id"] for row in rows}) == 2
        assert len(await told(store, "fragment.closed")) == 2


async def test_a_worker_that_is_killed_leaves_a_clip_that_was_cut_and_plays(
    store: Store, numbered: Path
) -> None:
    async with scene(store, numbered) as at:
        await at.visit(3.0)
        (pid,) = worker_pids()
        os.kill(pid, signal.SIGKILL)
        await asyncio.wait([at.life])
        (row,) = await at.until_state("cut", "lost", "closed")
        assert row["state"] == "cut"
        assert row["start_ms"] <= at.seen_ms[0]
        assert row["end_ms"] - row["start_ms"] >= 2000
        assert in_a_row(playable(store, row))
        ((_, data),) = await told(store, "fragment.closed")
        assert (data["state"], data["tracks"]) == ("cut", ["t-in-view"])


async def test_a_full_disk_records_nothing_until_there_is_room(
    store: Store, numbered: Path
) -> None:
    async with scene(store, numbered) as at:
        at.permission[0] = False
        await at.visit(0.5)
        assert await store.rows("SELECT * FROM fragment") == []
        assert [path for path in store.clips.rglob("*") if path.is_file()] == []
        at.permission[0] = True
        at.somebody = True
        await at.until_state("recording")
        await at.visit(0.2)
        (row,) = await at.until_state("closed")
        playable(store, row)


async def test_a_disk_that_fills_up_ends_the_clip_that_is_open(
    store: Store, numbered: Path
) -> None:
    async with scene(store, numbered) as at:
        at.somebody = True
        await at.until_state("recording")
        at.permission[0] = False
        (row,) = await at.until_state("closed")
        playable(store, row)
        await asyncio.sleep(1.5)
        assert len(await store.rows("SELECT * FROM fragment")) == 1


async def test_a_long_visit_goes_on_in_a_new_clip(store: Store, numbered: Path) -> None:
    async with scene(store, numbered, FragmentOptions(post_roll=0.5, longest=1.0)) as at:
        at.somebody = True
        rows = await at.until_state("closed", count=2)
        at.somebody = False
        assert all(playable(store, row) for row in rows)
        assert rows[1]["start_ms"] <= rows[0]["end_ms"]  # nothing between them is missing
        await until(lambda: at.recorder.current is None)
        await at.until_state("closed", count=3)
        events = await told(store, "fragment.closed")
        assert all(data["tracks"] == ["t-in-view"] for _, data in events[:2])  # though no row is


async def test_clips_that_cannot_be_written_end_nothing_and_are_written_again_later(
    store: Store, numbered: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.clips.mkdir(exist_ok=True)
    away = store.clips.with_name("away")
    store.clips.rename(away)
    store.clips.write_text("a file where the folder should be")  # works for root too
    async with scene(store, numbered) as at:
        at.somebody = True
        await until(lambda: "cannot make the folder" in caplog.text)
        assert await store.rows("SELECT * FROM fragment") == []
        assert not at.recording.done()
        store.clips.unlink()
        away.rename(store.clips)
        await at.until_state("recording")
        at.somebody = False
        (row,) = await at.until_state("closed")
        playable(store, row)


async def test_a_camera_that_goes_away_costs_one_clip_and_not_one_every_second(
    store: Store, numbered: Path
) -> None:
    async with scene(store, numbered, loop=False) as at:
        at.somebody = True
        await at.until_state("recording")
        cut = await event_of(at.link, FragmentCut)
        at.recorder.interrupted()
        (row,) = await at.until_state("closed")
        assert row["id"] == cut.clip.fragment_id
        await asyncio.wait([at.life])
        await asyncio.sleep(3)
        assert len(await store.rows("SELECT * FROM fragment WHERE state = 'lost'")) <= 1


class SlowLink:
    """A worker that takes its time to close a clip."""

    stopping = asyncio.Event()

    def __init__(self, link: CameraLink) -> None:
        self._link = link

    async def start_fragment(self, fragment_id: str, path: Path) -> int:
        return await self._link.start_fragment(fragment_id, path)

    async def stop_fragment(self) -> ClosedClip:
        clip = await self._link.stop_fragment()
        self.stopping.set()
        await asyncio.sleep(0.2)
        return clip


async def test_switching_off_while_a_clip_ends_does_not_lose_its_end(
    store: Store, numbered: Path
) -> None:
    SlowLink.stopping = asyncio.Event()
    async with scene(store, numbered, recorded_through=SlowLink) as at:
        await at.visit(0.3)
        await SlowLink.stopping.wait()
        at.recording.cancel()
        await asyncio.wait([at.recording])
        await at.recorder.close()
        (row,) = await store.rows("SELECT * FROM fragment")
        assert row["state"] == "closed"
        playable(store, row)
    assert len(await told(store, "fragment.closed")) == 1
