"""Picture searches as LinkVisual asks for them: as jobs, or answered in one call."""

import asyncio
from dataclasses import dataclass
from typing import Any

from edge_agent.cloud_api.apps import Apps, check_app
from edge_agent.cloud_api.caller import Caller
from edge_agent.cloud_api.pages import offset
from edge_agent.cloud_api.ports import Place, Searches
from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.domain.job import Job, JobState, PictureQuestion
from edge_agent.domain.vector import Part
from edge_agent.queries.numbered import (
    NumberedHit,
    NumberedJob,
    numbered_hits,
    numbered_job,
    numbered_jobs,
)
from edge_agent.storage import Reads, Store
from edge_agent.storage.apps import Numbered
from edge_agent.storage.jobs import get_job
from edge_agent.wire.cloud import linkvisual_data as data
from edge_agent.wire.cloud import picture_search as asking
from edge_agent.wire.cloud.errors import PICTURE_TYPE, TENANT_ERROR, BusinessRefusal, invalid

_STATUS = {
    JobState.INITIALISING: 0,
    JobState.NO_DATA: 1,
    JobState.RUNNING: 2,
    JobState.SUCCEEDED: 3,
    JobState.FAILED: 4,
    JobState.CANCELLED: 4,
}
_PARTS = {asking.PictureType.BODY: Part.BODY, asking.PictureType.FACE: Part.FACE}
_KINDS = {part: kind for kind, part in _PARTS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchesOptions:
    """How searches are asked.

    Attributes:
        most_hits: how many hits a search keeps; the search service's own limit.
        answer_within_s: how long the synchronous search waits for its answer, in seconds.
    """

    most_hits: int = 200
    answer_within_s: float = 20.0


class CloudSearches:
    """The operations on searches.

    Args:
        searches: the service that answers.
        store: holds the jobs and tells when one has changed.
        apps: what apps may look at.
        place: the box and its cameras.
        options: the limits.
    """

    def __init__(
        self,
        searches: Searches,
        store: Store,
        apps: Apps,
        place: Place,
        options: SearchesOptions,
    ) -> None:
        self._searches = searches
        self._store = store
        self._apps = apps
        self._place = place
        self._options = options

    async def create(self, asked: asking.CreateJob, caller: Caller) -> str:
        """CreatePictureSearchJob: the id of a job that will be answered."""
        cameras = await self._apps.cameras(asked.app)
        job = await self._ask(asked.question, cameras, caller, app=asked.app)
        return job.id

    async def status(self, asked: asking.GetJobStatus, _caller: Caller) -> dict[str, Any]:
        """GetPictureSearchJobStatus: one job."""
        return _shown(await self._store.at_once(lambda reads: _job(reads, asked.app, asked.job)))

    async def jobs(self, asked: asking.QueryJobs, _caller: Caller) -> dict[str, Any]:
        """QueryPictureSearchJob: an app's jobs, newest first."""
        states = [state for state in JobState if asked.status in (None, _STATUS[state])]
        paging = asked.paging

        async def read(reads: Reads) -> Numbered[NumberedJob]:
            await check_app(reads, asked.app)
            return await numbered_jobs(
                reads, asked.app, states, offset=offset(paging), limit=paging.size
            )

        found = await self._store.at_once(read)
        return data.page(paging, found.total, [_shown(job) for job in found.rows])

    async def results(self, asked: asking.QueryJobResult, caller: Caller) -> dict[str, Any]:
        """QueryPictureSearchJobResult: who was found, best first."""
        paging = asked.paging

        async def read(reads: Reads) -> tuple[Part, Numbered[NumberedHit]]:
            job = await _job(reads, asked.app, asked.job)
            return job.part, await numbered_hits(
                reads, job.id, job.part, offset=offset(paging), limit=paging.size
            )

        part, found = await self._store.at_once(read)
        shown = [self._hit(hit, part, caller, at_once=False) for hit in found.rows]
        return data.page(paging, found.total, shown)

    async def search(self, asked: asking.SearchPicture, caller: Caller) -> dict[str, Any]:
        """PictureSearchPicture: ask and wait for the answer.

        Raises:
            Unavailable: it takes too long, or what is needed for it is away.
            BusinessRefusal: the picture cannot be used.
        """
        cameras = await self._apps.cameras(asked.app)
        # Without the app: it is not one of the jobs that the app lists.
        job = await self._ask(asked.question, cameras, caller, app=None)
        try:
            async with asyncio.timeout(self._options.answer_within_s):
                job = await self._ended(job.id)
        except TimeoutError:
            raise Unavailable("the search takes too long; ask for it as a job") from None
        if job.state is JobState.FAILED:
            if job.error_code == Unavailable.code:
                raise Unavailable(job.error_message or "the search failed")
            raise BusinessRefusal(*PICTURE_TYPE)
        paging, part = asked.paging, _PARTS[asked.question.kind]
        found = await self._store.at_once(
            lambda reads: numbered_hits(
                reads, job.id, part, offset=offset(paging), limit=paging.size
            )
        )
        shown = [self._hit(hit, part, caller, at_once=True) for hit in found.rows]
        return data.page(paging, found.total, shown)

    async def _ask(
        self,
        asked: asking.Question,
        cameras: frozenset[str],
        caller: Caller,
        *,
        app: str | None,
    ) -> Job:
        question = PictureQuestion(
            url=asked.picture_url,
            parts=frozenset({_PARTS[asked.kind]}),
            start_ms=asked.start_ms,
            end_ms=asked.end_ms,
            cameras=cameras,
            threshold=asked.threshold,
            body_threshold=asked.body_threshold,
            limit=self._options.most_hits,
            app=app,
        )
        try:
            return await self._searches.create(question, asker=caller.asker)
        except Refused as error:
            if error.field == "url":
                raise invalid("SearchPicUrl") from error
            raise

    async def _ended(self, job_id: str) -> Job:
        while True:
            version = self._store.version("job")
            job = await get_job(self._store, job_id)
            if job is None:
                raise Unavailable("the search was forgotten while it was being answered")
            if job.state.final:
                return job
            await self._store.changed("job", version)

    def _hit(
        self, hit: NumberedHit, part: Part, caller: Caller, *, at_once: bool
    ) -> dict[str, Any]:
        return data.hit(
            picture_url=caller.links.picture(hit.picture) if hit.picture else "",
            at_ms=hit.at_ms,
            gateway_id=self._place.box,
            vector_id=f"vectorId{hit.vector or ''}",
            camera_id=hit.camera,
            score=hit.score,
            nickname=None if at_once else self._place.cameras.get(hit.camera),
            kind=_KINDS[part] if at_once else None,
        )


async def _job(reads: Reads, app: str, job_id: str) -> NumberedJob:
    await check_app(reads, app)
    job = await numbered_job(reads, job_id)
    if job is None or job.app != app:
        raise BusinessRefusal(*TENANT_ERROR)
    return job


def _shown(job: NumberedJob) -> dict[str, Any]:
    return data.job(
        job.id,
        status=_STATUS[job.state],
        start_ms=job.start_ms,
        end_ms=job.end_ms,
        created_ms=job.created_ms,
        picture_url=job.url,
        threshold=job.threshold or 0.0,
    )
