"""Fingerprints over HTTP: real files in, aligned pieces with camera and time out."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from edge_agent.storage.fingerprints import system_library
from edge_agent.storage.forget import forget_fragments
from tests.integration.rest_api.house import BEARER, House, open_house
from tests.support.clips import remembered
from tests.support.walking import walk, write_walk

PRINTS = "/v1/fingerprints"
JOBS = f"{PRINTS}/jobs"
LIBRARIES = f"{PRINTS}/libraries"
NOBODY = "0" * 32


@asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(work())
            for work in (house.parts.fingerprints.run, house.parts.fingerprints.run_recordings)
        ]
        yield
        for task in tasks:
            task.cancel()


async def ended(client: httpx.AsyncClient, house: House, job: str) -> dict[str, Any]:
    async with asyncio.timeout(40):
        while True:
            version = house.store.version("fp_job")
            answer = await client.get(f"{JOBS}/{job}", headers=BEARER)
            found: dict[str, Any] = answer.json()
            if found["finished_ms"] is not None:
                return found
            await house.store.changed("fp_job", version)


async def printed(house: House, clips: int) -> None:
    async with asyncio.timeout(40):
        while True:
            version = house.store.version("fp_library")
            library = await system_library(house.store)
            if library is not None and library.changes >= clips:
                return
            await house.store.changed("fp_library", version)


async def library(client: httpx.AsyncClient, medium: str) -> str:
    body = {"name": "mine", "medium": medium, "description": "d"}
    made = await client.post(LIBRARIES, json=body, headers=BEARER)
    assert made.status_code == 201, made.text
    found: str = made.json()["id"]
    assert made.headers["location"] == f"{LIBRARIES}/{found}"
    return found


def send(kind: str) -> dict[str, str]:
    return {**BEARER, "Content-Type": kind}


def left_behind(house: House) -> list[Path]:
    return [path for path in (house.store.folder / "fingerprints").rglob("*") if path.is_file()]


async def test_a_clip_that_is_sent_is_answered_with_camera_time_and_clip(
    client: httpx.AsyncClient, house: House, tmp_path: Path
) -> None:
    path = house.store.clips / "till.mp4"
    await asyncio.to_thread(write_walk, path, walk(2, 20))
    clip = await remembered(house.store, path, "h264", camera="till", length_ms=20_000)
    fragment = clip.id
    phone = tmp_path / "phone.mp4"
    await asyncio.to_thread(write_walk, phone, walk(2, 20)[50:150])
    content = await asyncio.to_thread(phone.read_bytes)
    async with working(house):
        await printed(house, 1)
        asked = await client.post(
            JOBS, content=content, params={"name": "phone.mp4"}, headers=send("video/mp4")
        )
        assert asked.status_code == 202, asked.text
        job = asked.json()["id"]
        assert asked.headers["location"] == f"{JOBS}/{job}"
        found = await ended(client, house, job)
    assert (found["state"], found["medium"], found["match_count"]) == ("succeeded", "video", 1)
    assert found["input"] == {"kind": "upload", "name": "phone.mp4"}
    (one,) = found["matches"]
    assert (one["camera"], one["fragment"], one["key"]) == ("till", fragment, f"till/{fragment}")
    (piece,) = one["slices"]
    offset = piece["library_start"] - piece["input_start"]
    assert offset == pytest.approx(5.0, abs=0.3)
    assert piece["input_duration"] == pytest.approx(10.0, abs=1.0)
    assert piece["library_duration"] == pytest.approx(piece["input_duration"], abs=0.5)
    assert piece["at_ms"] == 1_760_000_000_000 + round(piece["library_start"] * 1000)
    assert (await client.get(one["clip_url"])).status_code == 200
    assert left_behind(house) == []

    async with house.store.transaction() as tx:
        await forget_fragments(tx, [fragment])
    (gone,) = (await client.get(f"{JOBS}/{job}", headers=BEARER)).json()["matches"]
    assert (gone["clip_url"], gone["thumbnail_url"]) == (None, None)
    audit = await client.get("/v1/audit", params={"action": "fingerprint."}, headers=BEARER)
    actions = {entry["action"] for entry in audit.json()["entries"]}
    assert {"fingerprint.shot", "fingerprint.view"} <= actions


async def test_libraries_are_made_filled_shown_and_emptied(
    client: httpx.AsyncClient, house: House
) -> None:
    texts = await library(client, "text")
    folder = house.store.folder / "objects/notes"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("Nobody may leave the store without having paid for everything.")
    copy = b"Remember: nobody may leave the store without having paid at the till!"
    async with working(house):
        kept = await client.post(
            JOBS,
            json={
                "library": texts,
                "object": {"bucket": "notes", "key": "a.txt"},
                "save": "onlysave",
                "key": "notice",
                "user_data": "mine",
            },
            headers=BEARER,
        )
        first = await ended(client, house, kept.json()["id"])
        assert (first["state"], first["match_count"], first["key"]) == ("succeeded", None, "notice")
        assert first["input"] == {"kind": "object", "name": "notes/a.txt"}
        asked = await client.post(
            JOBS, content=copy, params={"library": texts}, headers=send("text/plain")
        )
        second = await ended(client, house, asked.json()["id"])
        (one,) = second["matches"]
        (piece,) = one["slices"]
        assert one["key"] == "notice"
        assert piece["text"].startswith("nobody may leave the store")
        assert piece["library_text"].startswith("Nobody may leave the store")
        assert (piece["input_start"], piece["library_start"]) == (10, 0)

        (file,) = (await client.get(f"{LIBRARIES}/{texts}/files", headers=BEARER)).json()["files"]
        assert (file["key"], file["id"], file["fragment"]) == ("notice", first["file"], None)
        assert (await client.get(f"{LIBRARIES}/{texts}", headers=BEARER)).json()["files"] == 1
        page = await client.get(JOBS, params={"library": texts, "limit": 1}, headers=BEARER)
        assert [each["id"] for each in page.json()["jobs"]] == [second["id"]]
        rest = await client.get(JOBS, params={"after": page.json()["next"]}, headers=BEARER)
        assert [each["id"] for each in rest.json()["jobs"]] == [first["id"]]
        assert rest.json()["next"] is None

        gone = await client.delete(f"{LIBRARIES}/{texts}/files/{file['id']}", headers=BEARER)
        assert gone.status_code == 202
        assert (await ended(client, house, gone.json()["id"]))["state"] == "succeeded"
        assert (await client.get(f"{LIBRARIES}/{texts}", headers=BEARER)).json()["files"] == 0
        gone = await client.delete(f"{LIBRARIES}/{texts}", headers=BEARER)
        await ended(client, house, gone.json()["id"])
    assert (await client.get(f"{LIBRARIES}/{texts}", headers=BEARER)).status_code == 404
    shown = (await client.get(f"{JOBS}/{second['id']}", headers=BEARER)).json()
    assert (shown["medium"], len(shown["matches"])) == (None, 1)


async def test_jobs_are_cancelled_and_deleted_with_what_was_sent(
    client: httpx.AsyncClient, house: House
) -> None:
    texts = await library(client, "text")
    jobs = [
        (
            await client.post(
                JOBS, content=b"some text", params={"library": texts}, headers=send("text/plain")
            )
        ).json()["id"]
        for _ in range(2)
    ]
    assert len(left_behind(house)) == 2
    cancelled = (await client.post(f"{JOBS}/{jobs[0]}/cancel", headers=BEARER)).json()
    assert (cancelled["state"], cancelled["error"]) == ("cancelled", None)
    assert len(left_behind(house)) == 1
    for state, expected in (("cancelled", [jobs[0]]), ("failed", []), ("initialising", [jobs[1]])):
        listed = await client.get(JOBS, params={"state": state}, headers=BEARER)
        assert [each["id"] for each in listed.json()["jobs"]] == expected, state
    again = (await client.post(f"{JOBS}/{jobs[0]}/cancel", headers=BEARER)).json()
    assert again["finished_ms"] == cancelled["finished_ms"]
    for job in jobs:
        assert (await client.delete(f"{JOBS}/{job}", headers=BEARER)).status_code == 200
        assert (await client.get(f"{JOBS}/{job}", headers=BEARER)).status_code == 404
    assert left_behind(house) == []


async def test_what_cannot_be_is_refused(client: httpx.AsyncClient, house: House) -> None:
    texts = await library(client, "text")
    async with working(house):
        await printed(house, 0)
        own = await client.get(f"{LIBRARIES}/recordings", headers=BEARER)
        assert own.json()["system"]
    body = {"library": texts, "url": "http://192.0.2.1/a.txt"}
    refused: list[tuple[dict[str, Any], int, str | None]] = [
        ({**body, "url": None}, 400, "url"),
        ({**body, "fragment": NOBODY}, 400, "url"),
        ({**body, "url": "ftp://x/y"}, 400, "url"),
        ({**body, "url": None, "object": {"bucket": "B", "key": "a"}}, 400, "object"),
        ({**body, "url": None, "object": {"bucket": "abc", "key": "../a"}}, 400, "object"),
        ({**body, "library": NOBODY}, 404, "library"),
        ({**body, "library": "x"}, 400, "library"),
        ({**body, "library": "recordings", "save": "save"}, 400, "save"),
        ({**body, "save": "keep"}, 400, "save"),
        ({**body, "threshold": 2}, 400, "threshold"),
        ({**body, "more": 1}, 400, "more"),
    ]
    for given, status, field in refused:
        answer = await client.post(JOBS, json=given, headers=BEARER)
        assert answer.status_code == status, (given, answer.text)
        assert answer.json()["error"].get("field") == field, (given, answer.text)
    for headers, params, content, status in (
        (send("application/zip"), {"library": texts}, b"x", 400),
        (send("text/plain"), {"library": texts}, b"", 400),
        (send("text/plain"), {"library": NOBODY}, b"x", 404),
        (send("text/plain"), {"library": texts, "url": "http://x"}, b"x", 400),
        ({"Content-Type": "text/plain"}, {"library": texts}, b"x", 401),
    ):
        answer = await client.post(JOBS, content=content, params=params, headers=headers)
        assert answer.status_code == status, answer.text
    own_id = own.json()["id"]
    answer = await client.delete(f"{LIBRARIES}/{own_id}", headers=BEARER)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, "library")
    # nobody may name what somebody else has sent
    given = {"library": texts, "object": {"bucket": "abc", "key": "a"}}
    taken = json.dumps({"Upload": NOBODY})
    answer = await client.post(JOBS, json={**given, "url": taken}, headers=BEARER)
    assert answer.status_code == 400
    assert left_behind(house) == []


async def test_a_file_may_be_larger_than_a_question_up_to_its_own_limit(tmp_path: Path) -> None:
    async with open_house(tmp_path, body_bytes=1000, upload_bytes=4000) as house:
        transport = httpx.ASGITransport(house.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://box") as client:
            texts = await library(client, "text")
            for size, status in ((3000, 202), (5000, 413)):
                answer = await client.post(
                    JOBS,
                    content=b"x" * size,
                    params={"library": texts},
                    headers=send("text/plain"),
                )
                assert answer.status_code == status, answer.text

            async def endless() -> AsyncIterator[bytes]:
                while True:
                    yield b"x" * 900

            answer = await client.post(
                JOBS, content=endless(), params={"library": texts}, headers=send("text/plain")
            )
            assert answer.status_code == 413, answer.text
            answer = await client.post(JOBS, json={"user_data": "x" * 3000}, headers=BEARER)
            assert answer.status_code == 413, answer.text
        assert len(left_behind(house)) == 1
