"""What the cameras saw becomes durable, in groups.

The order is what makes a crash harmless: picture files, then vectors, then the rows that refer to
them together with their events, then the index, and last the files nobody refers to any more. A
crash leaves at worst something unreferenced, which upkeep removes. See `docs/architecture.md`.
"""

import asyncio
import hashlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import takewhile

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.ids import new_id
from edge_agent.domain.track import Shot, Track, TrackState
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import Worn
from edge_agent.index import VectorIndex
from edge_agent.media import encode_jpeg
from edge_agent.pipeline.embedding import Embedder, Embedding, marks_of
from edge_agent.pipeline.group import Group, GroupRows, Kept
from edge_agent.pipeline.impressions import Impressions
from edge_agent.pipeline.update import Look, Update
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.supervise import Backoff
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import (
    PictureRow,
    drop_picture,
)

log = logging.getLogger(__name__)

_RETRY = Backoff(first=0.5, longest=30.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryOptions:
    """How much may wait to be made durable.

    Attributes:
        waiting: updates; a full queue makes cameras wait, nothing is dropped.
        group: updates per transaction at the most.
        jpeg_quality: of stored pictures, 1 to 100.
        superseded_after: seconds after which a picture goes whose place a better one has taken;
            until then links to it that have been given out still work.
        vectors_in_events: whether `track.ended` carries the vectors.
    """

    waiting: int = 256
    group: int = 32
    jpeg_quality: int = 88
    superseded_after: float = 600.0
    vectors_in_events: bool = False


class Memory:
    """Owns the group commit. `put` is called by cameras, `running` by the composition root.

    Attributes:
        busy_since: monotonic time since which one group has been on its way, None while idle.
    """

    def __init__(
        self,
        *,
        store: Store,
        embedder: Embedder,
        index: VectorIndex,
        index_thread: OneThread,
        options: MemoryOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._index = index
        self._index_thread = index_thread
        self._options = options
        self._clock = clock
        self._queue: asyncio.Queue[Update | None] = asyncio.Queue(options.waiting)
        self._superseded: deque[tuple[float, str]] = deque()
        self._kept: dict[tuple[str, Part], Kept] = {}
        self._over = False
        self._tracks = counters.counter(
            "edge_agent_tracks_ended_total", "Tracks that have ended, by camera."
        )
        self._vectors = counters.counter("edge_agent_vectors_total", "Vectors remembered.")
        counters.gauge(
            "edge_agent_memory_waiting", "Updates waiting to be made durable.", self._queue.qsize
        )
        failed = counters.counter(
            "edge_agent_embed_failures_total",
            "Pictures kept without a vector, or without attributes, because the model failed,"
            " by part.",
        )
        self._impressions = Impressions(embedder, failed)
        self._embedding = Embedding(embedder, clock, failed)
        info = embedder.info
        sent = {info.face_model, info.body_model} if options.vectors_in_events else set()
        self._rows = GroupRows(clock, frozenset(sent))
        self.busy_since: float | None = None

    async def put(self, update: Update) -> None:
        """Hand in an update; waits while the queue is full.

        Once memory has ended, which a bug in it does, updates are let go, so that the process can
        end as well.
        """
        if self._over:
            log.error("an update of track %s is lost: memory has ended", update.track.id)
            return
        await self._queue.put(update)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make updates durable while the block runs, and whatever is left at its end.

        It is no plain task, because cameras hand in their last updates while they are cancelled.
        """
        async with asyncio.TaskGroup() as group:
            task = group.create_task(self._run(), name="memory")
            try:
                yield
            finally:
                if not task.done():
                    await self._queue.put(None)

    async def _run(self) -> None:
        try:
            await self._remember()
        finally:
            self._over = True
            while not self._queue.empty():
                self._queue.get_nowait()
                self._queue.task_done()
                await asyncio.sleep(0)  # whoever waits for room hands in, and is let go

    async def _remember(self) -> None:
        ending = False
        while not ending:
            group = [await self._queue.get()]
            while len(group) < self._options.group and not self._queue.empty():
                group.append(self._queue.get_nowait())
            ending = None in group
            self.busy_since = self._clock.monotonic()
            await self._commit(await self._prepared([u for u in group if u is not None]))
            self.busy_since = None
            for _ in group:
                self._queue.task_done()

    async def drained(self) -> None:
        """Wait until everything handed in so far is durable and can be searched."""
        await self._queue.join()

    async def _prepared(self, updates: Sequence[Update]) -> Group:
        group = Group()
        for update in updates:
            await self._prepare(update, group)
        return group

    async def _commit(self, group: Group) -> None:
        """Write one group; while the disk is away, wait and try again, so that nothing is lost."""
        failures = 0
        while True:
            try:
                await self._write(group)
            except Unavailable as error:
                failures += 1
                self.busy_since = self._clock.monotonic()  # waiting for a disk is not hanging
                log.warning("cannot remember %d tracks yet: %s", len(group.tracks), error)
                await asyncio.sleep(_RETRY.after(failures))
            else:
                break
        await self._index_thread.call(self._index.add, group.vectors)
        self._vectors.add(len(group.vectors))
        self._let_go_ended(group)
        await self._forget_replaced(group.replaced)

    def _let_go_ended(self, group: Group) -> None:
        for track, _ in group.tracks:
            if track.state is TrackState.ENDED:
                self._tracks.add(camera=track.camera)
                self._impressions.let_go(track.id)
                for part in Part:
                    self._kept.pop((track.id, part), None)

    async def _write(self, group: Group) -> None:
        await self._store.pictures.write(group.pictures)
        await self._store.vectors.write(group.vectors)
        await self._store.write(lambda tx: self._rows.write(tx, group))

    async def _prepare(self, update: Update, group: Group) -> None:
        for look in update.looks:
            await self._keep(update.track, look, group)
        face = self._kept.get((update.track.id, Part.FACE))
        body = self._kept.get((update.track.id, Part.BODY))
        track = replace(
            update.track,
            face=face.shot if face else None,
            body=body.shot if body else None,
            worn=await self._worn(update),
        )
        group.tracks.append((track, update.fragments))
        group.actions.extend((track.camera, action) for action in update.actions)

    async def _worn(self, update: Update) -> tuple[Worn, ...]:
        """What is said of a person, where there is a new picture; nothing where there is none."""
        worn: tuple[Worn, ...] = ()
        for look in update.looks:
            if look.part is Part.BODY:
                worn = await self._impressions.after(
                    update.track.id, look.crop, look.xyxy, look.quality
                )
        return worn

    async def _keep(self, track: Track, look: Look, group: Group) -> None:
        jpeg = await asyncio.to_thread(encode_jpeg, look.crop, self._options.jpeg_quality)
        now = self._clock.now_ms()
        shot = Shot(part=look.part, picture=new_id(now), at_ms=look.at_ms, quality=look.quality)
        height, width = look.crop.shape[:2]
        group.pictures.append((shot.picture, jpeg))
        group.picture_rows.append(
            PictureRow(
                id=shot.picture,
                track=track.id,
                part=look.part,
                at_ms=look.at_ms,
                width=width,
                height=height,
                size=len(jpeg),
                sha256=hashlib.sha256(jpeg).hexdigest(),
                marks=marks_of(look, self._embedder.info),
            )
        )
        stored = await self._embedding.vectors_of(track, look)
        group.vectors += stored
        before = self._kept.get((track.id, look.part))
        if before:
            group.replaced.append(before)
        self._kept[track.id, look.part] = Kept(shot, tuple(one.id for one in stored))

    async def _forget_replaced(self, replaced: Sequence[Kept]) -> None:
        """Forget vectors at once; pictures a while later, for links to them have been given out.

        Where the disk refuses, pictures are tried again with the next group; vectors that no row
        refers to any more are left to the daily sweep.
        """
        vectors = [(one, kept.shot.at_ms) for kept in replaced for one in kept.vectors]
        now = self._clock.monotonic()
        due = now + self._options.superseded_after
        self._superseded.extend((due, kept.shot.picture) for kept in replaced)
        try:
            if vectors:
                await self._index_thread.call(self._index.forget, [vector for vector, _ in vectors])
                await self._store.vectors.delete(vectors)
            await self._drop_pictures(now)
        except Unavailable as error:
            log.warning("what was replaced cannot be removed yet: %s", error)

    async def _drop_pictures(self, now: float) -> None:
        gone = [picture for due, picture in takewhile(lambda one: one[0] <= now, self._superseded)]
        if not gone:
            return
        async with self._store.transaction() as tx:
            for picture in gone:
                await drop_picture(tx, picture)
        await self._store.pictures.delete(gone)
        for _ in gone:
            self._superseded.popleft()
