"""Erase people for good: rows, vectors, pictures, every clip that shows them, and backups.

What is asked for is erased from the database in one transaction, with the audit row that tells of
it; files follow. Then the log is emptied and a fresh backup takes the place of all older ones. A
mark in the database sees to it that this is finished after any kind of stop.

A clip goes even where it shows others as well: it shows the person. The tracks of the others stay
and lose that clip.
"""

import asyncio
import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NoReturn

from edge_agent.domain.errors import Busy, NotFound
from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.audit import append_audit
from edge_agent.storage.backup import make_backup
from edge_agent.storage.erasures import erasure_marked, mark_erasure, unmark_erasure
from edge_agent.storage.forget import Forgotten, forget_fragments, forget_tracks
from edge_agent.storage.staff import erase_staff_copies
from edge_agent.storage.store import Store
from edge_agent.storage.transaction import Transaction
from edge_agent.storage.watchlists import erase_watch_copies
from edge_agent.upkeep.clips import remove_files

log = logging.getLogger(__name__)

_IN = "IN (SELECT value FROM json_each(?))"
_EMPTYING_S = 0.2
_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What went.

    Attributes:
        clips: also those that showed others beside them.
    """

    tracks: int
    pictures: int
    vectors: int
    clips: int


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    forgotten: Forgotten
    paths: list[str]
    done: "asyncio.Future[None]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Erasure:
    """Erases what it is told to.

    Args:
        store: what is erased from.
        index: forgets vectors.
        index_thread: the only one that touches it.
        clock: the box's clock.
    """

    def __init__(
        self, store: Store, index: VectorIndex, index_thread: OneThread, clock: Clock
    ) -> None:
        self._store = store
        self._index = index
        self._thread = index_thread
        self._clock = clock
        self._orders: asyncio.Queue[_Order] = asyncio.Queue()

    async def erase(self, tracks: Collection[str], *, asker: str) -> Erased:
        """Erase people; returns once nothing of them is left, backups included.

        Whoever gives up waiting stops nothing.

        Args:
            tracks: ids; all of them are erased or none.
            asker: for the audit.

        Raises:
            NotFound: one of them is not here.
            Busy: one of them is still in view, or a clip of them is still being recorded.
            Unavailable: the disk is failing; what is left is erased as soon as it can be.
        """
        wanted = sorted(set(tracks))
        async with self._store.transaction() as tx:
            await _check_ended(tx, wanted)
            forgotten = await forget_tracks(tx, wanted)
            await erase_watch_copies(tx, wanted)
            await erase_staff_copies(tx, wanted)
            paths = await forget_fragments(tx, forgotten.showed)
            await mark_erasure(tx)
            told = {"tracks": wanted, "clips": len(paths)}
            await append_audit(tx, asker, "track.erase", told, self._clock.now_ms())
        order = _Order(forgotten, paths)
        self._orders.put_nowait(order)
        await asyncio.shield(order.done)
        return Erased(
            tracks=len(wanted),
            pictures=len(forgotten.pictures),
            vectors=len(forgotten.vectors),
            clips=len(paths),
        )

    async def run(self) -> NoReturn:
        """Do what was ordered, for ever; finishes what the last run began.

        Raises:
            Unavailable: the disk is full or failing; run again later, nothing is lost.
        """
        if await erasure_marked(self._store):
            await self._renew_copies()
        while True:
            order = await self._orders.get()
            try:
                await self._delete(order)
                await self._renew_copies()
            except Exception as error:
                if not order.done.done():
                    order.done.set_exception(error)
                    order.done.exception()  # nobody may be waiting any more
                raise
            if not order.done.done():
                order.done.set_result(None)

    async def _delete(self, order: _Order) -> None:
        gone = order.forgotten
        await self._thread.call(self._index.forget, [each for each, _ in gone.vectors])
        await self._store.vectors.delete(gone.vectors)
        await self._store.pictures.delete(gone.pictures)
        await self._store.renderings.forget(gone.showed)
        await remove_files(self._store.clips / path for path in order.paths)

    async def _renew_copies(self) -> None:
        for _ in range(_TRIES):  # a reader may keep the log from being emptied for a moment
            if await self._store.checkpoint():
                break
            await asyncio.sleep(_EMPTYING_S)
        await make_backup(self._store.folder, clock=self._clock, keep=1)
        async with self._store.transaction() as tx:
            await unmark_erasure(tx)
        log.info("people were erased, and every older backup with them")


async def _check_ended(tx: Transaction, wanted: list[str]) -> None:
    listed = json.dumps(wanted)
    rows = await tx.rows(f"SELECT id, state FROM track WHERE id {_IN}", (listed,))  # noqa: S608
    missing = sorted(set(wanted) - {row["id"] for row in rows})
    if missing:
        raise NotFound(f"there is no track {missing[0]}", field="tracks")
    if any(row["state"] == "open" for row in rows):
        raise Busy("somebody is still in view; erase them once they have left", field="tracks")
    recording = await tx.rows(
        "SELECT 1 FROM track_fragment JOIN fragment ON fragment.id = fragment"  # noqa: S608
        f" WHERE track {_IN} AND fragment.state = 'recording' LIMIT 1",
        (listed,),
    )
    if recording:
        raise Busy("a clip of them is still being recorded; try again soon", field="tracks")
