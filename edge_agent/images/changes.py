"""Items that are added, changed and deleted."""

import asyncio

from edge_agent.domain import image_asked as asked
from edge_agent.domain.ids import new_id
from edge_agent.domain.image_item import ImageItem, ImageProblem, ImageRefused
from edge_agent.images.finding import Finding
from edge_agent.images.gallery import Wanted
from edge_agent.images.instances import Instance, Instances
from edge_agent.images.looking import Looked, Looking
from edge_agent.images.parts import ImagesParts
from edge_agent.images.told import PictureTold, told_of
from edge_agent.storage.audit import append_audit
from edge_agent.storage.image_items import (
    ItemChange,
    ItemVectors,
    change_items,
    delete_items,
    put_item,
    put_vectors,
)


class ItemChanges:
    """Changes items, one change at a time.

    A file is written first, then the rows in one transaction, then the gallery: what was answered
    is durable and found by the next question.
    """

    def __init__(self, instances: Instances, looking: Looking, parts: ImagesParts) -> None:
        self._instances = instances
        self._looking = looking
        self._finding = Finding(parts.store, parts.thread)
        self._parts = parts
        self._changing = asyncio.Lock()
        self._done = parts.done

    async def add(self, wanted: asked.AddItem, *, asker: str) -> PictureTold:
        """Add an item, or replace the one with its key.

        Raises:
            ImageRefused: the picture cannot be used, or the instance is full.
            Unavailable: a model or the disk does not answer.
        """
        self._instances.admitted(wanted.instance)
        return await self.add_unhurried(wanted, asker=asker)

    async def add_unhurried(self, wanted: asked.AddItem, *, asker: str) -> PictureTold:
        """Add an item, however many were asked for within the second; else as `add`."""
        instance = self._instances.named(wanted.instance)
        await self._check_room(instance, (wanted.product, wanted.name))
        looked = await self._looking.look(wanted.picture, instance.told.service)
        now_ms = self._parts.clock.now_ms()
        vectors = looked.vectors[0]
        item = ImageItem(
            product=wanted.product,
            name=wanted.name,
            category=looked.category,
            custom=wanted.custom,
            ints=wanted.ints,
            texts=wanted.texts,
            region=None if vectors.part is None else looked.region,
            width=looked.width,
            things=looked.things,
            picture=new_id(now_ms),
            added_ms=now_ms,
        )
        await self._put(instance, item, looked, asker)
        self._done.add(operation="add")
        return told_of(looked, categories=instance.has_categories)

    async def _put(self, instance: Instance, item: ImageItem, looked: Looked, asker: str) -> None:
        vectors = looked.vectors[0]
        await self._parts.store.images.write([(item.picture, looked.kept)])
        async with self._changing:
            await self._check_room(instance, item.key)
            replaced = await self._finding.by_key(instance, item.key)
            async with self._parts.store.transaction() as tx:
                item_id = await put_item(tx, instance.told.name, item, vectors)
                detail = {"instance": instance.told.name, "item": item_id}
                await append_audit(tx, asker, "image.add", detail, item.added_ms)
            await self._parts.thread.call(instance.gallery.put, item_id, item, vectors)
        if replaced:
            await self._parts.store.images.delete(one.picture for one in replaced.values())

    async def _check_room(self, instance: Instance, key: tuple[str, str]) -> None:
        if len(instance.gallery) < instance.told.capacity:
            return
        if await self._parts.thread.call(instance.gallery.id_of, key) is None:
            raise ImageRefused(
                ImageProblem.OVER_QUOTA,
                f"instance {instance.told.name} holds {instance.told.capacity} items, its capacity",
            )

    async def look_anew(
        self, instance: Instance, item_id: int, item: ImageItem, vectors: ItemVectors
    ) -> None:
        """Replace the vectors of an item, unless it has another picture by now or is gone."""
        async with self._changing:
            now = (await self._finding.items((item_id,))).get(item_id)
            if now is None or now.picture != item.picture:
                return
            async with self._parts.store.transaction() as tx:
                await put_vectors(tx, item_id, vectors)
            await self._parts.thread.call(instance.gallery.look_anew, item_id, vectors)

    async def change(self, wanted: asked.ChangeItems, *, asker: str) -> None:
        """Set attributes of a picture, or of all of a product.

        Raises:
            ImageRefused: there is no such picture.
        """
        instance = self._instances.admitted(wanted.instance)
        change = ItemChange(custom=wanted.custom, ints=wanted.ints, texts=wanted.texts)
        async with self._changing:
            found = await self._finding.named(instance, wanted.product, wanted.name)
            if not found:
                raise ImageRefused(ImageProblem.NOT_THERE, "there is no such picture", field="name")
            changed = [(item_id, change.of(item)) for item_id, item in found.items()]
            async with self._parts.store.transaction() as tx:
                await change_items(tx, changed)
                detail = {"instance": wanted.instance, "items": len(changed)}
                await append_audit(tx, asker, "image.change", detail, self._parts.clock.now_ms())
            for item_id, item in changed:
                await self._parts.thread.call(instance.gallery.change, item_id, item)

    async def delete(self, wanted: asked.DeleteItems, *, asker: str) -> tuple[str, ...]:
        """Delete a picture, all of a product, or what a filter admits; absent ones are passed over.

        Returns:
            The names of the pictures that went.
        """
        self._instances.admitted(wanted.instance)
        return await self.delete_unhurried(wanted, asker=asker)

    async def delete_unhurried(self, wanted: asked.DeleteItems, *, asker: str) -> tuple[str, ...]:
        """Delete, however many were asked for within the second; else as `delete`."""
        instance = self._instances.named(wanted.instance)
        async with self._changing:
            found = await self._meant(instance, wanted)
            if not found:
                return ()
            async with self._parts.store.transaction() as tx:
                await delete_items(tx, list(found))
                detail = {"instance": wanted.instance, "items": len(found)}
                await append_audit(tx, asker, "image.delete", detail, self._parts.clock.now_ms())
            for item_id, item in found.items():
                await self._parts.thread.call(instance.gallery.remove, item_id, item.key)
        await self._parts.store.images.delete(item.picture for item in found.values())
        return tuple(item.name for item in found.values())

    async def _meant(self, instance: Instance, wanted: asked.DeleteItems) -> dict[int, ImageItem]:
        if wanted.filter is None:
            return await self._finding.named(instance, wanted.product or "", wanted.name)
        only = Wanted(filter=wanted.filter)
        ids = (await self._finding.filtered(instance, only, start=0, count=None)).ids
        return await self._finding.items(ids)
