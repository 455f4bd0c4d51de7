"""The audit log, exports and erasing."""

from typing import Annotated, Any

from pydantic import Field

from edge_agent.wire.model import Answer, HexId, Parameters


class AuditQuery(Parameters):
    """Which entries of the audit log."""

    before: Annotated[int, Field(ge=1, lt=1 << 63)] | None = None
    """The `next` of the page before."""
    who: Annotated[str, Field(max_length=128)] = ""
    """Only of this asker."""
    action: Annotated[str, Field(max_length=64)] = ""
    """Only actions that begin so."""
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


class AuditEntry(Answer):
    """Something somebody did."""

    seq: int
    at_ms: int
    who: str
    """`user:<name>`, `rest:token`, `mqtt`, `command line`, ….`"""
    action: str
    detail: dict[str, Any]
    chain: str
    """Sha256 over the entry before and this one."""


class AuditEntries(Answer):
    """A page of the audit log, newest first."""

    entries: list[AuditEntry]
    next: int | None
    """Give it as `before` for the next page; null on the last one."""


class AuditCheck(Answer):
    """Whether the chain of the audit log holds."""

    whole: bool
    broken_at: int | None
    """The first entry that does not fit to the one before it."""


class Erase(Parameters):
    """Who shall be erased."""

    tracks: Annotated[list[HexId], Field(min_length=1, max_length=500)]
    """All of them are erased, or none."""


class Erased(Answer):
    """What is gone, from backups too."""

    tracks: int
    pictures: int
    vectors: int
    clips: int
    """Also those that showed others beside them."""


class Export(Answer):
    """What an export of an investigation holds."""

    tracks: int
    pictures: int
    clips: int
    waiting: int
    """Clips that are being made showable; the export can be fetched once there are none."""
    missing: int
    """Clips that cannot be had: still being recorded, or lost."""
    bytes: int
    url: str | None
    """Where to fetch the zip; null while clips are waiting."""
