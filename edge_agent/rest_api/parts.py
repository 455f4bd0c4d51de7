"""What the door needs of the house, each as narrow as its use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from edge_agent.accounts import Logins, Users
from edge_agent.audit import AuditLog
from edge_agent.domain.job import Job, PictureQuestion, Reply
from edge_agent.evidence import Exports
from edge_agent.fingerprint import FingerprintReads, Fingerprints
from edge_agent.images import ImageAnswers
from edge_agent.playback import Playback
from edge_agent.queries import Queries
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.search import RequestKey
from edge_agent.tasks import Orders, RiskTasks, Sessions, Staff, WatchLists
from edge_agent.text_search import TextSearches
from edge_agent.upkeep import Erasure
from edge_agent.webhooks import Webhooks
from edge_agent.wire.box_status import BoxStatus
from edge_agent.wire.links import LinkSigner


class Searches(Protocol):
    """Takes picture searches."""

    async def create(
        self,
        question: PictureQuestion,
        *,
        asker: str,
        reply: Reply | None = None,
        request: RequestKey | None = None,
    ) -> Job:
        """Commit a job for the question, or find the one that the same request made before."""

    async def cancel(self, job_id: str, *, asker: str) -> Job:
        """End a job; one that has ended stays as it is."""


class Health(Protocol):
    """Tells whether the daemon is alive and ready."""

    def alive(self) -> Sequence[str]:
        """What stands still although it should not; empty when all is well."""

    def ready(self) -> Sequence[str]:
        """What has to come up before questions are answered fully; empty when ready."""


class Pictures(Protocol):
    """Knows where pictures lie."""

    def path(self, picture_id: str) -> Path:
        """Where the picture of this id lies, whether it is there or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestParts:
    """Everything the door works with; made by the composition root.

    Attributes:
        searches: takes questions.
        text_searches: answers questions in words.
        tasks: keeps investigations.
        orders: ties receipts to tracks.
        sessions: keeps visits.
        staff: keeps the list of staff.
        watchlists: keeps who is looked out for.
        audit: who looked at whom.
        exports: what is taken away.
        erasure: erases people.
        fingerprints: takes fingerprint jobs.
        fingerprint_reads: shows their libraries and results.
        images: answers about pictures of things.
        item_pictures: the kept pictures of those.
        image_tasks: where the file of an import or a dump of those lies.
        webhooks: tells hosts by HTTP.
        users: who may sign in.
        logins: who is signed in.
        timezone: of the store, as an IANA name.
        queries: the read side.
        query_picture: the picture that a job asks with, as it came; None where it has none.
        status: how the box is.
        health: for /healthz and /readyz.
        pictures: the stored pictures.
        clips: the folder that paths of fragments are relative to.
        playback: clips as they are shown.
        links: makes and checks links; without a base, so that pages work under every address by
            which the box is reached.
        knows: whether the box's certificate is good for a host name or address.
        clock: makes request ids.
        counters: shown at /metrics.
        version: of the box's software.
    """

    searches: Searches
    text_searches: TextSearches
    tasks: RiskTasks
    orders: Orders
    sessions: Sessions
    staff: Staff
    watchlists: WatchLists
    audit: AuditLog
    exports: Exports
    erasure: Erasure
    fingerprints: Fingerprints
    fingerprint_reads: FingerprintReads
    images: ImageAnswers
    image_tasks: Callable[[int], Path]
    item_pictures: Pictures
    webhooks: Webhooks
    users: Users
    logins: Logins
    timezone: str
    queries: Queries
    query_picture: Callable[[str], Awaitable[bytes | None]]
    status: Callable[[], Awaitable[BoxStatus]]
    health: Health
    pictures: Pictures
    clips: Path
    playback: Playback
    links: LinkSigner
    knows: Callable[[str], bool]
    clock: Clock
    counters: Counters
    version: str
