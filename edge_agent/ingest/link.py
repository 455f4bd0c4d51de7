"""The daemon's end of one camera's worker.

Everything here runs on the event loop. `run` is one life of one worker; whoever owns the link
runs it again and again (`keep_running(…, retry_on=Unavailable)`), while `frame` waits across
lives: a slot that was granted to a dead worker is granted to the next one, a frame that is still
being looked at stays whole. What runs on threads: waiting for a killed process to be gone.
"""

import asyncio
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.clip import ClosedClip
from edge_agent.ingest.close_ups import CloseUps
from edge_agent.ingest.control import LONGEST_LINE, pack, unpack
from edge_agent.ingest.events import (
    CameraEvent,
    CameraUp,
    ClockJumped,
    FragmentCut,
    FragmentLost,
    PictureFault,
    ResolutionChanged,
)
from edge_agent.ingest.frame import CloseUp, Frame
from edge_agent.ingest.patience import Patience, waited_for_processor
from edge_agent.ingest.process import start_worker
from edge_agent.ingest.recording import Recording
from edge_agent.ingest.ring import SLOTS, Ring, make_memory
from edge_agent.ingest.source import IngestOptions, Source, to_line
from edge_agent.ingest.tally import Tally
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters

if TYPE_CHECKING:
    import subprocess

__all__ = ["CameraLink", "Frame"]

T = TypeVar("T")

EVENTS_KEPT = 64
"""More unread events than this, and the oldest go; a camera makes a few per connection."""


class CameraLink:
    """One camera: frames by credit, clips, events.

    Attributes:
        source: the camera.
        up: a worker is running and its camera sends pictures.
        events: what the worker tells; read it, or the oldest are forgotten (and counted).
    """

    def __init__(
        self, source: Source, options: IngestOptions, clock: Clock, counters: Counters
    ) -> None:
        self.source = source
        self.up = False
        self.events: asyncio.Queue[CameraEvent] = asyncio.Queue(EVENTS_KEPT)
        self._options = options
        self._clock = clock
        self._tally = Tally(source.id, counters)
        self._restarts = counters.counter(
            "edge_agent_worker_starts_total", "Workers started, by camera."
        )
        self._opened = counters.counter(
            "edge_agent_decoders_opened_total",
            "Connections to cameras, by camera and what decodes.",
        )
        self._forgotten = counters.counter(
            "edge_agent_camera_events_dropped_total",
            "What a worker told and nobody read in time, by camera.",
        )
        self._memory = make_memory()
        self._ring = Ring(self._memory, writable=False)
        self._close_ups = CloseUps(source.id, self._ring, counters)
        self._free = list(range(SLOTS))
        self._granted: list[int] = []
        self._arrived: asyncio.Queue[Frame] = asyncio.Queue()
        self._released = asyncio.Event()
        self._attention: tuple[bool, float | None] = (False, None)
        self._writer: asyncio.StreamWriter | None = None
        self._clip: Recording | None = None
        self._patience: Patience | None = None
        self._limit: asyncio.Timeout | None = None

    def close(self) -> None:
        """Give the shared memory back, once nobody looks at a frame; may be called twice."""
        while not self._arrived.empty():
            self.release(self._arrived.get_nowait())
        if self._memory >= 0:
            os.close(self._memory)
            self._memory = -1

    async def run(self) -> None:
        """Start a worker and serve it until it ends; returns only at the end of a file.

        Raises:
            Unavailable: the camera is away, or the worker died or hung and was killed.
        """
        self._restarts.add(camera=self.source.id)
        ours, theirs = socket.socketpair()
        with theirs:
            worker = start_worker(theirs, self._memory)
        reader, writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
        self._writer = writer
        try:
            writer.write(to_line(self.source, self._options))
            live, fps = self._attention
            self._tell("attend", live=live, fps=fps)
            for slot in self._granted:
                self._tell("grant", slot=slot)
            await self._serve(reader, worker)
        finally:
            self._end_life()
            worker.kill()
            writer.close()
            await asyncio.to_thread(worker.wait)

    async def frame(self) -> Frame:
        """Grant a slot and wait for the newest frame that passed the gate.

        Waits while the camera is away, and while all slots are being looked at. One caller at a
        time.
        """
        while not self._granted and self._arrived.empty():
            if self._free:
                slot = self._free.pop(0)
                self._granted.append(slot)
                self._tell("grant", slot=slot)
            else:
                self._released.clear()
                await self._released.wait()
        return await self._arrived.get()

    def release(self, frame: Frame, *, became: str = "dropped") -> None:
        """Say that nobody looks at this frame any more.

        Args:
            frame: the one.
            became: `inferred`, `failed`, or `dropped` where it was not looked at.

        Raises:
            ValueError: it had been released before.
        """
        if frame.slot in self._free or frame.slot in self._granted:
            raise ValueError(f"slot {frame.slot} of {self.source.id} was released before")
        self._free.append(frame.slot)
        self._tally.became(became)
        self._released.set()

    def attend(self, *, live: bool, fps: float | None = None) -> None:
        """Say what is wanted from now on.

        Args:
            live: somebody is being followed, so frames pass though nothing moves.
            fps: so many frames per second are wanted; None means the camera's `detect_fps`.
        """
        if self._attention != (live, fps):
            self._attention = (live, fps)
            self._tell("attend", live=live, fps=fps)

    async def close_up(self, at_ms: int) -> CloseUp | None:
        """The main stream's picture of a wall time; None where there is none, or not in time.

        One caller at a time; the picture is good until the next one is asked for.
        """
        if not self.source.detect_url or self._writer is None:
            return None
        return await self._close_ups.ask(at_ms, lambda at: self._tell("closeup", at_ms=at))

    async def start_fragment(self, fragment_id: str, path: Path) -> int:
        """Record a clip, from the oldest key frame that is still in the pre-roll.

        Args:
            fragment_id: its id; also written into the file.
            path: where the finished clip will be; its folder exists. `.part` is appended while
                it is being written.

        Returns:
            Wall time of its first picture, in milliseconds.

        Raises:
            Unavailable: the camera is away, another clip is open, or the disk refuses.
        """
        if self._writer is None or not self.up:
            raise Unavailable(f"camera {self.source.id} is away")
        if self._clip is not None and not self._clip.finished.done():
            raise Unavailable(f"camera {self.source.id} is recording {self._clip.id} already")
        self._clip = clip = Recording(fragment_id)
        self._tell("record", id=fragment_id, path=str(path))
        try:
            return await self._answered(clip.started)
        except Unavailable:
            self._clip = None
            raise

    async def stop_fragment(self) -> ClosedClip:
        """End the clip that is being recorded and wait until it is durable.

        A clip that the worker had to end before (`FragmentCut`) is returned at once.

        Raises:
            Unavailable: no clip is open, or the worker died; then ask `recover_part`.
        """
        clip = self._clip
        if clip is None:
            raise Unavailable(f"camera {self.source.id} is not recording")
        if not clip.finished.done():
            self._tell("stop", id=clip.id)
        try:
            return await self._answered(clip.finished)
        finally:
            if self._clip is clip:
                self._clip = None

    async def _answered(self, answer: "asyncio.Future[T]") -> T:
        try:
            async with asyncio.timeout(self._options.close_s):
                return await asyncio.shield(answer)
        except TimeoutError:
            raise Unavailable(
                f"camera {self.source.id}: the disk took longer than {self._options.close_s:g} s"
            ) from None

    async def _serve(self, reader: asyncio.StreamReader, worker: "subprocess.Popen[bytes]") -> None:
        name = self.source.id
        try:
            if await self._heard_out(reader, worker.pid):
                return
        except ConnectionResetError:
            pass  # it died with messages of ours unread
        except ValueError as error:
            raise Unavailable(f"the worker of camera {name} talks nonsense: {error}") from error
        status = await asyncio.to_thread(worker.wait)
        raise Unavailable(f"the worker of camera {name} died (exit status {status})")

    async def _heard_out(self, reader: asyncio.StreamReader, worker: int) -> bool:
        """Hear a worker until it says no more; True at the end of a file."""
        now = asyncio.get_running_loop().time
        start_s = self._options.start_s
        self._patience = Patience(lambda: waited_for_processor(worker), now(), start_s)
        while True:
            try:
                async with asyncio.timeout_at(self._patience.until) as self._limit:
                    while line := await reader.readline():
                        if self._hear(line):
                            return True
                    return False
            except TimeoutError:
                if self._patience.over(now()):
                    raise Unavailable(
                        f"the worker of camera {self.source.id} hung and was killed"
                    ) from None

    def _hear(self, line: bytes) -> bool:
        """Act on one message; True at the end of a file."""
        kind, fields = unpack(line)
        if kind == "filled":
            self._filled(**fields)
        elif kind == "beat":
            self._alive(self._options.read_s)
            self._tally.count(fields)
        elif kind == "hello":
            self._alive(self._options.open_s)
        elif kind == "up":
            self._alive(self._options.read_s)
            self.up = True
            self._opened.add(camera=self.source.id, decoder=fields["decoder"])
            self._publish(CameraUp(**fields))
        elif kind == "ended":
            if fields["reason"]:
                raise Unavailable(f"camera {self.source.id}: {fields['reason']}")
            return True
        else:
            self._hear_more(kind, fields)
        return False

    def _hear_more(self, kind: str, fields: dict[str, Any]) -> None:
        if kind == "closeup":
            self._close_ups.heard(**fields)
        elif kind in ("recording", "closed", "lost"):
            self._hear_of_clip(kind, fields)
        elif kind == "jump":
            self._publish(ClockJumped(**fields))
        elif kind == "picture":
            fault = fields.pop("fault")
            self._publish(PictureFault(kind=fault, **fields))
        elif kind == "size":
            self._publish(ResolutionChanged(**fields))
        else:
            raise ValueError(f"unknown message {kind!r}")

    def _hear_of_clip(self, kind: str, fields: dict[str, Any]) -> None:
        if kind == "closed":
            self._closed(fields)
        elif kind == "lost":
            self._lost(fields["id"], fields["reason"])
        elif self._clip is not None:
            self._clip.begin(fields["id"], fields["start_ms"])

    def _alive(self, seconds: float) -> None:
        if self._patience is not None and self._limit is not None:
            now = asyncio.get_running_loop().time()
            self._patience.renew(now, seconds + self._options.grace_s)
            self._limit.reschedule(self._patience.until)

    def _filled(
        self,
        *,
        slot: int,
        width: int,
        height: int,
        source_ms: int,
        wall_ms: int,
        motion: float,
        counts: dict[str, int],
    ) -> None:
        if slot not in self._granted:
            raise ValueError(f"slot {slot} was filled without having been granted")
        image = self._ring.image(slot, width, height)
        self._granted.remove(slot)
        self._tally.count(counts)
        self._tally.arrived()
        self._arrived.put_nowait(Frame(self.source.id, image, source_ms, wall_ms, motion, slot))

    def _closed(self, fields: dict[str, Any]) -> None:
        asked, reason = fields.pop("asked"), fields.pop("reason")
        clip = ClosedClip(fragment_id=fields.pop("id"), **fields)
        if self._clip is not None:
            self._clip.finish(clip)
        if not asked:
            self._publish(FragmentCut(clip=clip, reason=reason))

    def _lost(self, fragment_id: str, reason: str) -> None:
        if self._clip is not None:
            self._clip.lose(fragment_id, reason)
        self._publish(FragmentLost(fragment_id=fragment_id, reason=reason))

    def _publish(self, event: CameraEvent) -> None:
        if self.events.full():
            self.events.get_nowait()
            self._forgotten.add(camera=self.source.id)
        self.events.put_nowait(event)

    def _tell(self, kind: str, **fields: Any) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(pack(kind, **fields))

    def _end_life(self) -> None:
        self.up = False
        self._writer = None
        self._tally.restart()
        self._close_ups.gone()
        if self._clip is not None:
            self._clip.orphan(f"the worker of camera {self.source.id} is gone")
