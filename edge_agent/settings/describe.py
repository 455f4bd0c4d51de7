"""The settings in force, for people: `check-config` prints them, secrets masked."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from edge_agent.runtime.logs import redacted
from edge_agent.settings.gathered import Settings
from edge_agent.settings.secret import Secret
from edge_agent.settings.values import Within
from edge_agent.upkeep import Level


def describe(settings: Settings) -> str:
    """Every key with the value in force, one per line, in the order of the file."""
    return "\n".join(_lines(settings.model, ""))


def _lines(section: BaseModel, before: str) -> Iterator[str]:
    for name, known in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _lines(value, f"{before}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], BaseModel):
            for number, entry in enumerate(value):
                yield from _lines(entry, f"{before}{name}[{number}].")
        else:
            yield f"{before}{name} = {_shown(value)}{_unit(known)}"


def _unit(known: FieldInfo) -> str:
    for mark in known.metadata:
        if isinstance(mark, BeforeValidator) and isinstance(mark.func, Within) and mark.func.unit:
            return f" {mark.func.unit}"
    return ""


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, (Secret, Path)):
        return str(value)
    if isinstance(value, Level):
        return f"{value.share:.0%} of the disk" if value.share else f"{value.bytes} B"
    if isinstance(value, float):
        return f"{value:.10g}"
    return redacted(str(value))
