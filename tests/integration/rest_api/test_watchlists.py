"""Watch lists over HTTP."""

import base64
from typing import Any

import httpx

from edge_agent.domain.ids import new_id
from edge_agent.domain.watchlist import WatchHit
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.watch_hits import add_watch_hit
from tests.integration.rest_api.conftest import START_MS
from tests.integration.rest_api.house import BEARER, House
from tests.integration.rest_api.test_staff import give_a_face

LISTS = "/v1/watchlists"


def banned(**changed: Any) -> dict[str, Any]:
    return {
        "id": "banned",
        "name": "Banned",
        "owner": "security desk",
        "reason": "theft",
        "expires_ms": SystemClock().now_ms() + 86_400_000,
        **changed,
    }


async def test_a_list_is_made_filled_shown_and_deleted(
    client: httpx.AsyncClient, people: House
) -> None:
    track = people.tracks[0]
    await give_a_face(people, track)
    made = await client.post(LISTS, json=banned(), headers=BEARER)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"{LISTS}/banned"
    assert (await client.get(LISTS, headers=BEARER)).json() == {"watchlists": [made.json()]}
    told = {"id": "x", "name": "X", "tracks": [track], "keep_picture": True}
    entries = f"{LISTS}/banned/entries"
    added = await client.post(entries, json=told, headers=BEARER)
    assert added.status_code == 201, added.text
    assert added.headers["location"] == f"{entries}/x"
    entry = added.json()
    assert (entry["faces"], entry["usable_faces"], entry["hit_count"]) == (1, 1, 0)
    shown = (await client.get(f"{LISTS}/banned", headers=BEARER)).json()
    assert (shown["entry_count"], shown["entries"]) == (1, [entry])

    hit = WatchHit(
        id=new_id(START_MS),
        list="banned",
        entry="x",
        at_ms=START_MS,
        similarity=0.61,
        threshold=0.39,
        false_alarm_rate=None,
        tracks=(track,),
    )
    async with people.store.transaction() as tx:
        await add_watch_hit(tx, hit)
    page = (await client.get(f"{LISTS}/banned/hits", headers=BEARER)).json()
    (listed,) = page["hits"]
    assert (listed["id"], listed["score"], listed["tracks"]) == (hit.id, 0.61, [track])
    assert page["next"] is None
    # the links need no token: both show the same face, the one of the track
    pictures = [await client.get(link) for link in (listed["picture_url"], entry["picture_url"])]
    assert [picture.status_code for picture in pictures] == [200, 200]
    assert pictures[0].content == pictures[1].content
    assert pictures[0].headers["content-type"] == "image/jpeg"

    renamed = await client.patch(f"{entries}/x", json={"name": "Y"}, headers=BEARER)
    assert renamed.json()["name"] == "Y"
    changed = await client.patch(f"{LISTS}/banned", json={"reason": "fraud"}, headers=BEARER)
    assert changed.json()["reason"] == "fraud"
    assert (await client.delete(f"{entries}/x", headers=BEARER)).json()["id"] == "x"
    gone = [await client.get(link) for link in (listed["picture_url"], entry["picture_url"])]
    assert [picture.status_code for picture in gone] == [404, 404]
    assert (await client.delete(f"{LISTS}/banned", headers=BEARER)).status_code == 200
    assert (await client.get(LISTS, headers=BEARER)).json() == {"watchlists": []}
    assert (await client.delete(f"{LISTS}/banned", headers=BEARER)).status_code == 404


async def test_what_cannot_be_is_refused(client: httpx.AsyncClient) -> None:
    first = await client.post(LISTS, json=banned(id="first"), headers=BEARER)
    assert first.status_code == 201
    picture = base64.b64encode(b"x").decode()
    for path, body, status, field in [
        ("", banned(owner=""), 400, "owner"),
        ("", banned(reason=None), 400, "reason"),
        ("", banned(expires_ms=1), 400, "expires_ms"),
        ("", banned(id="a b"), 400, "id"),
        ("", banned(extra=1), 400, "extra"),
        ("/first/entries", {}, 400, "pictures"),
        ("/first/entries", {"list": "first"}, 400, "list"),
        ("/first/entries", {"tracks": ["f" * 32]}, 404, "tracks"),
        ("/first/entries", {"pictures": ["AAAA"]}, 400, "pictures.0.picture"),
        ("/other/entries", {"pictures": [picture]}, 404, "list"),
    ]:
        answer = await client.post(f"{LISTS}{path}", json=body, headers=BEARER)
        assert answer.status_code == status, answer.text
        assert answer.json()["error"]["field"] == field
        assert (await client.post(f"{LISTS}{path}", json=body)).status_code == 401
    everything = (await client.get(LISTS, headers=BEARER)).json()["watchlists"]
    assert [(one["id"], one["entry_count"]) for one in everything] == [("first", 0)]
