"""What subcommands have in common: where the configuration is, and whose files the box's are."""

import dataclasses
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from edge_agent.domain.errors import Unusable
from edge_agent.settings import Settings, default_settings, load_settings

Config = Annotated[
    Path,
    typer.Option(
        "--config",
        "-c",
        envvar="EDGE_AGENT_CONFIG",
        help="The configuration file.",
        show_default=True,
    ),
]
CONFIG = Path("/etc/edge-agent/edge-agent.yaml")

_MIRROR_VARIABLE = "EDGE_AGENT_MODEL_MIRROR"


def read_settings(config: Path) -> Settings:
    """Read the file; EDGE_AGENT_MODEL_MIRROR stands in for a mirror that it does not name."""
    return _with_mirror(load_settings(config))


def settings_or_defaults(config: Path) -> Settings:
    """The settings of the file, or those of a box that was not set up yet."""
    if config == CONFIG and not config.exists():
        return _with_mirror(default_settings())
    return read_settings(config)


def _with_mirror(settings: Settings) -> Settings:
    mirror = os.environ.get(_MIRROR_VARIABLE)
    if mirror and settings.packs.mirror is None:
        packs = dataclasses.replace(settings.packs, mirror=Path(mirror))
        settings = dataclasses.replace(settings, packs=packs)
    return settings


def own(settings: Settings) -> Settings:
    """The settings, where this user may make files in the state folder that the daemon can read.

    Raises:
        Unusable: the folder is somebody else's.
    """
    try:
        owner = settings.state.stat().st_uid
    except FileNotFoundError:
        return settings
    if owner != os.geteuid():
        raise Unusable(
            f"{settings.state} belongs to user {owner}; run this as that user, or the daemon could"
            f" not read what it writes: sudo -u '#{owner}' edge-agent keys …"
        )
    return settings


def day(at_ms: int) -> str:
    """A time for a table, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")
