"""From a question to its outcome: pictures, people, vectors, the index, hits."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace

from edge_agent.domain.errors import NotFound, Refused
from edge_agent.domain.job import JobState, PictureQuestion
from edge_agent.domain.vector import Part
from edge_agent.index import VectorIndex, Where
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.precedence import Precedence
from edge_agent.search.asked import Asked, AskedPerson, asked_of_track, describe, look_at, model_of
from edge_agent.search.compare import Compareds, Comparison, compare
from edge_agent.search.not_these import without
from edge_agent.search.options import SearchOptions
from edge_agent.search.outcome import Outcome
from edge_agent.search.ports import Eyes, Pictures
from edge_agent.search.question import check_region
from edge_agent.search.ranking import Judgement, ranked
from edge_agent.search.same_person import one_person
from edge_agent.search.stages import Stages
from edge_agent.storage import Store
from edge_agent.storage.staff import staff_tracks
from edge_agent.storage.tracks import vectors_of

log = logging.getLogger(__name__)

_DAY_MS = 86_400_000
_NOTHING = Outcome(state=JobState.NO_DATA)


class Answering:
    """Answers one question at a time; writes nothing.

    From the moment the pictures are there, questions have precedence.
    """

    def __init__(
        self,
        *,
        store: Store,
        index: VectorIndex,
        index_thread: OneThread,
        eyes: Eyes,
        pictures: Pictures,
        options: SearchOptions,
        precedence: Precedence,
        clock: Clock,
    ) -> None:
        self._store = store
        self._index = index
        self._index_thread = index_thread
        self._eyes = eyes
        self._pictures = pictures
        self._options = options
        self._precedence = precedence
        self._clock = clock

    async def answer(self, question: PictureQuestion, stages: Stages) -> Outcome:
        """Answer a question that has been checked.

        Args:
            question: what was asked, with its picture.
            stages: told how long each took.

        Raises:
            Refused: the picture behind an address cannot be used, or shows too many people.
            Unavailable: an address, a model or the storage does not answer.
        """
        with stages.stage("fetch"):
            pictures = await self._encoded(question)
        with self._precedence.take():
            asked = await self._look(question, pictures, stages)
            if not asked.persons:
                return replace(_NOTHING, people=asked.people)
            with stages.stage("compare"):
                found = await self.compare(asked, question, self._options.most_candidates)
        if not found.considered:
            return replace(_NOTHING, people=asked.people, indexed=found.indexed)
        judgement = Judgement(
            thresholds=self.thresholds(question),
            calibration=self._eyes.info.calibration,
            considered=found.considered,
        )
        return Outcome(
            state=JobState.SUCCEEDED,
            hits=ranked(found.compared, judgement, question.limit),
            people=asked.people,
            compared=found.considered,
            indexed=found.indexed,
        )

    async def look(self, question: PictureQuestion) -> Asked:
        """Find out who is asked about, and their vectors; raises as `answer`."""
        pictures = await self._encoded(question)
        with self._precedence.take():
            return await self._look(question, pictures, Stages(self._clock))

    async def _look(
        self, question: PictureQuestion, pictures: Sequence[bytes], stages: Stages
    ) -> Asked:
        if question.track is not None:
            await self._check_track(question.track)
            vectors = await vectors_of(self._store, question.track)
            return asked_of_track(vectors, question.parts, self._eyes.info)
        looked = [await self._look_at(question, picture, stages) for picture in pictures]
        if len(looked) == 1:
            return looked[0]
        person = one_person([asked.persons for asked in looked], self.thresholds(question))
        return Asked(0, ()) if person is None else Asked(1, (person,))

    async def _look_at(self, question: PictureQuestion, picture: bytes, stages: Stages) -> Asked:
        with stages.stage("decode"):
            image = await self._pictures.decode(picture)
        check_region(question, image.shape[1], image.shape[0])
        with stages.stage("find"):
            shown = await look_at(image, question.region, self._eyes, self._options)
        with stages.stage("vectors"):
            persons = await describe(image, shown, question.parts, self._eyes)
        return Asked(shown.count, persons)

    async def compare(self, asked: Asked, question: PictureQuestion, candidates: int) -> Compareds:
        """Compare them with what is remembered, under the filters of the question.

        Args:
            asked: who is asked about.
            question: its times, cameras, thresholds and track count.
            candidates: tracks per part and person at the most.
        """
        where = await self._where(question)
        comparison = self.comparison(asked, question, where, candidates)
        found = await self._index_thread.call(compare, self._index, comparison)
        others = await self._not_meant(question)
        if not others or not found.compared:
            return found
        left = await self._index_thread.call(
            without, self._index, comparison, found.compared, others
        )
        return replace(found, compared=left)

    async def _not_meant(self, question: PictureQuestion) -> list[AskedPerson]:
        shown = [
            asked_of_track(await vectors_of(self._store, track), question.parts, self._eyes.info)
            for track in sorted(question.not_tracks)
        ]
        return [person for asked in shown for person in asked.persons]

    def comparison(
        self, asked: Asked, question: PictureQuestion, where: Where, candidates: int
    ) -> Comparison:
        """What is compared with what, by the models in use."""
        return Comparison(
            persons=asked.persons,
            models={part: model_of(self._eyes.info, part) for part in Part},
            thresholds=self.thresholds(question),
            where=where,
            candidates=candidates,
        )

    def thresholds(self, question: PictureQuestion) -> dict[Part, float]:
        """Those of the question, else the pack's."""
        info = self._eyes.info
        return {
            Part.FACE: _given(question.threshold, info.face_threshold),
            Part.BODY: _given(question.body_threshold, info.body_threshold),
        }

    async def _encoded(self, question: PictureQuestion) -> Sequence[bytes]:
        """The pictures that ask: several are of one person; none where a track asks."""
        if question.track is not None:
            return ()
        if question.picture is not None:
            return (question.picture, *question.more_pictures)
        if question.url is None:
            raise Refused("the question has no picture, url or track", field="picture")
        return (await self._pictures.fetch(question.url),)

    async def _check_track(self, track: str) -> None:
        if not await self._store.rows("SELECT 1 FROM track WHERE id = ?", (track,)):
            raise NotFound(f"track {track} is not here any more", field="track")

    async def _where(self, question: PictureQuestion) -> Where:
        return Where(
            start_ms=question.start_ms,
            end_ms=question.end_ms,
            cameras=question.cameras,
            exclude_tracks=await self._excluded(question),
            also_tracks=await self._across_borders(question.start_ms, question.end_ms),
        )

    async def _excluded(self, question: PictureQuestion) -> frozenset[str]:
        """The track that asks, those not meant, and those of staff unless they are wanted."""
        asking = question.not_tracks
        if question.track is not None:
            asking |= {question.track}
        return asking if question.include_staff else asking | await staff_tracks(self._store)

    async def _across_borders(self, start_ms: int, end_ms: int) -> frozenset[str]:
        """Tracks in view at either end of the range: their best picture may lie outside of it.

        A track is looked for up to a day after the border; nobody is followed for longer.
        """
        found: set[str] = set()
        for border_ms in (start_ms, end_ms):
            rows = await self._store.rows(
                "SELECT id FROM track WHERE end_ms BETWEEN ? AND ? AND start_ms < ?"
                " AND end_ms >= ? AND start_ms < ?",
                (border_ms, border_ms + _DAY_MS, border_ms, start_ms, end_ms),
            )
            found |= {row["id"] for row in rows}
        return frozenset(found)


async def wait_for_index(complete: asyncio.Event, seconds: float) -> None:
    """Give a rebuild some time; a question that waited long enough is answered from a part."""
    try:
        async with asyncio.timeout(seconds):
            await complete.wait()
    except TimeoutError:
        log.warning("the index is not complete after %g s; answering from what there is", seconds)


def _given(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
