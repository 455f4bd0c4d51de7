"""Stored pictures are embedded anew when the models change, unattended.

What is left is told by pictures and vectors alone, so that it goes on after every kind of stop:
whatever has no vector of the model in use gets one, the newest tracks first. It works when nobody
else wants the models and rests in between, and searches meanwhile find whom it has come to.

The order is that of memory: the vector's numbers, its row, the index, and only when the new vector
can be found is the old one forgotten. Complete means that counts agree: every picture has a vector
or a reason why not, and the index holds the vectors that rows name.
"""

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.vector import Part, StoredVector
from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage.embeddings import (
    BEGINNING,
    Counted,
    Unembedded,
    count_embedded,
    drop_outdated,
    note_failure,
    still_shown,
    unembedded,
)
from edge_agent.storage.store import Store
from edge_agent.storage.tracks import add_vector_ref
from edge_agent.upkeep.kept_pictures import Eyes, KeptPictures, NoVectorError
from edge_agent.upkeep.rebuild import Rebuild
from edge_agent.vision import VisionFailed

log = logging.getLogger(__name__)

_MODEL_FAILED = "model_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReembedOptions:
    """How fast stored pictures are embedded anew.

    Attributes:
        share: of the time of one thread, above 0 to 1.
        batch: vectors per commit.
        page: tracks looked through at a time.
        tries: how often a picture is given to a model that fails before the next start.
        every: seconds from the end of one walk to the next; it finds pictures whose vector could
            not be made when they were stored.
        looks: how often the index is compared with the rows before the walk is begun again.
        look_every: seconds between these looks.
    """

    share: float = 0.25
    batch: int = 16
    page: int = 256
    tries: int = 3
    every: float = 86_400.0
    looks: int = 50
    look_every: float = 0.1


class Reembed:
    """Walks over all stored pictures; does nothing where each has its vector.

    Attributes:
        complete: every picture has a vector of the model in use or a reason why not, and the index
            holds them; false until that has been counted.
        pictures: best pictures of ended tracks; of bodies twice where an image-text model looks
            at them as well.
        made: those that have a vector of the model in use.
        failed: those of which none can be made, by reason: `not_found`, `missing`, `damaged`,
            `model_failed`.
    """

    def __init__(
        self,
        store: Store,
        index: VectorIndex,
        index_thread: OneThread,
        options: ReembedOptions,
        *,
        eyes: Eyes,
        rebuild: Rebuild,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._index = index
        self._thread = index_thread
        self._options = options
        self._kept = KeptPictures(store, eyes, clock)
        self._models = self._kept.models
        self._rebuild = rebuild
        self._clock = clock
        self._failures: dict[tuple[str, str], int] = {}  # by picture and model
        self.complete = False
        self.pictures = 0
        self.made = 0
        self.failed: dict[str, int] = {}
        self._reembedded = counters.counter(
            "edge_agent_reembedded_total", "Vectors made anew of stored pictures, by part."
        )
        counters.gauge(
            "edge_agent_reembed_progress",
            "How many stored pictures have been embedded by the models in use, 0 to 1.",
            lambda: self.progress,
        )
        counters.gauges(
            "edge_agent_reembed_failed",
            "Stored pictures of which the models in use can make no vector, by reason.",
            lambda: [((("reason", reason),), n) for reason, n in sorted(self.failed.items())],
        )

    @property
    def left(self) -> int:
        """Pictures that are still to be embedded."""
        return max(self.pictures - self.made - sum(self.failed.values()), 0)

    @property
    def progress(self) -> float:
        """0 to 1; 1 only once `complete`."""
        if self.complete:
            return 1.0
        return min(1 - self.left / self.pictures, 0.999) if self.pictures else 0.0

    async def run(self) -> None:
        """Embed what is left and compare counts; call once the index has been rebuilt.

        Raises:
            Unavailable: storage or a model fails, or counts do not agree; call again, what has
                been made stays.
        """
        counted = await self._count()
        if self.left or counted.outdated:
            self.complete = False
            log.info("%d of %d stored pictures are embedded anew", self.left, self.pictures)
            await self._walk()
            counted = await self._count()
        if self.left or counted.outdated:
            raise Unavailable(f"{self.left} stored pictures have no vector of the models in use")
        await self._compare()
        if not self.complete:
            log.info(
                "all %d stored pictures are embedded, but for %s", self.pictures, self.failed or 0
            )
        self.complete = True

    async def _count(self) -> Counted:
        counted = await count_embedded(self._store, self._models)
        self.pictures, self.made = counted.pictures, counted.made
        self.failed = dict(counted.failed)
        if given_up := await self._given_up():
            self.failed[_MODEL_FAILED] = given_up
        return counted

    async def _given_up(self) -> int:
        """How many pictures that are still there a model has failed at too often."""
        tries = self._options.tries
        often = [picture for (picture, _), times in self._failures.items() if times >= tries]
        rows = await self._store.rows(
            "SELECT count(*) AS n FROM json_each(?) AS often"
            " JOIN picture ON picture.id = often.value",
            (json.dumps(often),),
        )
        return int(rows[0]["n"])

    async def _walk(self) -> None:
        after = BEGINNING
        while page := await unembedded(self._store, self._models, after, self._options.page):
            await self._forget_outdated(page.outdated)
            for first in range(0, len(page.pictures), self._options.batch):
                await self._embed_all(page.pictures[first : first + self._options.batch])
            after = page.after

    async def _embed_all(self, some: Sequence[Unembedded]) -> None:
        made, failed = [], []
        for one in some:
            if self._failures.get((one.shot.picture, one.model), 0) >= self._options.tries:
                continue
            began = self._clock.monotonic()
            try:
                made.append((one, await self._kept.vector_of(one)))
            except VisionFailed as error:
                self._model_failed(one, error)
            except NoVectorError as error:
                failed.append((one, error.reason))
            took = self._clock.monotonic() - began
            await asyncio.sleep(took * (1 / self._options.share - 1))
        await self._note(failed)
        await self._remember(made)

    def _model_failed(self, one: Unembedded, error: VisionFailed) -> None:
        picture = one.shot.picture
        key = (picture, one.model)
        self._failures[key] = times = self._failures.get(key, 0) + 1
        log.warning("picture %s of track %s cannot be embedded: %s", picture, one.track, error)
        if times >= self._options.tries:
            self._count_failure(_MODEL_FAILED)

    async def _note(self, failed: Sequence[tuple[Unembedded, str]]) -> None:
        if not failed:
            return
        async with self._store.transaction() as tx:
            for one, reason in failed:
                await note_failure(tx, one, reason)
        for _, reason in failed:
            self._count_failure(reason)

    def _count_failure(self, reason: str) -> None:
        self.failed[reason] = self.failed.get(reason, 0) + 1

    async def _remember(self, made: Sequence[tuple[Unembedded, StoredVector]]) -> None:
        if not made:
            return
        await self._store.vectors.write([vector for _, vector in made])
        kept = []
        async with self._store.transaction() as tx:
            for one, vector in made:
                if await still_shown(tx, one):
                    await add_vector_ref(tx, vector)
                    kept.append(vector)
        await self._thread.call(self._index.add, kept)
        for vector in kept:
            self.made += 1
            self._reembedded.add(part=vector.vector.part.value)
        await self._forget_outdated(
            [(vector.track, vector.vector.part) for vector in kept], [vector for _, vector in made]
        )

    async def _forget_outdated(
        self, parts: Sequence[tuple[str, Part]], new: Sequence[StoredVector] = ()
    ) -> None:
        """Forget the old vectors of parts that have a new one that can be found.

        Args:
            parts: tracks and parts.
            new: vectors just made; those whose track was deleted meanwhile go as well.
        """
        if not (parts or new):
            return
        async with self._store.transaction() as tx:
            gone = [
                each
                for track, part in parts
                for each in await drop_outdated(tx, track, part, self._models)
            ]
            rows = await tx.rows(
                "SELECT id FROM vector_ref WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps([vector.id for vector in new]),),
            )
        named = {row["id"] for row in rows}
        gone += [(vector.id, vector.at_ms) for vector in new if vector.id not in named]
        if gone:
            await self._thread.call(self._index.forget, [vector_id for vector_id, _ in gone])
            await self._store.vectors.delete(gone)

    async def _compare(self) -> None:
        """Hold the index against the rows; a row may be a moment ahead of it."""
        for _ in range(self._options.looks):
            named = await self._named()
            counts = await self._thread.call(self._index.counts)
            held = sum(counts.vectors.get(key, 0) for key in self._models)
            if named - self._rebuild.unreadable <= held <= named:
                return
            await asyncio.sleep(self._options.look_every)
        raise Unavailable("the index does not agree with the rows after embedding anew")

    async def _named(self) -> int:
        pairs = ", ".join(["(?, ?)"] * len(self._models))
        rows = await self._store.rows(
            f"SELECT count(*) AS n FROM vector_ref WHERE (part, model) IN (VALUES {pairs})",  # noqa: S608
            [value for part, model in self._models for value in (part.value, model)],
        )
        return int(rows[0]["n"])
