"""`edge-agent keys`: add, list and revoke the keys that signing clients use."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from edge_agent.cli.given import CONFIG, Config, day, own
from edge_agent.domain.access_key import AccessKey, KeyKind, KeyRole
from edge_agent.domain.errors import Unusable
from edge_agent.keys import KeyInfo, NewKey, Sealing, add_key, list_keys, revoke
from edge_agent.runtime.clock import SystemClock
from edge_agent.settings import Settings, load_settings
from edge_agent.storage.beside import beside
from edge_agent.storage.tokens import load_or_make_token

BOX_KEY = "box-key"
"""Name of the file under `secrets/` that access keys are encrypted with."""

_ASKER = "command line"

keys = typer.Typer(
    help="Keys of clients that sign their requests, as those of the cloud do.",
    no_args_is_help=True,
)


@keys.command("add")
def add(  # noqa: PLR0917 - typer calls it by name
    kind: Annotated[
        KeyKind, typer.Option(help="aliyun: access key of an SDK; top: app key.")
    ] = KeyKind.ALIYUN,
    role: Annotated[
        KeyRole, typer.Option(help="full, or reader, which starts and changes nothing.")
    ] = KeyRole.FULL,
    name: Annotated[str, typer.Option(help="Who uses it; stands in the audit log.")] = "",
    key_id: Annotated[
        str | None, typer.Option("--id", help="Without it the box makes one.")
    ] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(help="Holds the secret; - reads it from stdin; without it one is made."),
    ] = None,
    config: Config = CONFIG,
) -> None:
    """Make a key and print its secret, which is never shown again."""
    settings = own(load_settings(config))
    new = NewKey(kind=kind, role=role, name=name, id=key_id, secret=_secret(secret_file))
    key = asyncio.run(_add(settings, new))
    typer.echo(f"id      {key.id}\nsecret  {key.secret}")
    typer.echo("It is valid within two seconds; the secret is not shown again.", err=True)


@keys.command("list")
def show(config: Config = CONFIG) -> None:
    """Show every key, without secrets."""
    table = Table("id", "kind", "role", "name", "made", "state")
    for key in asyncio.run(_list(own(load_settings(config)))):
        table.add_row(
            key.id, key.kind.value, key.role.value, key.name, day(key.created_ms), _state(key)
        )
    Console().print(table)


@keys.command("revoke")
def end(
    key_id: Annotated[str, typer.Argument(help="As `keys list` shows it.")],
    config: Config = CONFIG,
) -> None:
    """End a key for ever; a running box notices within two seconds."""
    asyncio.run(_revoke(own(load_settings(config)), key_id))
    typer.echo(f"{key_id} is revoked")


async def _add(settings: Settings, new: NewKey) -> AccessKey:
    clock = SystemClock()
    async with beside(settings.state, clock=clock) as tx:
        return await add_key(tx, _sealing(settings), new, asker=_ASKER, at_ms=clock.now_ms())


async def _list(settings: Settings) -> list[KeyInfo]:
    async with beside(settings.state, clock=SystemClock()) as tx:
        return await list_keys(tx, _sealing(settings))


async def _revoke(settings: Settings, key_id: str) -> None:
    clock = SystemClock()
    async with beside(settings.state, clock=clock) as tx:
        await revoke(tx, key_id, asker=_ASKER, at_ms=clock.now_ms())


def _sealing(settings: Settings) -> Sealing:
    return Sealing(load_or_make_token(settings.state / "secrets" / BOX_KEY))


def _secret(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        text = sys.stdin.read() if file == Path("-") else file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"the secret cannot be read from {file}: {error}") from error
    return text.strip()


def _state(key: KeyInfo) -> str:
    if key.revoked_ms is not None:
        return f"revoked {day(key.revoked_ms)}"
    return "valid" if key.readable else "unreadable: sealed under another box key"
