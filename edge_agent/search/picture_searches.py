"""Picture searches as jobs: taken in, worked on one after the other, answered from storage.

A question is checked and then written as a row together with its audit entry and the asker's
idempotency key; from there on it survives a crash. One worker takes the oldest row, answers it,
and ends it in one transaction with its hits, its event and its reply. A question that was being
answered when the box stopped begins anew at the next start.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace

from edge_agent.domain.errors import Busy, NotFound, Refused
from edge_agent.domain.ids import new_id
from edge_agent.domain.job import Job, JobState, PictureQuestion, Reply
from edge_agent.index import VectorIndex
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.precedence import Precedence
from edge_agent.search.answering import Answering
from edge_agent.search.likenesses import Likenesses
from edge_agent.search.options import SearchOptions
from edge_agent.search.outcome import Outcome, write_outcome
from edge_agent.search.ports import Eyes, Pictures
from edge_agent.search.question import check_question, for_audit
from edge_agent.search.worker import KIND, Worker, ended_counter
from edge_agent.storage import Store, Transaction
from edge_agent.storage.audit import append_audit
from edge_agent.storage.jobs import (
    count_unfinished,
    get_job,
    insert_job,
)
from edge_agent.storage.requests import RememberedAnswer, remember, remembered

CREATE = "picture-search.create"
CANCEL = "picture-search.cancel"

Remember = Callable[[Transaction, Job], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """The asker's idempotency key.

    Attributes:
        id: the same for a repeat of the same request.
        digest: sha256 of the parameters in hexadecimal.
    """

    id: str
    digest: str


class AlreadyAnswered(Refused):
    """This request has been answered before; give the first answer again.

    Attributes:
        first: the answer that was remembered.
    """

    def __init__(self, first: RememberedAnswer) -> None:
        super().__init__(f"request {first.request_id} has been answered before")
        self.first = first


class PictureSearches:
    """Takes picture searches in and answers them.

    Attributes:
        likenesses: the same looking and comparing, for those who keep who they look for.

    Args:
        store: the truth.
        index: what is remembered, as vectors.
        index_thread: the thread all of the index's calls are made on.
        index_complete: set once the index holds everything that storage does.
        eyes: look at pictures.
        pictures: reads and fetches pictures.
        cameras: the box's own.
        options: the limits.
        clock: tells the time.
        counters: count what came of the searches.
        precedence: taken while pictures are looked at; who watches it makes way.
    """

    def __init__(
        self,
        *,
        store: Store,
        index: VectorIndex,
        index_thread: OneThread,
        index_complete: asyncio.Event,
        eyes: Eyes,
        pictures: Pictures,
        cameras: Collection[str],
        options: SearchOptions,
        clock: Clock,
        counters: Counters,
        precedence: Precedence | None = None,
    ) -> None:
        self._store = store
        self._pictures = pictures
        self._cameras = frozenset(cameras)
        self._options = options
        self._clock = clock
        answering = Answering(
            store=store,
            index=index,
            index_thread=index_thread,
            eyes=eyes,
            pictures=pictures,
            options=options,
            precedence=precedence or Precedence(),
            clock=clock,
        )
        self.likenesses = Likenesses(
            answering=answering,
            index_thread=index_thread,
            index_complete=index_complete,
            eyes=eyes,
            pictures=pictures,
            cameras=cameras,
            options=options,
        )
        self._worker = Worker(
            store=store,
            index_complete=index_complete,
            answering=answering,
            pack=eyes.info.name,
            options=options,
            clock=clock,
            counters=counters,
        )
        name = "edge_agent_picture_search"
        self._asked = counters.counter(f"{name}_asked_total", "Picture searches taken in.")
        self._refused = counters.counter(
            f"{name}_refused_total", "Picture searches not taken in, by code."
        )
        self._ended = ended_counter(counters)

    async def create(
        self,
        question: PictureQuestion,
        *,
        asker: str,
        reply: Reply | None = None,
        request: RequestKey | None = None,
        remember_answer: Remember | None = None,
    ) -> Job:
        """Take a question in; once this returns it will be answered, whatever happens.

        Args:
            question: what is asked.
            asker: who asks, for the audit log: `mqtt`, `rest:<key name>`, ….
            reply: where the outcome also goes.
            request: a repeat with the same key starts nothing.
            remember_answer: writes the door's own first answer in the same transaction; without
                it the job's id is remembered as `{"job": id}`.

        Returns:
            The new job; for a repeat whose answer was remembered here, the first one.

        Raises:
            AlreadyAnswered: a repeat whose answer the door remembered.
            Busy: too many questions are waiting.
            NotFound: there is no such track or camera.
            TooLarge: the picture is.
            Refused: anything else that is wrong with the question.
            Unavailable: the disk is full or failing.
        """
        try:
            check_question(question, self._options, self._cameras, self._pictures)
            now_ms = self._clock.now_ms()

            async def take_in(tx: Transaction) -> tuple[Job, bool]:
                first = await self._first_job(tx, request)
                if first is not None:
                    return first, False
                job = await self._insert(tx, question, asker, reply, now_ms)
                if remember_answer is not None:
                    await remember_answer(tx, job)
                elif request is not None:
                    await remember(tx, _remembered(request, job))
                return job, True

            job, new = await self._store.write(take_in, urgent=True)
        except AlreadyAnswered:
            raise
        except Refused as error:
            self._refused.add(code=error.code)
            raise
        if new:
            self._asked.add()
        return job

    async def cancel(self, job_id: str, *, asker: str) -> Job:
        """End a job; one that has ended already stays as it is.

        Raises:
            NotFound: there is no picture search of this id.
        """
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            job = await get_job(tx, job_id)
            if job is None or job.kind != KIND:
                raise NotFound(f"there is no picture search {job_id}", field="job")
            outcome = Outcome(state=JobState.CANCELLED)
            ended = await write_outcome(self._store, tx, job_id, outcome, pack=None, at_ms=now_ms)
            if ended is not None:
                await append_audit(tx, asker, CANCEL, {"job": job_id}, now_ms)
        if ended is not None:
            self._ended.add(state=JobState.CANCELLED.value)
        return ended or job

    async def run(self) -> None:
        """Answer questions until cancelled.

        Raises:
            Unavailable: storage does not answer; run again later, nothing is lost.
        """
        await self._worker.run()

    async def _first_job(self, tx: Transaction, request: RequestKey | None) -> Job | None:
        first = None if request is None else await remembered(tx, request.id)
        if request is None or first is None:
            return None
        if first.operation != CREATE or first.digest != request.digest:
            raise Refused(
                f"request id {request.id} was used for another request; take a new one",
                field="request_id",
            )
        job_id = first.answer.get("job")
        job = await get_job(tx, job_id) if isinstance(job_id, str) else None
        if job is None:
            raise AlreadyAnswered(first)
        return job

    async def _insert(
        self,
        tx: Transaction,
        question: PictureQuestion,
        asker: str,
        reply: Reply | None,
        now_ms: int,
    ) -> Job:
        if await count_unfinished(tx) >= self._options.most_unfinished:
            raise Busy(
                f"{self._options.most_unfinished} questions are waiting; ask again in a moment"
            )
        asking = () if question.track is None else (question.track,)
        for field, tracks in (("track", asking), ("not_tracks", sorted(question.not_tracks))):
            for track in tracks:
                if not await tx.rows("SELECT 1 FROM track WHERE id = ?", (track,)):
                    raise NotFound(f"there is no track {track}", field=field)
        job = Job(
            id=new_id(now_ms),
            kind=KIND,
            state=JobState.INITIALISING,
            progress=0.0,
            created_ms=now_ms,
            finished_ms=None,
            asker=asker,
            question=replace(question, picture=None, more_pictures=()),
            hits=0,
            people=None,
            pack=None,
            error_code=None,
            error_message=None,
        )
        await insert_job(tx, job, question.picture, reply, question.more_pictures)
        await append_audit(tx, asker, CREATE, {"job": job.id, **for_audit(question)}, now_ms)
        return job


def _remembered(request: RequestKey, job: Job) -> RememberedAnswer:
    return RememberedAnswer(
        request_id=request.id,
        operation=CREATE,
        digest=request.digest,
        answer={"job": job.id},
        at_ms=job.created_ms,
    )
