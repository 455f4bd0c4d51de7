"""What the daemon knows of the clip that a worker is recording."""

import asyncio
from typing import Any

from edge_agent.domain.errors import Unavailable
from edge_agent.ingest.clip import ClosedClip


class Recording:
    """One clip, from the wish to record it until whoever wished knows its end.

    Attributes:
        id: of the clip.
        started: becomes the wall time of its first picture, in milliseconds.
        finished: becomes the durable clip.
    """

    def __init__(self, fragment_id: str) -> None:
        loop = asyncio.get_running_loop()
        self.id = fragment_id
        self.started: asyncio.Future[int] = loop.create_future()
        self.finished: asyncio.Future[ClosedClip] = loop.create_future()
        for future in (self.started, self.finished):
            future.add_done_callback(_seen)

    def begin(self, fragment_id: str, start_ms: int) -> None:
        """The worker has begun to write."""
        if fragment_id == self.id and not self.started.done():
            self.started.set_result(start_ms)

    def finish(self, clip: ClosedClip) -> None:
        """The clip is durable."""
        if clip.fragment_id == self.id and not self.finished.done():
            self.finished.set_result(clip)

    def lose(self, fragment_id: str, reason: str) -> None:
        """The worker could not write it."""
        if fragment_id == self.id:
            self.orphan(reason)

    def orphan(self, reason: str) -> None:
        """Whoever waits for it waits in vain."""
        for future in (self.started, self.finished):
            if not future.done():
                future.set_exception(Unavailable(reason))


def _seen(future: "asyncio.Future[Any]") -> None:
    """A clip may be lost while nobody asks for it; that is no unread exception."""
    if not future.cancelled():
        future.exception()
