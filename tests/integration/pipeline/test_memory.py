"""Updates become durable in an order that survives anything; real SQLite, real files."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from typing_extensions import override

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.attributes import COLOURS, TRAITS, Attributes
from edge_agent.domain.detection import Floats, Image
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.track import Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import Worn
from edge_agent.index import VectorIndex
from edge_agent.pipeline.memory import Memory, MemoryOptions
from edge_agent.pipeline.update import Look, Update
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.actions import actions_of
from edge_agent.storage.outbox import events_after
from edge_agent.storage.store import Store
from edge_agent.storage.worn import worn_by
from edge_agent.vision.vision import PackInfo

INFO = PackInfo(
    name="colour",
    licence="Apache-2.0",
    notes=(),
    face_model="colour/face@00000000",
    body_model="colour/body@00000000",
    face_dim=3,
    body_dim=3,
    face_threshold=0.5,
    body_threshold=0.5,
    face_pair_threshold=0.4,
)


THREAD = OneThread("index")


class ColourEmbedder:
    """Embeds the mean colour of a crop: small, real, deterministic."""

    info = INFO

    async def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        return self._mean(image, len(landmarks))

    async def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        return self._mean(image, len(xyxy))

    async def embed_pictures(self, image: Image, xyxy: Floats | None = None) -> Floats | None:
        return None if xyxy is None else self._mean(image, len(xyxy))[:, ::-1]

    async def attributes(self, image: Image, xyxy: Floats) -> Attributes | None:
        """Dark people wear long trousers; everybody's clothes have the first colour."""
        dark = np.full(len(xyxy), image.mean() < 128, np.float32)
        first = np.tile(np.eye(1, len(COLOURS), dtype=np.float32), (len(xyxy), 1))
        return Attributes(np.tile(dark[:, None], (1, len(TRAITS))), first, first)

    def _mean(self, image: Image, count: int) -> Floats:
        mean = image.reshape(-1, 3).mean(axis=0) + 1
        return np.tile(mean / np.linalg.norm(mean), (count, 1)).astype(np.float32)


class BrokenEmbedder(ColourEmbedder):
    @override
    async def embed_faces(self, image: Image, landmarks: Floats) -> NoReturn:
        raise Unavailable("the model failed")


class FaultyEmbedder(ColourEmbedder):
    @override
    async def embed_faces(self, image: Image, landmarks: Floats) -> NoReturn:
        raise KeyError("a bug")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path, clock=SystemClock())
    yield opened
    await opened.close()


def memory_of(
    store: Store,
    index: VectorIndex,
    embedder: ColourEmbedder | None = None,
    superseded_after: float = 600.0,
    waiting: int = 256,
) -> Memory:
    return Memory(
        store=store,
        embedder=embedder or ColourEmbedder(),
        index=index,
        index_thread=THREAD,
        options=MemoryOptions(group=4, superseded_after=superseded_after, waiting=waiting),
        clock=SystemClock(),
        counters=Counters(),
    )


def update(number: int, *parts: Part, ended: bool = False, shade: int = 100) -> Update:
    at_ms = 1_700_000_000_000 + number
    looks = [
        Look(
            part=part,
            at_ms=at_ms,
            quality=0.8,
            crop=np.full((40, 30, 3), shade, np.uint8),
            xyxy=np.array([5, 5, 25, 35], np.float32),
            landmarks=np.ones((5, 2), np.float32) if part is Part.FACE else None,
        )
        for part in parts
    ]
    track = Track(
        id=f"{number:032x}",
        camera="door",
        start_ms=at_ms,
        end_ms=at_ms + 500,
        state=TrackState.ENDED if ended else TrackState.OPEN,
        face=None,
        body=None,
        fragment=None,
    )
    return Update(track=track, looks=looks, fragments=frozenset({"f1"}))


async def test_an_ended_track_has_rows_files_vectors_and_one_event(store: Store) -> None:
    index = VectorIndex()
    memory = memory_of(store, index)
    async with memory.running():
        await memory.put(update(1, Part.FACE, Part.BODY, ended=True))
        await memory.drained()
        assert len(index) == 2
    (row,) = await store.rows("SELECT * FROM track")
    assert (row["state"], row["camera"]) == ("ended", "door")
    for column in ("face_picture", "body_picture"):
        assert store.pictures.path(row[column]).read_bytes().startswith(b"\xff\xd8")
    (event,) = await events_after(store, 0, 10)
    assert (event.kind, event.data["track"]) == ("track.ended", row["id"])
    assert event.data["face"]["picture"] == row["face_picture"]
    assert len(await store.rows("SELECT * FROM track_fragment WHERE fragment = 'f1'")) == 1


async def test_an_open_track_can_be_searched_and_says_nothing_yet(store: Store) -> None:
    index = VectorIndex()
    memory = memory_of(store, index)
    async with memory.running():
        await memory.put(update(1, Part.FACE))
        await memory.drained()
    assert len(index) == 1
    assert await events_after(store, 0, 10) == []


async def test_actions_are_written_with_their_track_and_told_once(store: Store) -> None:
    memory = memory_of(store, VectorIndex())
    first = update(1)
    actions = [
        Action(
            id=f"{number:032x}",
            track=first.track.id,
            type=kind,
            place="door",
            at_ms=first.track.start_ms + number,
            extra={"direction": "forward"} if kind is ActionType.CROSS else {"how": "walked"},
        )
        for number, kind in enumerate((ActionType.ENTER, ActionType.CROSS))
    ]
    async with memory.running():
        await memory.put(replace(first, actions=actions))
        await memory.put(replace(update(1, ended=True), actions=actions[1:]))  # said again
        await memory.drained()
    assert await actions_of(store, [first.track.id]) == {first.track.id: tuple(actions)}
    entered, crossed, ended = await events_after(store, 0, 10)
    assert [event.kind for event in (entered, crossed, ended)] == [
        "action",
        "action",
        "track.ended",
    ]
    assert (entered.data["zone"], entered.data["line"]) == ("door", None)
    assert (crossed.data["zone"], crossed.data["line"]) == (None, "door")
    assert crossed.data["extra"] == {"direction": "forward"}
    assert [action["type"] for action in ended.data["actions"]] == ["enter", "cross"]


async def test_a_better_picture_takes_the_place_of_the_old_one(store: Store) -> None:
    index = VectorIndex()
    memory = memory_of(store, index)
    async with memory.running():
        await memory.put(update(1, Part.FACE, shade=50))
        await memory.drained()
        (before,) = await store.rows("SELECT face_picture FROM track")
        await memory.put(update(1, Part.FACE, shade=200, ended=True))
        await memory.drained()
    (after,) = await store.rows("SELECT face_picture FROM track")
    assert after["face_picture"] != before["face_picture"]
    assert store.pictures.path(before["face_picture"]).exists()  # links to it were given out
    assert len(index) == 1
    assert len(await store.rows("SELECT * FROM vector_ref")) == 1


async def test_a_superseded_picture_goes_after_a_while(store: Store) -> None:
    memory = memory_of(store, VectorIndex(), superseded_after=0.0)
    async with memory.running():
        await memory.put(update(1, Part.FACE, shade=50))
        await memory.drained()
        (before,) = await store.rows("SELECT face_picture FROM track")
        await memory.put(update(1, Part.FACE, shade=200, ended=True))
        await memory.put(update(2, Part.FACE, ended=True))
    assert not store.pictures.path(before["face_picture"]).exists()
    assert len(await store.rows("SELECT * FROM picture")) == 2


async def test_a_picture_that_cannot_be_deleted_ends_nothing_and_is_tried_again(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    memory = memory_of(store, VectorIndex(), superseded_after=0.0)
    async with memory.running():
        await memory.put(update(1, Part.FACE, shade=50))
        await memory.drained()
        (before,) = await store.rows("SELECT face_picture FROM track")
        path = store.pictures.path(before["face_picture"])
        path.unlink()
        path.mkdir()  # no file can be unlinked there, not even by root
        await memory.put(update(1, Part.FACE, shade=200))
        await memory.drained()
        assert "what was replaced cannot be removed yet" in caplog.text
        path.rmdir()
        path.write_bytes(b"as it was")
        await memory.put(update(1, Part.FACE, shade=220, ended=True))
    assert not path.exists()
    assert len(await store.rows("SELECT * FROM picture")) == 1


async def test_a_bug_in_memory_gets_out_although_cameras_wait_for_room(store: Store) -> None:
    memory = memory_of(store, VectorIndex(), FaultyEmbedder(), waiting=2)

    async def camera(first: int) -> None:
        for number in range(first, first + 20):
            await memory.put(update(number, Part.FACE))

    async def box() -> None:
        async with memory.running(), asyncio.TaskGroup() as cameras:
            for first in (1, 100, 200):
                cameras.create_task(shielded(camera(first)))

    with pytest.raises(ExceptionGroup) as caught:
        await box()
    assert caught.group_contains(KeyError)


async def shielded(work: Coroutine[Any, Any, None]) -> None:
    """Finish `work` although cancelled, as a camera does that says goodbye."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise


async def test_the_end_of_the_block_makes_everything_durable(store: Store) -> None:
    memory = memory_of(store, VectorIndex())
    async with memory.running():
        for number in range(1, 30):
            await memory.put(update(number, Part.BODY, ended=True))
    assert len(await store.rows("SELECT id FROM track WHERE state = 'ended'")) == 29
    assert len(await events_after(store, 0, 100)) == 29


async def test_a_failing_model_costs_the_vector_and_not_the_track(store: Store) -> None:
    index = VectorIndex()
    memory = memory_of(store, index, BrokenEmbedder())
    async with memory.running():
        await memory.put(update(1, Part.FACE, Part.BODY, ended=True))
    (row,) = await store.rows("SELECT * FROM track")
    assert row["face_picture"] is not None
    assert index.models == {(Part.BODY, INFO.body_model)}


async def test_a_disk_that_is_away_delays_and_loses_nothing(store: Store, tmp_path: Path) -> None:
    pictures, away = tmp_path / "pictures", tmp_path / "away"
    memory = memory_of(store, VectorIndex())
    pictures.rename(away)
    pictures.write_text("a file where the folder should be")  # works for root too
    async with memory.running():
        await memory.put(update(1, Part.FACE, ended=True))
        await asyncio.sleep(0.3)
        assert await store.rows("SELECT * FROM track") == []
        pictures.unlink()
        away.rename(pictures)
        await memory.drained()
    assert len(await store.rows("SELECT * FROM track")) == 1


class TellingEmbedder(ColourEmbedder):
    info = replace(INFO, attributes={"long_trousers": 0.5, "upper": 0.0})


class DumbEmbedder(TellingEmbedder):
    @override
    async def attributes(self, image: Image, xyxy: Floats) -> NoReturn:
        raise Unavailable("the model failed")


async def test_what_somebody_wears_is_told_of_all_pictures_together(store: Store) -> None:
    memory = memory_of(store, VectorIndex(), TellingEmbedder())
    track = update(1).track.id
    async with memory.running():
        await memory.put(update(1, Part.BODY, shade=50))
        await memory.drained()
        assert (await worn_by(store, [track]))[track] == (
            Worn("long_trousers", "yes", 1.0),
            Worn("upper", "black", 1.0),
        )
        await memory.put(update(1, Part.BODY, shade=200))
        await memory.put(update(1, Part.BODY, shade=200))
        await memory.put(update(1, Part.FACE, ended=True))  # says nothing, changes nothing
        await memory.drained()
        await memory.put(update(1, Part.FACE, Part.BODY, shade=200, ended=True))  # begins anew
    ended, again = await events_after(store, 0, 10)
    assert [one["value"] for one in ended.data["attributes"]] == ["no", "black"]
    assert ended.data["attributes"][0]["confidence"] == 0.667
    assert again.data["attributes"][0]["confidence"] == 1.0


async def test_a_model_that_fails_costs_attributes_and_no_track(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    memory = memory_of(store, VectorIndex(), DumbEmbedder())
    async with memory.running():
        await memory.put(update(1, Part.BODY, ended=True))
    (event,) = await events_after(store, 0, 10)
    assert event.data["attributes"] == []
    assert len(await store.rows("SELECT * FROM vector_ref")) == 1
    assert "tells nothing" in caplog.text


async def test_a_pack_that_offers_nothing_is_not_asked(store: Store) -> None:
    memory = memory_of(store, VectorIndex())
    async with memory.running():
        await memory.put(update(1, Part.BODY, ended=True))
    assert await store.rows("SELECT * FROM worn") == []
