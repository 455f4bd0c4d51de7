"""What the sections of the file have in common: types, units, strictness."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from edge_agent.domain.polygon import Polygon
from edge_agent.settings.secret import Secret
from edge_agent.settings.values import FILE, LEVEL, PLAIN, POLYGON, SECRET
from edge_agent.upkeep import Level

Unit = Annotated[float, Field(ge=0, le=1)]
"""From 0 to 1."""
PerSecond = Annotated[float, Field(ge=0.01, le=100_000)]
Burst = Annotated[int, Field(ge=1, le=1_000_000)]
Port = Annotated[int, Field(ge=1, le=65535)]
Plain = Annotated[str, PLAIN]
File = Annotated[Path, FILE]
Hidden = Annotated[Secret, SECRET]
Free = Annotated[Level, LEVEL]
Outline = Annotated[Polygon, POLYGON]
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
HOUR, DAY = 3600.0, 86_400.0


class Section(BaseModel):
    """A group of keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)
