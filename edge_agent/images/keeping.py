"""Loading instances at start, and making vectors anew where models have changed."""

import logging
from collections.abc import Sequence

from edge_agent.domain.errors import NotFound
from edge_agent.domain.image_item import Region
from edge_agent.images.gallery import Gallery
from edge_agent.images.images import Images, ImagesParts
from edge_agent.images.instances import Instance
from edge_agent.media import crop, decode_picture
from edge_agent.storage.image_items import (
    ItemVectors,
    StoredItem,
    ensure_instances,
    instances_since,
    items_after,
    kept_pictures,
    put_vectors,
)

log = logging.getLogger(__name__)

_PAGE = 500


class Keeping:
    """Fills the galleries from storage; until one is full, its instance answers that it is not.

    Args:
        images: whose instances are loaded.
        parts: of the house.
    """

    def __init__(self, images: Images, parts: ImagesParts) -> None:
        self._images = images
        self._parts = parts

    async def load(self) -> None:
        """Load every instance; items of other models are looked at again.

        Raises:
            Unavailable: the disk does not answer; call again.
        """
        names = [instance.told.name for instance in self._images.instances]
        async with self._parts.store.transaction() as tx:
            await ensure_instances(tx, names, self._parts.clock.now_ms())
        self._images.instances.date(await instances_since(self._parts.store))
        for instance in self._images.instances:
            if not instance.ready:
                await self._load(instance)
        await self._remove_leftovers()

    async def _load(self, instance: Instance) -> None:
        after, name = 0, instance.told.name
        while page := await items_after(self._parts.store, name, after=after, limit=_PAGE):
            after = page[-1].id
            await self._take(instance, [await self._current(stored) for stored in page])
        instance.ready = True
        if instance.gallery is not None:
            log.info("instance %s: %d items", name, len(instance.gallery))

    async def _take(self, instance: Instance, page: Sequence[StoredItem]) -> None:
        for stored in page:
            vectors = stored.vectors
            if vectors is None:
                continue
            sample = vectors.part if vectors.whole is None else vectors.whole
            if instance.gallery is None and sample is not None:
                instance.gallery = Gallery(len(sample))
            if instance.gallery is not None:
                await self._parts.thread.call(instance.gallery.put, stored.id, stored.item, vectors)

    async def _current(self, stored: StoredItem) -> StoredItem:
        model = self._parts.eyes.info.picture_model
        if stored.vectors is not None and stored.vectors.model == model:
            return stored
        try:
            kept = await self._parts.store.images.read(stored.item.picture)
        except NotFound:
            log.warning("the picture of item %d is gone; it is not found any more", stored.id)
            return StoredItem(id=stored.id, item=stored.item, vectors=None)
        vectors = await self._looked(stored, kept)
        async with self._parts.store.transaction() as tx:
            await put_vectors(tx, stored.id, vectors)
        return StoredItem(id=stored.id, item=stored.item, vectors=vectors)

    async def _looked(self, stored: StoredItem, kept: bytes) -> ItemVectors:
        image = decode_picture(kept)  # the box wrote it
        look, item = self._parts.eyes.look_at_picture, stored.item
        whole = (await look(image)).vector
        part = None
        if item.region is not None:
            scale = image.shape[1] / item.width
            part = (await look(crop(image, _scaled(item.region, scale)))).vector
        alone = part is not None and stored.vectors is not None and stored.vectors.whole is None
        return ItemVectors(self._parts.eyes.info.picture_model, None if alone else whole, part)

    async def _remove_leftovers(self) -> None:
        """Delete pictures that no item has: a crash came between the file and the row."""
        kept = await kept_pictures(self._parts.store)
        async for ids in self._parts.store.images.ids():
            await self._parts.store.images.delete(set(ids) - kept)


def _scaled(region: Region, scale: float) -> tuple[float, float, float, float]:
    x1, y1 = region.x1 * scale, region.y1 * scale
    return x1, y1, max(region.x2 * scale, x1 + 1), max(region.y2 * scale, y1 + 1)
