"""Loading instances at start."""

import logging

from edge_agent.images.instances import Instance, Instances
from edge_agent.images.parts import ImagesParts
from edge_agent.storage.image_items import (
    StoredItem,
    ensure_instances,
    instances_since,
    items_after,
    kept_pictures,
)

log = logging.getLogger(__name__)

_PAGE = 500


class Keeping:
    """Fills the galleries from storage; until one is full, its instance answers that it is not.

    Args:
        instances: that are filled.
        parts: of the house.
    """

    def __init__(self, instances: Instances, parts: ImagesParts) -> None:
        self._instances = instances
        self._parts = parts

    async def load(self) -> None:
        """Load every instance, whatever models its vectors are of.

        Raises:
            Unavailable: the disk does not answer; call again.
        """
        names = [instance.told.name for instance in self._instances]
        async with self._parts.store.transaction() as tx:
            await ensure_instances(tx, names, self._parts.clock.now_ms())
        self._instances.date(await instances_since(self._parts.store))
        for instance in self._instances:
            if not instance.ready:
                await self._load(instance)
        await self._remove_leftovers()

    async def _load(self, instance: Instance) -> None:
        after, name = 0, instance.told.name

        def take(page: list[StoredItem]) -> None:
            for stored in page:
                instance.gallery.put(stored.id, stored.item, stored.vectors)

        while page := await items_after(self._parts.store, name, after=after, limit=_PAGE):
            after = page[-1].id
            await self._parts.thread.call(take, page)
        instance.ready = True
        log.info("instance %s: %d items", name, len(instance.gallery))

    async def _remove_leftovers(self) -> None:
        """Delete pictures that no item has: a crash came between the file and the row."""
        kept = await kept_pictures(self._parts.store)
        async for ids in self._parts.store.images.ids():
            await self._parts.store.images.delete(set(ids) - kept)
