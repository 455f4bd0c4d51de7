"""A state folder as a busy store has it, made through the product's own storage functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Hit, Job, JobState, PictureQuestion
from edge_agent.domain.risk_task import RiskTask, RiskTaskState
from edge_agent.domain.search_app import SearchApp
from edge_agent.domain.track import Shot, Track, TrackState
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.apps import insert_app
from edge_agent.storage.cameras import ensure_cameras, set_enabled
from edge_agent.storage.jobs import finish_job, insert_job
from edge_agent.storage.risk_tasks import insert_task, point_at
from edge_agent.storage.sessions import held_against_sessions
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import add_vector_ref, save_track
from edge_agent.vision.vision import PackInfo

CAMERAS = ("door", "till")
JOBS = 10_000
TRACKS = 100_000
APPS = 20
TASKS = 100
HITS = 12
PER_TASK = 10
BATCH = 5000
EVERY_MS = 10_000
"""Between two tracks; all of them lie within twelve days, which retention leaves alone."""


T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a client may ask for.

    Attributes:
        app: in whose name all jobs were asked.
        jobs: their ids.
        tasks: ids of investigations.
    """

    app: str
    jobs: tuple[str, ...]
    tasks: tuple[str, ...]


async def fill(folder: Path, *, pack: PackInfo, tenant: str, place: str) -> Filled:
    """Make a state folder with jobs, hits, tracks, vectors, apps and investigations.

    Args:
        folder: where nothing is yet.
        pack: what the box will run with; vectors of another one would be made anew.
        tenant: of the investigations.
        place: their store.
    """
    now_ms = SystemClock().now_ms()
    async with await Store.open(folder, clock=SystemClock()) as store:
        async with store.transaction() as tx:
            await ensure_cameras(tx, CAMERAS)
            for camera in CAMERAS:
                await set_enabled(tx, camera, enabled=False)
        tracks = [_track(now_ms - (TRACKS - number) * EVERY_MS) for number in range(TRACKS)]
        for some in _batches(tracks):
            await _save_tracks(store, some, pack)
        apps = [await _app(store, now_ms + number) for number in range(APPS)]
        ids = [track.id for track in tracks]
        jobs = [new_id(now_ms - JOBS + number) for number in range(JOBS)]
        for some_jobs in _batches(jobs):
            await _save_jobs(store, some_jobs, apps[0], ids, now_ms)
        tasks = await _save_tasks(store, ids, RiskTask(
            id="", tenant=tenant, store=place, criteria=None, state=RiskTaskState.CLOSED,
            created_ms=now_ms, changed_ms=now_ms, tracks=0,
        ))  # fmt: skip
    return Filled(app=apps[0], jobs=tuple(jobs), tasks=tasks)


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[first : first + BATCH] for first in range(0, len(items), BATCH))


def _track(start_ms: int) -> Track:
    identity = new_id(start_ms)
    return Track(
        id=identity,
        camera=CAMERAS[start_ms // EVERY_MS % len(CAMERAS)],
        start_ms=start_ms,
        end_ms=start_ms + 5000,
        state=TrackState.ENDED,
        face=Shot(part=Part.FACE, picture=new_id(start_ms), at_ms=start_ms + 1000, quality=0.8),
        body=Shot(part=Part.BODY, picture=new_id(start_ms), at_ms=start_ms + 2000, quality=0.7),
        fragment=new_id(start_ms),
    )


async def _save_tracks(store: Store, tracks: Sequence[Track], pack: PackInfo) -> None:
    faces = _vectors(tracks, Part.FACE, pack.face_model, pack.face_dim)
    bodies = _vectors(tracks, Part.BODY, pack.body_model, pack.body_dim)
    await store.vectors.write([*faces, *bodies])
    async with store.transaction() as tx:
        for track in tracks:
            await save_track(tx, track)
        for vector in (*faces, *bodies):
            await add_vector_ref(tx, vector)
        # A box that has run for days has long put them into visits, or found that they are in none.
        await held_against_sessions(tx, [track.id for track in tracks])


def _vectors(
    tracks: Sequence[Track], part: Part, model: str, dimensions: int
) -> list[StoredVector]:
    rows = np.random.default_rng(0).standard_normal((len(tracks), dimensions), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return [
        StoredVector(
            id=new_id(track.start_ms), track=track.id, camera=track.camera, at_ms=track.start_ms,
            quality=0.8, vector=Vector(part, model, row),
        )
        for track, row in zip(tracks, rows, strict=True)
    ]  # fmt: skip


async def _app(store: Store, at_ms: int) -> str:
    app = SearchApp(
        id=new_id(at_ms), name="till", description="d", created_ms=at_ms, modified_ms=at_ms
    )
    async with store.transaction() as tx:
        await insert_app(tx, app)
    return app.id


async def _save_jobs(
    store: Store, jobs: Sequence[str], app: str, tracks: Sequence[str], now_ms: int
) -> None:
    chance = np.random.default_rng(1)
    async with store.transaction() as tx:
        for job in jobs:
            await insert_job(tx, _job(job, app, now_ms), None, None)
            found = chance.integers(len(tracks), size=HITS)
            hits = [_hit(rank + 1, tracks[int(track)]) for rank, track in enumerate(found)]
            await finish_job(tx, job, JobState.SUCCEEDED, at_ms=now_ms, hits=hits, people=1)


def _job(identity: str, app: str, now_ms: int) -> Job:
    return Job(
        id=identity, kind="picture-search", state=JobState.INITIALISING, progress=0.0,
        created_ms=now_ms, finished_ms=None, asker="aliyun:bench",
        question=PictureQuestion(
            url="http://192.0.2.7/pictures/customer.jpg", parts=frozenset({Part.FACE}),
            start_ms=now_ms - TRACKS * EVERY_MS, end_ms=now_ms, threshold=0.5,
            body_threshold=0.5, limit=200, app=app,
        ),
        hits=0, people=None, pack=None, error_code=None, error_message=None,
    )  # fmt: skip


def _hit(rank: int, track: str) -> Hit:
    score = 1.0 - rank / 100
    return Hit(
        rank=rank, track=track, score=score, face_score=score, body_score=None,
        matched=frozenset({Part.FACE}), person=0,
    )  # fmt: skip


async def _save_tasks(store: Store, tracks: Sequence[str], like: RiskTask) -> tuple[str, ...]:
    chance = np.random.default_rng(2)
    made = []
    async with store.transaction() as tx:
        for _ in range(TASKS):
            task = replace(like, id=new_id(like.created_ms))
            await insert_task(tx, task)
            chosen = {tracks[int(row)] for row in chance.integers(len(tracks), size=PER_TASK)}
            await point_at(tx, task.id, chosen, at_ms=like.created_ms)
            made.append(task.id)
    return tuple(made)
