"""Questions whose picture lies behind an address, or takes too long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_agent.domain.job import Job, JobState, PictureQuestion
from edge_agent.domain.vector import Part
from edge_agent.outbound import FetchLimits
from edge_agent.search import SearchOptions
from edge_agent.storage.jobs import get_hits, get_job
from tests.support.painted import paint, vector_of
from tests.support.remembering import Box, answering, ended, opened_box
from tests.support.sightings import face_of, standing

LOCAL = ("127.0.0.0/8",)
BODY = standing(200, y=60, height=300)
PICTURE = paint({7: {Part.BODY: BODY, Part.FACE: face_of(BODY)}})


@asynccontextmanager
async def picture_host(answer: bytes | None) -> AsyncIterator[str]:
    """Serves `answer` to everybody; with None it listens and never says a word."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()
        else:
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n"
            writer.write(head.encode() + answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/face.png"


async def asked(box: Box, question: PictureQuestion) -> Job:
    searches = box.searches()
    async with answering(searches):
        job = await searches.create(question, asker="test")
        await ended(box, job.id)
    final = await get_job(box.store, job.id)
    assert final is not None
    return final


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    async with opened_box(tmp_path / "state") as opened:
        opened.fetch = FetchLimits(allowed_networks=LOCAL, seconds=5.0)
        await opened.remember("t7", {Part.FACE: vector_of(Part.FACE, 7)})
        yield opened


async def test_the_picture_behind_an_address_is_searched(box: Box) -> None:
    async with picture_host(PICTURE) as url:
        job = await asked(box, PictureQuestion(url=url))
    assert job.state is JobState.SUCCEEDED
    assert [hit.track for hit in await get_hits(box.store, job.id)] == ["t7"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(b"no picture at all", "bad_request", id="text"),
        pytest.param(PICTURE[:200], "bad_request", id="broken off"),
        pytest.param(bytes(4 * 1024 * 1024 + 1), "too_large", id="large"),
        pytest.param(paint({}, 3000, 3000), "too_large", id="many pixels"),
    ],
)
async def test_what_is_no_usable_picture_fails_the_job(box: Box, answer: bytes, code: str) -> None:
    async with picture_host(answer) as url:
        job = await asked(box, PictureQuestion(url=url))
    assert (job.state, job.error_code) == (JobState.FAILED, code)


async def test_a_region_outside_a_fetched_picture_fails_the_job(box: Box) -> None:
    async with picture_host(PICTURE) as url:
        job = await asked(box, PictureQuestion(url=url, region=(0, 0, 9000, 9000)))
    assert (job.state, job.error_code) == (JobState.FAILED, "bad_request")


async def test_a_host_that_hangs_fails_the_job_and_only_that(box: Box) -> None:
    box.fetch = FetchLimits(allowed_networks=LOCAL, seconds=0.2)
    async with picture_host(None) as url:
        job = await asked(box, PictureQuestion(url=url))
    assert (job.state, job.error_code) == (JobState.FAILED, "unavailable")
    job = await asked(box, PictureQuestion(picture=PICTURE))
    assert job.state is JobState.SUCCEEDED


async def test_a_host_that_hangs_keeps_nobody_waiting_who_brought_a_picture(box: Box) -> None:
    box.fetch = FetchLimits(allowed_networks=LOCAL, seconds=60.0)
    searches = box.searches()
    async with picture_host(None) as url, answering(searches):
        hanging = [await searches.create(PictureQuestion(url=url), asker="test") for _ in range(2)]
        job = await searches.create(PictureQuestion(picture=PICTURE), asker="test")
        assert await ended(box, job.id) == "succeeded"
        for one in hanging:
            await searches.cancel(one.id, asker="test")


async def test_a_name_that_leads_inside_fails_the_job(box: Box) -> None:
    async def inward(_host: str, _port: int) -> list[str]:
        return ["192.168.1.1"]

    box.fetch = FetchLimits(resolve=inward)
    job = await asked(box, PictureQuestion(url="http://pictures.example/a.jpg"))
    assert (job.state, job.error_code) == (JobState.FAILED, "bad_request")
    assert "private network" in str(job.error_message)


async def test_a_question_has_a_deadline(tmp_path: Path) -> None:
    async with opened_box(tmp_path / "state", options=SearchOptions(deadline_s=0.3)) as box:
        box.fetch = FetchLimits(allowed_networks=LOCAL, seconds=60.0)
        async with picture_host(None) as url:
            job = await asked(box, PictureQuestion(url=url))
    assert (job.state, job.error_code) == (JobState.FAILED, "unavailable")
    assert "within 0.3 s" in str(job.error_message)


async def test_cancelled_while_it_is_being_answered(box: Box) -> None:
    release = asyncio.Event()

    async def slow(_host: str, _port: int) -> list[str]:
        await release.wait()
        return []

    box.fetch = FetchLimits(resolve=slow)
    searches = box.searches()
    async with answering(searches):
        job = await searches.create(
            PictureQuestion(url="http://pictures.example/a.jpg"), asker="test"
        )
        while True:
            version = box.store.version("job")
            now = await get_job(box.store, job.id)
            if now is not None and now.state is JobState.RUNNING:
                break
            await box.store.changed("job", version)
        assert (await searches.cancel(job.id, asker="test")).state is JobState.CANCELLED
        release.set()
        other = await searches.create(PictureQuestion(picture=PICTURE), asker="test")
        assert await ended(box, other.id) == "succeeded"
    final = await get_job(box.store, job.id)
    assert final is not None
    assert final.state is JobState.CANCELLED
