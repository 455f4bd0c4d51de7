"""Keys that clients of the cloud's interfaces sign their requests with."""

from dataclasses import dataclass, field
from enum import StrEnum


class KeyKind(StrEnum):
    """Which family of signatures a key is for."""

    ALIYUN = "aliyun"
    """AccessKeyId and AccessKeySecret of RPC, ROA and ACS3."""

    TOP = "top"
    """App key and app secret of the open platform."""


class KeyRole(StrEnum):
    """What whoever holds a key may do."""

    FULL = "full"
    """Everything that its door offers."""

    READER = "reader"
    """Look, but start and change nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often somebody may ask.

    Attributes:
        per_second: requests per second that may be kept up.
        burst: requests that may come at once after a rest.
    """

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessKey:
    """One key.

    Attributes:
        id: shown in every request.
        secret: never leaves client and box.
        name: for people; stands in the audit.
        rate: its own; None takes the one that holds for all keys.
    """

    id: str
    secret: str = field(repr=False)
    kind: KeyKind
    role: KeyRole
    name: str
    rate: Rate | None = None
