"""A cloud door with people behind it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from edge_agent.domain.track import Shot, Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.outbound import FetchLimits
from edge_agent.storage.cameras import ensure_cameras
from edge_agent.storage.tracks import save_track
from tests.support.cloud_box import CloudBox, cloud_box, picture_host
from tests.support.painted import vector_of
from tests.support.remembering import CAMERAS, Box, opened_box
from tests.support.sightings import face_of, standing

START_MS = 1_760_000_000_000
PEOPLE = {"t7": (7, "door"), "t8": (7, "till"), "t9": (9, "door")}


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    """Person 7 at the door and at the till, person 9 at the door, with pictures."""
    async with opened_box(tmp_path / "state") as opened:
        opened.fetch = FetchLimits(allowed_networks=("127.0.0.0/8",), seconds=5.0)
        async with opened.store.transaction() as tx:
            await ensure_cameras(tx, CAMERAS)
        for number, (track, (who, camera)) in enumerate(PEOPLE.items()):
            likeness = 0.95 - 0.1 * number
            vectors = {part: vector_of(part, who, likeness) for part in Part}
            start_ms = START_MS + number * 10_000
            await opened.remember(
                track, vectors, camera=camera, start_ms=start_ms, end_ms=start_ms + 5000
            )
            await show(opened, track, camera, start_ms)
        yield opened


async def show(box: Box, track: str, camera: str, start_ms: int) -> None:
    """Give a remembered track pictures."""
    face = Shot(part=Part.FACE, picture=f"{track:f>32}", at_ms=start_ms + 1000, quality=0.75)
    body = Shot(part=Part.BODY, picture=f"{track:b>32}", at_ms=start_ms + 2000, quality=0.5)
    async with box.store.transaction() as tx:
        await save_track(
            tx,
            Track(
                id=track, camera=camera, start_ms=start_ms, end_ms=start_ms + 5000,
                state=TrackState.ENDED, face=face, body=body, fragment=None,
            ),
        )  # fmt: skip


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudBox]:
    async with cloud_box(box) as served:
        yield served


@pytest.fixture
def pictures(tmp_path: Path) -> Iterator[str]:
    """Address of pictures of person 7, of nobody, and of no picture."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    body = standing(200, y=60, height=300)
    (folder / "text.png").write_text("no picture")
    with picture_host(
        folder, seven={7: {Part.BODY: body, Part.FACE: face_of(body)}}, nobody={}
    ) as address:
        yield address
