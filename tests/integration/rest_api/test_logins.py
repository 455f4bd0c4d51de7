"""Signing in, staying signed in, and how it ends."""

import httpx
import pytest

from edge_agent.accounts import LoginOptions, Logins, ThrottleOptions
from edge_agent.accounts.passwords import Passwords
from edge_agent.domain.errors import Busy, NotAuthorised
from edge_agent.domain.user import Role
from edge_agent.rest_api.access import COOKIE
from edge_agent.storage.audit import verify_audit
from tests.integration.rest_api.house import BEARER, TOKEN, House
from tests.integration.rest_api.test_roles import PASSWORD, sign_in
from tests.support.clocks import SetClock


async def admin(house: House) -> None:
    await house.parts.users.add("Root", Role.ADMINISTRATOR, PASSWORD, asker="test")


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    house: House, client: httpx.AsyncClient
) -> None:
    await admin(house)
    answer = await client.post("/v1/session", json={"name": " ROOT ", "password": PASSWORD})
    set_cookie = answer.headers["set-cookie"]
    for word in ("__Host-", "HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert word in set_cookie
    assert "Domain" not in set_cookie
    assert "Max-Age" not in set_cookie
    assert answer.json()["role"] == "administrator"
    kept = await house.store.rows("SELECT digest, name FROM login")
    assert client.cookies[COOKIE] not in str([tuple(row) for row in kept])
    assert (await client.get("/v1/session")).json()["timezone"] == "Asia/Shanghai"


async def test_what_changes_something_needs_the_word_of_a_page_of_this_box(
    house: House, client: httpx.AsyncClient
) -> None:
    await admin(house)
    csrf = await sign_in(client, "root")
    new = {"name": "anna", "role": "viewer", "password": "a long pass phrase"}
    assert (await client.post("/v1/users", json=new)).status_code == 403
    wrong = {"X-CSRF-Token": "0" * 32}
    assert (await client.post("/v1/users", json=new, headers=wrong)).status_code == 403
    foreign = {"X-CSRF-Token": csrf, "Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/v1/users", json=new, headers=foreign)).status_code == 403
    right = {"X-CSRF-Token": csrf}
    assert (await client.post("/v1/users", json=new, headers=right)).status_code == 201
    assert (await client.post("/v1/users", json=new, headers=right)).status_code == 400


async def test_a_new_password_or_removal_ends_every_login(
    house: House, client: httpx.AsyncClient
) -> None:
    await admin(house)
    users = house.parts.users
    await users.add("anna", Role.VIEWER, PASSWORD, asker="test")
    csrf = await sign_in(client, "anna")
    body = {"password": PASSWORD, "new_password": "another good phrase"}
    old = client.cookies[COOKIE]
    changed = await client.put("/v1/session/password", json=body, headers={"X-CSRF-Token": csrf})
    assert changed.status_code == 200
    assert await house.parts.logins.who(old) is None
    assert (await client.get("/v1/session")).status_code == 200
    await users.remove("anna", asker="test")
    assert (await client.get("/v1/session")).status_code == 401
    answer = await client.delete("/v1/users/root", headers=BEARER)
    assert answer.status_code == 204  # the last one goes when nobody else is left
    assert await verify_audit(house.store) is None


async def test_the_last_administrator_stays(house: House, client: httpx.AsyncClient) -> None:
    await admin(house)
    await house.parts.users.add("anna", Role.VIEWER, PASSWORD, asker="test")
    for answer in (
        await client.delete("/v1/users/root", headers=BEARER),
        await client.patch("/v1/users/root", json={"role": "viewer"}, headers=BEARER),
    ):
        assert (answer.status_code, answer.json()["error"]["field"]) == (400, "name")
    assert {one.name for one in await house.parts.users.every()} == {"anna", "root"}


async def test_signing_out_and_the_token_as_a_way_in(
    house: House, client: httpx.AsyncClient
) -> None:
    assert (await client.post("/v1/session", json={"token": "x"})).status_code == 401
    answer = await client.post("/v1/session", json={"token": TOKEN})
    assert (answer.json()["name"], answer.json()["role"]) == ("", "administrator")
    cookie = client.cookies[COOKIE]
    csrf = answer.json()["csrf"]
    gone = await client.delete("/v1/session", headers={"X-CSRF-Token": csrf})
    assert gone.status_code == 204
    assert await house.parts.logins.who(cookie) is None
    actions = [row["action"] for row in await house.store.rows("SELECT action FROM audit")]
    assert actions == ["session.refuse", "session.begin", "session.end"]


def logins(house: House, clock: SetClock, token: str = TOKEN) -> Logins:
    return Logins(house.store, Passwords(), token=token, clock=clock)


async def test_a_login_is_renewed_and_ends(house: House) -> None:
    clock, options = SetClock(), LoginOptions()
    here = logins(house, clock)
    opened = await here.sign_in_by_token(TOKEN, address="a")
    assert opened.cookie is not None
    assert await here.renewed(opened.cookie) is None
    clock.pass_by(options.renew_ms / 1000 + 1)
    fresh = await here.renewed(opened.cookie)
    assert fresh is not None
    assert await here.who(opened.cookie) is not None  # requests on their way
    clock.pass_by(options.grace_ms / 1000 + 1)
    assert await here.who(opened.cookie) is None
    found = await here.who(fresh)
    assert found is not None
    assert found.csrf == opened.csrf
    assert await logins(house, clock, "another token of the box").who(fresh) is None
    clock.pass_by(options.idle_ms / 1000 + 1)
    assert await here.who(fresh) is None
    busy = (await here.sign_in_by_token(TOKEN, address="a")).cookie
    assert busy is not None
    for _ in range(int(options.longest_ms / options.idle_ms * 2)):
        assert await here.who(busy) is not None
        clock.pass_by(options.idle_ms / 2000)
    clock.pass_by(1)
    assert await here.who(busy) is None


async def test_a_name_is_locked_after_wrong_passwords_and_an_address_slowed_down(
    house: House,
) -> None:
    clock, options = SetClock(), ThrottleOptions()
    await admin(house)
    here = logins(house, clock)
    for _ in range(options.failures):
        with pytest.raises(NotAuthorised):
            await here.sign_in("root", "not the password", address="a")
    with pytest.raises(Busy, match="30 s"):
        await here.sign_in("root", PASSWORD, address="b")
    clock.pass_by(options.locked_s + 1)
    with pytest.raises(NotAuthorised):
        await here.sign_in("root", "not the password", address="a")
    with pytest.raises(Busy, match="60 s"):
        await here.sign_in("root", PASSWORD, address="b")
    clock.pass_by(options.longest_s)
    assert (await here.sign_in("root", PASSWORD, address="b")).who.name == "root"
    for number in range(options.burst):
        with pytest.raises(NotAuthorised):
            await here.sign_in(f"nobody{number}", "x", address="c")
    with pytest.raises(Busy, match="address"):
        await here.sign_in("somebody", "x", address="c")
    details = [row["detail"] for row in await house.store.rows("SELECT detail FROM audit")]
    assert not any("nobody" in detail for detail in details)
