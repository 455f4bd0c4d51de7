"""Tracks of which something new is known are held against open tasks.

That they are there, go on, are better seen, did something, or are tied to an order.
"""

import asyncio
from collections.abc import Collection, Mapping
from typing import NoReturn

from edge_agent.domain.risk_task import RiskCriteria
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Store
from edge_agent.storage.risk_pictures import open_pictures
from edge_agent.storage.risk_tasks import (
    find_tracks,
    looked_at,
    open_criteria,
    tracks_not_looked_at,
)
from edge_agent.storage.tracks import vector_refs_of
from edge_agent.tasks.asked import RiskTasksOptions
from edge_agent.tasks.ports import Likenesses
from edge_agent.tasks.questions import question_of

NEWS_FROM = ("track", "action", "order_track")
"""What is touched by whoever writes something that belongs to a track."""


class KeepingUp:
    """Works through the notes that whoever writes a track leaves.

    A note carries a count. It is read before the track's vectors are, and taken away only if it
    still has that count: a better vector that was written meanwhile is looked at as well.
    """

    def __init__(
        self, store: Store, likenesses: Likenesses, options: RiskTasksOptions, clock: Clock
    ) -> None:
        self._store = store
        self._likenesses = likenesses
        self._options = options
        self._clock = clock
        self._turn = asyncio.Lock()

    async def run(self, table: str) -> NoReturn:
        """Keep up whenever this table changes, until cancelled.

        Raises:
            Unavailable: the disk is full or failing.
        """
        while True:
            version = self._store.version(table)
            await self.keep_up()
            await self._store.changed(table, version)

    async def keep_up(self) -> int:
        """Hold open tasks against every noted track; returns how many came into one.

        One at a time: a count is only good for whoever reads it and takes it away.
        """
        async with self._turn:
            return await self._keep_up()

    async def _keep_up(self) -> int:
        found = 0
        while news := await tracks_not_looked_at(self._store, self._options.batch):
            alike = await self._alike(news)
            now_ms = self._clock.now_ms()
            async with self._store.transaction() as tx:
                for task_id, criteria in (await open_criteria(tx)).items():
                    among = _those(criteria, news, alike)
                    if among:
                        found += await find_tracks(tx, task_id, criteria, at_ms=now_ms, among=among)
                await looked_at(tx, news)
        return found

    async def _alike(self, tracks: Collection[str]) -> Mapping[str, Collection[str]]:
        """Which of these tracks look like whom open tasks look for, by the ids of the pictures."""
        wanted = {
            criteria.picture.id: (likeness, question_of(criteria))
            for _, criteria, likeness in await open_pictures(self._store)
            if criteria.picture is not None
        }
        if not wanted:
            return {}
        vectors = await self._store.vectors.get(await vector_refs_of(self._store, tracks))
        return await self._likenesses.alike(wanted, vectors)


def _those(
    criteria: RiskCriteria, news: Collection[str], alike: Mapping[str, Collection[str]]
) -> Collection[str]:
    if criteria.picture is None:
        return news
    return alike.get(criteria.picture.id, ())
