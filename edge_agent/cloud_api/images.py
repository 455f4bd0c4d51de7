"""Image Search, as the cloud's clients ask it."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from edge_agent.cloud_api.caller import Caller
from edge_agent.domain import image_asked as asked
from edge_agent.domain.access_key import AccessKey, KeyRole
from edge_agent.domain.errors import AgentError
from edge_agent.images import ImageSearch
from edge_agent.images.told import ItemPage, PictureTold
from edge_agent.images.uploads import Grant
from edge_agent.storage.image_tasks import ImageTask, ImageTaskState
from edge_agent.wire.cloud import image_data as data
from edge_agent.wire.cloud import image_search as reading
from edge_agent.wire.cloud import upload
from edge_agent.wire.cloud.answers import CloudAnswer, success
from edge_agent.wire.cloud.errors import gateway
from edge_agent.wire.cloud.image_errors import image_refusal, product
from edge_agent.wire.cloud.received import ROOT, Dialect, Received
from edge_agent.wire.cloud.request import CloudRequest

VERSIONS: Final = frozenset({reading.VERSION, reading.ROA_VERSION, upload.VERSION})
"""Of the API, that are answered here."""

_CHANGES: Final = (asked.AddItem, asked.ChangeItems, asked.DeleteItems)
_ORDERS: Final = (asked.DumpItems, asked.ImportItems)
_STATES: Final[Mapping[ImageTaskState, str]] = {
    ImageTaskState.PROCESSING: "PROCESSING",
    ImageTaskState.SUCCESS: "SUCCESS",
    ImageTaskState.FAIL: "FAIL",
}

Fields = dict[str, Any]
Handler = Callable[[Any, Caller], Awaitable[Fields]]


class CloudImages:
    """The operations of Image Search.

    Args:
        service: answers.
        box: what Detail calls the region.
    """

    def __init__(self, service: ImageSearch, box: str) -> None:
        self._images = service.images
        self._tasks = service.tasks
        self._uploads = service.uploads
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

    async def answer(
        self, request: CloudRequest, key: AccessKey, caller: Caller, request_id: str
    ) -> CloudAnswer:
        """Answer a request that was admitted.

        Raises:
            CloudRefusal: in the words of Image Search and its gateway.
        """
        try:
            if request.version == upload.VERSION:
                fields = self._granted(request)
            else:
                fields = await self._done(request, key, caller)
        except AgentError as error:
            raise image_refusal(error) from error
        return success(request.manner, request_id, fields)

    def take_upload(self, received: Received, request_id: str) -> CloudAnswer:
        """Take a picture that is sent ahead; every refusal becomes an answer."""
        try:
            form = upload.read_upload(received)
            sent = form.fields
            grant = Grant(
                sent.get("key", ""),
                sent.get("OSSAccessKeyId", ""),
                sent.get("policy", ""),
                sent.get("Signature", ""),
            )
            self._uploads.take(grant, form.file)
        except AgentError as error:
            return upload.upload_refused(received, request_id, error)
        etag = hashlib.md5(form.file).hexdigest().upper()  # noqa: S324 - object storage's
        return upload.uploaded(received, grant.key, etag)

    def _granted(self, request: CloudRequest) -> Fields:
        if request.action != upload.AUTHORIZE or request.dialect is Dialect.ROA:
            raise gateway("InvalidAction.NotFound")
        grant = self._uploads.grant()
        return upload.granted(
            request.manner.host,
            key=grant.key,
            key_id=grant.key_id,
            policy=grant.policy,
            signature=grant.signature,
        )

    async def _done(self, request: CloudRequest, key: AccessKey, caller: Caller) -> Fields:
        if request.version == reading.ROA_VERSION:
            if request.dialect is not Dialect.ROA:
                raise gateway("InvalidAction.NotFound")
            wanted = reading.read_image_path(request.action, request.parameters)
        else:
            if request.dialect is Dialect.ROA:
                raise gateway("InvalidAction.NotFound")
            wanted = reading.read_image_operation(request.action, request.parameters)
        if key.role is not KeyRole.FULL:
            if isinstance(wanted, _CHANGES):
                raise product("NoPermission")
            if isinstance(wanted, _ORDERS):
                raise product("Console.NoPermission")
        return await self._handlers[type(wanted)](wanted, caller)

    async def _add(self, wanted: asked.AddItem, caller: Caller) -> Fields:
        told = await self._images.add(wanted, asker=caller.asker)
        return {**_DONE, "Message": "success", "PicInfo": _picture_info(told)}

    async def _by_picture(self, wanted: asked.SearchByPicture, caller: Caller) -> Fields:
        page = await self._images.by_picture(wanted, asker=caller.asker)
        return {**_found(page), "PicInfo": page.picture and _picture_info(page.picture)}

    async def _by_name(self, wanted: asked.SearchByName, caller: Caller) -> Fields:
        page = await self._images.by_name(wanted, asker=caller.asker)
        told = page.picture and _picture_info(page.picture, several=False)
        return {**_found(page), "PicInfo": told}

    async def _by_text(self, wanted: asked.SearchByText, caller: Caller) -> Fields:
        page = await self._images.by_text(wanted, asker=caller.asker)
        categories = page.picture is not None and page.picture.categories
        told = {"AllCategories": data.all_categories(categories=categories)}
        return {**_found(page, sorted_by=False), "PicInfo": told}

    async def _by_filter(self, wanted: asked.SearchByFilter, caller: Caller) -> Fields:
        page = await self._images.by_filter(wanted, asker=caller.asker)
        found = [data.auction(hit.item, None) for hit in page.hits]
        return {**_DONE, "Msg": "success", "Auctions": found}

    async def _change(self, wanted: asked.ChangeItems, caller: Caller) -> Fields:
        await self._images.change(wanted, asker=caller.asker)
        return {**_DONE, "Message": "success"}

    async def _delete(self, wanted: asked.DeleteItems, caller: Caller) -> Fields:
        gone = await self._images.delete(wanted, asker=caller.asker)
        return {**_DONE, "Message": "success", "Data": {"PicNames": list(gone)}}

    async def _look_up(self, wanted: asked.LookUpItem, caller: Caller) -> Fields:
        item = await self._images.look_up(wanted, asker=caller.asker)
        told = None if item is None else data.attributes(item)
        return {**_DONE, "Msg": "success", "Exists": item is not None, "Auctions": told}

    async def _compare(self, wanted: asked.ComparePictures, caller: Caller) -> Fields:
        score = await self._images.compare(wanted, asker=caller.asker)
        return {**_DONE, "Msg": "success", "Score": score}

    async def _describe(self, wanted: asked.DescribeInstance, caller: Caller) -> Fields:
        told = await self._images.describe(wanted, asker=caller.asker)
        return {"Instance": data.instance(told.instance, told.items, self._box)}

    async def _dump(self, wanted: asked.DumpItems, caller: Caller) -> Fields:
        task = await self._tasks.dump(wanted, asker=caller.asker)
        return {**_DONE, "Data": {"Id": str(task.id), "DumpMetaStatus": _STATES[task.state]}}

    async def _import(self, wanted: asked.ImportItems, caller: Caller) -> Fields:
        task = await self._tasks.take_in(wanted, asker=caller.asker)
        return {**_DONE, "Data": {"Id": str(task.id), "IncrementStatus": _STATES[task.state]}}

    async def _list(self, wanted: asked.ListTasks, caller: Caller) -> Fields:
        found = await self._tasks.listed(wanted, asker=caller.asker)
        page = data.task_page(wanted.page, wanted.size, found.total)
        rows = [self._task(task, caller) for task in found.rows]
        listed = {"Increments": {"Instance": rows}} if wanted.imports else {"DumpMetaList": rows}
        return {**_DONE, "Data": {**page, **listed}}

    def _task(self, task: ImageTask, caller: Caller) -> Fields:
        file = caller.links.sign(f"/media/image-tasks/{task.id}")
        ended = task.state is not ImageTaskState.PROCESSING
        told = {
            "Id": task.id,
            "Status": _STATES[task.state],
            "Code": task.code or "0",
            "Msg": task.message or f"{task.done} of {task.total}, {task.failed} not taken",
            "UtcCreate": str(task.created_ms),
            "UtcModified": task.modified_ms,
        }
        if task.kind == "dump":
            written = ended and task.state is ImageTaskState.SUCCESS
            return {**told, "MetaUrl": file if written else None}
        return {
            **told,
            "BucketName": task.bucket,
            "Path": task.path,
            "CallbackAddress": task.callback or None,
            "ErrorUrl": file if task.failed else None,
        }


_DONE: Final[Fields] = {"Success": True, "Code": 0}


def _found(page: ItemPage, *, sorted_by: bool = True) -> Fields:
    return {
        **_DONE,
        "Msg": "success",
        "Head": data.head(page.total, len(page.hits), page.took_ms),
        "Auctions": [data.auction(hit.item, hit.score, sorted_by=sorted_by) for hit in page.hits],
    }


def _picture_info(told: PictureTold, *, several: bool = True) -> Fields:
    return data.picture_info(
        told.region,
        told.category,
        told.others if several else None,
        categories=told.categories,
    )


def at_root(request: CloudRequest, received: Received) -> bool:
    """Whether a request came to the path of its dialect."""
    return request.dialect is Dialect.ROA or received.path == ROOT
