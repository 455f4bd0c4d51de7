"""The worker that answers waiting picture searches, the oldest first.

Questions with an address wait in a lane of their own: a host that hangs keeps up others like it,
and nobody who brought a picture.
"""

import asyncio
import logging
from dataclasses import dataclass

from edge_agent.domain.errors import AgentError, Refused, Unavailable
from edge_agent.domain.job import JobState, PictureQuestion
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counter, Counters
from edge_agent.search.answering import Answering, wait_for_index
from edge_agent.search.options import SearchOptions
from edge_agent.search.outcome import Outcome, count_start, failed, write_outcome
from edge_agent.search.stages import Stages
from edge_agent.storage import Damaged, Store, Transaction
from edge_agent.storage.jobs import get_question, requeue_running, set_job_running

log = logging.getLogger(__name__)

KIND = "picture-search"


@dataclass(frozen=True, slots=True)
class _Begun:
    """A question whose turn it is.

    Attributes:
        asked_ms: when it was taken in.
        starts: how often it has been begun, this time included.
    """

    id: str
    question: PictureQuestion
    asked_ms: int
    starts: int


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
        self._stage_ms = counters.counter(
            "edge_agent_picture_search_stage_ms_total",
            "Milliseconds of answering picture searches, by stage.",
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
            begun = await self._next(by_address=by_address)
            if begun is None:
                await self._store.changed("job", version)
            else:
                await self._work_on(begun)

    async def _next(self, *, by_address: bool) -> _Begun | None:
        """Begin the oldest question that waits.

        That it has been begun must survive the end of this process, which a picture may bring
        about; a power cut may undo it.
        """

        async def begin(tx: Transaction) -> _Begun | None:
            rows = await tx.rows(
                "SELECT id, created_ms FROM job WHERE state = 'initialising' AND kind = ?"
                " AND (json_extract(question, '$.url') IS NOT NULL) = ? ORDER BY id LIMIT 1",
                (KIND, by_address),
            )
            if not rows:
                return None
            job_id = str(rows[0]["id"])
            await set_job_running(tx, job_id)
            starts, question = await count_start(tx, job_id), await get_question(tx, job_id)
            if question is None:
                raise RuntimeError(f"job {job_id} waits and is not there")
            return _Begun(job_id, question, rows[0]["created_ms"], starts)

        return await self._store.write(begin, durable=False, urgent=True)

    async def _work_on(self, begun: _Begun) -> None:
        began, stages = self._clock.monotonic(), Stages(self._clock)
        waited_ms = self._clock.now_ms() - begun.asked_ms
        outcome = await self._outcome(begun, stages)
        with stages.stage("write"):
            job = await self._store.write(
                lambda tx: write_outcome(
                    self._store,
                    tx,
                    begun.id,
                    outcome,
                    pack=self._pack,
                    at_ms=self._clock.now_ms(),
                ),
                urgent=True,
            )
        took_ms = (self._clock.monotonic() - began) * 1e3
        self._took_ms.add(took_ms)
        for stage, stage_ms in stages.took_ms.items():
            self._stage_ms.add(stage_ms, stage=stage)
        if job is not None:
            self._ended.add(state=job.state.value)
            log.info(
                "search %s: %s, %d hits in %.0f ms (wait %d, %s)",
                begun.id, job.state, job.hits, took_ms, waited_ms, stages.written(),
            )  # fmt: skip

    async def _outcome(self, begun: _Begun, stages: Stages) -> Outcome:
        if begun.starts > self._options.most_starts:
            return Outcome(
                state=JobState.FAILED,
                error_code=AgentError.code,
                error_message=f"the box stopped {begun.starts - 1} times while answering this",
            )
        await wait_for_index(self._index_complete, self._options.rebuild_wait_s)
        try:
            async with asyncio.timeout(self._options.deadline_s):
                return await self._answering.answer(begun.question, stages)
        except TimeoutError:
            seconds = self._options.deadline_s
            return failed(Unavailable(f"there was no answer within {seconds:g} s; ask again"))
        except Damaged:
            raise
        except AgentError as error:
            level = logging.INFO if isinstance(error, Refused) else logging.WARNING
            log.log(level, "search %s failed: %s", begun.id, error)
            return failed(error)
