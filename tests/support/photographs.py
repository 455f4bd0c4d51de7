"""Photographs of the labelled data, and eyes with the real models."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.domain.vector import Part
from edge_agent.media import decode_picture
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.search.asked import describe, look_at
from edge_agent.search.options import SearchOptions
from edge_agent.vision import (
    PackOptions,
    Vision,
    VisionOptions,
    VisionThreads,
    VisionThreadsOptions,
    choose,
)
from tests.support.remembering import Box

MIRROR = os.environ.get("EDGE_AGENT_MODEL_MIRROR")
TESTDATA = os.environ.get("EDGE_AGENT_TESTDATA")

NEEDED = [
    pytest.mark.models,
    pytest.mark.testdata,
    pytest.mark.skipif(MIRROR is None, reason="EDGE_AGENT_MODEL_MIRROR is not set"),
    pytest.mark.skipif(TESTDATA is None, reason="EDGE_AGENT_TESTDATA is not set"),
    pytest.mark.timeout(180),
]
"""Marks of tests that look at photographs with the real models."""


def photographs() -> dict[str, list[Path]]:
    """Per person of LFW, all photographs that are here."""
    folder = Path(TESTDATA or "") / "labelled" / "lfw" / "images"
    return {person.name: sorted(person.glob("*.jpg")) for person in sorted(folder.iterdir())}


@asynccontextmanager
async def real_eyes(folder: Path, pack: str = "open") -> AsyncIterator[VisionThreads]:
    """A pack, installed into a folder."""
    options = PackOptions(folder=folder, pack=pack, mirror=Path(MIRROR or ""), download=False)
    vision = Vision.load(await asyncio.to_thread(choose, options), VisionOptions())
    threads = VisionThreads(vision, VisionThreadsOptions(), SystemClock(), Counters())
    yield threads
    threads.close()


async def remember_photograph(box: Box, track: str, photograph: bytes) -> None:
    """Keep the first person of a photograph as a track."""
    image = decode_picture(photograph)
    shown = await look_at(image, None, box.eyes, SearchOptions())
    (person, *_) = await describe(image, shown, frozenset(Part), box.eyes)
    await box.remember(track, {part: rows[0] for part, rows in person.vectors.items()})
