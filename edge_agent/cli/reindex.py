"""`edge-agent reindex`: what a running box does by itself, in one go and as fast as it can."""

import asyncio
from dataclasses import replace

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from edge_agent.app.ending import the_expected
from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.settings import Settings
from edge_agent.storage.store import Store
from edge_agent.upkeep import Reembed, Upkeep
from edge_agent.vision.packs import choose
from edge_agent.vision.threads import VisionThreads
from edge_agent.vision.vision import Vision

_LOOK_EVERY = 0.2


async def reindex(settings: Settings) -> Reembed:
    """Read all vectors, embed every stored picture that has none of the models in use, and compare.

    Raises:
        Unusable: the box is running, or something in the installation is wrong.
        Unavailable: the disk or a model fails, or counts do not agree; what has been made stays.
    """
    clock, counters = SystemClock(), Counters()
    pack = await asyncio.to_thread(choose, settings.packs)
    vision = VisionThreads(
        await asyncio.to_thread(Vision.load, pack, settings.vision),
        settings.vision_threads,
        clock,
        counters,
    )
    thread = OneThread("index")
    try:
        async with await Store.open(settings.state, clock=clock) as store:
            upkeep = Upkeep(
                store,
                VectorIndex(settings.state),
                thread,
                replace(
                    settings.upkeep, reembed=replace(settings.upkeep.reembed, share=1.0, tries=1)
                ),
                eyes=vision,
                clock=clock,
                counters=counters,
            )
            await _shown(upkeep)
            return upkeep.reembed
    except ExceptionGroup as group:
        expected = the_expected(group)
        if expected is None:
            raise
        raise expected from None
    finally:
        thread.close()
        await asyncio.to_thread(vision.close)


async def _shown(upkeep: Upkeep) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        reading = progress.add_task("vectors", total=None)
        embedding = progress.add_task("pictures", total=None)
        async with asyncio.TaskGroup() as group:
            follower = group.create_task(_follow(progress, reading, embedding, upkeep))
            await upkeep.rebuild.run()
            await upkeep.reembed.run()
            follower.cancel()
        _update(progress, reading, embedding, upkeep)


async def _follow(progress: Progress, reading: TaskID, embedding: TaskID, upkeep: Upkeep) -> None:
    while True:
        _update(progress, reading, embedding, upkeep)
        await asyncio.sleep(_LOOK_EVERY)


def _update(progress: Progress, reading: TaskID, embedding: TaskID, upkeep: Upkeep) -> None:
    rebuild, reembed = upkeep.rebuild, upkeep.reembed
    known = None if rebuild.total == 0 and not rebuild.complete else rebuild.total
    progress.update(reading, completed=rebuild.done, total=known)
    known = None if reembed.pictures == 0 and not reembed.complete else reembed.pictures
    progress.update(embedding, completed=reembed.pictures - reembed.left, total=known)
