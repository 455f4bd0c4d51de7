"""What operations need of others, as narrow as they need it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from edge_agent.domain.job import Job, PictureQuestion, Reply
from edge_agent.queries import CameraRow, HitRow, Page, TrackFilter, TrackRow
from edge_agent.search import RequestKey
from edge_agent.storage import Transaction
from edge_agent.wire.box_status import BoxStatus

T = TypeVar("T")

Remember = Callable[[Transaction, T], Awaitable[None]]
"""Writes the answer to a request in the transaction that does what was asked."""
Status = Callable[[], Awaitable[BoxStatus]]
"""Tells how the box is."""


class Audit(Protocol):
    """Knows who looked at whom."""

    async def looked(self, asker: str, action: str, detail: Mapping[str, Any]) -> None:
        """Write down that somebody looks at something; where that fails, nothing is shown."""


class Searches(Protocol):
    """Takes picture searches."""

    async def create(
        self,
        question: PictureQuestion,
        *,
        asker: str,
        reply: Reply | None = None,
        request: RequestKey | None = None,
        remember_answer: Remember[Job] | None = None,
    ) -> Job:
        """Commit a job for the question together with the answer to its request."""

    async def cancel(self, job_id: str, *, asker: str) -> Job:
        """End a job; one that has ended stays as it is."""


class Cameras(Protocol):
    """Switches cameras."""

    async def switch(self, camera: str, *, on: bool, asker: str) -> None:
        """Switch a camera on or off; what is already so stays so."""


class Reads(Protocol):
    """Reads what is stored."""

    async def tracks(
        self, wanted: TrackFilter, *, after: str | None = None, limit: int = 50
    ) -> Page[TrackRow]:
        """Tracks, newest first."""

    async def jobs(self, *, after: str | None = None, limit: int = 50) -> Page[Job]:
        """Jobs, newest first."""

    async def job(self, job_id: str) -> Job | None:
        """One job."""

    async def hits(self, job_id: str, *, after_rank: int = 0, limit: int = 50) -> list[HitRow]:
        """The hits of a job, best first."""

    async def cameras(self) -> list[CameraRow]:
        """Every camera."""
