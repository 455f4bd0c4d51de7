"""Whom an investigation looks for, by the same looking, thresholds and fusion as a search.

Stored tracks are found through the index. Tracks that are new are compared by the vectors that
storage holds, put into an index of their own: a row is committed a moment before its vector is in
the box's index, and while that is being rebuilt it lacks what came before.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from edge_agent.domain.detection import Floats
from edge_agent.domain.errors import Unavailable
from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import Likeness
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.index import VectorIndex, Where
from edge_agent.runtime.one_thread import OneThread
from edge_agent.search.answering import Answering
from edge_agent.search.asked import Asked, AskedPerson, model_of
from edge_agent.search.compare import Comparison, compare
from edge_agent.search.options import SearchOptions
from edge_agent.search.ports import Eyes, Pictures
from edge_agent.search.question import check_question, for_audit
from edge_agent.search.ranking import Judgement, ranked

_ALL = 1 << 31
"""Candidates: a search wants the nearest, an investigation everybody who reaches a threshold."""


class Likenesses:
    """Looks at pictures and finds who looks like somebody in them.

    Args:
        answering: looks and compares.
        index_thread: the thread all of an index's calls are made on.
        index_complete: set once the box's index holds everything that storage does.
        eyes: name the models in use.
        pictures: reads the headers of pictures.
        cameras: the box's own.
        options: the limits.
    """

    def __init__(
        self,
        *,
        answering: Answering,
        index_thread: OneThread,
        index_complete: asyncio.Event,
        eyes: Eyes,
        pictures: Pictures,
        cameras: Collection[str],
        options: SearchOptions,
    ) -> None:
        self._answering = answering
        self._index_thread = index_thread
        self._index_complete = index_complete
        self._eyes = eyes
        self._pictures = pictures
        self._cameras = frozenset(cameras)
        self._options = options

    @property
    def pack(self) -> str:
        """The name of the model pack in use."""
        return self._eyes.info.name

    @property
    def models(self) -> frozenset[str]:
        """The stamps of vectors that can be compared."""
        return frozenset(model_of(self._eyes.info, part) for part in Part)

    def check(self, question: PictureQuestion) -> None:
        """Refuse what cannot be looked at, before it costs anything.

        Raises:
            Refused: with the field that is wrong.
            TooLarge: the picture has too many bytes or pixels.
            NotFound: a camera is not one of this box.
        """
        # an investigation has no limit to be judged
        check_question(replace(question, limit=1), self._options, self._cameras, self._pictures)

    def audited(self, question: PictureQuestion) -> dict[str, Any]:
        """What the audit log keeps of a question: no picture, no address."""
        detail = for_audit(question)
        del detail["limit"]
        return detail

    async def look(self, question: PictureQuestion) -> Likeness:
        """Find out who is in a picture, or how somebody who was tracked looks.

        Raises:
            Refused: the picture cannot be used, or shows too many people.
            Unavailable: an address, a model or the storage does not answer.
        """
        try:
            async with asyncio.timeout(self._options.deadline_s):
                asked = await self._answering.look(question)
        except TimeoutError:
            seconds = self._options.deadline_s
            raise Unavailable(f"the picture was not there within {seconds:g} s") from None
        return Likeness(people=asked.people, vectors=tuple(self._stamped(asked)))

    async def find(self, likeness: Likeness, question: PictureQuestion) -> frozenset[str]:
        """Ids of all stored tracks of somebody who looks like that, once all can be searched.

        Args:
            likeness: who is asked about; vectors of models that are not in use are passed over.
            question: its times, cameras and thresholds count.
        """
        await self._index_complete.wait()
        asked = self._asked(likeness)
        compared = (await self._answering.compare(asked, question, _ALL)).compared
        judgement = Judgement(thresholds=self._answering.thresholds(question))
        hits = ranked(compared, judgement, _ALL)
        return frozenset(hit.track for hit in hits)

    async def alike(
        self,
        wanted: Mapping[str, tuple[Likeness, PictureQuestion]],
        vectors: Sequence[StoredVector],
    ) -> dict[str, frozenset[str]]:
        """Hold some vectors against many likenesses.

        Args:
            wanted: who is asked about, and with which thresholds, by any name.
            vectors: of a few tracks, all that each has.

        Returns:
            By the same names, the ids of the tracks that look like that.
        """
        comparisons = {
            name: self._answering.comparison(self._asked(likeness), question, Where(), _ALL)
            for name, (likeness, question) in wanted.items()
        }
        return await self._index_thread.call(_alike, comparisons, vectors)

    def _stamped(self, asked: Asked) -> list[tuple[int, Vector]]:
        return [
            (person.number, Vector(part, model_of(self._eyes.info, part), values))
            for person in asked.persons
            for part, rows in person.vectors.items()
            for values in rows
        ]

    def _asked(self, likeness: Likeness) -> Asked:
        usable = [
            (number, vector)
            for number, vector in likeness.vectors
            if vector.model == model_of(self._eyes.info, vector.part)
        ]
        persons = []
        for number in sorted({number for number, _ in usable}):
            own = [vector for whose, vector in usable if whose == number]
            parts = {vector.part for vector in own}
            persons.append(AskedPerson(number, {part: _rows(own, part) for part in parts}))
        return Asked(likeness.people, tuple(persons))


def _rows(vectors: Sequence[Vector], part: Part) -> Floats:
    """(n, d) unit rows."""
    return np.stack([vector.values for vector in vectors if vector.part is part])


def _alike(
    comparisons: Mapping[str, Comparison], vectors: Sequence[StoredVector]
) -> dict[str, frozenset[str]]:
    few = VectorIndex()
    few.add(vectors)
    return {
        name: frozenset(
            hit.track
            for hit in ranked(
                compare(few, comparison).compared,
                Judgement(thresholds=comparison.thresholds),
                _ALL,
            )
        )
        for name, comparison in comparisons.items()
    }
