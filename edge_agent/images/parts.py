"""What the service works with; made by the composition root."""

from dataclasses import dataclass

from edge_agent.images.ports import PictureDecoder, PictureEyes
from edge_agent.images.uploads import Uploads
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counter, Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage import Store
from edge_agent.storage.audit import append_audit


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesParts:
    """Parts of the house.

    Attributes:
        store: the truth, kept pictures included.
        thread: where galleries live.
        eyes: look at pictures.
        decoder: decodes pictures of strangers.
        uploads: pictures that were sent ahead of the request that names them.
        clock: tells the time.
        counters: count what is done.
    """

    store: Store
    thread: OneThread
    eyes: PictureEyes
    decoder: PictureDecoder
    uploads: Uploads
    clock: Clock
    counters: Counters

    @property
    def done(self) -> Counter:
        """Counts what was answered, by operation."""
        return self.counters.counter(
            "edge_agent_images_total", "Requests about pictures of things that were answered."
        )

    async def audit(self, asker: str, action: str, instance: str) -> None:
        """Write down that something was asked."""
        async with self.store.transaction() as tx:
            now_ms = self.clock.now_ms()
            await append_audit(tx, asker, action, {"instance": instance}, now_ms)
