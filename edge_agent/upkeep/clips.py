"""Deleting clips: rows first, then files."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.clip import part_of
from edge_agent.storage.forget import forget_fragments, oldest_fragments
from edge_agent.storage.store import Store


async def delete_clips(store: Store, *, before_ms: int, count: int) -> int:
    """Delete the `count` oldest clips that started before a time and are not being recorded.

    Their tracks stay and lose the link to the clip.

    Returns:
        how many there were.

    Raises:
        Unavailable: the disk is failing or full; what has been deleted stays deleted.
    """
    found = await oldest_fragments(store, before_ms, count)
    if found:
        async with store.transaction() as tx:
            paths = await forget_fragments(tx, [fragment.id for fragment in found])
        await remove_files(store.clips / path for path in paths)
        await store.renderings.forget([fragment.id for fragment in found])
    return len(found)


async def remove_files(paths: Iterable[Path]) -> None:
    """Unlink clips and what was left of writing them; those that are not there are passed over.

    Raises:
        Unavailable: the disk is failing.
    """
    try:
        await asyncio.to_thread(_unlink, list(paths))
    except OSError as error:
        raise Unavailable(f"cannot delete clips: {error}") from error


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        part_of(path).unlink(missing_ok=True)
