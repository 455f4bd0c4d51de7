"""What is told of a camera: each change once, with what is wrong now beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from edge_agent.domain.event import EventKind
from edge_agent.ingest import PictureFault
from edge_agent.pipeline.news import News
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.storage.cameras import ensure_cameras, get_cameras
from edge_agent.storage.store import Store
from tests.support.watching import told


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        async with opened.transaction() as tx:
            await ensure_cameras(tx, ["door"])
        yield opened


@pytest.fixture
def news(store: Store) -> News:
    return News("door", store, SystemClock(), Counters())


def fault(kind: str, *, present: bool = True, detail: str = "") -> PictureFault:
    return PictureFault(kind=kind, present=present, since_ms=1000, detail=detail)


async def state(store: Store) -> tuple[str, list[str]]:
    (row,) = await get_cameras(store)
    return row.state, [each.fault for each in row.faults]


async def test_a_fault_of_a_camera_that_is_seen_through_leaves_it_up(
    store: Store, news: News
) -> None:
    await news.report(EventKind.CAMERA_UP, "delivers frames")
    await news.fault(fault("moved"))
    await news.fault(fault("slow", detail="5.0 pictures a second instead of 25.0"))
    assert await state(store) == ("up", ["moved", "slow"])
    await news.fault(fault("moved", present=False))
    await news.fault(fault("moved", present=False))
    assert await state(store) == ("up", ["slow"])
    events = await told(store)
    assert [(kind, data.get("fault")) for kind, data in events] == [
        ("camera.up", None),
        ("camera.fault", "moved"),
        ("camera.fault", "slow"),
        ("camera.cleared", "moved"),
    ]
    assert events[2][1]["reason"] == (
        "too few pictures come: 5.0 pictures a second instead of 25.0"
    )


async def test_a_main_stream_that_is_away_is_told_once_however_often_it_is_tried(
    store: Store, news: News
) -> None:
    await news.report(EventKind.CAMERA_UP, "delivers frames")
    for _ in range(3):
        await news.fault(fault("main_stream", detail="connection refused"))
    assert await state(store) == ("up", ["main_stream"])
    await news.fault(fault("main_stream", present=False))
    events = await told(store)
    assert [(kind, data["reason"]) for kind, data in events[1:]] == [
        (
            "camera.fault",
            "the main stream is away, so there are no clips and close-ups: connection refused",
        ),
        ("camera.cleared", "the main stream is back"),
    ]


async def test_a_blind_camera_is_up_only_when_nothing_blinds_it_any_more(
    store: Store, news: News
) -> None:
    await news.report(EventKind.CAMERA_UP, "delivers frames")
    await news.fault(fault("black"))
    await news.fault(fault("frozen"))
    await news.fault(fault("black", present=False))
    assert await state(store) == ("frozen", ["frozen"])
    await news.fault(fault("frozen", present=False))
    assert await state(store) == ("up", [])
    events = await told(store)
    assert [(kind, data["fault"]) for kind, data in events] == [
        ("camera.up", None),
        ("camera.frozen", "black"),
        ("camera.frozen", "frozen"),
        ("camera.frozen", "frozen"),
        ("camera.up", None),
    ]


async def test_what_was_wrong_is_over_when_the_camera_goes(store: Store, news: News) -> None:
    await news.report(EventKind.CAMERA_UP, "delivers frames")
    await news.fault(fault("moved"))
    await news.fault(fault("covered"))
    await news.report(EventKind.CAMERA_DOWN, "no route to host")
    await news.fault(fault("slow"))  # its worker had said so before it died
    assert await state(store) == ("down", [])
    kinds = [kind for kind, _ in await told(store)]
    assert kinds == [
        "camera.up",
        "camera.fault",
        "camera.frozen",
        "camera.cleared",
        "camera.down",
    ]
    await news.unwatched()
    assert len(await told(store)) == 5
