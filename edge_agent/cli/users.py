"""`edge-agent users`: add, list, change and remove people who sign in."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from edge_agent.accounts import NewUser, add_user, change_user, remove_user
from edge_agent.accounts.passwords import check_password, hash_password
from edge_agent.accounts.users import name_of
from edge_agent.cli.given import CONFIG, Config, day, own
from edge_agent.domain.errors import Unusable
from edge_agent.domain.user import Role, User
from edge_agent.runtime.clock import SystemClock
from edge_agent.settings import Settings, load_settings
from edge_agent.storage.beside import beside
from edge_agent.storage.users import get_users

_ASKER = "command line"

users = typer.Typer(help="People who sign in on the dashboard.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The user's name.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option(help="Holds the password; - reads it from stdin; without it, it is asked for."),
]


@users.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.VIEWER,
    password_file: PasswordFile = None,
    config: Config = CONFIG,
) -> None:
    """Let somebody in."""
    settings = own(load_settings(config))
    new = NewUser(name=name, role=role, hashed=_hashed(name, password_file))
    made = asyncio.run(_add(settings, new))
    typer.echo(f"{made.name} may sign in as {made.role}")


@users.command("list")
def show(config: Config = CONFIG) -> None:
    """Show who may sign in."""
    table = Table("name", "role", "made", "last signed in")
    for user in asyncio.run(_list(own(load_settings(config)))):
        last = "never" if user.signed_in_ms is None else day(user.signed_in_ms)
        table.add_row(user.name, user.role.value, day(user.created_ms), last)
    Console().print(table)


@users.command("change")
def change(
    name: Name,
    role: Annotated[Role | None, typer.Option(help="What the user may do from now on.")] = None,
    password_file: PasswordFile = None,
    config: Config = CONFIG,
    *,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
) -> None:
    """Give somebody another role or password; a new password ends every login."""
    settings = own(load_settings(config))
    hashed = _hashed(name, password_file) if password or password_file else None
    changed = asyncio.run(_change(settings, name_of(name), role, hashed))
    typer.echo(f"{changed.name} may sign in as {changed.role}")


@users.command("remove")
def remove(name: Name, config: Config = CONFIG) -> None:
    """Let somebody in no more, at once."""
    asyncio.run(_remove(own(load_settings(config)), name_of(name)))
    typer.echo(f"{name_of(name)} is removed")


async def _add(settings: Settings, new: NewUser) -> User:
    clock = SystemClock()
    async with beside(settings.state, clock=clock) as tx:
        return await add_user(tx, new, asker=_ASKER, at_ms=clock.now_ms())


async def _list(settings: Settings) -> list[User]:
    async with beside(settings.state, clock=SystemClock()) as tx:
        return await get_users(tx)


async def _change(settings: Settings, name: str, role: Role | None, hashed: str | None) -> User:
    clock = SystemClock()
    async with beside(settings.state, clock=clock) as tx:
        return await change_user(
            tx, name, role=role, hashed=hashed, asker=_ASKER, at_ms=clock.now_ms()
        )


async def _remove(settings: Settings, name: str) -> None:
    clock = SystemClock()
    async with beside(settings.state, clock=clock) as tx:
        await remove_user(tx, name, asker=_ASKER, at_ms=clock.now_ms())


def _hashed(name: str, file: Path | None) -> str:
    if file is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        try:
            password = sys.stdin.read() if file == Path("-") else file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise Unusable(f"the password cannot be read from {file}: {error}") from error
        password = password.rstrip("\r\n")
    check_password(password, name_of(name))
    return hash_password(password)
