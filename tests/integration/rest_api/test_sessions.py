"""Visits over HTTP."""

from typing import Any

import httpx
import pytest

from tests.integration.rest_api.house import BEARER, House

VISITS = "/v1/sessions"


async def visits(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get(VISITS, headers=BEARER)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["sessions"]
    return found


async def test_visits_are_listed_split_and_merged(client: httpx.AsyncClient, people: House) -> None:
    await people.parts.sessions.keep_up()
    before = await visits(client)
    ids = [visit["id"] for visit in before]
    assert len(ids) >= 2
    merged = (await client.post(f"{VISITS}/merge", json={"sessions": ids}, headers=BEARER)).json()
    tracks = [one["track"] for one in merged["tracks"]]
    assert {one["how"] for one in merged["tracks"]} == {"person"}
    assert await visits(client) == [merged]
    address = f"{VISITS}/{merged['id']}"
    assert (await client.get(address, headers=BEARER)).json() == merged
    parted = await client.post(f"{address}/split", json={"tracks": tracks[:1]}, headers=BEARER)
    assert [one["track"] for one in parted.json()["tracks"]] == tracks[:1]
    page = await client.get("/v1/tracks", params={"session": merged["id"]}, headers=BEARER)
    assert {track["id"] for track in page.json()["tracks"]} == set(tracks[1:])
    assert {track["session_id"] for track in page.json()["tracks"]} == {merged["id"]}


@pytest.mark.parametrize(
    ("address", "values", "status", "field"),
    [
        ("merge", {"sessions": ["a" * 32]}, 400, "sessions"),
        ("merge", {"sessions": ["a" * 32, "b" * 32]}, 404, "session"),
        (f"{'a' * 32}/split", {"tracks": ["b" * 32]}, 404, "session"),
        (f"{'a' * 32}/split", {"tracks": ["b" * 32], "session": "x"}, 400, "session"),
        (f"{'a' * 32}/split", {"tracks": []}, 400, "tracks"),
    ],
)
async def test_what_cannot_be_done_is_refused(
    client: httpx.AsyncClient, address: str, values: dict[str, Any], status: int, field: str
) -> None:
    answer = await client.post(f"{VISITS}/{address}", json=values, headers=BEARER)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["field"] == field
    assert (await client.get(f"{VISITS}/{'a' * 32}", headers=BEARER)).status_code == 404
