"""The service: pictures of things, added, found, changed and deleted."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from edge_agent.domain import image_asked as asked
from edge_agent.domain.ids import new_id
from edge_agent.domain.image_item import Category, ImageItem, ImageProblem, ImageRefused
from edge_agent.images.gallery import Found, Gallery, Query, Wanted
from edge_agent.images.instances import Instance, Instances
from edge_agent.images.looking import Looked, Looking
from edge_agent.images.options import ImagesOptions
from edge_agent.images.ports import PictureDecoder, PictureEyes
from edge_agent.images.told import InstanceTold, ItemHit, ItemList, ItemPage, PictureTold
from edge_agent.images.uploads import Uploads
from edge_agent.images.wording import asked_things
from edge_agent.runtime.clock import Clock
from edge_agent.runtime.counters import Counters
from edge_agent.runtime.one_thread import OneThread
from edge_agent.storage import Store
from edge_agent.storage.audit import append_audit
from edge_agent.storage.image_items import (
    ItemChange,
    change_items,
    delete_items,
    items_of,
    newest_items,
    put_item,
)
from edge_agent.words import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesParts:
    """What the service works with; made by the composition root.

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


class Images:
    """Answers whatever is asked of instances.

    A file is written first, then the rows in one transaction, then the gallery: what was answered
    is durable and found by the next question. One change at a time.

    Attributes:
        eyes: look at pictures.
        instances: those that are configured; see `Keeping`, which loads them.
    """

    def __init__(self, parts: ImagesParts, options: ImagesOptions) -> None:
        self._parts = parts
        self.eyes = parts.eyes
        self.instances = Instances(options.instances, parts.clock)
        self._looking = Looking(
            parts.eyes,
            parts.decoder,
            options.fetch,
            options.keep_side,
            parts.uploads.find,
        )
        self._reader = Reader()
        self._changing = asyncio.Lock()
        self._done = parts.counters.counter(
            "edge_agent_images_total", "Requests about pictures of things that were answered."
        )

    async def add(self, wanted: asked.AddItem, *, asker: str) -> PictureTold:
        """Add an item, or replace the one with its key.

        Raises:
            ImageRefused: the picture cannot be used, or the instance is full.
            Unavailable: a model or the disk does not answer.
        """
        self._admitted(wanted.instance)
        return await self.add_unhurried(wanted, asker=asker)

    async def add_unhurried(self, wanted: asked.AddItem, *, asker: str) -> PictureTold:
        """Add an item, however many were asked for within the second; else as `add`."""
        instance = self.instances.named(wanted.instance)
        await self._check_room(instance, (wanted.product, wanted.name))
        looked = await self._looking.look(wanted.picture, categories=instance.has_categories)
        now_ms = self._parts.clock.now_ms()
        whole = looked.vectors.part is None
        item = ImageItem(
            product=wanted.product,
            name=wanted.name,
            category=looked.category,
            custom=wanted.custom,
            ints=wanted.ints,
            texts=wanted.texts,
            region=None if whole else looked.region,
            width=looked.width,
            things=looked.things,
            picture=new_id(now_ms),
            added_ms=now_ms,
        )
        await self._put(instance, item, looked, asker)
        self._done.add(operation="add")
        return _told(looked, instance)

    async def _put(self, instance: Instance, item: ImageItem, looked: Looked, asker: str) -> None:
        await self._parts.store.images.write([(item.picture, looked.kept)])
        async with self._changing:
            await self._check_room(instance, item.key)
            replaced = await self._by_key(instance, item.key)
            async with self._parts.store.transaction() as tx:
                item_id = await put_item(tx, instance.told.name, item, looked.vectors)
                detail = {"instance": instance.told.name, "item": item_id}
                await append_audit(tx, asker, "image.add", detail, item.added_ms)
            if instance.gallery is None:
                sample = (
                    looked.vectors.part if looked.vectors.whole is None else looked.vectors.whole
                )
                instance.gallery = Gallery(0 if sample is None else len(sample))
            await self._parts.thread.call(instance.gallery.put, item_id, item, looked.vectors)
        if replaced:
            await self._parts.store.images.delete(one.picture for one in replaced.values())

    async def _check_room(self, instance: Instance, key: tuple[str, str]) -> None:
        gallery = instance.gallery
        if gallery is None or len(gallery) < instance.told.capacity:
            return
        if await self._parts.thread.call(gallery.id_of, key) is None:
            raise ImageRefused(
                ImageProblem.OVER_QUOTA,
                f"instance {instance.told.name} holds {instance.told.capacity} items, its capacity",
            )

    async def by_picture(self, wanted: asked.SearchByPicture, *, asker: str) -> ItemPage:
        """Find items that look like a picture.

        Raises:
            ImageRefused: the picture cannot be used.
            Unavailable: a model does not answer.
        """
        instance = self._admitted(wanted.instance)
        looked = await self._looking.look(wanted.picture, categories=instance.has_categories)
        query = Query(looked.vectors.whole, looked.vectors.part)
        category = wanted.picture.category if instance.has_categories else None
        page, _ = await asyncio.gather(
            self._search(instance, query, wanted.paging, category),
            self._audited(asker, "image.search-by-picture", wanted.instance),
        )
        return _with(page, _told(looked, instance))

    async def by_name(self, wanted: asked.SearchByName, *, asker: str) -> ItemPage:
        """Find items that look like one of them.

        Raises:
            ImageRefused: that one is not there.
        """
        instance = self._admitted(wanted.instance)
        found = await self._by_key(instance, (wanted.product, wanted.name))
        if not found or instance.gallery is None:
            raise ImageRefused(ImageProblem.NOT_THERE, "there is no such picture", field="name")
        ((item_id, item),) = found.items()
        query = await self._parts.thread.call(instance.gallery.vectors_of, item_id)
        category = wanted.category if instance.has_categories else None
        page, _ = await asyncio.gather(
            self._search(instance, query, wanted.paging, category),
            self._audited(asker, "image.search-by-name", wanted.instance),
        )
        told = PictureTold(
            region=item.region,
            category=item.category if category is None else category,
            categories=instance.has_categories,
        )
        return _with(page, told)

    async def by_text(self, wanted: asked.SearchByText, *, asker: str) -> ItemPage:
        """Find items whose pictures show what a text names; nothing where it names no thing."""
        instance, paging = self._admitted(wanted.instance), wanted.paging
        await self._audited(asker, "image.search-by-text", wanted.instance)
        things = asked_things(self._reader, wanted.text, self._parts.clock.now_ms())
        told = PictureTold(
            region=None, category=int(Category.OTHER), categories=instance.has_categories
        )
        if not things or instance.gallery is None:
            return ItemPage(total=0, hits=(), picture=told)
        only = Wanted(filter=paging.filter, least=paging.least, distinct=paging.distinct)
        began = self._parts.clock.monotonic()
        found = await self._parts.thread.call(
            instance.gallery.showing, things, only, start=paging.start, count=paging.count
        )
        took_ms = round((self._parts.clock.monotonic() - began) * 1e3)
        items = await self._items(found.ids)
        hits = tuple(
            ItemHit(items[item_id], score)
            for item_id, score in zip(found.ids, found.scores, strict=True)
            if item_id in items
        )
        return ItemPage(total=found.total, hits=hits, took_ms=took_ms, picture=told)

    async def by_filter(self, wanted: asked.SearchByFilter, *, asker: str) -> ItemPage:
        """Find items by their attributes alone, in the order in which they were first added."""
        instance = self._admitted(wanted.instance)
        paging = wanted.paging
        found = await self._filtered(
            instance, Wanted(filter=paging.filter), start=paging.start, count=paging.count
        )
        await self._audited(asker, "image.search-by-filter", wanted.instance)
        return await self._page(found, 0, ())

    async def change(self, wanted: asked.ChangeItems, *, asker: str) -> None:
        """Set attributes of a picture, or of all of a product.

        Raises:
            ImageRefused: there is no such picture.
        """
        instance = self._admitted(wanted.instance)
        change = ItemChange(custom=wanted.custom, ints=wanted.ints, texts=wanted.texts)
        async with self._changing:
            found = await self._found(instance, wanted.product, wanted.name)
            if not found or instance.gallery is None:
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
        self._admitted(wanted.instance)
        return await self.delete_unhurried(wanted, asker=asker)

    async def delete_unhurried(self, wanted: asked.DeleteItems, *, asker: str) -> tuple[str, ...]:
        """Delete, however many were asked for within the second; else as `delete`."""
        instance = self.instances.named(wanted.instance)
        async with self._changing:
            if wanted.filter is not None:
                only = Wanted(filter=wanted.filter)
                ids = (await self._filtered(instance, only, start=0, count=None)).ids
                found = await self._items(ids)
            else:
                found = await self._found(instance, wanted.product or "", wanted.name)
            if not found or instance.gallery is None:
                return ()
            async with self._parts.store.transaction() as tx:
                await delete_items(tx, list(found))
                detail = {"instance": wanted.instance, "items": len(found)}
                await append_audit(tx, asker, "image.delete", detail, self._parts.clock.now_ms())
            for item_id, item in found.items():
                await self._parts.thread.call(instance.gallery.remove, item_id, item.key)
        await self._parts.store.images.delete(item.picture for item in found.values())
        return tuple(item.name for item in found.values())

    async def look_up(self, wanted: asked.LookUpItem, *, asker: str) -> ImageItem | None:
        """The item with this key, None where there is none."""
        del asker  # nothing is told that the asker did not know
        found = await self._by_key(self._admitted(wanted.instance), (wanted.product, wanted.name))
        return next(iter(found.values()), None)

    async def compare(self, wanted: asked.ComparePictures, *, asker: str) -> float:
        """How alike two pictures are, 0 to 1.

        Raises:
            ImageRefused: one of them cannot be used.
        """
        self._admitted(wanted.instance)
        first, second = [
            (await self._parts.eyes.look_at_picture(await self._looking.decoded(one))).vector
            for one in (wanted.first, wanted.second)
        ]
        await self._audited(asker, "image.compare", wanted.instance)
        return self._score(float(first @ second))

    async def describe(self, wanted: asked.DescribeInstance, *, asker: str) -> InstanceTold:
        """An instance, and how many items it has."""
        del asker
        return self._told(self.instances.named(wanted.instance))

    def every(self) -> list[InstanceTold]:
        """All instances, as configured."""
        return [self._told(instance) for instance in self.instances]

    async def listed(self, name: str, *, before: int | None, limit: int) -> ItemList:
        """Items of an instance, the newest first; also while it is still being loaded.

        Args:
            name: of the instance.
            before: the `next` of the page before.
            limit: items at the most.

        Raises:
            ImageRefused: there is no such instance.
        """
        instance = self.instances.named(name).told.name
        found = await newest_items(self._parts.store, instance, before=before, limit=limit + 1)
        page = found[:limit]
        last = page[-1].id if len(found) > limit else None
        return ItemList(tuple(stored.item for stored in page), last)

    def _told(self, instance: Instance) -> InstanceTold:
        gallery = instance.gallery
        return InstanceTold(
            instance=instance.told,
            items=0 if gallery is None else len(gallery),
            model=self._parts.eyes.info.picture_model,
            ready=instance.ready,
        )

    def _admitted(self, name: str) -> Instance:
        instance = self.instances.named(name)
        instance.admit()
        return instance

    async def _found(
        self, instance: Instance, product: str, name: str | None
    ) -> dict[int, ImageItem]:
        if name is not None:
            return await self._by_key(instance, (product, name))
        if instance.gallery is None:
            return {}
        pictures = await self._parts.thread.call(instance.gallery.of_product, product)
        return await self._items(tuple(pictures.values()))

    async def _by_key(self, instance: Instance, key: tuple[str, str]) -> dict[int, ImageItem]:
        if instance.gallery is None:
            return {}
        item_id = await self._parts.thread.call(instance.gallery.id_of, key)
        return {} if item_id is None else await self._items((item_id,))

    async def _items(self, ids: Sequence[int]) -> dict[int, ImageItem]:
        return await self._parts.store.at_once(lambda reads: items_of(reads, ids))

    async def _filtered(
        self, instance: Instance, wanted: Wanted, *, start: int, count: int | None
    ) -> Found:
        if instance.gallery is None:
            return Found(0, (), ())
        return await self._parts.thread.call(
            instance.gallery.filtered, wanted, start=start, count=count
        )

    async def _search(
        self,
        instance: Instance,
        query: Query,
        paging: asked.Paging,
        category: int | None,
    ) -> ItemPage:
        self._done.add(operation="search")
        gallery = instance.gallery
        if gallery is None:
            return ItemPage(total=0, hits=())
        floor = self._parts.eyes.info.picture_floor
        least = -1.0 if paging.least <= 0 else floor + paging.least * (1 - floor) - 1e-6
        wanted = Wanted(
            filter=paging.filter, category=category, least=least, distinct=paging.distinct
        )
        began = self._parts.clock.monotonic()
        found = await self._parts.thread.call(
            gallery.search, query, wanted, start=paging.start, count=paging.count
        )
        took_ms = round((self._parts.clock.monotonic() - began) * 1e3)
        return await self._page(found, took_ms, found.scores)

    async def _page(self, found: Found, took_ms: int, scores: Sequence[float]) -> ItemPage:
        items = await self._items(found.ids)
        shown: list[float | None] = [self._score(score) for score in scores]
        shown = shown or [None] * len(found.ids)
        hits = tuple(
            ItemHit(items[item_id], score)
            for item_id, score in zip(found.ids, shown, strict=True)
            if item_id in items  # deleted a moment ago
        )
        return ItemPage(total=found.total, hits=hits, took_ms=took_ms)

    def _score(self, cosine: float) -> float:
        """0 for pictures that have nothing in common, 1 for the same."""
        floor = self._parts.eyes.info.picture_floor
        return min(1.0, max(0.0, (cosine - floor) / (1 - floor)))

    async def _audited(self, asker: str, action: str, instance: str) -> None:
        async with self._parts.store.transaction() as tx:
            now_ms = self._parts.clock.now_ms()
            await append_audit(tx, asker, action, {"instance": instance}, now_ms)


def _told(looked: Looked, instance: Instance) -> PictureTold:
    return PictureTold(
        region=looked.region,
        category=looked.category,
        others=looked.others,
        categories=instance.has_categories,
    )


def _with(page: ItemPage, picture: PictureTold) -> ItemPage:
    return ItemPage(total=page.total, hits=page.hits, took_ms=page.took_ms, picture=picture)
