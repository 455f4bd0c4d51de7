"""The `edge-agent` command.

Exit statuses: 0 done; 1 something is not as it should be; 2 wrong arguments; 69 the world is away
(weights that cannot be fetched); 78 the installation is wrong, and systemd does not restart.
"""

import asyncio
import gc
import sys
from pathlib import Path
from typing import Annotated

import typer

from edge_agent.app import run_box
from edge_agent.cli.audit import audit
from edge_agent.cli.certificate import certificate
from edge_agent.cli.evidence import export
from edge_agent.cli.given import CONFIG, Config, read_settings, settings_or_defaults
from edge_agent.cli.inspect import inspect_file
from edge_agent.cli.keys import keys
from edge_agent.cli.machines import machines
from edge_agent.cli.models import models
from edge_agent.cli.reindex import reindex
from edge_agent.cli.users import users
from edge_agent.domain.errors import Refused, Unavailable, Unusable
from edge_agent.runtime.logs import set_up_logging
from edge_agent.settings import check_surroundings, describe

EX_UNAVAILABLE, EX_CONFIG = 69, 78  # sysexits.h

_GARBAGE = (20_000, 20, 50)
"""The collector looks at the young so seldom: nearly all the daemon lets go of is freed by counting
references, and looking after every 700 objects took a fifteenth of the time of a signed read."""

app = typer.Typer(
    name="edge-agent",
    help="Finds, follows and remembers people on a store's own box, and answers who was where.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(models, name="models")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.add_typer(export, name="export")
app.add_typer(users, name="users")
app.add_typer(machines, name="machines")
app.command()(certificate)


@app.command()
def run(config: Config = CONFIG) -> None:
    """Run the box until it is told to stop."""
    settings = read_settings(config)
    set_up_logging(settings.log_level)
    gc.set_threshold(*_GARBAGE)
    asyncio.run(run_box(settings))


@app.command("check-config")
def check_config(
    config: Config = CONFIG,
    *,
    show: Annotated[bool, typer.Option("--show", help="Print every key in force.")] = False,
) -> None:
    """Say what is wrong with the configuration and around it; starts nothing."""
    settings = read_settings(config)
    if show:
        print(describe(settings))
    problems = check_surroundings(settings)
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise typer.Exit(1)
    print(f"{config}: all is well, {len(settings.cameras)} cameras")


@app.command("reindex")
def reindex_command(config: Config = CONFIG) -> None:
    """Embed stored pictures anew for the models in use; the box itself must not be running.

    A running box does the same unattended, when cameras and searches leave it time. It may be
    stopped at any moment and goes on where it was.
    """
    done = asyncio.run(reindex(read_settings(config)))
    failed = ", ".join(f"{count} {reason}" for reason, count in sorted(done.failed.items()))
    print(f"{done.made} of {done.pictures} pictures have a vector of the models in use")
    if failed:
        print(f"no vector can be made of: {failed}")


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="A video file.")],
    config: Config = CONFIG,
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
    settings = settings_or_defaults(config)
    inspect_file(file, output or Path(f"{file.stem}.inspected.jpg"), settings, fps)


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
