"""People who may use the box, and what each of them may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do; each one may do what those before it may."""

    VIEWER = "viewer"
    """Look: cameras, people, clips."""

    INVESTIGATOR = "investigator"
    """Search, keep investigations, tell visits apart, export."""

    ADMINISTRATOR = "administrator"
    """Everything: users, staff, erasing, the audit log."""

    @property
    def rank(self) -> int:
        """Higher may do more."""
        return list(Role).index(self)

    def may(self, needed: "Role") -> bool:
        """Whether this role is enough where `needed` is asked for."""
        return self.rank >= needed.rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whoever asks, once that is known.

    Attributes:
        name: for people; empty for whoever shows the token.
        asker: stands in jobs and in the audit log.
        role: what they may do.
    """

    name: str
    asker: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One person with a password.

    Attributes:
        signed_in_ms: when they last signed in, None for never.
    """

    name: str
    role: Role
    created_ms: int
    changed_ms: int
    signed_in_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A program with a key of its own."""

    name: str
    role: Role
    created_ms: int
