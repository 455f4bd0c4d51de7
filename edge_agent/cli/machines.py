"""`edge-agent machines`: add, list and remove programs that ask over REST."""

import asyncio
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from edge_agent.accounts import add_machine, remove_machine
from edge_agent.cli.given import CONFIG, Config, day, own
from edge_agent.domain.user import Machine, Role
from edge_agent.runtime.clock import SystemClock
from edge_agent.settings import Settings, load_settings
from edge_agent.storage.beside import beside
from edge_agent.storage.machines import get_machines

_ASKER = "command line"

machines = typer.Typer(
    help="Programs that ask over REST, each with a key and a role of its own.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(help="The machine's name; stands in the audit log.")]


@machines.command("add")
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.VIEWER,
    config: Config = CONFIG,
) -> None:
    """Make a machine's key and print it; it is never shown again."""
    typer.echo(asyncio.run(_add(own(load_settings(config)), name, role)))
    typer.echo(f"{name} may ask as {role}: Authorization: Bearer <key>", err=True)


@machines.command("list")
def show(config: Config = CONFIG) -> None:
    """Show every machine, without keys."""
    table = Table("name", "role", "made")
    for machine in asyncio.run(_list(own(load_settings(config)))):
        table.add_row(machine.name, machine.role.value, day(machine.created_ms))
    Console().print(table)


@machines.command("remove")
def remove(name: Name, config: Config = CONFIG) -> None:
    """End a machine's key at once."""
    asyncio.run(_remove(own(load_settings(config)), name))
    typer.echo(f"{name} is removed")


async def _add(settings: Settings, name: str, role: Role) -> str:
    clock = SystemClock()
    async with beside(settings.state, clock=clock) as tx:
        _, key = await add_machine(tx, name, role, asker=_ASKER, at_ms=clock.now_ms())
    return key


async def _list(settings: Settings) -> list[Machine]:
    async with beside(settings.state, clock=SystemClock()) as tx:
        return await get_machines(tx)


async def _remove(settings: Settings, name: str) -> None:
    clock = SystemClock()
    async with beside(settings.state, clock=clock) as tx:
        await remove_machine(tx, name, asker=_ASKER, at_ms=clock.now_ms())
