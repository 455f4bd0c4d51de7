"""Clips as they are shown; real files, a real store and real renderers."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from edge_agent.domain.errors import Busy, NotFound, Unavailable
from edge_agent.domain.polygon import Polygon
from edge_agent.domain.track import Fragment, FragmentState
from edge_agent.media import RenderLimits, decode_picture
from edge_agent.playback import Playback, PlaybackOptions
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.store import Store
from edge_agent.upkeep.clips import delete_clips
from tests.support.clips import RATE, remembered, shown_in, write_numbered
from tests.support.links import until
from tests.support.rtsp import number_of

BELOW: Polygon = ((0.0, 0.25), (0.5, 0.25), (0.5, 1.0), (0.0, 1.0))
RIGHT: Polygon = ((0.75, 0.5), (1.0, 0.5), (1.0, 1.0), (0.75, 1.0))
PATIENT = PlaybackOptions(patience_s=40)
SLOW = RenderLimits(seconds=120)


@contextlib.asynccontextmanager
async def showing(
    store: Store,
    options: PlaybackOptions = PATIENT,
    *,
    masks: dict[str, tuple[Polygon, ...]] | None = None,
    counters: Counters | None = None,
    room: bool = True,
) -> AsyncIterator[Playback]:
    playback = Playback(
        store, masks or {}, options,
        room=lambda: room, clock=SystemClock(), counters=counters or Counters(),
    )  # fmt: skip
    task = asyncio.get_running_loop().create_task(playback.run())
    try:
        yield playback
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.wait([task])


def renderers() -> list[int]:
    """Process ids of this process's renderers."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if b"edge_agent.media.renderer" in words and parent == os.getpid():
                found.append(int(folder.name))
    return found


def made(counters: Counters, **labels: Any) -> float:
    return counters.counter("edge_agent_renderings_total", "").get(**labels)


async def a_clip(store: Store, encoder: str, codec: str, **more: Any) -> Fragment:
    path = store.clips / "clip.mp4"
    masks = more.pop("masks", ())
    await asyncio.to_thread(write_numbered, path, encoder, **more)
    return await remembered(store, path, codec, masks=masks)


async def test_h264_passes_untouched(store: Store) -> None:
    clip = await a_clip(store, "libx264", "h264")
    counters = Counters()
    async with showing(store, counters=counters) as playback:
        assert await playback.ready(clip)
        assert await playback.clip(clip) == store.clips / "clip.mp4"
    assert made(counters, kind="clip", outcome="made") == 0


@pytest.mark.parametrize(
    ("encoder", "codec"), [("mpeg4", "mpeg4"), ("libx265", "hevc"), ("mjpeg", "mjpeg")]
)
async def test_what_browsers_do_not_play_is_made_playable_once(
    store: Store, encoder: str, codec: str
) -> None:
    clip = await a_clip(store, encoder, codec, sound=True)
    counters = Counters()
    async with showing(store, counters=counters) as playback:
        assert not await playback.ready(clip)
        paths = await asyncio.gather(*(playback.clip(clip) for _ in range(5)))
        assert len(set(paths)) == 1
        assert await playback.ready(clip)
        assert await playback.clip(clip) == paths[0]
    assert made(counters, kind="clip", outcome="made") == 1
    with av.open(paths[0]) as rendered:
        assert rendered.streams.video[0].codec_context.name == "h264"
        assert rendered.streams.audio[0].codec_context.name == "aac"
    shown = shown_in(paths[0])
    assert [number_of(picture) for _, picture in shown] == list(range(30))
    assert [at for at, _ in shown] == pytest.approx([number / RATE for number in range(30)])
    assert renderers() == []


async def test_masks_of_then_and_of_now_are_burnt_in(store: Store) -> None:
    clip = await a_clip(store, "libx264", "h264", masks=(BELOW,))
    async with showing(store, masks={"door": (RIGHT,), "till": (BELOW,)}) as playback:
        assert playback.masked(clip)
        shown = shown_in(await playback.clip(clip))
    assert [number_of(picture) for _, picture in shown] == list(range(30))
    for _, picture in shown:
        assert picture[94:, :316].max() < 24  # the encoder smears a little at the edge
        assert picture[184:, 484:].max() < 24
        assert picture[100:170, 330:].min() > 60


async def test_a_larger_picture_is_scaled_down_and_masked(store: Store) -> None:
    clip = await a_clip(store, "libx264", "h264", masks=(BELOW,), size=(1280, 722), frames=10)
    small = replace(PATIENT, limits=RenderLimits(longest_side=640))
    async with showing(store, small) as playback:
        shown = shown_in(await playback.clip(clip))
    assert shown[0][1].shape == (360, 640, 3)
    assert shown[0][1][94:, :316].max() < 24


async def test_a_thumbnail_is_of_the_moment_that_is_asked_for_and_masked(store: Store) -> None:
    clip = await a_clip(store, "mpeg4", "mpeg4", size=(1280, 720), masks=(BELOW,))
    async with showing(store) as playback:
        path = await playback.thumbnail(clip, clip.start_ms + 2000)
        assert await playback.thumbnail(clip, clip.start_ms + 2000) == path
        picture = decode_picture(path.read_bytes())
        assert picture.shape == (270, 480, 3)
        # the numbers' squares are 16 pixels of 720 high: read where they stand after scaling
        bits = [picture[1:5, round((bit + 0.5) * 6)].mean() > 128 for bit in range(10)]
        assert sum(1 << bit for bit, level in enumerate(bits) if level) == 20
        assert picture[72:, :236].max() < 24
        middle = await playback.thumbnail(clip, None)
        assert middle != path
        late = decode_picture((await playback.thumbnail(clip, clip.end_ms + 9999)).read_bytes())
        assert late.shape == picture.shape


async def test_what_cannot_be_decoded_fails_once_and_says_so(store: Store) -> None:
    path = store.clips / "clip.mp4"
    path.write_bytes(b"no video at all" * 100)
    clip = await remembered(store, path, "hevc")
    counters = Counters()
    async with showing(store, counters=counters) as playback:
        for _ in range(2):
            with pytest.raises(Unavailable, match="cannot be decoded"):
                await playback.clip(clip)
        with pytest.raises(Unavailable, match="cannot be decoded"):
            await playback.thumbnail(clip, None)
    assert made(counters, kind="clip", outcome="failed") == 1
    assert list(store.renderings.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (RenderLimits(seconds=0.2), "longer than 0.2 s"),
        (RenderLimits(memory=24 << 20), "."),
        (RenderLimits(output=4096), "."),
    ],
)
async def test_a_renderer_that_exceeds_a_limit_is_gone(
    store: Store, limits: RenderLimits, said: str
) -> None:
    clip = await a_clip(store, "mpeg4", "mpeg4", frames=100)
    async with showing(store, replace(PATIENT, limits=limits)) as playback:
        with pytest.raises(Unavailable, match=said):
            await playback.clip(clip)
        assert renderers() == []
        assert list(store.renderings.folder.iterdir()) == []


async def test_an_impatient_asker_is_told_to_come_again(store: Store) -> None:
    clip = await a_clip(store, "mpeg4", "mpeg4", frames=300, size=(1280, 720))
    quick = PlaybackOptions(patience_s=0.01, waiting=1, limits=SLOW)
    async with showing(store, quick) as playback:
        with pytest.raises(Unavailable, match="being made playable"):
            await playback.clip(clip)
        with pytest.raises(Busy):
            await playback.thumbnail(clip, None)
        seen = set()
        async with asyncio.timeout(50):
            while not await playback.ready(clip):
                seen.add(playback.progress(clip))
                await asyncio.sleep(0.05)
        assert len(seen) > 1
        assert playback.progress(clip) is None
        assert (await playback.clip(clip)).is_file()


async def test_stopping_kills_the_renderer_and_a_start_clears_what_it_left(store: Store) -> None:
    clip = await a_clip(store, "mpeg4", "mpeg4", frames=300, size=(1280, 720))
    async with showing(store, PlaybackOptions(patience_s=0.01, limits=SLOW)) as playback:
        with pytest.raises(Unavailable):
            await playback.clip(clip)
        await until(lambda: any(path.suffix == ".part" for path in files(store)))
    await until(lambda: renderers() == [])
    async with showing(store):
        await until(lambda: files(store) == [])


def files(store: Store) -> list[Path]:
    folder = store.renderings.folder
    return list(folder.iterdir()) if folder.is_dir() else []


async def test_what_is_made_of_a_clip_goes_with_it(store: Store) -> None:
    clip = await a_clip(store, "mpeg4", "mpeg4")
    async with showing(store) as playback:
        await playback.clip(clip)
        await playback.thumbnail(clip, None)
        assert len(files(store)) == 2
        assert await delete_clips(store, before_ms=1 << 62, count=10) == 1
        assert files(store) == []


async def test_a_clip_deleted_meanwhile_leaves_nothing(store: Store) -> None:
    clip = await a_clip(store, "mpeg4", "mpeg4", frames=200, size=(1280, 720))
    async with showing(store, replace(PATIENT, limits=SLOW)) as playback:
        asking = asyncio.get_running_loop().create_task(playback.clip(clip))
        await until(lambda: any(path.suffix == ".part" for path in files(store)))
        await delete_clips(store, before_ms=1 << 62, count=10)
        with pytest.raises(NotFound, match="not here any more"):
            await asking
        assert files(store) == []


async def test_nothing_is_made_on_a_full_disk_and_of_what_is_not_whole(store: Store) -> None:
    clip = await a_clip(store, "mpeg4", "mpeg4", frames=10)
    async with showing(store, room=False) as playback:
        with pytest.raises(Unavailable, match="no room"):
            await playback.clip(clip)
        for state, said in (
            (FragmentState.RECORDING, "still being recorded"),
            (FragmentState.LOST, "nothing of this clip"),
        ):
            with pytest.raises(NotFound, match=said):
                await playback.clip(replace(clip, state=state))
            assert not await playback.ready(replace(clip, state=state))
