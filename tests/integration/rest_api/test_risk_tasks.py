"""Investigations over HTTP."""

from typing import Any

import httpx
import pytest

from tests.integration.rest_api.conftest import START_MS
from tests.integration.rest_api.house import BEARER, House

TASKS = "/v1/risk-tasks"


async def begun(client: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await client.post(TASKS, json=values, headers=BEARER)
    assert answer.status_code == 201, answer.text
    task: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{TASKS}/{task['id']}"
    return task


async def test_an_investigation_from_beginning_to_end(
    client: httpx.AsyncClient, people: House
) -> None:
    criteria = {"start_ms": START_MS, "end_ms": START_MS + 2001, "cameras": ["till"]}
    task = await begun(client, id="case-1", tenant="acme", criteria=criteria)
    assert (task["id"], task["state"], task["track_count"]) == ("case-1", "open", 2)
    assert task["criteria"] == {**criteria, "picture": None, "actions": [], "orders": []}
    assert task["search"] is None
    address = f"{TASKS}/case-1"
    page = (await client.get(address, params={"limit": 1}, headers=BEARER)).json()
    assert [track["id"] for track in page["tracks"]] == [people.tracks[2]]
    assert (await client.get(page["tracks"][0]["face"]["url"])).status_code == 200
    page = (await client.get(address, params={"after": page["next"]}, headers=BEARER)).json()
    assert [track["id"] for track in page["tracks"]] == [people.tracks[0]]
    assert page["next"] is None
    changes = {"state": "closed", "add": [people.tracks[1]], "remove": [people.tracks[0]]}
    changed = (await client.patch(address, json=changes, headers=BEARER)).json()
    assert (changed["state"], changed["track_count"]) == ("closed", 2)
    await begun(client, tracks=people.tracks[:1])
    listed = (await client.get(TASKS, params={"state": "closed"}, headers=BEARER)).json()
    assert listed == {"tasks": [changed], "next": None}
    page = (await client.get(TASKS, params={"limit": 1}, headers=BEARER)).json()
    assert page["next"] is not None
    assert (await client.delete(address, headers=BEARER)).json() == changed
    assert (await client.get(address, headers=BEARER)).status_code == 404


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({}, 400, "criteria"),
        ({"criteria": {"picture": "AAAA"}}, 400, "criteria.picture"),
        ({"criteria": {"picture": "?"}}, 400, "criteria.picture"),
        ({"criteria": {"picture": "A" * 5_592_409}}, 413, "criteria.picture"),
        ({"criteria": {"picture": "AAAA", "track": "f" * 32}}, 400, "criteria.track"),
        ({"criteria": {"track": "f" * 32}}, 404, "criteria.track"),
        ({"criteria": {"track": "f" * 32, "region": [0, 0, 1, 1]}}, 400, "criteria.region"),
        ({"criteria": {"url": "ftp://x/y"}}, 400, "criteria.url"),
        ({"criteria": {"url": "http://127.0.0.1/x"}}, 400, "criteria.url"),
        ({"criteria": {"threshold": 0.5}}, 400, "criteria.threshold"),
        ({"criteria": {"track": "f" * 32, "threshold": 2.0}}, 400, "criteria.threshold"),
        ({"criteria": {"actions": ["stay"]}}, 400, "criteria.actions.0"),
        ({"criteria": {"actions": [{"type": "run"}]}}, 400, "criteria.actions.0.type"),
        (
            {"criteria": {"actions": [{"type": "stay", "place": ""}]}},
            400,
            "criteria.actions.0.place",
        ),
        ({"criteria": {"orders": [1]}}, 400, "criteria.orders.0"),
        ({"criteria": {"start_ms": 2, "end_ms": 2}}, 400, "criteria.end_ms"),
        ({"criteria": {"colour": "red"}}, 400, "criteria.colour"),
        ({"criteria": {"cameras": ["attic"]}}, 404, "criteria.cameras"),
        ({"criteria": {}, "tenant": "other"}, 404, "tenant"),
        ({"criteria": {}, "store": "other"}, 404, "store"),
        ({"tracks": ["f" * 32]}, 404, "tracks"),
        ({"tracks": ["short"]}, 400, "tracks.0"),
        ({"id": "a b", "criteria": {}}, 400, "id"),
    ],
)
async def test_what_cannot_be_investigated(
    client: httpx.AsyncClient, values: dict[str, Any], status: int, field: str
) -> None:
    answer = await client.post(TASKS, json=values, headers=BEARER)
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)


async def test_changes_that_cannot_be(client: httpx.AsyncClient) -> None:
    task = await begun(client, criteria={})
    address = f"{TASKS}/{task['id']}"
    for body in ({}, {"id": "other"}, {"state": "lost"}, {"criteria": None}):
        answer = await client.patch(address, json=body, headers=BEARER)
        assert answer.status_code == 400
    answer = await client.patch(address, content=b"{}", headers=BEARER)
    assert answer.json()["error"]["field"] == "content-type"
    assert (await client.patch(address, json={"state": "closed"})).status_code == 401
    for wrong in ({"tenant": "other"}, {"store": "other"}):
        assert (await client.get(address, params=wrong, headers=BEARER)).status_code == 404
