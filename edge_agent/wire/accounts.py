"""Signing in, and the users of the box."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from edge_agent.domain import user as domain
from edge_agent.wire.model import Answer, Parameters

RoleName = Literal["viewer", "investigator", "administrator"]
_Name = Annotated[str, Field(min_length=1, max_length=64)]
_Password = Annotated[str, Field(min_length=1, max_length=256)]


class SignIn(Parameters):
    """Name and password of a user, or the token of the box."""

    name: _Name | None = None
    password: _Password | None = None
    token: _Password | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        by_name = self.name is not None and self.password is not None
        if by_name == (self.token is not None):
            raise ValueError("give name and password, or token")
        return self


class OwnPassword(Parameters):
    """Another password for whoever is signed in."""

    password: _Password
    """The one in use."""
    new_password: _Password


class UserAdd(Parameters):
    """Who shall be let in."""

    name: _Name
    role: RoleName
    password: _Password
    """10 to 256 characters."""


class UserChange(Parameters):
    """What changes; what is not named stays."""

    role: RoleName | None = None
    password: _Password | None = None
    """A new one ends every login of the user."""


class LoginAnswer(Answer):
    """Who is signed in."""

    name: str
    """Empty for whoever showed the token of the box."""
    role: RoleName
    csrf: str
    """To be sent as X-CSRF-Token with everything that changes something."""
    ends_ms: int
    """When to sign in again, however busy."""
    timezone: str
    """Of the store: all times on pages are shown in it."""


class User(Answer):
    """Somebody who may sign in."""

    name: str
    role: RoleName
    created_ms: int
    changed_ms: int
    signed_in_ms: int | None


class UserList(Answer):
    """Everybody who may sign in."""

    users: list[User]


def user(value: domain.User) -> User:
    """Show a user."""
    return User(
        name=value.name,
        role=value.role.value,
        created_ms=value.created_ms,
        changed_ms=value.changed_ms,
        signed_in_ms=value.signed_in_ms,
    )
