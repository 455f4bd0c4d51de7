"""What has become too old goes, in small batches: rows, then index, then files."""

import asyncio
import logging
from dataclasses import dataclass

from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.audit import append_audit
from edge_agent.storage.forget import expired_tracks, forget_tracks
from edge_agent.storage.jobs import forget_jobs
from edge_agent.storage.orders import forget_orders
from edge_agent.storage.requests import forget_older
from edge_agent.storage.store import Store
from edge_agent.storage.watchlists import drop_watchlist, expired_watchlists
from edge_agent.upkeep.alarm import Alarms
from edge_agent.upkeep.clips import delete_clips
from edge_agent.upkeep.trust import PROBATION_S, ClockTrust

log = logging.getLogger(__name__)

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionOptions:
    """How long things are kept, in milliseconds unless said otherwise.

    The audit is kept for ever: its rows are chained, and a cut chain proves nothing.

    Attributes:
        tracks_ms: tracks with their pictures and vectors, from the last sight.
        clips_ms: clips, from their start; a track may outlive its clip, never the reverse.
        jobs_ms: ended jobs with query pictures and hits, from their end.
        requests_ms: first answers; the contract promises 24 hours.
        every: seconds between looks.
        batch: tracks or clips per transaction.
        pause: seconds between batches, so that others can write in between.
    """

    tracks_ms: int = 30 * DAY_MS
    clips_ms: int = 30 * DAY_MS
    jobs_ms: int = 30 * DAY_MS
    requests_ms: int = DAY_MS
    every: float = 900.0
    batch: int = 100
    pause: float = 0.05


class Retention:
    """Deletes by age."""

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        index_thread: OneThread,
        options: RetentionOptions,
        *,
        alarms: Alarms,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._index = index
        self._thread = index_thread
        self._options = options
        self._alarms = alarms
        self._clock = clock
        self._trust = ClockTrust(clock)
        self._tracks = counters.counter(
            "edge_agent_tracks_expired_total", "Tracks deleted for their age."
        )
        self._clips = counters.counter(
            "edge_agent_clips_deleted_total", "Clips deleted, by reason."
        )

    async def run(self) -> int:
        """Delete everything that is too old now; returns how many tracks and clips went.

        Raises:
            Unavailable: the disk is full or failing; what has been deleted stays deleted.
        """
        jumped_ms = self._trust.jumped_ms
        if not self._trust.look():
            if self._trust.jumped_ms != jumped_ms:
                await self._alarms.say(
                    "clock",
                    f"the clock jumped ahead by {self._trust.jumped_ms / HOUR_MS:.1f} h; nothing"
                    f" is deleted for its age within the next {PROBATION_S / 3600:.0f} h",
                )
            return 0
        now = self._clock.now_ms()
        gone = await self._forget_tracks(now - self._options.tracks_ms)
        gone += await self._forget_clips(now - min(self._options.clips_ms, self._options.tracks_ms))
        async with self._store.transaction() as tx:
            ended = await expired_watchlists(tx, now)
            for list_id in ended:
                await drop_watchlist(tx, list_id)
                await append_audit(tx, "upkeep", "watchlist.expire", {"list": list_id}, now)
            await forget_orders(tx, now - self._options.tracks_ms)
            await forget_jobs(tx, now - self._options.jobs_ms)
            await forget_older(tx, now - self._options.requests_ms)
        if gone or ended:
            # The log still holds what was deleted.
            await self._store.checkpoint()
            log.info(
                "%d tracks and clips were deleted for their age, %d watch lists ended",
                gone,
                len(ended),
            )
        return gone

    async def _forget_tracks(self, before_ms: int) -> int:
        gone = 0
        while ids := await expired_tracks(self._store, before_ms, self._options.batch):
            async with self._store.transaction() as tx:
                forgotten = await forget_tracks(tx, ids)
            await self._thread.call(self._index.forget, [each for each, _ in forgotten.vectors])
            await self._store.vectors.delete(forgotten.vectors)
            await self._store.pictures.delete(forgotten.pictures)
            await self._store.renderings.forget(forgotten.showed)
            self._tracks.add(len(ids))
            gone += len(ids)
            await asyncio.sleep(self._options.pause)
        return gone

    async def _forget_clips(self, before_ms: int) -> int:
        gone = 0
        while count := await delete_clips(
            self._store, before_ms=before_ms, count=self._options.batch
        ):
            self._clips.add(count, reason="age")
            gone += count
            await asyncio.sleep(self._options.pause)
        return gone
