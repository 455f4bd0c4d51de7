"""What the composition root opens and builds, as its own modules hand it around."""

from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from edge_agent.app.status import Status
from edge_agent.fingerprint import Fingerprints
from edge_agent.images import ImageSearch
from edge_agent.index import VectorIndex
from edge_agent.media import Decoder
from edge_agent.pipeline.cameras import Cameras
from edge_agent.playback import Playback
from edge_agent.queries import Queries
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.runtime.precedence import Precedence
from edge_agent.search import PictureSearches
from edge_agent.settings import Settings
from edge_agent.storage.store import Store
from edge_agent.storage.tokens import load_or_make_token
from edge_agent.tasks import Orders, RiskTasks, Sessions, Staff, Watching, WatchLists
from edge_agent.text_search import TextSearches
from edge_agent.upkeep import Erasure
from edge_agent.vision.threads import VisionThreads
from edge_agent.webhooks import Webhooks

Tasks = dict[str, Coroutine[Any, Any, None]]
"""Long-lived tasks by name, not yet started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What has to be opened, and closed in the end."""

    settings: Settings
    store: Store
    vision: VisionThreads
    index_thread: OneThread
    index: VectorIndex
    clock: Clock
    image_thread: OneThread
    decoder: Decoder
    counters: Counters
    precedence: Precedence = field(default_factory=Precedence)

    def secret(self, name: str) -> str:
        """The box's own secret of that name, made at the first start."""
        return load_or_make_token(self.settings.state / "secrets" / name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the doors pass questions on to."""

    searches: PictureSearches
    text_searches: TextSearches
    queries: Queries
    playback: Playback
    cameras: Cameras
    tasks: RiskTasks
    orders: Orders
    sessions: Sessions
    staff: Staff
    fingerprints: Fingerprints
    watchlists: WatchLists
    watching: Watching
    images: ImageSearch
    status: Status
    erasure: Erasure
    webhooks: Webhooks
