"""Items by what identifies them or by a filter, out of the galleries and storage."""

from collections.abc import Sequence

from edge_agent.domain.image_item import ImageItem
from edge_agent.images.gallery import Found, Wanted
from edge_agent.images.instances import Instance
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage import Store
from edge_agent.storage.image_items import Key, items_of


class Finding:
    """Finds items.

    Args:
        store: the truth.
        thread: where galleries live.
    """

    def __init__(self, store: Store, thread: OneThread) -> None:
        self._store = store
        self._thread = thread

    async def items(self, ids: Sequence[int]) -> dict[int, ImageItem]:
        """Those of these ids that are there."""
        return await self._store.at_once(lambda reads: items_of(reads, ids))

    async def by_key(self, instance: Instance, key: Key) -> dict[int, ImageItem]:
        """The one with this key, by its id; empty where there is none."""
        item_id = await self._thread.call(instance.gallery.id_of, key)
        return {} if item_id is None else await self.items((item_id,))

    async def named(
        self, instance: Instance, product: str, name: str | None
    ) -> dict[int, ImageItem]:
        """One picture of a product, or without a name all of them."""
        if name is not None:
            return await self.by_key(instance, (product, name))
        pictures = await self._thread.call(instance.gallery.of_product, product)
        return await self.items(tuple(pictures.values()))

    async def filtered(
        self, instance: Instance, wanted: Wanted, *, start: int, count: int | None
    ) -> Found:
        """What a filter admits, in the order in which it was first added."""
        return await self._thread.call(instance.gallery.filtered, wanted, start=start, count=count)
