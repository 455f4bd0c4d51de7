"""Pictures of tasks are looked at, and what is stored is searched by what was seen.

Two steps, each ended by one transaction, so that a crash costs at most the step that was going on:

1. The picture is looked at. Its vectors are written and the picture is forgotten. From here on
   tracks that are new come into the task (`keeping_up`).
2. The index is searched, once it is complete, and every track that it finds comes in.

So no track falls between: one that was committed before the first step's transaction had its
vector handed to the index before that, and one that comes later is noted as new.
"""

import logging
from typing import NoReturn

from edge_agent.domain.errors import AgentError, Refused
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import new_id
from edge_agent.domain.risk_task import Likeness, TaskSearch, TaskSearchState
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Damaged, Store, Transaction
from edge_agent.storage.outbox import append_event
from edge_agent.storage.risk_pictures import (
    PendingPicture,
    count_picture_start,
    end_search,
    get_likeness,
    keep_likeness,
    oldest_picture,
)
from edge_agent.storage.risk_tasks import find_tracks, get_task
from edge_agent.tasks.asked import RiskTasksOptions
from edge_agent.tasks.ports import Likenesses
from edge_agent.tasks.questions import question_of, question_to_look_at
from edge_agent.wire.events import task_searched

log = logging.getLogger(__name__)

WAITING, RUNNING = TaskSearchState.WAITING, TaskSearchState.RUNNING


class TaskPictures:
    """Takes pictures from the first to the last step, the oldest first.

    Every method may raise `Unavailable` where the disk is full or failing; nothing is lost then.
    """

    def __init__(
        self, store: Store, likenesses: Likenesses, options: RiskTasksOptions, clock: Clock
    ) -> None:
        self._store = store
        self._likenesses = likenesses
        self._options = options
        self._clock = clock

    async def look_at_waiting(self, *, by_address: bool) -> NoReturn:
        """Look at pictures until cancelled: those that have to be fetched, or the others.

        They wait apart: a host that hangs keeps up others like it, and nobody who sent a picture.
        """
        while True:
            version = self._store.version("risk_picture")
            pending = await oldest_picture(self._store, WAITING, by_address=by_address)
            if pending is None:
                await self._store.changed("risk_picture", version)
            else:
                await self._look(pending)

    async def search_stored(self) -> NoReturn:
        """Search what is stored until cancelled."""
        while True:
            version = self._store.version("risk_picture")
            pending = await oldest_picture(self._store, RUNNING)
            if pending is None:
                await self._store.changed("risk_picture", version)
            else:
                await self._search(pending)

    async def _look(self, pending: PendingPicture) -> None:
        async with self._store.transaction() as tx:
            starts = await count_picture_start(tx, pending.id)
        if not starts:
            return
        if starts > self._options.most_starts:
            times = starts - 1
            await self._fail(
                pending, AgentError(f"the box stopped {times} times while looking at this")
            )
            return
        try:
            likeness = await self._likenesses.look(question_to_look_at(pending))
        except Damaged:
            raise
        except AgentError as error:
            level = logging.INFO if isinstance(error, Refused) else logging.WARNING
            log.log(level, "the picture of task %s cannot be used: %s", pending.task, error)
            await self._fail(pending, error)
            return
        await self._looked(pending, likeness)

    async def _fail(self, pending: PendingPicture, error: AgentError) -> None:
        failed = TaskSearch(
            state=TaskSearchState.FAILED, error_code=error.code, error_message=str(error)
        )
        async with self._store.transaction() as tx:
            await self._end(tx, pending, failed, was=WAITING)

    async def _looked(self, pending: PendingPicture, likeness: Likeness) -> None:
        nobody = TaskSearch(state=TaskSearchState.NO_DATA, people=likeness.people)
        picture = pending.criteria.picture
        track = None if picture is None else picture.track
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            if likeness.vectors:
                await keep_likeness(tx, pending.id, likeness, track=track, at_ms=now_ms)
            else:
                await self._end(tx, pending, nobody, was=WAITING)

    async def _search(self, pending: PendingPicture) -> None:
        likeness = await get_likeness(self._store, pending.id)
        if likeness is None:
            log.error("what was kept of the picture of task %s is damaged or gone", pending.task)
            needed = TaskSearch(state=TaskSearchState.PICTURE_NEEDED)
            async with self._store.transaction() as tx:
                await self._end(tx, pending, needed, was=RUNNING)
            return
        found = await self._likenesses.find(likeness, question_of(pending.criteria))
        complete = TaskSearch(state=TaskSearchState.COMPLETE)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            if await end_search(tx, pending, complete, was=RUNNING):
                await find_tracks(
                    tx,
                    pending.task,
                    pending.criteria,
                    at_ms=now_ms,
                    among=found,
                    before_ms=pending.until_ms,
                )
                await self._tell(tx, pending.task, now_ms)
        log.info("task %s: %d stored tracks look like its picture", pending.task, len(found))

    async def _end(
        self, tx: Transaction, pending: PendingPicture, how: TaskSearch, *, was: TaskSearchState
    ) -> None:
        if await end_search(tx, pending, how, was=was):
            await self._tell(tx, pending.task, self._clock.now_ms())

    async def _tell(self, tx: Transaction, task_id: str, now_ms: int) -> None:
        task = await get_task(tx, task_id)
        if task is None:
            raise RuntimeError(f"task {task_id} was searched for and is not there")
        data = task_searched(task, self._likenesses.pack)
        await append_event(tx, EventKind.JOB_FINISHED, data, now_ms, new_id(now_ms))
