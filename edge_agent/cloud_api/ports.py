"""What the door needs of the house, each as narrow as its use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from edge_agent.domain.access_key import AccessKey, Rate
from edge_agent.domain.job import Job, PictureQuestion


class Keys(Protocol):
    """Knows the keys."""

    async def find(self, key_id: str) -> AccessKey | None:
        """The key of this id, None where there is none or it was revoked."""


class Nonces(Protocol):
    """Remembers what was signed."""

    def known(self, key: str, nonce: str) -> bool:
        """Whether the key has signed with this nonce before."""

    def use(self, key: str, nonce: str, rate: Rate | None = None) -> bool:
        """Whether this is the first time that the key signs with this nonce; remembers it."""


class Searches(Protocol):
    """Takes picture searches."""

    async def create(self, question: PictureQuestion, *, asker: str) -> Job:
        """Commit a job for the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the box stands and what it is called.

    Attributes:
        tenant: who owns it.
        store: where it stands.
        box: its own id.
        cameras: the names of the configured cameras, which may be empty, by id.
    """

    tenant: str
    store: str
    box: str
    cameras: Mapping[str, str]
