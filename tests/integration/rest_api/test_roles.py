"""Every operation of the door, asked by everybody: the table comes from the routes themselves."""

import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from edge_agent.accounts import add_machine, remove_machine
from edge_agent.domain.user import Role
from edge_agent.rest_api.roles import NEEDED
from tests.integration.rest_api.house import BEARER, METRICS_KEY, House

OPEN = {("GET", "/healthz"), ("GET", "/readyz"), ("POST", "/v1/session")}
OWN_PROOF = {
    ("GET", path)
    for path in (
        "/metrics",
        "/media/pictures/{picture_id}",
        "/media/clips/{fragment_id}",
        "/media/thumbnails/{fragment_id}",
        "/media/queries/{job_id}",
        "/media/image-tasks/{task}",
        "/media/items/{picture_id}",
        "/media/watched/{picture_id}",
        "/media/recognised/{hit_id}",
    )
}
OF_THE_LOGIN = {("GET", "/v1/session"), ("DELETE", "/v1/session"), ("PUT", "/v1/session/password")}
REFUSED = {401, 403}
PASSWORD = "correct horse battery"


def operations(house: House) -> Iterator[tuple[str, str]]:
    for context in iter_route_contexts(house.app.router.routes):
        if isinstance(context.original_route, APIRoute):
            for method in context.methods or ():
                assert context.path is not None
                yield method, context.path


def address(path: str) -> str:
    return re.sub(r"\{[a-z_]+\}", "0" * 32, path)


async def sign_in(client: httpx.AsyncClient, name: str, password: str = PASSWORD) -> str:
    answer = await client.post("/v1/session", json={"name": name, "password": password})
    assert answer.status_code == 200, answer.text
    csrf: str = answer.json()["csrf"]
    return csrf


async def test_every_route_stands_in_exactly_one_table(house: House) -> None:
    tables = [OPEN, OWN_PROOF, OF_THE_LOGIN, NEEDED.keys()]
    found = list(operations(house))
    assert len(found) == len(set(found)) > 35
    assert [one for one in found if sum(one in table for table in tables) != 1] == []
    assert set(found) == set().union(*tables)


async def test_nothing_but_health_answers_strangers(
    house: House, client: httpx.AsyncClient
) -> None:
    for method, path in operations(house):
        answer = await client.request(method, address(path), json={})
        if (method, path) not in OPEN:
            assert answer.status_code == 401, (method, path, answer.text)
    refused = await client.post("/v1/session", json={"name": "nobody", "password": "x"})
    assert refused.status_code == 401


@pytest.mark.parametrize("role", Role)
async def test_a_role_opens_what_the_table_says_and_nothing_else(
    house: House, client: httpx.AsyncClient, role: Role
) -> None:
    await house.parts.users.add("root", Role.ADMINISTRATOR, PASSWORD, asker="test")
    await house.parts.users.add("one", role, PASSWORD, asker="test")
    csrf = await sign_in(client, "one")
    for method, path in operations(house):
        if (method, path) in OF_THE_LOGIN | OPEN:
            continue
        headers = {"X-CSRF-Token": csrf}
        answer = await client.request(method, address(path), json={}, headers=headers)
        enough = (method, path) in OWN_PROOF or role.may(NEEDED[method, path])
        if path == "/metrics":
            enough = False
        assert (answer.status_code not in REFUSED) == enough, (method, path, answer.text)
        assert answer.status_code < 500, (method, path, answer.text)


async def test_machines_keep_their_token_and_key(house: House, client: httpx.AsyncClient) -> None:
    for method, path in operations(house):
        if (method, path) not in OF_THE_LOGIN | OPEN:
            answer = await client.request(method, address(path), json={}, headers=BEARER)
            assert answer.status_code not in REFUSED, (method, path, answer.text)
    assert (await client.get("/metrics", params={"key": METRICS_KEY})).status_code == 200


@pytest.mark.parametrize("role", Role)
async def test_a_machine_may_what_its_role_says_until_it_is_removed(
    house: House, client: httpx.AsyncClient, role: Role
) -> None:
    async with house.store.transaction() as tx:
        machine, key = await add_machine(tx, "till-watch", role, asker="test", at_ms=1)
    headers = {"Authorization": f"Bearer {key}"}
    for method, path in operations(house):
        if (method, path) in OF_THE_LOGIN | OPEN:
            continue
        answer = await client.request(method, address(path), json={}, headers=headers)
        enough = (method, path) in OWN_PROOF or role.may(NEEDED[method, path])
        if path == "/metrics":
            enough = False
        assert (answer.status_code not in REFUSED) == enough, (method, path, answer.text)
    told = "SELECT count(*) FROM audit WHERE who = 'machine:till-watch'"
    assert (await house.store.rows(told))[0][0] > 0
    assert key not in str([tuple(row) for row in await house.store.rows("SELECT * FROM machine")])
    async with house.store.transaction() as tx:
        await remove_machine(tx, machine.name, asker="test", at_ms=2)
    assert (await client.get("/v1/status", headers=headers)).status_code == 401
