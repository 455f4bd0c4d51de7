"""What is asked of instances, answered in the shapes of the cloud's API, for every door."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from edge_agent.domain import image_asked as asked
from edge_agent.images.service import ImageSearch
from edge_agent.images.task_rows import STATES, task_row
from edge_agent.images.told import InstanceTold, ItemHit, ItemList, ItemPage, PictureTold
from edge_agent.storage.image_tasks import ImageTask, ImageTaskState
from edge_agent.wire.cloud import image_data as data
from edge_agent.wire.cloud.scores import shown_score
from edge_agent.wire.links import LinkSigner

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Attributes:
        name: for the audit.
        links: links for them are made with it.
        pictures: whether items are shown with a link to their picture; the cloud knows none.
    """

    name: str
    links: LinkSigner
    pictures: bool = True


Handler = Callable[[Any, Asker], Awaitable[Fields]]


class ImageAnswers:
    """Every operation.

    Args:
        service: answers.
        box: what Detail calls the region.
    """

    def __init__(self, service: ImageSearch, box: str) -> None:
        self._images = service.images
        self._changes = service.changes
        self._tasks = service.tasks
        self._box = box
        self._handlers: Mapping[type, Handler] = {
            asked.AddItem: self._add,
            asked.SearchByPicture: self._by_picture,
            asked.SearchByName: self._by_name,
            asked.SearchByText: self._by_text,
            asked.SearchByFilter: self._by_filter,
            asked.ChangeItems: self._change,
            asked.DeleteItems: self._delete,
            asked.LookUpItem: self._look_up,
            asked.ComparePictures: self._compare,
            asked.DescribeInstance: self._describe,
            asked.DumpItems: self._dump,
            asked.ImportItems: self._import,
            asked.ListTasks: self._list,
        }

    async def answer(self, wanted: asked.ImageAsked, asker: Asker) -> Fields:
        """Answer; members that are None are left out by whoever writes it.

        Raises:
            ImageRefused: it cannot be answered.
            Unavailable: a model or the disk does not answer.
        """
        return await self._handlers[type(wanted)](wanted, asker)

    def instances(self) -> list[InstanceTold]:
        """All instances, as configured."""
        return self._images.every()

    async def items(self, instance: str, *, before: int | None, limit: int) -> ItemList:
        """Items of an instance, the newest first.

        Raises:
            ImageRefused: there is no such instance.
        """
        return await self._images.listed(instance, before=before, limit=limit)

    async def _add(self, wanted: asked.AddItem, caller: Asker) -> Fields:
        told = await self._changes.add(wanted, asker=caller.name)
        return {**_DONE, "Message": "success", "PicInfo": _picture_info(told)}

    async def _by_picture(self, wanted: asked.SearchByPicture, caller: Asker) -> Fields:
        page = await self._images.by_picture(wanted, asker=caller.name)
        return {**_found(page, caller), "PicInfo": page.picture and _picture_info(page.picture)}

    async def _by_name(self, wanted: asked.SearchByName, caller: Asker) -> Fields:
        page = await self._images.by_name(wanted, asker=caller.name)
        told = page.picture and _picture_info(page.picture, several=False)
        return {**_found(page, caller), "PicInfo": told}

    async def _by_text(self, wanted: asked.SearchByText, caller: Asker) -> Fields:
        page = await self._images.by_text(wanted, asker=caller.name)
        categories = page.picture is not None and page.picture.categories
        told = {"AllCategories": data.all_categories(categories=categories)}
        return {**_found(page, caller, sorted_by=False), "PicInfo": told}

    async def _by_filter(self, wanted: asked.SearchByFilter, caller: Asker) -> Fields:
        page = await self._images.by_filter(wanted, asker=caller.name)
        found = [_auction(hit, caller) for hit in page.hits]
        return {**_DONE, "Msg": "success", "Auctions": found}

    async def _change(self, wanted: asked.ChangeItems, caller: Asker) -> Fields:
        await self._changes.change(wanted, asker=caller.name)
        return {**_DONE, "Message": "success"}

    async def _delete(self, wanted: asked.DeleteItems, caller: Asker) -> Fields:
        gone = await self._changes.delete(wanted, asker=caller.name)
        return {**_DONE, "Message": "success", "Data": {"PicNames": list(gone)}}

    async def _look_up(self, wanted: asked.LookUpItem, caller: Asker) -> Fields:
        item = await self._images.look_up(wanted, asker=caller.name)
        told = None if item is None else data.attributes(item)
        return {**_DONE, "Msg": "success", "Exists": item is not None, "Auctions": told}

    async def _compare(self, wanted: asked.ComparePictures, caller: Asker) -> Fields:
        score = await self._images.compare(wanted, asker=caller.name)
        return {**_DONE, "Msg": "success", "Score": shown_score(score)}

    async def _describe(self, wanted: asked.DescribeInstance, caller: Asker) -> Fields:
        told = await self._images.describe(wanted, asker=caller.name)
        instance = data.instance(told.instance, told.items, self._box)
        return {
            "Instance": {**instance, "Model": told.model, "LookedAt": shown_score(told.looked_at)}
        }

    async def _dump(self, wanted: asked.DumpItems, caller: Asker) -> Fields:
        task = await self._tasks.dump(wanted, asker=caller.name)
        return {**_DONE, "Data": {"Id": str(task.id), "DumpMetaStatus": STATES[task.state]}}

    async def _import(self, wanted: asked.ImportItems, caller: Asker) -> Fields:
        task = await self._tasks.take_in(wanted, asker=caller.name)
        return {**_DONE, "Data": {"Id": str(task.id), "IncrementStatus": STATES[task.state]}}

    async def _list(self, wanted: asked.ListTasks, caller: Asker) -> Fields:
        found = await self._tasks.listed(wanted, asker=caller.name)
        page = data.task_page(wanted.page, wanted.size, found.total)
        rows = [self._task(task, caller) for task in found.rows]
        listed = {"Increments": {"Instance": rows}} if wanted.imports else {"DumpMetaList": rows}
        return {**_DONE, "Data": {**page, **listed}}

    def _task(self, task: ImageTask, caller: Asker) -> Fields:
        file = caller.links.sign(f"/media/image-tasks/{task.id}")
        ended = task.state is not ImageTaskState.PROCESSING
        told = task_row(task)
        if task.kind == "dump":
            written = ended and task.state is ImageTaskState.SUCCESS
            return {**told, "MetaUrl": file if written else None}
        return {
            **told,
            "CallbackAddress": task.callback or None,
            "ErrorUrl": file if task.failed else None,
        }


_DONE: Final[Fields] = {"Success": True, "Code": 0}


def _auction(hit: ItemHit, caller: Asker, *, sorted_by: bool = True) -> Fields:
    told = data.auction(hit.item, hit.score, sorted_by=sorted_by)
    if not caller.pictures:
        return told
    return {**told, "PictureUrl": caller.links.item(hit.item.picture)}


def _found(page: ItemPage, caller: Asker, *, sorted_by: bool = True) -> Fields:
    return {
        **_DONE,
        "Msg": "success",
        "Head": data.head(page.total, len(page.hits), page.took_ms),
        "Auctions": [_auction(hit, caller, sorted_by=sorted_by) for hit in page.hits],
    }


def _picture_info(told: PictureTold, *, several: bool = True) -> Fields:
    return data.picture_info(
        told.region,
        told.category,
        told.others if several else None,
        categories=told.categories,
    )
