"""Picture searches as LinkVisual asks for them: as jobs, or answered in one call."""

import asyncio
from dataclasses import dataclass
from typing import Any

from edge_agent.cloud_api.apps import Apps
from edge_agent.cloud_api.caller import Caller
from edge_agent.cloud_api.pages import offset
from edge_agent.cloud_api.ports import Place, Searches
from edge_agent.domain.errors import Refused, Unavailable
from edge_agent.domain.job import Job, JobState, PictureQuestion
from edge_agent.domain.vector import Part
from edge_agent.queries.numbered import best_vectors, numbered_hits, numbered_jobs
from edge_agent.storage import Store
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
        return _shown(await self._job(asked.app, asked.job))

    async def jobs(self, asked: asking.QueryJobs, _caller: Caller) -> dict[str, Any]:
        """QueryPictureSearchJob: an app's jobs, newest first."""
        await self._apps.check(asked.app)
        states = [state for state in JobState if asked.status in (None, _STATUS[state])]
        paging = asked.paging
        found = await numbered_jobs(
            self._store, asked.app, states, offset=offset(paging), limit=paging.size
        )
        return data.page(paging, found.total, [_shown(job) for job in found.rows])

    async def results(self, asked: asking.QueryJobResult, caller: Caller) -> dict[str, Any]:
        """QueryPictureSearchJobResult: who was found, best first."""
        job = await self._job(asked.app, asked.job)
        return await self._hits(job, asked.paging, caller, at_once=False)

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
        return await self._hits(job, asked.paging, caller, at_once=True)

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

    async def _job(self, app: str, job_id: str) -> Job:
        await self._apps.check(app)
        job = await get_job(self._store, job_id)
        if job is None or job.question.app != app:
            raise BusinessRefusal(*TENANT_ERROR)
        return job

    async def _ended(self, job_id: str) -> Job:
        while True:
            version = self._store.version("job")
            job = await get_job(self._store, job_id)
            if job is None:
                raise Unavailable("the search was forgotten while it was being answered")
            if job.state.final:
                return job
            await self._store.changed("job", version)

    async def _hits(
        self, job: Job, paging: asking.Paging, caller: Caller, *, at_once: bool
    ) -> dict[str, Any]:
        (part,) = job.question.parts
        found = await numbered_hits(self._store, job.id, offset=offset(paging), limit=paging.size)
        vectors = await best_vectors(self._store, [hit.track.id for hit in found.rows], part)
        kind = asking.PictureType.FACE if part is Part.FACE else asking.PictureType.BODY
        shown = []
        for hit in found.rows:
            track = hit.track
            shot = track.face if part is Part.FACE else track.body
            score = hit.face_score if part is Part.FACE else hit.body_score
            shown.append(
                data.hit(
                    picture_url=caller.links.picture(shot.picture) if shot else "",
                    at_ms=shot.at_ms if shot else track.start_ms,
                    gateway_id=self._place.box,
                    vector_id=f"vectorId{vectors.get(track.id, '')}",
                    camera_id=track.camera,
                    score=hit.score if score is None else score,
                    nickname=None if at_once else self._place.cameras.get(track.camera),
                    kind=kind if at_once else None,
                )
            )
        return data.page(paging, found.total, shown)


def _shown(job: Job) -> dict[str, Any]:
    question = job.question
    face = Part.FACE in question.parts
    threshold = question.threshold if face else question.body_threshold
    return data.job(
        job.id,
        status=_STATUS[job.state],
        start_ms=question.start_ms,
        end_ms=question.end_ms,
        created_ms=job.created_ms,
        picture_url=question.url or "",
        threshold=threshold or 0.0,
    )
