"""Sign in and out; users."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response

from edge_agent.accounts import SignedIn
from edge_agent.domain.errors import Refused
from edge_agent.domain.user import Role
from edge_agent.rest_api.access import COOKIE, Access, asker, whoever
from edge_agent.rest_api.body import described_body, read_json
from edge_agent.rest_api.parts import RestParts
from edge_agent.wire import accounts as wire
from edge_agent.wire.model import parsed

NameInPath = Annotated[str, Path(max_length=64)]


def login_routes(parts: RestParts, access: Access) -> APIRouter:
    """Make the routes of /v1/session; they ask for no role: they find out who it is.

    Args:
        parts: of the house.
        access: knows who is signed in.
    """
    router = APIRouter(prefix="/v1/session", tags=["access"])
    Here = Annotated[SignedIn, Depends(access.signed_in)]  # noqa: N806 - a type

    @router.post("", openapi_extra=described_body(wire.SignIn))
    async def sign_in(request: Request, response: Response) -> wire.LoginAnswer:
        """Sign in with name and password, or with the token of the box."""
        given = parsed(wire.SignIn, await read_json(request))
        address = request.client.host if request.client else "unknown"
        if given.token is not None:
            login = await parts.logins.sign_in_by_token(given.token, address=address)
        else:
            login = await parts.logins.sign_in(
                given.name or "", given.password or "", address=address
            )
        _keep(response, login.cookie)
        return _shown(parts, login)

    @router.get("")
    async def here(request: Request, response: Response, login: Here) -> wire.LoginAnswer:
        """Tell who is signed in; renews the cookie from time to time."""
        _keep(response, await parts.logins.renewed(request.cookies[COOKIE]))
        return _shown(parts, login)

    @router.delete("", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
    async def sign_out(request: Request, response: Response, login: Here) -> None:  # noqa: ARG001
        """Sign out."""
        await parts.logins.sign_out(request.cookies[COOKIE])
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")

    @router.put("/password", openapi_extra=described_body(wire.OwnPassword))
    async def password(request: Request, response: Response, login: Here) -> wire.LoginAnswer:
        """Take another password; every other login of the user ends."""
        given = parsed(wire.OwnPassword, await read_json(request))
        name = login.who.name
        if not name:
            raise Refused("the token of the box is changed in its configuration", field="password")
        address = request.client.host if request.client else "unknown"
        await parts.logins.sign_in(name, given.password, address=address)
        await parts.users.change(
            name, role=None, password=given.new_password, asker=login.who.asker
        )
        fresh = await parts.logins.sign_in(name, given.new_password, address=address)
        _keep(response, fresh.cookie)
        return _shown(parts, fresh)

    return router


def user_routes(parts: RestParts) -> APIRouter:
    """Make the routes under /v1/users.

    Args:
        parts: of the house.
    """
    router = APIRouter(prefix="/v1/users", tags=["access"])
    users = parts.users

    @router.get("")
    async def everybody() -> wire.UserList:
        """Show who may sign in."""
        return wire.UserList(users=[wire.user(each) for each in await users.every()])

    @router.post("", status_code=HTTPStatus.CREATED, openapi_extra=described_body(wire.UserAdd))
    async def add(request: Request) -> wire.User:
        """Let somebody in."""
        new = parsed(wire.UserAdd, await read_json(request))
        made = await users.add(new.name, Role(new.role), new.password, asker=asker(request))
        return wire.user(made)

    @router.patch("/{name}", openapi_extra=described_body(wire.UserChange))
    async def change(request: Request, name: NameInPath) -> wire.User:
        """Give somebody another role or password."""
        wanted = parsed(wire.UserChange, await read_json(request))
        changed = await users.change(
            name,
            role=None if wanted.role is None else Role(wanted.role),
            password=wanted.password,
            asker=asker(request),
        )
        return wire.user(changed)

    @router.delete("/{name}", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
    async def remove(request: Request, name: NameInPath) -> None:
        """Let somebody in no more, at once."""
        if whoever(request).name == name:
            raise Refused("nobody removes themselves; ask another administrator", field="name")
        await users.remove(name, asker=asker(request))

    return router


def _keep(response: Response, cookie: str | None) -> None:
    if cookie is not None:
        # Without an end of its own: the browser forgets it when it is closed.
        response.set_cookie(COOKIE, cookie, path="/", secure=True, httponly=True, samesite="strict")


def _shown(parts: RestParts, login: SignedIn) -> wire.LoginAnswer:
    return wire.LoginAnswer(
        name=login.who.name,
        role=login.who.role.value,
        csrf=login.csrf,
        ends_ms=login.ends_ms,
        timezone=parts.timezone,
    )
