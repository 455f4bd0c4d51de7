"""Deleting clips: rows first, then files."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from edge_agent.domain.errors import Unavailable
from edge_agent.storage.store import Store, Transaction

log = logging.getLogger(__name__)

PART = ".part"
"""What a clip's name ends in while it is being written."""


async def delete_oldest(store: Store, count: int) -> int:
    """Delete the `count` oldest clips that are not being recorded; returns how many there were.

    Their tracks stay and lose the link to the clip.
    """
    rows = await store.rows(
        "SELECT id, path FROM fragment WHERE state IN ('closed', 'cut')"
        " ORDER BY start_ms, id LIMIT ?",
        (count,),
    )
    return await delete_clips(store, [(row["id"], row["path"]) for row in rows])


async def delete_older(store: Store, before_ms: int, count: int) -> int:
    """Delete up to `count` clips that ended before `before_ms`; returns how many there were."""
    rows = await store.rows(
        "SELECT id, path FROM fragment WHERE state != 'recording' AND end_ms < ?"
        " ORDER BY start_ms, id LIMIT ?",
        (before_ms, count),
    )
    return await delete_clips(store, [(row["id"], row["path"]) for row in rows])


async def delete_clips(store: Store, clips: Sequence[tuple[str, str]]) -> int:
    """Delete clips, each an id and a path relative to the clips folder."""
    if not clips:
        return 0
    async with store.transaction() as tx:
        await forget_fragments(tx, [identity for identity, _ in clips])
    await remove_files([store.clips / path for _, path in clips])
    return len(clips)


async def forget_fragments(tx: Transaction, ids: Sequence[str]) -> None:
    """Delete the rows of fragments and every link to them."""
    for identity in ids:
        # through track_fragment, which has an index; track.fragment has none
        await tx.execute(
            "UPDATE track SET fragment = NULL WHERE fragment = ?1"
            " AND id IN (SELECT track FROM track_fragment WHERE fragment = ?1)",
            (identity,),
        )
        await tx.execute("DELETE FROM track_fragment WHERE fragment = ?", (identity,))
        await tx.execute("DELETE FROM fragment WHERE id = ?", (identity,))
    tx.touch("fragment", "track")


async def remove_files(paths: Sequence[Path]) -> None:
    """Unlink files, and `.part` files of the same name; those that are not there are passed over.

    Raises:
        Unavailable: the disk is failing.
    """
    try:
        await asyncio.to_thread(_unlink, paths)
    except OSError as error:
        raise Unavailable(f"cannot delete clips: {error}") from error


def _unlink(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
        path.with_name(path.name + PART).unlink(missing_ok=True)
