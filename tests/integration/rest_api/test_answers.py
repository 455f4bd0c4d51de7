"""What the door answers when all is well."""

import asyncio
import base64
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from edge_agent.domain.track import Fragment, FragmentState
from edge_agent.domain.vector import Part
from edge_agent.domain.worn import Worn
from edge_agent.rest_api.roles import NEEDED
from edge_agent.storage.jobs import get_question, unfinished_jobs
from edge_agent.storage.tracks import save_fragment
from edge_agent.storage.worn import save_worn
from tests.integration.rest_api.conftest import START_MS
from tests.integration.rest_api.house import BEARER, METRICS_KEY, House, a_jpeg, finish_with

SEARCH = "/v1/picture-searches"
JPEG = {**BEARER, "Content-Type": "image/jpeg"}


async def test_pages_of_tracks_hold_everyone_once(client: httpx.AsyncClient, people: House) -> None:
    seen: list[str] = []
    after: str | None = None
    while True:
        query: dict[str, str | int] = {"limit": 2, **({"after": after} if after else {})}
        page = (await client.get("/v1/tracks", params=query, headers=BEARER)).json()
        seen += [track["id"] for track in page["tracks"]]
        after = page["next"]
        if after is None:
            break
    assert seen == people.tracks[::-1]


async def test_tracks_of_a_camera_and_a_time(client: httpx.AsyncClient, people: House) -> None:
    query: dict[str, str | int] = {
        "cameras": "till,door",
        "start_ms": START_MS,
        "end_ms": START_MS + 1001,
    }
    page = (await client.get("/v1/tracks", params=query, headers=BEARER)).json()
    assert [track["id"] for track in page["tracks"]] == people.tracks[1::-1]
    repeated = "/v1/tracks?cameras=till&cameras=till"
    page = (await client.get(repeated, headers=BEARER)).json()
    assert {track["camera"] for track in page["tracks"]} == {"till"}


async def test_tracks_are_found_by_what_people_wear(
    client: httpx.AsyncClient, people: House
) -> None:
    async with people.store.transaction() as tx:
        for number, track in enumerate(people.tracks):
            colour = Worn("upper", "red" if number % 2 else "blue", 0.8)
            await save_worn(tx, track, [Worn("backpack", "yes", 0.9), colour])
    query: dict[str, str | int] = {"attributes": "backpack,upper:red", "limit": 1}
    page = (await client.get("/v1/tracks", params=query, headers=BEARER)).json()
    assert [track["id"] for track in page["tracks"]] == [people.tracks[3]]
    assert page["tracks"][0]["attributes"] == [
        {
            "key": "backpack",
            "value": "yes",
            "name": {"en": "backpack", "zh": "双肩包"},
            "confidence": 0.9,
        },
        {
            "key": "upper",
            "value": "red",
            "name": {"en": "red upper clothes", "zh": "红色上衣"},
            "confidence": 0.8,
        },
    ]
    rest = {**query, "after": page["next"]}
    page = (await client.get("/v1/tracks", params=rest, headers=BEARER)).json()
    assert ([track["id"] for track in page["tracks"]], page["next"]) == ([people.tracks[1]], None)
    one = (await client.get(f"/v1/tracks/{people.tracks[0]}", headers=BEARER)).json()
    assert [worn["value"] for worn in one["attributes"]] == ["yes", "blue"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("umbrella", "no attribute 'umbrella'; there are: bag, backpack"),
        ("upper:mauve", "upper has no value 'mauve'"),
        ("presents:man", "presents is not told on this box; told is: backpack, upper"),
    ],
)
async def test_attributes_that_are_not_told_are_refused_with_those_that_are(
    client: httpx.AsyncClient, asked: str, told: str
) -> None:
    answer = await client.get("/v1/tracks", params={"attributes": asked}, headers=BEARER)
    assert answer.status_code == 400
    assert told in answer.json()["error"]["message"]
    assert answer.json()["error"]["field"] == "attributes"


async def test_a_track_leads_to_its_pictures_and_its_clip(
    client: httpx.AsyncClient, people: House
) -> None:
    track = (await client.get(f"/v1/tracks/{people.tracks[0]}", headers=BEARER)).json()
    assert track["fragments"] == [people.fragment]
    picture = await client.get(track["body"]["url"])
    assert picture.content == a_jpeg(0)
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
    keep = re.fullmatch(r"private, max-age=(\d+), immutable", picture.headers["cache-control"])
    assert keep is not None
    assert 24 * 3600 <= int(keep[1]) <= 25 * 3600
    clip = await client.get(track["clip_url"])
    assert clip.headers["content-type"] == "video/mp4"
    assert clip.content == (people.store.clips / "one.mp4").read_bytes()


async def test_a_link_opens_nothing_else(client: httpx.AsyncClient, people: House) -> None:
    track = (await client.get(f"/v1/tracks/{people.tracks[0]}", headers=BEARER)).json()
    mine, other = urlsplit(track["body"]["url"]), urlsplit(track["face"]["url"])
    assert (await client.get(f"{other.path}?{mine.query}")).status_code == 403


async def test_ranges_of_a_clip(client: httpx.AsyncClient, people: House) -> None:
    path = f"/media/clips/{people.fragment}"
    whole = (people.store.clips / "one.mp4").read_bytes()
    size = len(whole)
    for asked, first, last in (
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, size - 1),
        ("bytes=-10", size - 10, size - 1),
        (f"bytes=5-{size * 2}", 5, size - 1),
    ):
        part = await client.get(path, headers={**BEARER, "Range": asked})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole[first : last + 1]


async def test_ranges_that_cannot_be_given(client: httpx.AsyncClient, people: House) -> None:
    path = f"/media/clips/{people.fragment}"
    for asked, status in (
        ("bytes=999999999-", 416),
        ("bytes=-0", 416),
        ("bytes=9-3", 400),
        ("bytes=-", 400),
        ("lines=1-2", 400),
        ("bytes=0-1,3-4", 400),
    ):
        answer = await client.get(path, headers={**BEARER, "Range": asked})
        assert answer.status_code == status
        assert answer.json()["error"]["field"] == "range"
    assert (
        (await client.get(path, headers={**BEARER, "Range": "bytes=999999999-"}))
        .headers["content-range"]
        .startswith("bytes */")
    )


async def test_a_clip_whose_file_is_gone_or_not_there_yet(
    client: httpx.AsyncClient, people: House
) -> None:
    (people.store.clips / "one.mp4").unlink()
    gone = await client.get(f"/media/clips/{people.fragment}", headers=BEARER)
    assert (gone.status_code, gone.json()["error"]["code"]) == (404, "not_found")
    recording = Fragment(
        id="1" * 32, camera="door", start_ms=1, end_ms=1, state=FragmentState.RECORDING,
        path="two.mp4", size=0, codec="",
    )  # fmt: skip
    async with people.store.transaction() as tx:
        await save_fragment(tx, recording)
    answer = await client.get(f"/media/clips/{recording.id}", headers=BEARER)
    assert "still being recorded" in answer.json()["error"]["message"]
    shown = (await client.get(f"/v1/fragments/{recording.id}", headers=BEARER)).json()
    assert (shown["state"], shown["clip_url"]) == ("recording", None)


async def test_a_search_by_picture_and_its_hits(client: httpx.AsyncClient, people: House) -> None:
    answer = await client.post(
        SEARCH, params={"kinds": "face", "limit": 3}, headers=JPEG, content=a_jpeg(9)
    )
    assert answer.status_code == 202
    job = answer.json()
    assert job["state"] == "initialising"
    assert answer.headers["location"] == f"{SEARCH}/{job['id']}"
    [asked] = await unfinished_jobs(people.store)
    assert asked.picture == a_jpeg(9)
    assert (asked.job.question.parts, asked.job.question.limit) == (frozenset([Part.FACE]), 3)
    waiting = (await client.get(answer.headers["location"], headers=BEARER)).json()
    query = await client.get(waiting["query_url"])
    assert (query.content, query.headers["content-type"]) == (a_jpeg(9), "image/jpeg")

    await finish_with(people.store, job["id"], people.tracks)
    page = (
        await client.get(answer.headers["location"], params={"limit": 2}, headers=BEARER)
    ).json()
    assert [hit["track"] for hit in page["hits"]] == people.tracks[:2]
    assert page["hits"][0]["matched"] == ["face", "body"]
    assert (page["next"], page["hit_count"], page["people"]) == (2, 5, 1)
    rest = await client.get(f"{SEARCH}/{job['id']}/hits", params={"after": 2}, headers=BEARER)
    assert [hit["track"] for hit in rest.json()["hits"]] == people.tracks[2:]
    assert rest.json()["next"] is None
    assert page["query_url"] is None


async def test_a_search_by_json(client: httpx.AsyncClient, people: House) -> None:
    question = {"picture": base64.b64encode(a_jpeg(3)).decode(), "cameras": ["door"]}
    answer = await client.post(SEARCH, json=question, headers=BEARER)
    assert answer.status_code == 202
    [asked] = await unfinished_jobs(people.store)
    assert asked.job.question.cameras == frozenset(["door"])
    by_track = await client.post(SEARCH, json={"track": people.tracks[0]}, headers=BEARER)
    shown = (await client.get(by_track.headers["location"], headers=BEARER)).json()
    assert (shown["query_url"], shown["query_track"]) == (None, people.tracks[0])


async def test_several_pictures_and_who_is_not_meant_are_asked_by_json(
    client: httpx.AsyncClient, people: House
) -> None:
    pictures = [base64.b64encode(a_jpeg(number)).decode() for number in (3, 4)]
    body = {"pictures": pictures, "not_tracks": people.tracks[:2]}
    answer = await client.post(SEARCH, json=body, headers=BEARER)
    assert answer.status_code == 202
    [asked] = await unfinished_jobs(people.store)
    question = await get_question(people.store, asked.job.id)
    assert question is not None
    assert (question.picture, question.more_pictures) == (a_jpeg(3), (a_jpeg(4),))
    assert question.not_tracks == frozenset(people.tracks[:2])
    by_hit = {"track": people.tracks[0], "not_tracks": [people.tracks[1]]}
    assert (await client.post(SEARCH, json=by_hit, headers=BEARER)).status_code == 202
    query = {"not_tracks": people.tracks[2]}
    raw = await client.post(SEARCH, params=query, headers=JPEG, content=a_jpeg(5))
    assert raw.status_code == 202
    *_, last = await unfinished_jobs(people.store)
    assert last.job.question.not_tracks == frozenset([people.tracks[2]])


async def test_the_page_shows_how_to_ask_for_not_this_one(
    client: httpx.AsyncClient, people: House, tmp_path: Path
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "http.md").read_text()
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    (block,) = [one for one in blocks if "not_tracks" in one and "picture-searches" in one]
    (tmp_path / "person.jpg").write_bytes(a_jpeg(6))
    # the shell is real, and what it gives to curl is sent
    run = await asyncio.create_subprocess_exec(
        "bash", "-c", f"curl() {{ cat; }}\n{block}",
        cwd=tmp_path, env={**os.environ, "TRACK": people.tracks[0], "AUTH": "", "BOX": ""},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    body, _ = await run.communicate()
    headers = {**BEARER, "Content-Type": "application/json"}
    answer = await client.post(SEARCH, content=body, headers=headers)
    assert answer.status_code == 202
    [asked] = await unfinished_jobs(people.store)
    assert asked.picture == a_jpeg(6)
    assert asked.job.question.not_tracks == frozenset([people.tracks[0]])


async def test_a_repeated_question_starts_nothing(client: httpx.AsyncClient, people: House) -> None:
    headers = {**JPEG, "Idempotency-Key": "once-1"}
    first = await client.post(SEARCH, headers=headers, content=a_jpeg(1))
    again = await client.post(SEARCH, headers=headers, content=a_jpeg(1))
    assert first.json()["id"] == again.json()["id"]
    assert len(await unfinished_jobs(people.store)) == 1
    other = await client.post(SEARCH, headers=headers, content=a_jpeg(2))
    assert (other.status_code, other.json()["error"]["field"]) == (400, "request_id")
    assert first.headers["x-request-id"] == "once-1"


@pytest.mark.usefixtures("house")
async def test_a_search_in_words(client: httpx.AsyncClient, people: House) -> None:
    async with people.store.transaction() as tx:
        await save_worn(tx, people.tracks[0], [Worn("upper", "red", 0.8)])
    asked: dict[str, Any] = {"json": {"text": "a hat and a red shirt, quux"}, "headers": BEARER}
    answer = await client.post("/v1/text-searches", **asked)
    assert answer.status_code == 200
    said = answer.json()
    use = {part["means"][0]["key"]: part["use"] for part in said["understood"]}
    assert use == {"hat": "not_told", "upper": "used"}
    assert said["unknown"] == [{"start": 23, "end": 27, "text": "quux"}]
    assert [(hit["track"]["id"], hit["score"]) for hit in said["hits"]] == [(people.tracks[0], 0.8)]
    assert said["hits"][0]["matched"][0]["matched"]
    assert (await client.get(said["hits"][0]["track"]["body"]["url"])).status_code == 200
    key = {**BEARER, "Idempotency-Key": "once"}
    first, again = [
        (await client.post("/v1/text-searches", json=asked["json"], headers=key)).json()
        for _ in range(2)
    ]
    assert first == again
    other = await client.post("/v1/text-searches", json={"text": "blue shirt"}, headers=key)
    assert (other.status_code, other.json()["error"]["field"]) == (400, "request_id")
    wrong = await client.post("/v1/text-searches", json={"words": "x"}, headers=BEARER)
    assert wrong.status_code == 400


async def test_searches_are_listed_newest_first_and_cancelled(client: httpx.AsyncClient) -> None:
    made = [
        (await client.post(SEARCH, headers=JPEG, content=a_jpeg(number))).json()["id"]
        for number in range(3)
    ]
    first = (await client.get(SEARCH, params={"limit": 2}, headers=BEARER)).json()
    query = {"limit": 2, "after": first["next"]}
    second = (await client.get(SEARCH, params=query, headers=BEARER)).json()
    assert [job["id"] for job in first["jobs"] + second["jobs"]] == sorted(made, reverse=True)
    assert second["next"] is None
    ended = await client.delete(f"{SEARCH}/{made[0]}", headers=BEARER)
    assert ended.json()["state"] == "cancelled"


@pytest.mark.usefixtures("people")
async def test_cameras_and_status(client: httpx.AsyncClient) -> None:
    cameras = (await client.get("/v1/cameras", headers=BEARER)).json()["cameras"]
    assert [(camera["id"], camera["state"]) for camera in cameras] == [
        ("door", "up"),
        ("till", "down"),
    ]
    status = (await client.get("/v1/status", headers=BEARER)).json()
    assert (status["counts"]["tracks"], status["pack"]["name"]) == (5, "open")


async def test_health_needs_no_token_and_gives_reasons(
    client: httpx.AsyncClient, house: House
) -> None:
    assert (await client.get("/healthz")).json() == {"alive": True, "reasons": []}
    house.health.missing = ["the index is being rebuilt: 40 %"]
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "reasons": ["the index is being rebuilt: 40 %"]}


async def test_metrics_by_key_and_by_token(client: httpx.AsyncClient, people: House) -> None:
    await client.get(f"/v1/tracks/{people.tracks[0]}", headers=BEARER)
    with_key = {"Authorization": f"Bearer {METRICS_KEY}"}
    by_address = await client.get(f"/metrics?key={METRICS_KEY}")
    assert by_address.status_code == 200
    assert (await client.get("/metrics", headers=with_key)).status_code == 200
    assert (await client.get("/metrics", headers=BEARER)).status_code == 200
    labels = 'method="GET",route="/v1/tracks/{track_id}",status="200"'
    assert f"edge_agent_http_answers_total{{{labels}}} 1" in by_address.text
    assert (await client.get("/v1/tracks", headers=with_key)).status_code == 401


PROBES = {"/healthz", "/readyz", "/metrics"}


async def test_the_description_covers_every_operation(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json", headers=BEARER)).json()
    operations = {
        (method.upper(), path) for path, methods in described["paths"].items() for method in methods
    }
    # The description does not describe itself.
    assert set(NEEDED) - {("GET", "/openapi.json")} <= operations
    # These ask for a signed link, a key or nothing, or are how somebody signs in.
    for _, path in operations - set(NEEDED):
        assert path.startswith(("/media/", "/v1/session")) or path in PROBES
    asked = described["paths"]["/v1/tracks"]["get"]["parameters"]
    assert "cameras" in {parameter["name"] for parameter in asked}
    assert described["components"]["securitySchemes"]


@pytest.mark.usefixtures("people")
async def test_answers_are_not_kept_by_anyone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/tracks", headers=BEARER)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
