"""The pack of models changes with real weights: people are found across it, also after SIGKILL."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import yaml

from edge_agent.domain.detection import Image
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import JobState, PictureQuestion
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex
from edge_agent.media import decode_picture
from edge_agent.pipeline.memory import Memory, MemoryOptions
from edge_agent.pipeline.sighting import Sight, look_of
from edge_agent.pipeline.update import Look, Update
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.search import SearchOptions
from edge_agent.storage import Store
from edge_agent.storage.jobs import get_hits, get_job
from edge_agent.upkeep import Reembed, Upkeep, UpkeepOptions
from edge_agent.vision import VisionThreads
from tests.integration.storage.builders import NOON_MS
from tests.support.photographs import NEEDED, photographs, real_eyes
from tests.support.remembering import Box, answering, ended

pytestmark = NEEDED
PEOPLE, MANY = 12, 60
REINDEX = [sys.executable, "-m", "edge_agent", "reindex", "--config"]


def those_with_two() -> dict[str, list[Path]]:
    """Some people of whom there are two photographs."""
    several = {name: paths for name, paths in photographs().items() if len(paths) > 1}
    return dict(list(several.items())[:PEOPLE])


async def remember(store: Store, eyes: VisionThreads, people: Iterable[Path]) -> list[str]:
    """Keep the largest face of photographs as tracks, by the memory of the box."""
    thread = OneThread("index")
    memory = Memory(
        store=store,
        embedder=eyes,
        index=VectorIndex(),
        index_thread=thread,
        options=MemoryOptions(),
        clock=SystemClock(),
        counters=Counters(),
    )
    tracks = []
    async with memory.running():
        for number, path in enumerate(people):
            image = decode_picture(path.read_bytes())
            at_ms = NOON_MS + number * 60_000
            look = await face_of(image, eyes, at_ms)
            if look is not None:
                tracks.append(new_id(at_ms))
                track = Track(
                    id=tracks[-1],
                    camera="door",
                    start_ms=at_ms,
                    end_ms=at_ms,
                    state=TrackState.ENDED,
                    face=None,
                    body=None,
                    fragment=None,
                )
                await memory.put(Update(track=track, looks=[look], fragments=frozenset()))
    thread.close()
    return tracks


async def face_of(image: Image, eyes: VisionThreads, at_ms: int) -> Look | None:
    seen = await eyes.detect(image)
    if not len(seen.faces):
        return None
    sight = Sight(
        image=image,
        at_ms=at_ms,
        seen=seen,
        face_quality=await eyes.face_quality(image, seen.faces),
        body_quality=await eyes.body_quality(image, seen.bodies),
        fragment=None,
    )
    widths = seen.faces.xyxy[:, 2] - seen.faces.xyxy[:, 0]
    return look_of(sight, Part.FACE, int(np.argmax(widths)), 0.8)


async def embedded_anew(box: Box, eyes: VisionThreads) -> Reembed:
    """As after a start with these eyes."""
    upkeep = Upkeep(
        box.store,
        box.index,
        box.index_thread,
        UpkeepOptions(),
        eyes=eyes,
        clock=SystemClock(),
        counters=Counters(),
    )
    await upkeep.rebuild.run()
    await upkeep.reembed.run()
    return upkeep.reembed


async def first_hits(box: Box, pictures: Sequence[Path]) -> list[str | None]:
    searches = box.searches()
    found: list[str | None] = []
    async with answering(searches):
        for picture in pictures:
            question = PictureQuestion(
                picture=picture.read_bytes(), parts=frozenset({Part.FACE}), limit=1
            )
            job = await searches.create(question, asker="test")
            await ended(box, job.id)
            final = await get_job(box.store, job.id)
            assert final is not None
            hits = await get_hits(box.store, job.id)
            found.append(hits[0].track if final.state is JobState.SUCCEEDED and hits else None)
    return found


def box_of(store: Store, eyes: VisionThreads) -> Box:
    box = Box(store, eyes, SearchOptions())
    box.index_complete.set()
    return box


async def test_people_are_found_across_a_change_of_pack_and_back(tmp_path: Path) -> None:
    people = those_with_two()
    async with (
        real_eyes(tmp_path / "models", "core") as plain,
        real_eyes(tmp_path / "models", "open") as better,
        await Store.open(tmp_path / "state", clock=SystemClock()) as store,
    ):
        firsts = [paths[0] for paths in people.values()]
        tracks = await remember(store, plain, firsts)
        async with store.transaction() as tx:  # half of them as older versions left them
            await tx.execute(
                "UPDATE picture SET marks = NULL WHERE (at_ms - ?) / 60000 % 2 = 0", (NOON_MS,)
            )
        box = box_of(store, better)
        assert await first_hits(box, [paths[1] for paths in people.values()]) == [None] * PEOPLE
        done = await embedded_anew(box, better)
        assert (done.complete, done.made, done.failed) == (True, PEOPLE, {})
        seconds = await first_hits(box, [paths[1] for paths in people.values()])
        right = sum(hit == track for hit, track in zip(seconds, tracks, strict=True))
        assert right >= PEOPLE - 1
        box.index_thread.close()
        box = box_of(store, plain)
        done = await embedded_anew(box, plain)
        assert (done.complete, done.made, done.failed) == (True, PEOPLE, {})
        assert await first_hits(box, firsts[1::2]) == tracks[1::2]
        box.index_thread.close()


async def test_it_goes_on_after_being_killed(tmp_path: Path) -> None:
    firsts = [paths[0] for paths in photographs().values()][:MANY]
    state = tmp_path / "state"
    async with (
        real_eyes(tmp_path / "models", "core") as plain,
        await Store.open(state, clock=SystemClock()) as store,
    ):
        tracks = set(await remember(store, plain, firsts))
    async with real_eyes(tmp_path / "models", "open") as better:
        stamp = better.info.face_model
    config = tmp_path / "edge-agent.yaml"
    config.write_text(
        yaml.safe_dump(
            {
                "paths": {"state": str(state), "models": str(tmp_path / "models")},
                "vision": {"pack": "open", "download": False},
            }
        )
    )
    made = [await asyncio.to_thread(killed_at, config, state, stamp, n) for n in (1, 20)]
    assert 0 < made[0] < made[1] < len(tracks)
    async with await Store.open(state, clock=SystemClock()) as store:
        stored = {one.id async for batch in store.vectors.batches() for one in batch}
        refs = await store.rows("SELECT id, track FROM vector_ref")
        assert {row["track"] for row in refs} == tracks
        assert {row["id"] for row in refs} <= stored
        assert store.alarms == []
    done = await asyncio.to_thread(
        subprocess.run, [*REINDEX, str(config)], capture_output=True, text=True, check=True
    )
    assert f"of {len(tracks)} pictures have a vector of the models in use" in done.stdout
    async with await Store.open(state, clock=SystemClock()) as store:
        refs = await store.rows("SELECT track, model FROM vector_ref")
        failed = await store.rows("SELECT track FROM not_embedded")
        anew = [row["track"] for row in refs if row["model"] == stamp]
        assert sorted([*anew, *(row["track"] for row in failed)]) == sorted(tracks)
        assert len(refs) == len(tracks)


def killed_at(config: Path, state: Path, stamp: str, count: int) -> int:
    """Kill `edge-agent reindex` once it has made so many vectors; returns how many there are."""
    with subprocess.Popen([*REINDEX, str(config)], stderr=subprocess.PIPE, text=True) as process:
        made = 0
        while made < count:
            assert process.poll() is None, process.stderr and process.stderr.read()
            time.sleep(0.02)
            made = made_by(state, stamp)
        process.send_signal(signal.SIGKILL)
    return made_by(state, stamp)


def made_by(state: Path, stamp: str) -> int:
    with closing(sqlite3.connect(f"file:{state / 'edge.db'}?mode=ro", uri=True)) as database:
        select = "SELECT count(*) FROM vector_ref WHERE model = ?"
        return int(database.execute(select, (stamp,)).fetchone()[0])
