import json
import os
from pathlib import Path

import av
import numpy as np

from edge_agent.domain.action import Action, ActionType
from edge_agent.domain.track import FragmentState, TrackState
from edge_agent.ingest.clip import label, part_of
from edge_agent.storage.actions import add_action
from edge_agent.storage.tracks import link_fragment, save_fragment, save_track
from edge_agent.upkeep import RepairOptions
from edge_agent.upkeep.repair import Repair
from tests.integration.storage.builders import (
    DAY_MS,
    NOON_MS,
    a_fragment,
    a_track,
    a_vector,
    remember_person,
)
from tests.integration.upkeep.boxes import Box


def repair(box: Box) -> Repair:
    return Repair(box.store, RepairOptions(), clock=box.clock, counters=box.counters)


def half_written(path: Path, fragment_id: str, start_ms: int) -> None:
    """What a killed worker leaves: a fragmented mp4 whose last fragment is not whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof+use_metadata_tags"}
    with av.open(part, "w", format="mp4", options=options) as container:
        container.metadata["comment"] = label(fragment_id, start_ms)
        stream = container.add_stream("libx264", rate=10, options={"g": "5"})
        stream.width = stream.height = 64
        for number in range(30):
            picture = np.full((64, 64, 3), number * 8, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    with part.open("rb+") as file:
        file.truncate(part.stat().st_size * 3 // 4)


async def test_an_interrupted_clip_is_kept_and_its_event_goes_out(box: Box) -> None:
    fragment = a_fragment(state=FragmentState.RECORDING)
    half_written(box.store.clips / fragment.path, fragment.id, NOON_MS + 7)
    track = a_track(state=TrackState.OPEN, fragment=fragment.id)
    async with box.store.transaction() as tx:
        await save_fragment(tx, fragment)
        await save_track(tx, track)
        await link_fragment(tx, track.id, fragment.id)
    await repair(box).mend()
    (row,) = await box.store.rows("SELECT * FROM fragment")
    assert (row["state"], row["codec"], row["start_ms"]) == ("cut", "h264", NOON_MS + 7)
    assert 0 < row["end_ms"] - row["start_ms"] < 3000
    assert row["size"] == (box.store.clips / fragment.path).stat().st_size
    with av.open(box.store.clips / fragment.path) as clip:
        assert sum(1 for _ in clip.decode(video=0)) >= 5
    (closed, data), (ended, _) = await box.events()
    assert (closed, ended) == ("fragment.closed", "track.ended")
    assert json.loads(data)["tracks"] == [track.id]
    assert json.loads(data)["state"] == "cut"


async def test_whoever_a_crash_left_inside_a_zone_was_last_seen_there(box: Box) -> None:
    track = a_track(state=TrackState.OPEN)
    doings = [
        Action(id=f"{n:032x}", track=track.id, type=kind, place=zone, at_ms=NOON_MS + n)
        for n, (kind, zone) in enumerate(
            [(ActionType.ENTER, "hall"), (ActionType.ENTER, "till"), (ActionType.LEAVE, "hall")]
        )
    ]
    async with box.store.transaction() as tx:
        await save_track(tx, track)
        for doing in doings:
            await add_action(tx, doing)
    await repair(box).mend()
    await repair(box).mend()  # nothing is left to say
    (_, left), (_, ended) = await box.events()
    left = json.loads(left)
    assert (left["type"], left["zone"], left["at_ms"]) == ("leave", "till", track.end_ms)
    assert left["extra"] == {"how": "vanished", "since_ms": NOON_MS + 1}
    assert [each["type"] for each in json.loads(ended)["actions"]] == [
        "enter", "enter", "leave", "leave",
    ]  # fmt: skip


async def test_nothing_playable_is_lost_and_said_so(box: Box) -> None:
    empty, absent = a_fragment("a" * 32), a_fragment("b" * 32)
    async with box.store.transaction() as tx:
        for fragment in (empty, absent):
            await save_fragment(tx, a_fragment(fragment.id, state=FragmentState.RECORDING))
    part = part_of(box.store.clips / empty.path)
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\0" * 100)
    await repair(box).mend()
    rows = await box.store.rows("SELECT state FROM fragment")
    assert [row["state"] for row in rows] == ["lost", "lost"]
    assert [json.loads(data)["state"] for _, data in await box.events()] == ["lost", "lost"]


async def test_a_clip_that_was_whole_before_its_row_said_so_is_kept(box: Box) -> None:
    fragment = a_fragment(state=FragmentState.RECORDING)
    file = box.clip(fragment.path, b"whole")
    async with box.store.transaction() as tx:
        await save_fragment(tx, fragment)
    await repair(box).mend()
    (row,) = await box.store.rows("SELECT * FROM fragment")
    assert (row["state"], row["size"], len(row["sha256"])) == ("closed", 5, 64)
    assert file.exists()


async def test_open_tracks_end_once(box: Box) -> None:
    async with box.store.transaction() as tx:
        await save_track(tx, a_track(state=TrackState.OPEN))
        await save_track(tx, a_track())
    await repair(box).mend()
    await repair(box).mend()
    rows = await box.store.rows("SELECT state FROM track")
    assert [row["state"] for row in rows] == ["ended", "ended"]
    assert [kind for kind, _ in await box.events()] == ["track.ended"]


async def test_the_sweep_removes_what_is_unreferenced_and_old_only(box: Box) -> None:
    fragment = a_fragment(start_ms=NOON_MS)
    clip = box.clip(fragment.path)
    _, picture, vector = await remember_person(box.store, fragment=fragment)
    box.clock.ms = NOON_MS + DAY_MS
    old, young = a_vector(1), a_vector(2, at_ms=box.clock.ms - 1000)
    await box.store.vectors.write([old, young])
    await box.store.pictures.write([(old.id, b"old"), (young.id, b"young")])
    old_clip = box.clip("20200101/old.mp4")
    old_part = box.clip("door/left.mp4.part")
    young_clip = box.clip("door/young.mp4")
    recording = a_fragment(start_ms=NOON_MS + 1, state=FragmentState.RECORDING)
    recorded = box.clip(recording.path + ".part")
    async with box.store.transaction() as tx:
        await save_fragment(tx, recording)
    for file in (clip, old_clip, old_part, recorded):
        os.utime(file, (NOON_MS / 1000, NOON_MS / 1000))
    os.utime(young_clip, (box.clock.ms / 1000, box.clock.ms / 1000))
    await box.store.renderings.begin()
    for name in (fragment.id, "0" * 32):
        box.store.renderings.path(name, "0.mp4").write_bytes(b"made playable")
    assert await repair(box).sweep() == 4
    assert await box.store.renderings.ids() == {fragment.id}
    files = (clip, young_clip, recorded, old_clip, old_part)
    assert [file.exists() for file in files] == [True, True, True, False, False]
    assert not old_clip.parent.exists()
    kept = await box.store.vectors.get([(each.id, each.at_ms) for each in (vector, old, young)])
    assert {each.id for each in kept} == {vector.id, young.id}
    exist = [box.store.pictures.path(each).exists() for each in (picture.id, old.id, young.id)]
    assert exist == [True, False, True]
    assert await repair(box).sweep() == 0
