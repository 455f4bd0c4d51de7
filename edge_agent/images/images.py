"""Items are found: by a picture, by one of them, by words, by their attributes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from edge_agent.domain import image_asked as asked
from edge_agent.domain.image_item import Category, ImageItem, ImageProblem, ImageRefused
from edge_agent.images.finding import Finding
from edge_agent.images.gallery import Asked, Found, Wanted
from edge_agent.images.instances import Instance, Instances
from edge_agent.images.looking import Looking
from edge_agent.images.parts import ImagesParts
from edge_agent.images.shelf import NOTHING, Query
from edge_agent.images.told import InstanceTold, ItemHit, ItemList, ItemPage, PictureTold, told_of
from edge_agent.images.wording import asked_things
from edge_agent.storage.image_items import ItemVectors, newest_items
from edge_agent.words import Reader

_ROUNDED = 1e-5
"""By so much a score may be below the threshold: vectors are kept with 16 bits a number."""


class Images:
    """Answers what is asked about items."""

    def __init__(self, instances: Instances, looking: Looking, parts: ImagesParts) -> None:
        self._instances = instances
        self._looking = looking
        self._finding = Finding(parts.store, parts.thread)
        self._parts = parts
        self._reader = Reader()

    async def by_picture(self, wanted: asked.SearchByPicture, *, asker: str) -> ItemPage:
        """Find items that look like a picture.

        Raises:
            ImageRefused: the picture cannot be used.
            Unavailable: a model does not answer.
        """
        instance = self._instances.admitted(wanted.instance)
        looked = await self._looking.look(wanted.picture, instance.told.service)
        category = wanted.picture.category if instance.has_categories else None
        page, _ = await asyncio.gather(
            self._search(instance, self._asking(looked.vectors), wanted.paging, category),
            self._parts.audit(asker, "image.search-by-picture", wanted.instance),
        )
        return replace(page, picture=told_of(looked, categories=instance.has_categories))

    async def by_name(self, wanted: asked.SearchByName, *, asker: str) -> ItemPage:
        """Find items that look like one of them.

        Raises:
            ImageRefused: that one is not there.
            Unavailable: a model does not answer.
        """
        instance = self._instances.admitted(wanted.instance)
        found = await self._finding.by_key(instance, (wanted.product, wanted.name))
        if not found:
            raise ImageRefused(ImageProblem.NOT_THERE, "there is no such picture", field="name")
        ((item_id, item),) = found.items()
        vectors = await self._vectors_of(instance, item_id, item)
        category = wanted.category if instance.has_categories else None
        page, _ = await asyncio.gather(
            self._search(instance, self._asking(vectors), wanted.paging, category),
            self._parts.audit(asker, "image.search-by-name", wanted.instance),
        )
        told = PictureTold(
            region=item.region,
            category=item.category if category is None else category,
            categories=instance.has_categories,
        )
        return replace(page, picture=told)

    async def _vectors_of(
        self, instance: Instance, item_id: int, item: ImageItem
    ) -> Sequence[ItemVectors]:
        """Its vectors; while others have some of another model, of each model that can look."""
        own = await self._parts.thread.call(instance.gallery.vectors_of, item_id)
        model = self._parts.eyes.info.picture_model
        if own is not None and own.model == model and not instance.gallery.mixed:
            return (own,)
        kept = await self._parts.store.images.read(item.picture)
        alone = own is not None and own.whole is None
        made = await self._looking.look_again(item, kept, alone=alone, idly=False)
        return made if own is None else (own, *(one for one in made if one.model != own.model))

    async def by_text(self, wanted: asked.SearchByText, *, asker: str) -> ItemPage:
        """Find items whose pictures show what a text names, or look as it says.

        Nothing where it names no thing and no model can hold it against pictures.

        Raises:
            Unavailable: a model does not answer.
        """
        instance, paging = self._instances.admitted(wanted.instance), wanted.paging
        await self._parts.audit(asker, "image.search-by-text", wanted.instance)
        things = asked_things(self._reader, wanted.text, self._parts.clock.now_ms())
        described = await self._described(wanted.text)
        told = PictureTold(
            region=None, category=int(Category.OTHER), categories=instance.has_categories
        )
        if not things and described is None:
            return ItemPage(total=0, hits=(), picture=told)
        only = Wanted(filter=paging.filter, least=_least(paging.least), distinct=paging.distinct)
        began = self._parts.clock.monotonic()
        found = await self._parts.thread.call(
            instance.gallery.showing, things, only,
            described=described, start=paging.start, count=paging.count,
        )  # fmt: skip
        took_ms = round((self._parts.clock.monotonic() - began) * 1e3)
        return replace(await self._page(found, took_ms), picture=told)

    async def _described(self, text: str) -> Asked | None:
        """A text as a vector, to be held against those of pictures; None without a model."""
        vector = await self._parts.eyes.embed_text(text)
        if vector is None:
            return None
        low, high = self._parts.eyes.info.described
        return {self._parts.eyes.info.picture_model: Query(None, vector, low, high)}

    async def by_filter(self, wanted: asked.SearchByFilter, *, asker: str) -> ItemPage:
        """Find items by their attributes alone, in the order in which they were first added."""
        instance = self._instances.admitted(wanted.instance)
        paging = wanted.paging
        found = await self._finding.filtered(
            instance, Wanted(filter=paging.filter), start=paging.start, count=paging.count
        )
        await self._parts.audit(asker, "image.search-by-filter", wanted.instance)
        return await self._page(found, 0)

    async def look_up(self, wanted: asked.LookUpItem, *, asker: str) -> ImageItem | None:
        """The item with this key, None where there is none."""
        del asker  # nothing is told that the asker did not know
        instance = self._instances.admitted(wanted.instance)
        found = await self._finding.by_key(instance, (wanted.product, wanted.name))
        return next(iter(found.values()), None)

    async def compare(self, wanted: asked.ComparePictures, *, asker: str) -> float:
        """How alike two pictures are, 0 to 1.

        Raises:
            ImageRefused: one of them cannot be used.
            Unavailable: a model does not answer.
        """
        service = self._instances.admitted(wanted.instance).told.service
        pictures = [
            await self._looking.decoded(one, service) for one in (wanted.first, wanted.second)
        ]
        first, second = [(await self._parts.eyes.look_at_picture(one)).vector for one in pictures]
        await self._parts.audit(asker, "image.compare", wanted.instance)
        model = self._parts.eyes.info.picture_model
        return _shown(float(self._query(ItemVectors(model, first, None)).score(first @ second)))

    async def describe(self, wanted: asked.DescribeInstance, *, asker: str) -> InstanceTold:
        """An instance, how many items it has, and how many of them the model has looked at."""
        del asker
        return self._told(self._instances.named(wanted.instance))

    def every(self) -> list[InstanceTold]:
        """All instances, as configured."""
        return [self._told(instance) for instance in self._instances]

    async def listed(self, name: str, *, before: int | None, limit: int) -> ItemList:
        """Items of an instance, the newest first; also while it is still being loaded.

        Args:
            name: of the instance.
            before: the `next` of the page before.
            limit: items at the most.

        Raises:
            ImageRefused: there is no such instance.
        """
        instance = self._instances.named(name).told.name
        found = await newest_items(self._parts.store, instance, before=before, limit=limit + 1)
        page = found[:limit]
        last = page[-1].id if len(found) > limit else None
        return ItemList(tuple(stored.item for stored in page), last)

    def _told(self, instance: Instance) -> InstanceTold:
        model = self._parts.eyes.info.picture_model
        return InstanceTold(
            instance=instance.told,
            items=len(instance.gallery),
            model=model,
            looked_at=instance.looked_at(model),
            ready=instance.ready,
        )

    def _asking(self, vectors: Sequence[ItemVectors]) -> Asked:
        return {one.model: self._query(one) for one in vectors}

    def _query(self, vectors: ItemVectors) -> Query:
        floor = self._parts.eyes.info.picture_floors.get(vectors.model, 0.0)
        return Query(vectors.whole, vectors.part, floor)

    async def _search(
        self, instance: Instance, asking: Asked, paging: asked.Paging, category: int | None
    ) -> ItemPage:
        self._parts.done.add(operation="search")
        wanted = Wanted(
            filter=paging.filter,
            category=category,
            least=_least(paging.least),
            distinct=paging.distinct,
        )
        began = self._parts.clock.monotonic()
        found = await self._parts.thread.call(
            instance.gallery.search, asking, wanted, start=paging.start, count=paging.count
        )
        took_ms = round((self._parts.clock.monotonic() - began) * 1e3)
        return await self._page(found, took_ms)

    async def _page(self, found: Found, took_ms: int) -> ItemPage:
        items = await self._finding.items(found.ids)
        scores: list[float | None] = [_shown(score) for score in found.scores]
        scores = scores or [None] * len(found.ids)
        hits = tuple(
            ItemHit(items[item_id], score)
            for item_id, score in zip(found.ids, scores, strict=True)
            if item_id in items  # deleted a moment ago
        )
        return ItemPage(total=found.total, hits=hits, took_ms=took_ms)


def _least(asked_for: float) -> float:
    return NOTHING if asked_for <= 0 else asked_for - _ROUNDED


def _shown(score: float) -> float:
    """0 for pictures that have nothing in common, 1 for the same."""
    return min(1.0, max(0.0, score))
