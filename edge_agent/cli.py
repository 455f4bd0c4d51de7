"""The `edge-agent` command.

Exit statuses: 0 done; 1 something is not as it should be; 2 wrong arguments; 69 the world is away
(weights that cannot be fetched); 78 the installation is wrong, and systemd does not restart.
"""

import asyncio
import dataclasses
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from edge_agent.app import run_box
from edge_agent.domain.errors import Refused, Unavailable, Unusable
from edge_agent.evidence_cli import export
from edge_agent.inspect_cli import inspect_file
from edge_agent.keys_cli import keys, own
from edge_agent.reindex_cli import reindex
from edge_agent.rest_api.certificate import read_certificate
from edge_agent.rest_api.own_certificate import own_files
from edge_agent.runtime.clock import SystemClock
from edge_agent.runtime.logs import set_up_logging
from edge_agent.settings import (
    Settings,
    check_surroundings,
    default_settings,
    describe,
    load_settings,
)
from edge_agent.storage.audit import AuditEntry, get_audit, verify_audit
from edge_agent.storage.beside import beside
from edge_agent.users_cli import users
from edge_agent.vision.packs import AUTO, PackOptions, choose, list_packs
from edge_agent.vision.packs import verify as verify_pack

EX_UNAVAILABLE, EX_CONFIG = 69, 78  # sysexits.h

_GARBAGE = (20_000, 20, 50)
"""The collector looks at the young so seldom: nearly all the daemon lets go of is freed by counting
references, and looking after every 700 objects took a fifteenth of the time of a signed read."""

_CONFIG_VARIABLE = "EDGE_AGENT_CONFIG"
_MIRROR_VARIABLE = "EDGE_AGENT_MODEL_MIRROR"

app = typer.Typer(
    name="edge-agent",
    help="Finds, follows and remembers people on a store's own box, and answers who was where.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
models = typer.Typer(
    help="Weights: which there are, install them, check them.", no_args_is_help=True
)
audit = typer.Typer(help="The log of everything that was asked.", no_args_is_help=True)
app.add_typer(models, name="models")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(export, name="export")
app.add_typer(users, name="users")

Config = Annotated[
    Path,
    typer.Option(
        "--config", "-c", envvar=_CONFIG_VARIABLE, help="The configuration file.", show_default=True
    ),
]
DEFAULT_CONFIG = Path("/etc/edge-agent/edge-agent.yaml")


@app.command()
def run(config: Config = DEFAULT_CONFIG) -> None:
    """Run the box until it is told to stop."""
    settings = _settings(config)
    set_up_logging(settings.log_level)
    gc.set_threshold(*_GARBAGE)
    asyncio.run(run_box(settings))


@app.command("check-config")
def check_config(
    config: Config = DEFAULT_CONFIG,
    *,
    show: Annotated[bool, typer.Option("--show", help="Print every key in force.")] = False,
) -> None:
    """Say what is wrong with the configuration and around it; starts nothing."""
    settings = _settings(config)
    if show:
        print(describe(settings))
    problems = check_surroundings(settings)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise typer.Exit(1)
    print(f"{config}: all is well, {len(settings.cameras)} cameras")


@app.command("reindex")
def reindex_command(config: Config = DEFAULT_CONFIG) -> None:
    """Embed stored pictures anew for the models in use; the box itself must not be running.

    A running box does the same unattended, when cameras and searches leave it time. It may be
    stopped at any moment and goes on where it was.
    """
    done = asyncio.run(reindex(_settings(config)))
    failed = ", ".join(f"{count} {reason}" for reason, count in sorted(done.failed.items()))
    print(f"{done.made} of {done.pictures} pictures have a vector of the models in use")
    if failed:
        print(f"no vector can be made of: {failed}")


@app.command()
def certificate(
    config: Config = DEFAULT_CONFIG,
    *,
    pem: Annotated[
        bool, typer.Option("--pem", help="Print the certificate itself, for clients to trust.")
    ] = False,
) -> None:
    """Show the certificate of the https side: fingerprint, names, and when it ends."""
    options = _settings(config).certificate
    file = options.certificate_file or own_files(options.folder)[0]
    try:
        info = read_certificate(file)
    except FileNotFoundError:
        raise Refused(f"there is no {file}; the box makes it when it first runs") from None
    except (OSError, ValueError) as error:
        raise Unusable(f"{file} cannot be read: {error}") from error
    if pem:
        print(info.pem, end="")
        return
    print(f"sha256  {info.sha256}")
    print(f"names   {', '.join(info.names)}")
    print(f"ends    {info.ends:%Y-%m-%d %H:%M} UTC")
    print(f"file    {file}")


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A video file.")],
    config: Config = DEFAULT_CONFIG,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help=".mp4, .jpg or .png to write; else a .jpg in this folder."
        ),
    ] = None,
    fps: Annotated[
        float, typer.Option(min=0.1, max=60.0, help="Pictures looked at per second of the file.")
    ] = 5.0,
) -> None:
    """Draw what the box would make of a video file: people, tracks, clips; starts nothing."""
    settings = _settings_or_defaults(config)
    inspect_file(file, output or Path(f"{file.stem}.inspected.jpg"), settings, fps)


@models.command("list")
def models_list(config: Config = DEFAULT_CONFIG) -> None:
    """Show every pack, its licence, and which one is used."""
    table = Table("pack", "what", "licence", "size", "installed", "used")
    for row in list_packs(_packs(config)):
        size = f"{row.bytes / 1e6:.1f} MB" if row.bytes else "-"
        used = "yes" if row.in_use else ""
        table.add_row(
            row.name, row.title, row.licence, size, "yes" if row.installed else "no", used
        )
    Console().print(table)


@models.command("install")
def models_install(
    pack: Annotated[
        str, typer.Argument(help="A pack, or auto for the best that can be had.")
    ] = AUTO,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Bring the files of a pack onto this machine and check them."""
    with _progress() as told:
        chosen = choose(dataclasses.replace(_packs(config), pack=pack), told)
    print(f"{chosen.manifest.model_id} is installed in {chosen.folder} ({chosen.manifest.licence})")


@models.command("verify")
def models_verify(
    pack: Annotated[str, typer.Argument(help="A pack; without one, every installed pack.")] = "",
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Check every weight file by size and sha256."""
    options = _packs(config)
    packs = [pack] if pack else [row.name for row in list_packs(options) if row.installed]
    rows = [row for name in packs for row in verify_pack(options, name)]
    for row in rows:
        print(f"{row.pack}/{row.file}: {row.problem or 'ok'}")
    if not rows:
        print("no weights are installed; there is nothing to check")
    if any(row.problem for row in rows):
        raise typer.Exit(1)


@audit.command("verify")
def audit_verify(config: Config = DEFAULT_CONFIG) -> None:
    """Check that nothing in the audit log was changed or taken out."""
    broken, last = asyncio.run(_broken_at(own(_settings(config))))
    if broken is not None:
        print(f"the audit log was changed at or before entry {broken}", file=sys.stderr)
        raise typer.Exit(1)
    print("the audit log is whole")
    if last is not None:
        print(f"entry {last.seq}, chain {last.chain}")


def main() -> None:
    """Run the command; expected trouble becomes one message and an exit status."""
    try:
        app()
    except Refused as error:
        print(f"edge-agent: {error}", file=sys.stderr)
        sys.exit(1)
    except Unusable as error:
        print(f"edge-agent: {error}", file=sys.stderr)
        sys.exit(EX_CONFIG)
    except Unavailable as error:
        print(f"edge-agent: {error}", file=sys.stderr)
        sys.exit(EX_UNAVAILABLE)


def _settings(config: Path) -> Settings:
    """Read the file; EDGE_AGENT_MODEL_MIRROR stands in for a mirror that it does not name."""
    return _with_mirror(load_settings(config))


def _with_mirror(settings: Settings) -> Settings:
    mirror = os.environ.get(_MIRROR_VARIABLE)
    if mirror and settings.packs.mirror is None:
        packs = dataclasses.replace(settings.packs, mirror=Path(mirror))
        settings = dataclasses.replace(settings, packs=packs)
    return settings


def _packs(config: Path) -> PackOptions:
    """Where packs are; weights may be installed before there is a configuration."""
    return _settings_or_defaults(config).packs


def _settings_or_defaults(config: Path) -> Settings:
    if config == DEFAULT_CONFIG and not config.exists():
        return _with_mirror(default_settings())
    return _settings(config)


async def _broken_at(settings: Settings) -> tuple[int | None, AuditEntry | None]:
    async with beside(settings.state, clock=SystemClock()) as tx:
        newest = await get_audit(tx, before=None, limit=1)
        return await verify_audit(tx), newest[0] if newest else None


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks = {}

        def told(file: str, done: int, total: int) -> None:
            if file not in tasks:
                tasks[file] = progress.add_task(file, total=total)
            progress.update(tasks[file], completed=done, total=total)

        yield told
