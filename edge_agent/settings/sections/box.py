"""Sections about the box itself."""

from pathlib import Path
from typing import Annotated, Literal

from edge_agent.settings.sections.base import File, Plain, Section
from edge_agent.settings.values import TIMEZONE


class BoxSection(Section):
    """Who this box is."""

    tenant: Plain = "default"
    store: Plain = "store-1"
    id: Plain = "box-1"
    timezone: Annotated[str, TIMEZONE] = "UTC"


class PathsSection(Section):
    """Where things are kept."""

    state: File = Path("/var/lib/edge-agent")
    models: File | None = None
    model_mirror: File | None = None


class LogSection(Section):
    """The log."""

    level: Literal["debug", "info", "warning", "error"] = "info"
