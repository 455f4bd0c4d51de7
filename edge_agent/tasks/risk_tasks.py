"""Creates, shows, changes and deletes risk tasks, and keeps them up with new tracks."""

from collections.abc import Collection
from dataclasses import replace
from typing import NoReturn

from edge_agent.domain.errors import NotFound, Refused, TooLarge
from edge_agent.domain.ids import new_id
from edge_agent.domain.risk_task import RiskCriteria, RiskTask, RiskTaskState
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Reads, Store, Transaction
from edge_agent.storage.audit import append_audit
from edge_agent.storage.cameras import get_cameras
from edge_agent.storage.risk_tasks import (
    delete_task,
    find_tracks,
    get_task,
    insert_task,
    list_tasks,
    looked_at,
    lose_found,
    open_criteria,
    point_at,
    task_tracks,
    tracks_not_looked_at,
    unknown_tracks,
    update_task,
)
from edge_agent.tasks.asked import Change, NewTask, Place, RiskTasksOptions, TaskPage, TrackPage
from edge_agent.tasks.cursor import from_cursor, to_cursor


class RiskTasks:
    """The investigations of this box.

    Every method may raise `Unavailable` where the disk is full or failing.

    Args:
        store: the truth.
        place: whose tasks these are; others are refused.
        options: the limits.
        clock: tells the time.
    """

    def __init__(
        self, store: Store, place: Place, options: RiskTasksOptions, *, clock: Clock
    ) -> None:
        self._store = store
        self._place = place
        self._options = options
        self._clock = clock

    async def create(self, new: NewTask, *, asker: str) -> RiskTask:
        """Create a task with every track that belongs to it now.

        Args:
            new: what it shall be.
            asker: who asks, for the audit.

        Raises:
            NotFound: it is another tenant's or store's, or there is no such camera or track.
            TooLarge: it points at too many tracks.
            Refused: it has neither criteria nor tracks, its id is taken, or too many are open.
        """
        self._check_place(new.tenant, new.store)
        if new.criteria is None and not new.tracks:
            raise Refused("a task needs criteria, or tracks that it points at", field="criteria")
        self._check_named(new.tracks, "tracks")
        now_ms = self._clock.now_ms()
        task = RiskTask(
            id=new.id or new_id(now_ms),
            tenant=self._place.tenant,
            store=self._place.store,
            criteria=new.criteria,
            state=RiskTaskState.OPEN,
            created_ms=now_ms,
            changed_ms=now_ms,
            tracks=0,
        )
        async with self._store.transaction() as tx:
            await _check_there(tx, new.criteria, new.tracks, "tracks")
            if not await insert_task(tx, task):
                raise Refused(f"there is a task {task.id} already; take another id", field="id")
            await self._check_open(tx)
            await point_at(tx, task.id, new.tracks, at_ms=now_ms)
            await _catch_up(tx, task, now_ms)
            told = {"task": task.id, "tracks": len(new.tracks)}
            await append_audit(tx, asker, "risk-task.create", told, now_ms)
            return await _task(tx, task.id)

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

    async def change(self, task_id: str, change: Change, *, asker: str) -> RiskTask:
        """Change a task.

        Raises:
            NotFound: there is no such task, camera or track.
            TooLarge: it names too many tracks.
            Refused: it changes nothing, adds and removes one track, or opens too many tasks.
        """
        if change == Change():
            raise Refused("nothing is changed; give criteria, state, add or remove")
        self._check_named(change.add, "add")
        self._check_named(change.remove, "remove")
        both = sorted(change.add & change.remove)
        if both:
            raise Refused(f"track {both[0]} is to be added and removed", field="remove")
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            before = await _task(tx, task_id)
            await _check_there(tx, change.criteria, change.add, "add")
            task = replace(
                before,
                criteria=change.criteria or before.criteria,
                state=change.state or before.state,
                changed_ms=now_ms,
            )
            await update_task(tx, task)
            await self._check_open(tx)
            await point_at(tx, task_id, change.add, at_ms=now_ms)
            await point_at(tx, task_id, change.remove, at_ms=now_ms, left_out=True)
            if task.criteria != before.criteria:
                await lose_found(tx, task_id)
            if (task.criteria, task.state) != (before.criteria, before.state):
                # also one that is closed: what came until now belongs to it
                await _catch_up(tx, task, now_ms)
            await append_audit(tx, asker, "risk-task.change", _told(task, change), now_ms)
            return await _task(tx, task_id)

    async def delete(self, task_id: str, *, asker: str) -> RiskTask:
        """Delete a task and return it as it was; its tracks themselves stay.

        Raises:
            NotFound: there is no such task.
        """
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            task = await _task(tx, task_id)
            await delete_task(tx, task_id)
            await append_audit(tx, asker, "risk-task.delete", {"task": task_id}, now_ms)
        return task

    async def run(self) -> NoReturn:
        """Keep open tasks up with new tracks until cancelled.

        Raises:
            Unavailable: the disk is full or failing; run again later, nothing is lost.
        """
        while True:
            version = self._store.version("track")
            await self.keep_up()
            await self._store.changed("track", version)

    async def keep_up(self) -> int:
        """Hold open tasks against every track that was noted; returns how many came into one."""
        found = 0
        while ids := await tracks_not_looked_at(self._store, self._options.batch):
            now_ms = self._clock.now_ms()
            async with self._store.transaction() as tx:
                for task_id, criteria in (await open_criteria(tx)).items():
                    found += await find_tracks(tx, task_id, criteria, at_ms=now_ms, among=ids)
                await looked_at(tx, ids)
        return found

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


async def _check_there(
    tx: Transaction, criteria: RiskCriteria | None, tracks: Collection[str], field: str
) -> None:
    if criteria is not None and criteria.cameras:
        known = {row.id for row in await get_cameras(tx)}
        unknown = sorted(criteria.cameras - known)
        if unknown:
            named = ", ".join(unknown)
            raise NotFound(f"there is no camera {named}", field="criteria.cameras")
    missing = await unknown_tracks(tx, tracks)
    if missing:
        raise NotFound(f"there is no track {missing[0]}", field=field)


async def _catch_up(tx: Transaction, task: RiskTask, at_ms: int) -> None:
    if task.criteria is not None:
        await find_tracks(tx, task.id, task.criteria, at_ms=at_ms)


def _told(task: RiskTask, change: Change) -> dict[str, object]:
    return {
        "task": task.id,
        "state": task.state.value,
        "criteria": change.criteria is not None,
        "added": len(change.add),
        "removed": len(change.remove),
    }
