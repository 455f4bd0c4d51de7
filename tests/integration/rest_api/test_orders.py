"""Orders over HTTP."""

from typing import Any

import httpx
import pytest

from tests.integration.rest_api.conftest import START_MS
from tests.integration.rest_api.house import BEARER, House

ORDER = {"till": "till", "at_ms": START_MS, "amount": "12.50"}


async def test_an_order_is_reported_read_and_found_by(
    client: httpx.AsyncClient, people: House
) -> None:
    answer = await client.put("/v1/orders/R-1", json=ORDER, headers=BEARER)
    assert answer.status_code == 200, answer.text
    order = answer.json()
    assert order == {"id": "R-1", **ORDER, "tracks": order["tracks"]}
    assert set(order["tracks"]) <= set(people.tracks)
    assert order["tracks"]
    assert (await client.put("/v1/orders/R-1", json=ORDER, headers=BEARER)).json() == order
    assert (await client.get("/v1/orders/R-1", headers=BEARER)).json() == order
    page = (await client.get("/v1/tracks", params={"order": "R-1"}, headers=BEARER)).json()
    assert sorted(track["id"] for track in page["tracks"]) == order["tracks"]
    assert all(track["order_ids"] == ["R-1"] for track in page["tracks"])
    track = await client.get(f"/v1/tracks/{order['tracks'][0]}", headers=BEARER)
    assert track.json()["order_ids"] == ["R-1"]


@pytest.mark.parametrize(
    ("order", "values", "status", "field"),
    [
        ("R-1", {**ORDER, "till": "roof"}, 404, "till"),
        ("R-1", {**ORDER, "id": "R-1"}, 400, "id"),
        ("R-1", {**ORDER, "amount": "1,50"}, 400, "amount"),
        ("R-1", {**ORDER, "amount": 10**12}, 400, "amount"),
        ("R-1", {**ORDER, "amount": 1.5}, 400, "amount"),
        ("R-1", {"till": "till"}, 400, "at_ms"),
        ("R 1", ORDER, 400, "order_id"),
    ],
)
async def test_what_is_no_order_is_refused(
    client: httpx.AsyncClient, order: str, values: dict[str, Any], status: int, field: str
) -> None:
    answer = await client.put(f"/v1/orders/{order}", json=values, headers=BEARER)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["field"].startswith(field)
    assert (await client.get("/v1/orders/R-9", headers=BEARER)).status_code == 404
    assert (await client.put(f"/v1/orders/{order}", json=values)).status_code == 401
