import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from edge_agent.domain.vector import Part
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.counters import Counters
from edge_agent.vision import Vision, VisionFailed, VisionThreads, VisionThreadsOptions

BLACK = np.zeros((64, 64, 3), np.uint8)


@pytest.fixture
def counters() -> Counters:
    return Counters()


@pytest.fixture
def threads(core_vision: Vision, counters: Counters) -> Iterator[VisionThreads]:
    made = VisionThreads(core_vision, VisionThreadsOptions(), SystemClock(), counters)
    yield made
    made.close()


async def test_every_call_is_answered_off_the_loop_and_counted(
    threads: VisionThreads, counters: Counters
) -> None:
    seen = await threads.detect(BLACK)
    assert len(seen.bodies) == 0
    assert len(await threads.face_quality(BLACK, seen.faces)) == 0
    assert len(await threads.body_quality(BLACK, seen.bodies)) == 0
    assert len(await threads.embed_faces(BLACK, seen.faces.landmarks)) == 0
    assert len(await threads.embed_bodies(BLACK, seen.bodies.xyxy)) == 0
    assert len((await threads.detect_query(BLACK)).faces) == 0
    here = await threads.call("which", lambda _vision: threading.current_thread().name)
    assert here.startswith("vision")
    calls = counters.counter("edge_agent_vision_calls_total", "")
    assert all(calls.get(stage=stage) == 1 for stage in ("detect", "embed_faces", "which"))
    assert 'edge_agent_vision_work_ms_total{stage="detect"}' in counters.render()
    assert "edge_agent_vision_pending 0" in counters.render()


async def test_calls_start_in_the_order_they_were_made(threads: VisionThreads) -> None:
    started: dict[int, list[int]] = defaultdict(list)

    def noting(number: int) -> Callable[[Vision], None]:
        return lambda _vision: started[threading.get_ident()].append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(threads.call("note", noting(number)))
    # How far one thread is behind the other is the machine's affair; none takes them out of order.
    assert all(numbers == sorted(numbers) for numbers in started.values())
    assert sorted(number for numbers in started.values() for number in numbers) == list(range(20))


async def test_stored_pictures_wait_for_a_thread_with_nothing_to_do(
    core_vision: Vision, counters: Counters
) -> None:
    options = VisionThreadsOptions(threads=1, spare_wait_s=3600)
    threads = VisionThreads(core_vision, options, SystemClock(), counters)
    order: list[str] = []
    going = threading.Event()

    async def others(name: str) -> None:
        await threads.call(name, lambda _vision: going.wait(30))
        order.append(name)

    async def stored(name: str) -> None:
        assert await threads.embed_kept(Part.BODY, BLACK, None) is not None
        order.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(others("first"))
        await asyncio.sleep(0)
        group.create_task(stored("stored 1"))
        group.create_task(stored("stored 2"))
        await asyncio.sleep(0)
        group.create_task(others("second"))
        await asyncio.sleep(0)
        going.set()
    assert order == ["first", "second", "stored 1", "stored 2"]
    threads.close()


async def test_stored_pictures_do_not_wait_for_ever(
    core_vision: Vision, counters: Counters
) -> None:
    options = VisionThreadsOptions(threads=1, spare_wait_s=0.05)
    threads = VisionThreads(core_vision, options, SystemClock(), counters)
    done = asyncio.Event()

    async def never_idle() -> None:
        while not done.is_set():
            await threads.call("busy", lambda _vision: time.sleep(0.01))

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(never_idle())
        await asyncio.sleep(0)
        assert await threads.embed_kept(Part.BODY, BLACK, None) is not None
        done.set()
    threads.close()


async def test_the_loop_runs_on_while_a_thread_works(threads: VisionThreads) -> None:
    go_on = threading.Event()

    async def release() -> None:
        await asyncio.sleep(0)
        go_on.set()

    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(threads.call("wait", lambda _vision: go_on.wait(10)))
        group.create_task(release())
    assert waiting.result()


async def test_a_call_without_an_answer_fails(core_vision: Vision, counters: Counters) -> None:
    options = VisionThreadsOptions(threads=1, timeout_s=0.05)
    threads = VisionThreads(core_vision, options, SystemClock(), counters)
    go_on = threading.Event()
    try:
        with pytest.raises(VisionFailed, match="stuck was not answered"):
            await threads.call("stuck", lambda _vision: go_on.wait(10))
        with pytest.raises(VisionFailed, match="detect was not answered"):
            await threads.detect(BLACK)
    finally:
        go_on.set()
        threads.close()
    failed = counters.counter("edge_agent_vision_failed_total", "")
    assert (failed.get(stage="stuck"), failed.get(stage="detect")) == (1, 1)


async def test_a_model_that_fails_is_counted_and_told(
    threads: VisionThreads, counters: Counters
) -> None:
    def fail(_vision: Vision) -> None:
        raise VisionFailed("the model is gone")

    with pytest.raises(VisionFailed, match="gone"):
        await threads.call("fail", fail)
    assert counters.counter("edge_agent_vision_failed_total", "").get(stage="fail") == 1


async def test_questions_go_before_frames_that_wait(
    core_vision: Vision, counters: Counters
) -> None:
    options = VisionThreadsOptions(threads=1)
    threads = VisionThreads(core_vision, options, SystemClock(), counters)
    asked, order, going = threads.for_questions(), list[str](), threading.Event()

    async def frame() -> None:
        await threads.detect(BLACK)
        order.append("frame")

    async def question() -> None:
        await asked.detect_query(BLACK)
        order.append("question")

    async with asyncio.TaskGroup() as group:
        group.create_task(threads.call("running", lambda _vision: going.wait(30)))
        await asyncio.sleep(0)
        group.create_task(frame())
        await asyncio.sleep(0)
        group.create_task(question())
        for _ in range(2):  # its two halves are tasks of their own
            await asyncio.sleep(0)
        going.set()
    threads.close()
    assert order == ["question", "frame"]
    calls = counters.counter("edge_agent_vision_calls_total", "")
    stages = ("question_detect_query_faces", "question_detect_query_bodies", "detect")
    assert [calls.get(stage=stage) for stage in stages] == [1, 1, 1]
