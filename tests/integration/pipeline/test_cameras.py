"""Cameras switched on and off; what is so survives a restart."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from edge_agent.domain.errors import NotFound
from edge_agent.pipeline.camera import Camera
from edge_agent.pipeline.cameras import Cameras, Maker
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.audit import verify_audit
from edge_agent.storage.cameras import get_cameras
from tests.support.links import until, worker_pids
from tests.support.watching import Watching


class House:
    """A configuration of cameras, and how often each was made."""

    def __init__(self, box: Watching, **on_at_first: bool) -> None:
        self.made: Counter[str] = Counter()
        self._box = box
        makers = {
            name: Maker(make=lambda name=name: self._make(name), on_at_first=first)  # type: ignore[misc]
            for name, first in on_at_first.items()
        }
        self.cameras = Cameras(makers, box.store, SystemClock())

    def _make(self, name: str) -> Camera:
        self.made[name] += 1
        return self._box.camera(name)


@contextlib.asynccontextmanager
async def running(box: Watching, **on_at_first: bool) -> AsyncIterator[House]:
    """Cameras as of one start of the daemon."""
    house = House(box, **on_at_first)
    task = asyncio.get_running_loop().create_task(house.cameras.run())
    try:
        yield house
        assert not task.done()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until_told(box: Watching, *kinds: str) -> list[dict[str, object]]:
    """Wait until exactly these camera events have happened."""
    await box.until_rows("SELECT seq FROM outbox WHERE kind LIKE 'camera.%'", len(kinds))
    events = await box.told("camera.")
    assert [kind for kind, _ in events] == list(kinds)
    return [data for _, data in events]


async def enabled(box: Watching) -> dict[str, bool]:
    return {row.id: row.enabled for row in await get_cameras(box.store)}


async def test_switching_off_and_on_is_told_and_audited(box: Watching) -> None:
    async with running(box, door=True) as house:
        await until_told(box, "camera.up")
        await house.cameras.switch("door", on=False, asker="mqtt")
        events = await until_told(box, "camera.up", "camera.down")
        assert events[-1]["reason"] == "switched off"
        assert (worker_pids(), house.cameras.followed()) == ([], 0)
        (row,) = await get_cameras(box.store)
        assert (row.enabled, row.state, row.reason) == (False, "down", "switched off")

        await house.cameras.switch("door", on=True, asker="rest:till")
        await until_told(box, "camera.up", "camera.down", "camera.up")
        assert house.made["door"] == 2
        (row,) = await get_cameras(box.store)
        assert (row.enabled, row.state) == (True, "up")
    audit = await box.store.rows("SELECT who, action, detail FROM audit ORDER BY seq")
    assert [(row["who"], row["action"], json.loads(row["detail"])) for row in audit] == [
        ("mqtt", "camera.disable", {"camera": "door"}),
        ("rest:till", "camera.enable", {"camera": "door"}),
    ]
    assert await verify_audit(box.store) is None


async def test_what_is_already_so_stays_so(box: Watching) -> None:
    async with running(box, door=True) as house:
        await until_told(box, "camera.up")
        await house.cameras.switch("door", on=True, asker="mqtt")
        await asyncio.sleep(0.3)
        assert house.made["door"] == 1
        await until_told(box, "camera.up")


async def test_an_unknown_camera_is_refused_and_leaves_no_trace(box: Watching) -> None:
    async with running(box, door=False, till=False) as house:
        with pytest.raises(NotFound, match="no camera 'roof'; known: door, till") as caught:
            await house.cameras.switch("roof", on=True, asker="mqtt")
        assert caught.value.field == "camera"
    assert await box.store.rows("SELECT * FROM audit") == []


async def test_a_camera_that_was_switched_off_stays_off_after_a_restart(box: Watching) -> None:
    async with running(box, door=True) as house:
        await until_told(box, "camera.up")
        await house.cameras.switch("door", on=False, asker="mqtt")
        await until_told(box, "camera.up", "camera.down")
    async with running(box, door=True, till=True) as again:
        await until(lambda: again.made["till"] == 1)
        assert again.made["door"] == 0
        assert await enabled(box) == {"door": False, "till": True}


async def test_a_camera_may_be_off_at_first_and_then_operators_decide(box: Watching) -> None:
    async with running(box, door=False, till=True) as house:
        await until(lambda: house.made["till"] == 1)
        assert house.made["door"] == 0
        assert await enabled(box) == {"door": False, "till": True}
        await house.cameras.switch("door", on=True, asker="mqtt")
        await until(lambda: house.made["door"] == 1)
        assert house.cameras.ids == {"door", "till"}
    async with running(box, door=False, till=True) as again:
        await until(lambda: again.made["door"] == 1)
        assert await enabled(box) == {"door": True, "till": True}


async def test_a_switch_during_the_start_has_the_last_word(box: Watching) -> None:
    async with running(box, door=True):
        await until_told(box, "camera.up")  # there is a row from now on
    async with running(box, door=True) as house:
        await house.cameras.switch("door", on=False, asker="mqtt")
        await asyncio.sleep(0.5)
        assert house.made["door"] <= 1
        assert worker_pids() == []
        assert await enabled(box) == {"door": False}


async def test_a_camera_that_is_up_and_not_looked_at_stands_still(box: Watching) -> None:
    async with running(box, door=True) as house:
        await until_told(box, "camera.up")
        assert house.cameras.stalled() is None
    box.stalled_after = 0.0
    async with running(box, door=True) as house:
        await until(lambda: house.cameras.stalled() is not None)
        assert "camera door has not been looked at for" in (house.cameras.stalled() or "")
