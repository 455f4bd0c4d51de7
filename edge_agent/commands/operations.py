"""What can be asked for by MQTT: one function per operation, and the table of them."""

from edge_agent.commands.call import ASKER, Call, Operation
from edge_agent.commands.fingerprints import FingerprintOperations
from edge_agent.commands.images import ImageOperations
from edge_agent.commands.ports import Audit, Cameras, Reads, Searches, Status
from edge_agent.commands.staff import StaffOperations
from edge_agent.commands.text_search import TextSearchOperations
from edge_agent.commands.visits import VisitOperations
from edge_agent.commands.watchlists import WatchListOperations
from edge_agent.domain.errors import NotFound
from edge_agent.domain.risk_task import RiskTaskState
from edge_agent.queries import HitRow, TrackFilter
from edge_agent.tasks import Change, NewTask, RiskTasks
from edge_agent.wire import answers, box_status
from edge_agent.wire import risk_tasks as risk
from edge_agent.wire.model import Answer, parsed
from edge_agent.wire.picture_search import (
    CameraId,
    JobCancel,
    JobGet,
    JobList,
    Nothing,
    PictureSearchCreate,
    TrackQuery,
)


class Operations:
    """Every operation of the MQTT door.

    Args:
        searches: takes picture searches.
        reads: what is stored.
        cameras: switches cameras.
        tasks: keeps investigations.
        visits: operations on what tracks mean to the store.
        staff: operations on the list of staff.
        fingerprints: operations on fingerprints.
        watchlists: operations on watch lists.
        texts: finding people by words.
        status: tells how the box is.
        images: operations on pictures of things.
        links: to pictures and clips.
        audit: told who looks at whom, by the same rules as over HTTP.
    """

    def __init__(
        self,
        *,
        searches: Searches,
        reads: Reads,
        cameras: Cameras,
        tasks: RiskTasks,
        visits: VisitOperations,
        staff: StaffOperations,
        fingerprints: FingerprintOperations,
        watchlists: WatchListOperations,
        texts: TextSearchOperations,
        images: ImageOperations,
        status: Status,
        links: answers.Links,
        audit: Audit,
    ) -> None:
        self._audit = audit
        self._searches = searches
        self._reads = reads
        self._cameras = cameras
        self._tasks = tasks
        self._status = status
        self._links = links
        self.table: dict[str, Operation] = {
            "picture-search.create": Operation(self._search_create, remembered=True),
            "picture-search.get": Operation(self._search_get),
            "picture-search.list": Operation(self._search_list),
            "picture-search.cancel": Operation(self._search_cancel, remembered=True),
            "track.query": Operation(self._track_query),
            "camera.list": Operation(self._camera_list),
            "camera.enable": Operation(self._camera_enable, remembered=True),
            "camera.disable": Operation(self._camera_disable, remembered=True),
            "risk-task.create": Operation(self._task_create, remembered=True),
            "risk-task.get": Operation(self._task_get),
            "risk-task.list": Operation(self._task_list),
            "risk-task.change": Operation(self._task_change, remembered=True),
            "risk-task.delete": Operation(self._task_delete, remembered=True),
            **texts.table,
            **visits.table,
            **staff.table,
            **fingerprints.table,
            **watchlists.table,
            **images.table,
            "box.status": Operation(self._box_status),
        }

    def find(self, name: str) -> Operation:
        """Look an operation up.

        Raises:
            NotFound: there is none of this name; the message names those that there are.
        """
        operation = self.table.get(name)
        if operation is None:
            raise NotFound(f"no operation {name!r}; there are: {', '.join(sorted(self.table))}")
        return operation

    async def _search_create(self, call: Call) -> Answer:
        question = parsed(PictureSearchCreate, call.parameters).question()
        job = await self._searches.create(
            question,
            asker=ASKER,
            reply=call.reply,
            request=call.request,
            remember_answer=call.remembering(answers.job),
        )
        return answers.job(job)

    async def _search_get(self, call: Call) -> Answer:
        wanted = parsed(JobGet, call.parameters)
        job = await self._reads.job(wanted.job)
        if job is None:
            raise NotFound(f"there is no job {wanted.job}", field="job")
        await self._audit.looked(ASKER, "picture-search.view", {"job": job.id})
        rows: list[HitRow] = []
        if wanted.limit:
            rows = await self._reads.hits(job.id, after_rank=wanted.after, limit=wanted.limit + 1)
        shown = [self._hit(row) for row in rows[: wanted.limit]]
        more = len(rows) > wanted.limit
        return answers.job_with_hits(job, shown, shown[-1].rank if more else None)

    async def _search_list(self, call: Call) -> Answer:
        wanted = parsed(JobList, call.parameters)
        page = await self._reads.jobs(after=wanted.after, limit=wanted.limit)
        return answers.Jobs(jobs=[answers.job(job) for job in page.rows], next=page.after)

    async def _search_cancel(self, call: Call) -> Answer:
        wanted = parsed(JobCancel, call.parameters)
        return answers.job(await self._searches.cancel(wanted.job, asker=ASKER))

    async def _track_query(self, call: Call) -> Answer:
        wanted = parsed(TrackQuery, call.parameters)
        known = {row.id for row in await self._reads.cameras()} if wanted.cameras else set()
        unknown = sorted(set(wanted.cameras) - known)
        if unknown:
            raise NotFound(f"there is no camera {', '.join(unknown)}", field="cameras")
        if given := wanted.looks_for():
            await self._audit.looked(ASKER, "track.search", given)
        page = await self._reads.tracks(
            TrackFilter.of(wanted),
            after=wanted.after,
            limit=wanted.limit,
        )
        tracks = [answers.track(row.as_track(), self._links) for row in page.rows]
        return answers.Tracks(tracks=tracks, next=page.after)

    async def _camera_list(self, call: Call) -> Answer:
        parsed(Nothing, call.parameters)
        return box_status.Cameras(cameras=await self._every_camera())

    async def _camera_enable(self, call: Call) -> Answer:
        return await self._switched(call, on=True)

    async def _camera_disable(self, call: Call) -> Answer:
        return await self._switched(call, on=False)

    async def _switched(self, call: Call, *, on: bool) -> Answer:
        wanted = parsed(CameraId, call.parameters)
        await self._cameras.switch(wanted.camera, on=on, asker=ASKER)
        return next(each for each in await self._every_camera() if each.id == wanted.camera)

    async def _task_create(self, call: Call) -> Answer:
        wanted = parsed(risk.RiskTaskCreate, call.parameters)
        remember = call.remembering(risk.risk_task)
        task = await self._tasks.create(NewTask.of(wanted), asker=ASKER, remember=remember)
        return risk.risk_task(task)

    async def _task_get(self, call: Call) -> Answer:
        wanted = parsed(risk.RiskTaskGet, call.parameters)
        task = await self._tasks.get(wanted.id, tenant=wanted.tenant, store=wanted.store)
        if not wanted.limit:
            return risk.risk_task_with_tracks(task, [], None)
        await self._audit.looked(ASKER, "risk-task.view", {"task": task.id})
        page = await self._tasks.tracks(task.id, after=wanted.after, limit=wanted.limit)
        shown = [answers.track(track, self._links) for track in page.tracks]
        return risk.risk_task_with_tracks(task, shown, page.after)

    async def _task_list(self, call: Call) -> Answer:
        wanted = parsed(risk.RiskTaskList, call.parameters)
        state = None if wanted.state is None else RiskTaskState(wanted.state)
        page = await self._tasks.tasks(state=state, after=wanted.after, limit=wanted.limit)
        return risk.RiskTasks(tasks=[risk.risk_task(task) for task in page.tasks], next=page.after)

    async def _task_change(self, call: Call) -> Answer:
        wanted = parsed(risk.RiskTaskChange, call.parameters)
        change, remember = Change.of(wanted), call.remembering(risk.risk_task)
        task = await self._tasks.change(wanted.id, change, asker=ASKER, remember=remember)
        return risk.risk_task(task)

    async def _task_delete(self, call: Call) -> Answer:
        wanted = parsed(risk.RiskTaskDelete, call.parameters)
        remember = call.remembering(risk.risk_task)
        return risk.risk_task(await self._tasks.delete(wanted.id, asker=ASKER, remember=remember))

    async def _box_status(self, call: Call) -> Answer:
        parsed(Nothing, call.parameters)
        return await self._status()

    async def _every_camera(self) -> list[box_status.Camera]:
        rows = await self._reads.cameras()
        return [box_status.Camera.model_validate(row, from_attributes=True) for row in rows]

    def _hit(self, row: HitRow) -> answers.Hit:
        return answers.hit(row.as_hit(), row.track.as_track(), self._links)
