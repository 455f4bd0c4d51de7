"""The list of staff over HTTP."""

from typing import Any

import httpx
import pytest

from edge_agent.domain.ids import new_id
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.storage.tracks import add_vector_ref
from tests.integration.rest_api.conftest import START_MS
from tests.integration.rest_api.house import BEARER, PACK, House
from tests.support.painted import vector_of

STAFF = "/v1/staff"


async def give_a_face(house: House, track: str) -> None:
    """What the pipeline would have kept of a face."""
    stored = StoredVector(
        id=new_id(START_MS),
        track=track,
        camera="till",
        at_ms=START_MS,
        quality=0.8,
        vector=Vector(Part.FACE, PACK.face_model, vector_of(Part.FACE, 1)),
    )
    await house.store.vectors.write([stored])
    async with house.store.transaction() as tx:
        await add_vector_ref(tx, stored)


async def test_somebody_is_taken_onto_the_list_changed_and_deleted(
    client: httpx.AsyncClient, people: House
) -> None:
    track = people.tracks[0]
    await give_a_face(people, track)
    answer = await client.post(
        STAFF, json={"id": "li", "name": "Li", "tracks": [track]}, headers=BEARER
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{STAFF}/li"
    made = answer.json()
    assert (made["id"], made["name"], made["track_count"]) == ("li", "Li", 1)
    assert made["faces"] == made["usable_faces"] == 1
    assert (await client.get(STAFF, headers=BEARER)).json() == {"staff": [made]}
    tracks = (await client.get("/v1/tracks", headers=BEARER)).json()["tracks"]
    assert track not in {each["id"] for each in tracks}
    everybody = await client.get("/v1/tracks", params={"include_staff": True}, headers=BEARER)
    (theirs,) = [each for each in everybody.json()["tracks"] if each["id"] == track]
    assert theirs["staff"] == "li"
    changed = await client.patch(f"{STAFF}/li", json={"not_tracks": [track]}, headers=BEARER)
    assert changed.json()["track_count"] == 0
    assert (await client.delete(f"{STAFF}/li", headers=BEARER)).json()["id"] == "li"
    assert (await client.get(STAFF, headers=BEARER)).json() == {"staff": []}


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({}, 400, "pictures"),
        ({"pictures": ["?"]}, 400, "pictures.0.picture"),
        ({"pictures": ["AAAA"]}, 400, "pictures.0.picture"),
        ({"tracks": ["f" * 32]}, 404, "tracks"),
        ({"tracks": ["x"]}, 400, "tracks.0"),
        ({"id": "a b"}, 400, "id"),
        ({"name": "x" * 65}, 400, "name"),
    ],
)
async def test_what_is_nobody_is_refused(
    client: httpx.AsyncClient, values: dict[str, Any], status: int, field: str
) -> None:
    answer = await client.post(STAFF, json=values, headers=BEARER)
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["field"] == field
    assert (await client.get(STAFF, headers=BEARER)).json() == {"staff": []}
    assert (await client.delete(f"{STAFF}/li", headers=BEARER)).status_code == 404
