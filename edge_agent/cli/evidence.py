"""`edge-agent export`: check what left a box, show the key that vouches for it."""

from pathlib import Path
from typing import Annotated

import typer

from edge_agent.cli.given import CONFIG, Config, own
from edge_agent.domain.errors import Refused
from edge_agent.evidence import EXPORT_KEY, ExportKey, check_export
from edge_agent.evidence.signing import fingerprint, public_key
from edge_agent.settings import load_settings

export = typer.Typer(help="Exports of investigations.", no_args_is_help=True)


@export.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="The zip.")],
    key: Annotated[
        Path | None,
        typer.Option(help="The box's public key, PEM; without it, the one inside is taken."),
    ] = None,
) -> None:
    """Check that nothing in an export was changed; needs no box."""
    try:
        pem = None if key is None else key.read_bytes()
    except OSError as error:
        raise Refused(f"{key} cannot be read: {error}") from error
    verdict = check_export(file, pem)
    for name in ("task", "tenant", "store", "box", "made_by", "software"):
        typer.echo(f"{name:9} {verdict.head.get(name, '')}")
    typer.echo(f"{'key':9} {verdict.fingerprint}")
    for problem in verdict.problems:
        typer.echo(problem, err=True)
    if verdict.problems:
        raise typer.Exit(1)
    typer.echo(f"the export is whole: {verdict.files} files")
    if not verdict.vouched:
        typer.echo(
            "the key came with it; compare it with the box's own (edge-agent export key)", err=True
        )


@export.command("key")
def show_key(config: Config = CONFIG) -> None:
    """Print the public key that this box's exports are checked with."""
    settings = own(load_settings(config))
    key = ExportKey.load_or_make(settings.state / "secrets" / EXPORT_KEY)
    typer.echo(key.public_pem.decode(), nl=False)
    typer.echo(f"sha256 {fingerprint(public_key(key.public_pem))}", err=True)
