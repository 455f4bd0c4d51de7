"""The cache of renderings."""

from pathlib import Path

import pytest

from edge_agent.storage.renderings import IN_USE_MS, RenderedFiles
from tests.support.clocks import SetClock

DAY_MS = 86_400_000


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def files(tmp_path: Path, clock: SetClock) -> RenderedFiles:
    files = RenderedFiles(tmp_path / "renderings", clock)
    await files.begin()
    return files


async def made(files: RenderedFiles, fragment: str, size: int = 100) -> Path:
    path = files.path(fragment, "0.mp4")
    files.part(path).write_bytes(b"x" * size)
    assert await files.accept(path)
    return path


async def test_the_least_lately_used_goes_first(files: RenderedFiles, clock: SetClock) -> None:
    old, older, new = [await made(files, name) for name in ("a", "b", "c")]
    clock.pass_by(IN_USE_MS / 1000)
    assert await files.use(old)
    modified = old.stat().st_mtime_ns
    assert await files.use(old)
    assert old.stat().st_mtime_ns == modified
    clock.pass_by(2 * IN_USE_MS / 1000)
    assert await files.keep_within(200, DAY_MS) == 1
    assert old.exists()
    assert older.exists() != new.exists()


async def test_what_is_in_use_stays_whatever_its_size(
    files: RenderedFiles, clock: SetClock
) -> None:
    path = await made(files, "a")
    assert await files.clear() == 0
    clock.pass_by(IN_USE_MS / 1000)
    assert await files.clear() == 1
    assert not path.exists()
    assert not await files.use(path)


async def test_what_nobody_wants_goes(files: RenderedFiles, clock: SetClock) -> None:
    path = await made(files, "a")
    clock.pass_by(DAY_MS / 1000 - 1)
    assert await files.keep_within(1 << 30, DAY_MS) == 0
    clock.pass_by(1)
    assert await files.keep_within(1 << 30, DAY_MS) == 1
    assert not path.exists()


async def test_forgetting_takes_what_is_being_made_as_well(files: RenderedFiles) -> None:
    whole, other = await made(files, "a"), await made(files, "b")
    half = files.path("a", "1.mp4")
    files.part(half).write_bytes(b"half")
    assert await files.ids() == {"a", "b"}
    await files.forget(["a"])
    assert not whole.exists()
    assert not await files.accept(half)
    assert other.exists()


async def test_a_start_removes_what_is_half_made(files: RenderedFiles) -> None:
    path = files.path("a", "0.mp4")
    files.part(path).write_bytes(b"half")
    kept = await made(files, "b")
    await files.begin()
    assert list(files.folder.iterdir()) == [kept]
