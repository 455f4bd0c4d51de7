"""Vision off the event loop."""

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeVar

from edge_agent.domain.attributes import Attributes
from edge_agent.domain.detection import Bodies, Faces, Floats, Image, Seen
from edge_agent.domain.image_item import Look
from edge_agent.domain.track import Marks
from edge_agent.domain.vector import Part
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.ranked_threads import RankedThreads
from edge_agent.vision.errors import VisionFailed
from edge_agent.vision.vision import PackInfo, Vision

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionThreadsOptions:
    """How many things are looked at side by side.

    Attributes:
        threads: dedicated threads; onnxruntime and OpenCV leave the interpreter lock while they
            work, so as many as there are cores to spare.
        timeout_s: a call that has not been answered after this long, waiting included, fails.
        spare_wait_s: so long work that is in no hurry waits for a thread with nothing to do.
    """

    threads: int = 2
    timeout_s: float = 30.0
    spare_wait_s: float = 1.0


class _Calls:
    """Has calls run on the threads, and counts them."""

    def __init__(self, options: VisionThreadsOptions, clock: Clock, counters: Counters) -> None:
        self.options = options
        self.waiting = 0
        self.ended = asyncio.Event()
        self._clock = clock
        self._threads = RankedThreads(options.threads, "vision")
        name = "edge_agent_vision"
        self._calls = counters.counter(
            f"{name}_calls_total", "Calls of the models that were answered, by stage."
        )
        self._failed = counters.counter(
            f"{name}_failed_total", "Calls of the models that failed or timed out, by stage."
        )
        self._work_ms = counters.counter(
            f"{name}_work_ms_total", "Milliseconds that models worked, by stage."
        )
        self._wait_ms = counters.counter(
            f"{name}_wait_ms_total", "Milliseconds that calls waited for their turn, by stage."
        )
        counters.gauge(
            f"{name}_pending", "Calls of the models that wait or run.", lambda: self.waiting
        )

    async def run(self, stage: str, work: Callable[[], R], *, urgent: bool) -> R:
        asked = self._clock.monotonic()
        self.waiting += 1
        try:
            async with asyncio.timeout(self.options.timeout_s):
                answer, began, ended = await self._threads.call(
                    lambda: self._timed(work), urgent=urgent
                )
        except TimeoutError as error:
            self._failed.add(stage=stage)
            raise VisionFailed(
                f"{stage} was not answered within {self.options.timeout_s:g} s"
            ) from error
        except VisionFailed:
            self._failed.add(stage=stage)
            raise
        finally:
            self.waiting -= 1
            self.ended.set()
        self._calls.add(stage=stage)
        self._work_ms.add((ended - began) * 1e3, stage=stage)
        self._wait_ms.add((began - asked) * 1e3, stage=stage)
        return answer

    async def wait_for_a_pause(self) -> None:
        """Wait until a thread has nothing to do, `spare_wait_s` at the longest."""
        try:
            async with asyncio.timeout(self.options.spare_wait_s):
                while self.waiting >= self.options.threads:
                    self.ended.clear()
                    await self.ended.wait()
        except TimeoutError:
            pass

    def close(self) -> None:
        self._threads.close()

    def _timed(self, work: Callable[[], R]) -> tuple[R, float, float]:
        began = self._clock.monotonic()
        answer = work()
        return answer, began, self._clock.monotonic()


class VisionThreads:
    """Calls a `Vision` on its own threads, in the order in which the calls were made.

    Made, called and closed on the event loop; only `Vision`'s methods run on the threads. A call
    whose caller was cancelled is not started; one that runs already runs to its end, and its
    pictures must stay valid until then: hand in a copy, or shield the call.

    Every method raises `VisionFailed` when a model failed or the time ran out.
    """

    def __init__(
        self,
        vision: Vision,
        options: VisionThreadsOptions,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self.info: PackInfo = vision.info
        self._vision = vision
        self._calls = _Calls(options, clock, counters)
        self._spare = asyncio.Lock()
        self._for_questions = False

    def for_questions(self) -> Self:
        """The same eyes and threads, whose calls go before all others that wait.

        Their stages are counted by themselves, as `question_` and the stage.
        """
        eyes = copy.copy(self)
        eyes._for_questions = True  # noqa: SLF001 - one of our own
        return eyes

    async def detect(self, image: Image) -> Seen:
        """`Vision.detect`."""
        return await self._run("detect", lambda: self._vision.detect(image))

    async def detect_query(self, image: Image) -> Seen:
        """`Vision.detect_query`, with faces and bodies looked for side by side."""
        faces, bodies = await asyncio.gather(
            self._run("detect_query_faces", lambda: self._vision.query_faces(image)),
            self._run("detect_query_bodies", lambda: self._vision.query_bodies(image)),
        )
        return self._vision.people_asked(image, faces, bodies)

    async def embed_faces(self, image: Image, landmarks: Floats) -> Floats:
        """`Vision.embed_faces`."""
        return await self._run("embed_faces", lambda: self._vision.embed_faces(image, landmarks))

    async def embed_bodies(self, image: Image, xyxy: Floats) -> Floats:
        """`Vision.embed_bodies`."""
        return await self._run("embed_bodies", lambda: self._vision.embed_bodies(image, xyxy))

    async def attributes(self, image: Image, xyxy: Floats) -> Attributes | None:
        """`Vision.attributes`."""
        return await self._run("attributes", lambda: self._vision.attributes(image, xyxy))

    async def look_at_picture(self, image: Image) -> Look:
        """`Vision.look_at_picture`."""
        return await self._run("look_at_picture", lambda: self._vision.look_at_picture(image))

    async def embed_pictures(self, image: Image, xyxy: Floats | None = None) -> Floats | None:
        """`Vision.embed_pictures`."""
        return await self._run("embed_pictures", lambda: self._vision.embed_pictures(image, xyxy))

    async def embed_text(self, text: str) -> Floats | None:
        """`Vision.embed_text`."""
        return await self._run("embed_text", lambda: self._vision.embed_text(text))

    async def face_quality(self, image: Image, faces: Faces) -> Floats:
        """`Vision.face_quality`."""
        return await self._run("face_quality", lambda: self._vision.face_quality(image, faces))

    async def body_quality(self, image: Image, bodies: Bodies) -> Floats:
        """`Vision.body_quality`."""
        return await self._run("body_quality", lambda: self._vision.body_quality(image, bodies))

    async def call(self, stage: str, work: Callable[[Vision], R]) -> R:
        """Several of `Vision`'s methods in one go on one thread.

        Args:
            stage: what it is called in the counters.
            work: gets the `Vision`; must touch nothing that belongs to the event loop.
        """
        return await self._run(stage, lambda: work(self._vision))

    async def embed_kept(self, part: Part, picture: Image, marks: Marks | None) -> Floats | None:
        """`Vision.embed_kept`, when nobody else wants the models."""
        return await self._run_idly(
            "embed_kept", lambda: self._vision.embed_kept(part, picture, marks)
        )

    async def describe_kept(self, picture: Image, marks: Marks | None) -> Floats | None:
        """`Vision.describe_kept`, when nobody else wants the models."""
        return await self._run_idly(
            "describe_kept", lambda: self._vision.describe_kept(picture, marks)
        )

    async def look_at_kept(self, picture: Image) -> Look:
        """`Vision.look_at_picture`, when nobody else wants the models."""
        return await self._run_idly("look_at_kept", lambda: self._vision.look_at_picture(picture))

    def close(self) -> None:
        """Let running calls end and the threads go; waiting calls are cancelled."""
        self._calls.close()

    async def _run_idly(self, stage: str, work: Callable[[], R]) -> R:
        """One such call at a time, and only while a thread has nothing to do.

        Where there is none for `spare_wait_s`, it waits its turn among the others, so that it
        comes to an end at last.
        """
        async with self._spare:
            await self._calls.wait_for_a_pause()
            return await self._calls.run(stage, work, urgent=False)

    async def _run(self, stage: str, work: Callable[[], R]) -> R:
        if self._for_questions:
            return await self._calls.run(f"question_{stage}", work, urgent=True)
        return await self._calls.run(stage, work, urgent=False)
