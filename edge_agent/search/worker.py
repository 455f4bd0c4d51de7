"""The worker that answers waiting picture searches, the oldest first.

Questions with an address wait in a lane of their own: a host that hangs keeps up others like it,
and nobody who brought a picture.
"""

import asyncio
import logging

from edge_agent.domain.errors import AgentError, Refused, Unavailable
from edge_agent.domain.job import JobState, PictureQuestion
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counter, Counters
from edge_agent.search.answering import Answering, wait_for_index
from edge_agent.search.options import SearchOptions
from edge_agent.search.outcome import Outcome, count_start, failed, write_outcome
from edge_agent.storage import Damaged, Store
from edge_agent.storage.jobs import get_question, requeue_running, set_job_running

log = logging.getLogger(__name__)

KIND = "picture-search"


class _EndedMeanwhileError(Exception):
    """The job was cancelled while it was being worked on."""


def ended_counter(counters: Counters) -> Counter:
    """Picture searches that ended, by state."""
    return counters.counter(
        "edge_agent_picture_search_ended_total", "Picture searches ended, by state."
    )


class Worker:
    """Answers one question per lane at a time; there is one worker per store.

    Args:
        store: the truth; waiting questions are rows of it.
        index_complete: set once the index holds everything that storage does.
        answering: turns a question into its outcome.
        pack: the model pack that answers.
        options: the limits.
        clock: tells the time.
        counters: count what came of the searches.
    """

    def __init__(
        self,
        *,
        store: Store,
        index_complete: asyncio.Event,
        answering: Answering,
        pack: str,
        options: SearchOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._store = store
        self._index_complete = index_complete
        self._answering = answering
        self._pack = pack
        self._options = options
        self._clock = clock
        self._ended = ended_counter(counters)
        self._took_ms = counters.counter(
            "edge_agent_picture_search_work_ms_total", "Milliseconds of answering picture searches."
        )

    async def run(self) -> None:
        """Answer questions until cancelled.

        Raises:
            Unavailable: storage does not answer; run again later, nothing is lost.
        """
        async with self._store.transaction() as tx:
            again = await requeue_running(tx)
        if again:
            log.info("%d questions were interrupted and begin anew", again)
        gone: Unavailable | None = None
        try:
            async with asyncio.TaskGroup() as lanes:
                lanes.create_task(self._serve(by_address=True), name="searches by address")
                lanes.create_task(self._serve(by_address=False), name="other searches")
        except* Unavailable as errors:
            gone = Unavailable(str(errors.exceptions[0]))
        if gone is not None:
            raise gone

    async def _serve(self, *, by_address: bool) -> None:
        while True:
            version = self._store.version("job")
            job_id = await self._oldest(by_address=by_address)
            if job_id is None:
                await self._store.changed("job", version)
            else:
                await self._work_on(job_id)

    async def _oldest(self, *, by_address: bool) -> str | None:
        rows = await self._store.rows(
            "SELECT id FROM job WHERE state = 'initialising' AND kind = ?"
            " AND (json_extract(question, '$.url') IS NOT NULL) = ? ORDER BY id LIMIT 1",
            (KIND, by_address),
        )
        return str(rows[0]["id"]) if rows else None

    async def _work_on(self, job_id: str) -> None:
        async with self._store.transaction() as tx:
            if not await set_job_running(tx, job_id):
                return
            starts = await count_start(tx, job_id)
        began = self._clock.monotonic()
        try:
            outcome = await self._outcome(job_id, starts)
        except _EndedMeanwhileError:
            return
        async with self._store.transaction() as tx:
            job = await write_outcome(
                self._store,
                tx,
                job_id,
                outcome,
                pack=self._pack,
                at_ms=self._clock.now_ms(),
            )
        took_ms = (self._clock.monotonic() - began) * 1e3
        self._took_ms.add(took_ms)
        if job is not None:
            self._ended.add(state=job.state.value)
            log.info("search %s: %s, %d hits in %.0f ms", job_id, job.state, job.hits, took_ms)

    async def _outcome(self, job_id: str, starts: int) -> Outcome:
        if starts > self._options.most_starts:
            return Outcome(
                state=JobState.FAILED,
                error_code=AgentError.code,
                error_message=f"the box stopped {starts - 1} times while answering this",
            )
        question = await self._question(job_id)
        await wait_for_index(self._index_complete, self._options.rebuild_wait_s)
        try:
            async with asyncio.timeout(self._options.deadline_s):
                return await self._answering.answer(
                    question, lambda share: self._progress(job_id, share)
                )
        except TimeoutError:
            seconds = self._options.deadline_s
            return failed(Unavailable(f"there was no answer within {seconds:g} s; ask again"))
        except Damaged:
            raise
        except AgentError as error:
            level = logging.INFO if isinstance(error, Refused) else logging.WARNING
            log.log(level, "search %s failed: %s", job_id, error)
            return failed(error)

    async def _question(self, job_id: str) -> PictureQuestion:
        question = await get_question(self._store, job_id)
        if question is None:
            raise _EndedMeanwhileError
        return question

    async def _progress(self, job_id: str, share: float) -> None:
        async with self._store.transaction() as tx:
            running = await set_job_running(tx, job_id, share)
        if not running:
            raise _EndedMeanwhileError
