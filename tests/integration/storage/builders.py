"""Valid values from few words, and a clock that is set by hand."""

from collections.abc import Sequence

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Hit, Job, JobState, PictureQuestion
from edge_agent.domain.track import Fragment, FragmentState, Shot, Track, TrackState
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.storage import Store, Transaction
from edge_agent.storage.tracks import (
    PictureRow,
    add_picture,
    add_vector_ref,
    link_fragment,
    save_fragment,
    save_track,
)

NOON_MS = 1_760_011_200_000
"""2025-10-09T12:00Z."""
DAY_MS = 86_400_000


class SetClock:
    """Tells the time it was set to."""

    def __init__(self, now_ms: int = NOON_MS) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000


def unit(seed: int, size: int = 128) -> Floats:
    values = np.random.default_rng(seed).normal(size=size).astype(np.float32)
    return np.asarray(values / np.linalg.norm(values), np.float32)


def a_vector(
    seed: int = 0,
    *,
    track: str = "t",
    at_ms: int = NOON_MS,
    part: Part = Part.FACE,
    vector_id: str | None = None,
) -> StoredVector:
    return StoredVector(
        id=vector_id or new_id(at_ms),
        track=track,
        camera="door",
        at_ms=at_ms,
        quality=0.5,
        vector=Vector(part=part, model="open/face@01234567", values=unit(seed)),
    )


def a_track(
    track_id: str | None = None,
    *,
    start_ms: int = NOON_MS,
    length_ms: int = 5000,
    camera: str = "door",
    state: TrackState = TrackState.ENDED,
    face: str | None = None,
    fragment: str | None = None,
) -> Track:
    shot = face and Shot(part=Part.FACE, picture=face, at_ms=start_ms + 1, quality=0.75)
    return Track(
        id=track_id or new_id(start_ms),
        camera=camera,
        start_ms=start_ms,
        end_ms=start_ms + length_ms,
        state=state,
        face=shot or None,
        body=None,
        fragment=fragment,
    )


def a_fragment(
    fragment_id: str | None = None,
    *,
    start_ms: int = NOON_MS,
    state: FragmentState = FragmentState.CLOSED,
) -> Fragment:
    fragment_id = fragment_id or new_id(start_ms)
    return Fragment(
        id=fragment_id,
        camera="door",
        start_ms=start_ms,
        end_ms=start_ms + 8000,
        state=state,
        path=f"door/{fragment_id}.mp4",
        size=1000,
        codec="h264",
    )


def a_picture(picture_id: str, track: str, *, at_ms: int = NOON_MS) -> PictureRow:
    return PictureRow(
        id=picture_id,
        track=track,
        part=Part.FACE,
        at_ms=at_ms,
        width=112,
        height=112,
        size=4,
        sha256="00",
    )


def a_job(
    job_id: str | None = None,
    question: PictureQuestion | None = None,
    *,
    state: JobState = JobState.INITIALISING,
    created_ms: int = NOON_MS,
) -> Job:
    return Job(
        id=job_id or new_id(created_ms),
        kind="picture-search",
        state=state,
        progress=0.0,
        created_ms=created_ms,
        finished_ms=None,
        asker="rest:owner",
        question=question or PictureQuestion(track="t"),
        hits=0,
        people=None,
        pack=None,
        error_code=None,
        error_message=None,
    )


def a_hit(rank: int, track: str) -> Hit:
    return Hit(
        rank=rank,
        track=track,
        score=1 / rank,
        face_score=0.5,
        body_score=None,
        matched=frozenset({Part.FACE}),
        person=0,
    )


async def remember_person(
    store: Store, *, start_ms: int = NOON_MS, fragment: Fragment | None = None
) -> tuple[Track, PictureRow, StoredVector]:
    """Store a track with picture, vector and clip, in the order in which it is done for real."""
    picture = a_picture(new_id(start_ms), new_id(start_ms), at_ms=start_ms)
    vector = a_vector(start_ms % 1000, track=picture.track, at_ms=start_ms)
    track = a_track(
        picture.track,
        start_ms=start_ms,
        face=picture.id,
        fragment=fragment.id if fragment else None,
    )
    await store.pictures.write([(picture.id, b"jpeg" + picture.id.encode())])
    await store.vectors.write([vector])
    async with store.transaction() as tx:
        await save_track(tx, track)
        await add_picture(tx, picture)
        await add_vector_ref(tx, vector)
        if fragment is not None:
            await save_fragment(tx, fragment)
            await link_fragment(tx, track.id, fragment.id)
    return track, picture, vector


async def insert_tracks(tx: Transaction, tracks: Sequence[Track]) -> None:
    for track in tracks:
        await save_track(tx, track)
