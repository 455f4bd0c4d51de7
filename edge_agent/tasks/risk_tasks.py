"""Creates, shows, changes and deletes risk tasks, and keeps them up with new tracks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace

from edge_agent.domain.cursor import from_cursor, to_cursor
from edge_agent.domain.errors import NotFound, Refused, TooLarge, Unavailable
from edge_agent.domain.ids import new_id
from edge_agent.domain.risk_task import RiskTask, RiskTaskState
from edge_agent.domain.track import Track
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Reads, Store, Transaction
from edge_agent.storage.audit import append_audit
from edge_agent.storage.risk_pictures import mark_by_models, search_again
from edge_agent.storage.risk_tasks import (
    delete_task,
    find_tracks,
    get_task,
    insert_task,
    list_tasks,
    lose_found,
    open_criteria,
    point_at,
    task_tracks,
    update_task,
)
from edge_agent.tasks.asked import Change, NewTask, Place, RiskTasksOptions, TaskPage, TrackPage
from edge_agent.tasks.checks import check_there
from edge_agent.tasks.keeping_up import NEWS_FROM, KeepingUp
from edge_agent.tasks.looks import Looks, with_picture
from edge_agent.tasks.pictures import TaskPictures
from edge_agent.tasks.ports import Likenesses

log = logging.getLogger(__name__)

Remember = Callable[[Transaction, RiskTask], Awaitable[None]]
"""Writes the answer to a request in the transaction that does what was asked."""

_FEW = 200
"""So many tracks are read together with their task; more are left to a thread."""


class RiskTasks:
    """The investigations of this box.

    Every method may raise `Unavailable` where the disk is full or failing.

    Args:
        store: the truth.
        place: whose tasks these are; others are refused.
        options: the limits.
        likenesses: looks at pictures, and finds who looks like somebody in them.
        clock: tells the time.
    """

    def __init__(
        self,
        store: Store,
        place: Place,
        options: RiskTasksOptions,
        *,
        likenesses: Likenesses,
        clock: Clock,
    ) -> None:
        self._store = store
        self._place = place
        self._options = options
        self._likenesses = likenesses
        self._clock = clock
        self._looks = Looks(likenesses, options.most_waiting)
        self._keeping_up = KeepingUp(store, likenesses, options, clock)
        self._pictures = TaskPictures(store, likenesses, options, clock)

    async def create(
        self, new: NewTask, *, asker: str, remember: Remember | None = None
    ) -> RiskTask:
        """Create a task with every track that belongs to it now.

        Where it has a picture, its tracks come in once that has been looked at (`search`).

        Args:
            new: what it shall be.
            asker: who asks, for the audit.
            remember: writes the answer to the request in the same transaction.

        Raises:
            NotFound: it is another tenant's or store's, or there is no such camera or track.
            TooLarge: it points at too many tracks, or the picture is too large.
            Busy: too many pictures are waiting.
            Refused: it has neither criteria nor tracks, its id is taken, too many are open, or the
                picture cannot be used.
        """
        self._check_place(new.tenant, new.store)
        if new.criteria is None and not new.tracks:
            raise Refused("a task needs criteria, or tracks that it points at", field="criteria")
        self._check_named(new.tracks, "tracks")
        self._looks.check(new.looks)
        now_ms = self._clock.now_ms()
        task = RiskTask(
            id=new.id or new_id(now_ms),
            tenant=self._place.tenant,
            store=self._place.store,
            criteria=with_picture(new.criteria, new.looks, now_ms),
            state=RiskTaskState.OPEN,
            created_ms=now_ms,
            changed_ms=now_ms,
            tracks=0,
        )
        async with self._store.transaction() as tx:
            await check_there(tx, task.criteria, new.tracks, "tracks")
            if not await insert_task(tx, task):
                raise Refused(f"there is a task {task.id} already; take another id", field="id")
            await self._check_open(tx)
            await point_at(tx, task.id, new.tracks, at_ms=now_ms)
            await self._looks.keep(tx, task, new.looks)
            await _catch_up(tx, task, now_ms)
            told = {"task": task.id, "tracks": len(new.tracks), **self._looks.audited(new.looks)}
            await append_audit(tx, asker, "risk-task.create", told, now_ms)
            return await _remembered(tx, await _task(tx, task.id), remember)

    async def get(
        self, task_id: str, *, tenant: str | None = None, store: str | None = None
    ) -> RiskTask:
        """One task.

        Args:
            task_id: its id.
            tenant: whose it has to be; None is not checked.
            store: where it has to be; None is not checked.

        Raises:
            NotFound: there is none of this id, or it is another tenant's or store's.
        """
        self._check_place(tenant, store)
        return await _task(self._store, task_id)

    async def tasks(
        self, *, state: RiskTaskState | None = None, after: str | None = None, limit: int = 50
    ) -> TaskPage:
        """Tasks, newest first.

        Raises:
            Refused: `after` is not the cursor of a page.
        """
        last = from_cursor(after)
        found = await list_tasks(self._store, state=state, before=last, limit=limit + 1)
        shown = tuple(found[:limit])
        more = len(found) > limit
        return TaskPage(shown, to_cursor(shown[-1].created_ms, shown[-1].id) if more else None)

    async def tracks(self, task_id: str, *, after: str | None = None, limit: int = 50) -> TrackPage:
        """The tracks of a task, newest first.

        Args:
            task_id: its id; one of no task has none.
            after: id of the last track of the page before.
            limit: how many at the most.
        """
        found = await task_tracks(self._store, task_id, before=after, limit=limit + 1)
        shown = tuple(found[:limit])
        return TrackPage(shown, shown[-1].id if len(found) > limit else None)

    async def newest_tracks(
        self, task_id: str, most: int, *, tenant: str | None = None, store: str | None = None
    ) -> list[Track]:
        """The newest tracks of a task, newest first; what it is and what it has, in one go.

        Args:
            task_id: its id.
            most: how many at the most.
            tenant: whose it has to be; None is not checked.
            store: where it has to be; None is not checked.

        Raises:
            NotFound: there is none of this id, or it is another tenant's or store's.
        """
        self._check_place(tenant, store)

        async def read(reads: Reads) -> list[Track] | None:
            task = await _task(reads, task_id)
            if task.tracks > _FEW:
                return None
            return await task_tracks(reads, task_id, before=None, limit=most)

        tracks = await self._store.at_once(read)
        if tracks is None:
            return await task_tracks(self._store, task_id, before=None, limit=most)
        return tracks

    async def change(
        self, task_id: str, change: Change, *, asker: str, remember: Remember | None = None
    ) -> RiskTask:
        """Change a task; `remember` as for `create`.

        Raises:
            NotFound: there is no such task, camera or track.
            TooLarge: it names too many tracks, or the picture is too large.
            Busy: too many pictures are waiting.
            Refused: it changes nothing, adds and removes one track, opens too many tasks, or the
                picture cannot be used.
        """
        self._check_change(change)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            before = await _task(tx, task_id)
            criteria = with_picture(change.criteria, change.looks, now_ms)
            await check_there(tx, criteria, change.add, "add")
            task = replace(
                before,
                criteria=criteria or before.criteria,
                state=change.state or before.state,
                changed_ms=now_ms,
            )
            await update_task(tx, task)
            await self._check_open(tx)
            await point_at(tx, task_id, change.add, at_ms=now_ms)
            await point_at(tx, task_id, change.remove, at_ms=now_ms, left_out=True)
            if task.criteria != before.criteria:
                await lose_found(tx, task_id)
                await self._looks.keep(tx, task, change.looks)
            if (task.criteria, task.state) != (before.criteria, before.state):
                # also one that is closed: what came until now belongs to it
                await _catch_up(tx, task, now_ms)
            told = {**_told(task, change), **self._looks.audited(change.looks)}
            await append_audit(tx, asker, "risk-task.change", told, now_ms)
            return await _remembered(tx, await _task(tx, task_id), remember)

    async def delete(
        self, task_id: str, *, asker: str, remember: Remember | None = None
    ) -> RiskTask:
        """Delete a task and return it as it was; its tracks themselves stay.

        What was kept of its picture goes with it. `remember` is as for `create`.

        Raises:
            NotFound: there is no such task.
        """
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            task = await _task(tx, task_id)
            await delete_task(tx, task_id)
            await append_audit(tx, asker, "risk-task.delete", {"task": task_id}, now_ms)
            return await _remembered(tx, task, remember)

    async def run(self) -> None:
        """Look at pictures, and keep open tasks up with new tracks, until cancelled.

        Raises:
            Unavailable: the disk is full or failing; run again later, nothing is lost.
        """
        async with self._store.transaction() as tx:
            needed = await mark_by_models(tx, self._likenesses.models)
        if needed:
            log.warning("%d tasks need their picture again: the models have changed", needed)
        gone: Unavailable | None = None
        try:
            async with asyncio.TaskGroup() as group:
                for table in NEWS_FROM:
                    group.create_task(self._keeping_up.run(table), name=f"tasks: {table} news")
                group.create_task(self._pictures.search_stored(), name="tasks: stored tracks")
                for by_address in (True, False):
                    looking = self._pictures.look_at_waiting(by_address=by_address)
                    group.create_task(looking, name="tasks: pictures")
        except* Unavailable as errors:
            gone = Unavailable(str(errors.exceptions[0]))
        if gone is not None:
            raise gone

    async def keep_up(self) -> int:
        """Hold open tasks against every track that was noted; returns how many came into one."""
        return await self._keeping_up.keep_up()

    def _check_change(self, change: Change) -> None:
        if change == Change():
            raise Refused("nothing is changed; give criteria, state, add or remove")
        self._check_named(change.add, "add")
        self._check_named(change.remove, "remove")
        both = sorted(change.add & change.remove)
        if both:
            raise Refused(f"track {both[0]} is to be added and removed", field="remove")
        self._looks.check(change.looks)

    def _check_place(self, tenant: str | None, store: str | None) -> None:
        for name, given in (("tenant", tenant), ("store", store)):
            own = getattr(self._place, name)
            if given is not None and given != own:
                raise NotFound(f"this box has no {name} {given}; it is {own}'s", field=name)

    def _check_named(self, tracks: Collection[str], name: str) -> None:
        if len(tracks) > self._options.most_named:
            most = self._options.most_named
            raise TooLarge(f"{name} has {len(tracks)} tracks, the limit is {most}", field=name)

    async def _check_open(self, tx: Transaction) -> None:
        if len(await open_criteria(tx)) > self._options.most_open:
            raise Refused(
                f"{self._options.most_open} tasks with criteria are open; close or delete some",
                field="state",
            )


async def _task(reads: Reads, task_id: str) -> RiskTask:
    task = await get_task(reads, task_id)
    if task is None:
        raise NotFound(f"there is no risk task {task_id}", field="id")
    return task


async def _remembered(tx: Transaction, task: RiskTask, remember: Remember | None) -> RiskTask:
    if remember is not None:
        await remember(tx, task)
    return task


async def _catch_up(tx: Transaction, task: RiskTask, at_ms: int) -> None:
    """Take in what meets the criteria now, or let it be searched for where looks count."""
    if task.criteria is None:
        return
    if task.criteria.picture is None:
        await find_tracks(tx, task.id, task.criteria, at_ms=at_ms)
        return
    open_ = task.state is RiskTaskState.OPEN
    await search_again(tx, task.id, until_ms=None if open_ else at_ms)


def _told(task: RiskTask, change: Change) -> dict[str, object]:
    return {
        "task": task.id,
        "state": task.state.value,
        "criteria": change.criteria is not None,
        "added": len(change.add),
        "removed": len(change.remove),
    }
