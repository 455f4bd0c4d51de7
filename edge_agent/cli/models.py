"""`edge-agent models`: which weights there are, install them, check them."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from edge_agent.cli.given import CONFIG, Config, settings_or_defaults
from edge_agent.vision.packs import AUTO, PackOptions, choose, list_packs
from edge_agent.vision.packs import verify as verify_pack

models = typer.Typer(
    help="Weights: which there are, install them, check them.", no_args_is_help=True
)


@models.command("list")
def models_list(config: Config = CONFIG) -> None:
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
    config: Config = CONFIG,
) -> None:
    """Bring the files of a pack onto this machine and check them."""
    with _progress() as told:
        chosen = choose(dataclasses.replace(_packs(config), pack=pack), told)
    print(f"{chosen.manifest.model_id} is installed in {chosen.folder} ({chosen.manifest.licence})")


@models.command("verify")
def models_verify(
    pack: Annotated[str, typer.Argument(help="A pack; without one, every installed pack.")] = "",
    config: Config = CONFIG,
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


def _packs(config: Path) -> PackOptions:
    """Where packs are; weights may be installed before there is a configuration."""
    return settings_or_defaults(config).packs


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
