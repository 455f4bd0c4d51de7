"""One camera: frames by credit, looked at, tracked, remembered, and recorded meanwhile.

Everything here runs on the event loop; pixels are touched by the vision threads and by the
camera's own worker process. The camera's life is a chain of worker lives: when one ends, whoever
was in view is written down as ended and the next worker starts after a pause.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from edge_agent.domain.errors import Unavailable
from edge_agent.domain.event import EventKind
from edge_agent.domain.place import Places
from edge_agent.domain.vector import Part
from edge_agent.ingest.events import ClockJumped, FragmentCut, FragmentLost, PictureFault
from edge_agent.ingest.link import CameraLink, Frame
from edge_agent.pipeline.looking import View, graded, look
from edge_agent.pipeline.memory import Memory
from edge_agent.pipeline.news import News
from edge_agent.pipeline.pace import Pace
from edge_agent.pipeline.recorder import FragmentOptions, FragmentRecorder
from edge_agent.pipeline.sighting import Sight, Sightings
from edge_agent.pipeline.turns import Turns
from edge_agent.pipeline.update import Update
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.supervise import Backoff, keep_running
from edge_agent.storage.store import Store
from edge_agent.tracking.best import BestShotOptions
from edge_agent.tracking.looks import SceneCut
from edge_agent.tracking.tracker import Tracker, TrackerOptions
from edge_agent.vision.threads import VisionThreads

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraOptions:
    """How one camera is watched.

    Attributes:
        detect_fps: frames looked at per second at the most.
        calm_fps: frames looked at per second while somebody is followed who hardly moves.
        motion_area: share of the picture that moves where the motion gate says so, 0 to 1.
        stalled_after: seconds without a frame looked at that count as standing still, while the
            camera is up; more than the gate and the worker may wait.
        face: when a view of a face is kept and embedded.
        body: the same for bodies.
        backoff: pause between two workers.
        places: zones and lines drawn into its picture.
    """

    detect_fps: float
    calm_fps: float = 2.0
    motion_area: float = 0.0015
    stalled_after: float = 60.0
    tracker: TrackerOptions
    face: BestShotOptions
    body: BestShotOptions
    fragments: FragmentOptions
    backoff: Backoff
    places: Places = field(default_factory=Places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all cameras share."""

    store: Store
    vision: VisionThreads
    turns: Turns
    memory: Memory
    recording_allowed: Callable[[], bool]
    clock: Clock
    counters: Counters


class Camera:
    """One camera while it is switched on; `run` lives until it is cancelled.

    Attributes:
        up: whether its worker delivers.
        looked_at: monotonic time of the last frame that was looked at.
    """

    def __init__(
        self, camera: str, link: CameraLink, options: CameraOptions, around: Surroundings
    ) -> None:
        self.id = camera
        self.up = False
        self.looked_at = around.clock.monotonic()
        self._news = News(camera, around.store, around.clock, around.counters)
        self._link = link
        self._options = options
        self._around = around
        self._tracker = Tracker(options.tracker)
        self._cuts = SceneCut()
        self._pace = Pace(options.detect_fps, options.calm_fps)
        self._handing_in = asyncio.Lock()
        self._taking = asyncio.Lock()
        self._sightings = Sightings(
            camera, {Part.FACE: options.face, Part.BODY: options.body}, options.places
        )
        self._recorder = FragmentRecorder(
            camera=camera,
            link=link,
            store=around.store,
            allowed=around.recording_allowed,
            options=options.fragments,
            clock=around.clock,
        )
        counters = around.counters
        self._jumps = counters.counter(
            "edge_agent_clock_jumps_total", "Leaps of a clock, by camera and whose it was."
        )
        self._faces = counters.counter(
            "edge_agent_faces_seen_total", "Faces found in frames, by camera."
        )
        self._bodies = counters.counter(
            "edge_agent_bodies_seen_total", "Bodies surely found in frames, by camera."
        )

    @property
    def followed(self) -> int:
        """How many people are in view."""
        return len(self._sightings)

    def stalled(self) -> float | None:
        """Seconds since a frame was looked at, where that is too long; else None.

        A camera that waits for the disk does not stand still: memory is watched by itself.
        """
        waits = self._handing_in.locked() or self._news.waiting
        since = self._around.clock.monotonic() - self.looked_at
        return since if self.up and not waits and since > self._options.stalled_after else None

    async def run(self) -> None:
        """Watch until cancelled; then say goodbye to everybody in view and close the clip.

        The worker outlives the other tasks, because only it can close the clip.
        """
        try:
            async with asyncio.TaskGroup() as living:
                worker = living.create_task(self._workers(), name=f"{self.id} worker")
                try:
                    await self._watch()
                finally:
                    await asyncio.shield(self._wind_up())
                    worker.cancel()
        finally:
            self._link.close()

    async def _watch(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._frames(), name=f"{self.id} frames")
            group.create_task(self._recorder.run(), name=f"{self.id} recorder")
            group.create_task(self._listen(), name=f"{self.id} events")

    async def _wind_up(self) -> None:
        await self._everybody_left()
        await self._news.unwatched()
        await self._recorder.close()

    async def _workers(self) -> None:
        await keep_running(
            f"camera {self.id}",
            self._one_worker,
            retry_on=Unavailable,
            backoff=self._options.backoff,
        )

    async def _one_worker(self) -> None:
        try:
            await self._link.run()
        except Unavailable as error:
            await self._went_down(str(error))
            raise
        else:
            await self._went_down("its stream ended")

    async def _listen(self) -> None:
        """Act on what the worker says beside its frames."""
        while True:
            event = await self._link.events.get()
            if isinstance(event, FragmentCut | FragmentLost):
                self._recorder.interrupted()
            elif isinstance(event, PictureFault):
                await self._news.fault(event)
            elif isinstance(event, ClockJumped):
                self._jumps.add(camera=self.id, whose=event.whose)
                log.warning("camera %s: %s time jumped by %d ms", self.id, event.whose, event.by_ms)

    async def _frames(self) -> None:
        """Look at the newest frame, whenever it is this camera's turn."""
        while True:
            frame = await self._link.frame()
            became = "dropped"
            try:
                await self._came_up()
                view = await self._view(frame)
                became = "failed" if view is None else "inferred"
                self.looked_at = self._around.clock.monotonic()
                if view is not None:
                    await self._take(frame, view)
            finally:
                self._link.release(frame, became=became)

    async def _take(self, frame: Frame, view: View) -> None:
        """Follow whom a frame shows, and hand in what is new of them.

        What the tracker has taken in the sightings must take in as well, before anything ends
        tracks: hence the lock, and hence no cancellation in between. The frame's slot is ours
        until it returns, even where it is cancelled.
        """
        following = asyncio.get_running_loop().create_task(self._follow(frame, view))
        try:
            await asyncio.shield(following)
        finally:
            await following

    async def _follow(self, frame: Frame, view: View) -> None:
        async with self._taking:
            updates = await self._followed(frame, view)
            if updates:
                await self._hand_in(updates)

    async def _followed(self, frame: Frame, view: View) -> list[Update]:
        step = self._tracker.update(
            view.seen,
            frame.wall_ms,
            face_looks=view.face_looks,
            body_looks=view.body_looks,
            cut=view.cut,
        )
        moving = frame.motion >= self._options.motion_area
        fps = self._pace.after(step, frame.wall_ms, moving=moving)
        self._link.attend(live=bool(step.live or step.young), fps=round(fps, 1))
        self._recorder.seen(somebody=any(live.seen for live in step.live), again_s=1 / fps)
        worth = self._sightings.open_to(step, view.bounds)
        quality = await graded(self._around.vision, frame.image, view, worth)
        sight = Sight(
            frame.image,
            frame.wall_ms,
            view.seen,
            quality[Part.FACE],
            quality[Part.BODY],
            self._recorder.current,
        )
        if self._sightings.wants(sight, step):
            close_up = await self._link.close_up(frame.wall_ms)
            sight = replace(sight, close_up=close_up.image if close_up else None)
        updates = self._sightings.take(sight, step)
        self._recorder.shows(self._sightings.shown(step))
        return updates

    async def _view(self, frame: Frame) -> View | None:
        """Look at a frame; a failure is counted and is not the same as nobody being there."""
        image, low = frame.image, self._options.tracker.low
        try:
            async with self._around.turns.turn(self.id):
                view = await self._around.vision.call(
                    "look", lambda vision: look(vision, self._cuts, image, low)
                )
        except Unavailable as error:
            log.error("camera %s: a frame could not be looked at: %s", self.id, error)  # noqa: TRY400 - expected
            return None
        self._faces.add(len(view.seen.faces), camera=self.id)
        sure = view.seen.bodies.score >= self._options.tracker.high
        self._bodies.add(int(sure.sum()), camera=self.id)
        return view

    async def _came_up(self) -> None:
        if not self.up:
            self.up, self.looked_at = True, self._around.clock.monotonic()
            await self._news.report(EventKind.CAMERA_UP, "delivers frames")

    async def _went_down(self, reason: str) -> None:
        self.up = False
        await self._everybody_left()
        await self._news.report(EventKind.CAMERA_DOWN, reason)

    async def _everybody_left(self) -> None:
        async with self._taking:
            await self._hand_in(self._sightings.end(self._tracker.end_all()))

    async def _hand_in(self, updates: Sequence[Update]) -> None:
        """Hand updates to memory, whole and in the order in which they were made.

        While memory's queue is full, the frames' task and the worker's may both wait here; a
        track that has ended must not be reopened by what was seen of it before.
        """
        await asyncio.shield(self._put(updates))

    async def _put(self, updates: Sequence[Update]) -> None:
        async with self._handing_in:
            for update in updates:
                await self._around.memory.put(update)
