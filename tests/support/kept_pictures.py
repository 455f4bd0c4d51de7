"""Tracks with stored pictures, as memory leaves them, and eyes of the pack core."""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from edge_agent.domain.detection import Image
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Shot, Track, TrackState
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.media import encode_jpeg
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.storage import Store
from edge_agent.storage.tracks import PictureRow, add_picture, add_vector_ref, save_track
from edge_agent.vision import (
    PackOptions,
    Vision,
    VisionOptions,
    VisionThreads,
    VisionThreadsOptions,
    choose,
)

BEFORE = {Part.FACE: "before/face@00000000", Part.BODY: "before/body@00000000"}
"""The stamps of models that are not in use any more."""


@asynccontextmanager
async def core_eyes(folder: Path, counters: Counters) -> AsyncIterator[VisionThreads]:
    """The pack that the repository carries."""
    pack = choose(PackOptions(folder=folder, pack="core", download=False))
    options = VisionThreadsOptions(threads=1)
    eyes = VisionThreads(Vision.load(pack, VisionOptions()), options, SystemClock(), counters)
    try:
        yield eyes
    finally:
        eyes.close()


def somebody(number: int) -> Image:
    """(232, 116, 3) uint8: a picture of a body, in clothes of one's own."""
    colours = np.random.default_rng(number).integers(0, 256, (8, 4, 3), np.uint8)
    return np.kron(colours, np.ones((29, 29, 1), np.uint8))


async def keep(
    store: Store, part: Part, picture: Image, *, start_ms: int, vector: bool = True
) -> Track:
    """Store an ended track with one picture, and with a vector of the models before."""
    jpeg = encode_jpeg(picture)
    shot = Shot(part=part, picture=new_id(start_ms), at_ms=start_ms, quality=0.7)
    track = Track(
        id=new_id(start_ms),
        camera="door",
        start_ms=start_ms,
        end_ms=start_ms + 1000,
        state=TrackState.ENDED,
        face=shot if part is Part.FACE else None,
        body=shot if part is Part.BODY else None,
        fragment=None,
    )
    height, width = picture.shape[:2]
    row = PictureRow(
        id=shot.picture,
        track=track.id,
        part=part,
        at_ms=start_ms,
        width=width,
        height=height,
        size=len(jpeg),
        sha256=hashlib.sha256(jpeg).hexdigest(),
    )
    values = np.eye(1, 64, dtype=np.float32)[0]
    old = StoredVector(
        id=new_id(start_ms),
        track=track.id,
        camera="door",
        at_ms=start_ms,
        quality=0.7,
        vector=Vector(part, BEFORE[part], values),
    )
    await store.pictures.write([(shot.picture, jpeg)])
    if vector:
        await store.vectors.write([old])
    async with store.transaction() as tx:
        await save_track(tx, track)
        await add_picture(tx, row)
        if vector:
            await add_vector_ref(tx, old)
    return track
