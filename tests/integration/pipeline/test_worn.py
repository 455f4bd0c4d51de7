"""What people wear is told with their tracks: real weights, real SQLite."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Image
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex
from edge_agent.pipeline.memory import Memory, MemoryOptions
from edge_agent.pipeline.update import Look, Update
from edge_agent.queries import Queries, TrackFilter
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.forget import forget_tracks
from edge_agent.storage.outbox import events_after
from edge_agent.storage.store import Store
from edge_agent.vision import PackOptions, Vision, VisionOptions, choose
from edge_agent.vision.threads import VisionThreads, VisionThreadsOptions
from edge_agent.wire.picture_search import TrackQuery

MIRROR, DATA = os.environ.get("EDGE_AGENT_MODEL_MIRROR"), os.environ.get("EDGE_AGENT_TESTDATA")

pytestmark = [
    pytest.mark.models,
    pytest.mark.testdata,
    pytest.mark.skipif(
        not (MIRROR and DATA), reason="needs EDGE_AGENT_MODEL_MIRROR and EDGE_AGENT_TESTDATA"
    ),
]

PURPLE, DRESS, SHORTS = (
    ("c1s1_002326", (1455, 422, 1712, 1078)),
    ("c1s1_009376", (1752, 342, 1913, 795)),
    ("c1s1_014901", (632, 401, 859, 912)),
)
NAMES = ("purple", "dress", "shorts")
THREAD = OneThread("index")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


def vision(tmp_path: Path, *, gender: bool) -> VisionThreads:
    pack = choose(PackOptions(folder=tmp_path / "models", pack="open", mirror=Path(MIRROR or "")))
    loaded = Vision.load(pack, VisionOptions(gender=gender))
    return VisionThreads(loaded, VisionThreadsOptions(threads=1), SystemClock(), Counters())


def cut(frame: str, box: tuple[int, int, int, int]) -> Image:
    image = cv2.imread(f"{DATA}/labelled/market_frames/frames/{frame}.jpg")
    assert image is not None, frame
    left, top, right, bottom = box
    return np.asarray(image[top:bottom, left:right], np.uint8).copy()


def leaving(number: int, crop: Image, *, state: TrackState = TrackState.ENDED) -> Update:
    height, width = crop.shape[:2]
    at_ms = 1_700_000_000_000 + number
    body = Look(
        part=Part.BODY, at_ms=at_ms, quality=0.7, crop=crop,
        xyxy=np.array([0, 0, width, height], np.float32), landmarks=None,
    )  # fmt: skip
    track = Track(
        id=f"{number:032x}", camera="door", start_ms=at_ms, end_ms=at_ms + 1, state=state,
        face=None, body=None, fragment=None,
    )  # fmt: skip
    return Update(track=track, looks=[body], fragments=frozenset())


async def remember(store: Store, eyes: VisionThreads) -> Queries:
    memory = Memory(
        store=store, embedder=eyes, index=VectorIndex(), index_thread=THREAD,
        options=MemoryOptions(), clock=SystemClock(), counters=Counters(),
    )  # fmt: skip
    async with memory.running():
        for number, (frame, box) in enumerate((PURPLE, DRESS, SHORTS)):
            crop = cut(frame, box)
            await memory.put(leaving(number, crop, state=TrackState.OPEN))
            await memory.put(leaving(number, crop))
    eyes.close()
    return Queries(store, eyes.info.attributes)


async def found(queries: Queries, *asked: str) -> list[str]:
    page = await queries.tracks(TrackFilter.of(TrackQuery(attributes=list(asked))))
    return [NAMES[int(row.id, 16)] for row in page.rows]


async def test_people_are_found_by_what_everybody_can_see(store: Store, tmp_path: Path) -> None:
    queries = await remember(store, vision(tmp_path, gender=False))
    assert await found(queries, "upper:purple") == ["purple"]
    assert await found(queries, "lower:blue", "long_trousers:no") == ["shorts"]
    assert await found(queries, "long_hair") == ["dress", "purple"]
    assert await found(queries, "long_hair", "long_trousers") == ["purple"]
    assert await found(queries, "long_hair", "upper:red") == []


async def test_what_is_told_stands_in_the_event_and_is_erased_with_the_track(
    store: Store, tmp_path: Path
) -> None:
    await remember(store, vision(tmp_path, gender=False))
    events = [event for event in await events_after(store, 0, 10) if event.kind == "track.ended"]
    told = {one["key"]: one for one in events[0].data["attributes"]}
    assert told.keys() == {"long_sleeves", "long_trousers", "long_hair", "upper", "lower"}
    assert told["upper"]["name"] == {"en": "purple upper clothes", "zh": "紫色上衣"}
    assert 0.5 < told["long_trousers"]["confidence"] <= 1
    async with store.transaction() as tx:
        await forget_tracks(tx, [f"{number:032x}" for number in range(3)])
    assert await store.rows("SELECT * FROM worn") == []


async def test_gender_presentation_is_told_only_where_it_is_switched_on(
    store: Store, tmp_path: Path
) -> None:
    queries = await remember(store, vision(tmp_path, gender=True))
    assert await found(queries, "presents:woman") == ["dress", "purple"]
