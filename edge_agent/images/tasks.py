"""Imports of folders and dumps of instances: asked for at once, done one after the other."""

import asyncio
import json
import logging
import os
from pathlib import Path

from edge_agent.domain import image_asked as asked
from edge_agent.domain.errors import AgentError, NotFound, Refused, Unavailable
from edge_agent.domain.image_item import ImageItem, ImageProblem, ImageRefused
from edge_agent.images.batches import Batch, Line, folder_of, read_batch
from edge_agent.images.changes import ItemChanges
from edge_agent.images.instances import Instances
from edge_agent.images.options import ImagesOptions
from edge_agent.images.parts import ImagesParts
from edge_agent.storage.apps import Numbered
from edge_agent.storage.audit import append_audit
from edge_agent.storage.durable import sync_folder
from edge_agent.storage.image_items import items_after
from edge_agent.storage.image_tasks import (
    ImageTask,
    ImageTaskKind,
    ImageTaskState,
    insert_task,
    list_tasks,
    note_task,
    unfinished_task,
)

log = logging.getLogger(__name__)

ASKER = "import"
_NOTE_EVERY = 20
_PAGE = 500


class Tasks:
    """Imports and dumps.

    One that the box was stopped in begins anew: adding again what was added changes nothing.

    Args:
        instances: that are filled and dumped.
        changes: fill them.
        parts: of the house.
        options: where imports come from.
        folder: where dumps, and what went wrong with imports, are written.
    """

    def __init__(
        self,
        instances: Instances,
        changes: ItemChanges,
        parts: ImagesParts,
        options: ImagesOptions,
        folder: Path,
    ) -> None:
        self._instances = instances
        self._changes = changes
        self._parts = parts
        self._options = options
        self._folder = folder

    async def dump(self, wanted: asked.DumpItems, *, asker: str) -> ImageTask:
        """Ask for a dump."""
        self._instances.named(wanted.instance)
        return await self._insert(wanted.instance, ImageTaskKind.DUMP, asker)

    async def take_in(self, wanted: asked.ImportItems, *, asker: str) -> ImageTask:
        """Ask for an import.

        Raises:
            ImageRefused: no folder is configured that imports come from.
        """
        self._instances.named(wanted.instance)
        if self._options.import_folder is None:
            raise ImageRefused(
                ImageProblem.OPERATION,
                "imports come from below `images.import_folder`, which is not configured",
            )
        return await self._insert(
            wanted.instance,
            ImageTaskKind.IMPORT,
            asker,
            bucket=wanted.bucket,
            path=wanted.path,
            callback=wanted.callback,
        )

    async def listed(self, wanted: asked.ListTasks, *, asker: str) -> Numbered[ImageTask]:
        """A page of imports or dumps, newest first."""
        del asker
        self._instances.named(wanted.instance)
        where: dict[str, int | str] = {} if wanted.task is None else {"id": wanted.task}
        if wanted.bucket:
            where["bucket"] = wanted.bucket
        if wanted.path:
            where["path"] = wanted.path
        return await list_tasks(
            self._parts.store,
            wanted.instance,
            ImageTaskKind.IMPORT if wanted.imports else ImageTaskKind.DUMP,
            where,
            offset=(wanted.page - 1) * wanted.size,
            limit=wanted.size,
        )

    def file(self, task: int) -> Path:
        """Where a dump lies, or what went wrong with an import, whether it is there or not."""
        return self._folder / f"{task}.jsonl"

    async def run(self) -> None:
        """Do tasks until cancelled.

        Raises:
            Unavailable: the disk does not answer; run again.
        """
        while True:
            version = self._parts.store.version("image_task")
            task = await unfinished_task(self._parts.store)
            if task is None:
                await self._parts.store.changed("image_task", version)
            else:
                await self._do(task)

    async def _insert(
        self, instance: str, kind: ImageTaskKind, asker: str, **where: str
    ) -> ImageTask:
        now_ms = self._parts.clock.now_ms()
        async with self._parts.store.transaction() as tx:
            task = await insert_task(tx, instance, kind, now_ms, **where)
            detail = {"instance": instance, "task": task.id}
            await append_audit(tx, asker, f"image.{kind.value}", detail, now_ms)
        return task

    async def _do(self, task: ImageTask) -> None:
        try:
            work = self._import if task.kind is ImageTaskKind.IMPORT else self._dump
            await work(task)
        except Unavailable:
            raise
        except (AgentError, OSError) as error:
            log.warning("%s %d of instance %s: %s", task.kind, task.id, task.instance, error)
            await self._note(
                task, state=ImageTaskState.FAIL.value, code=_code(error), message=str(error)
            )

    async def _dump(self, task: ImageTask) -> None:
        total = len(self._instances.named(task.instance).gallery)
        self._folder.mkdir(parents=True, exist_ok=True)
        target, after, done = self.file(task.id), 0, 0
        with target.with_suffix(".tmp").open("w", encoding="utf-8") as sink:
            while page := await items_after(
                self._parts.store, task.instance, after=after, limit=_PAGE
            ):
                sink.writelines(_dumped(stored.item) for stored in page)
                after, done = page[-1].id, done + len(page)
                await self._note(task, done=done, total=max(total, done))
            sink.flush()
            await asyncio.to_thread(os.fsync, sink.fileno())
        target.with_suffix(".tmp").replace(target)
        await asyncio.to_thread(sync_folder, self._folder)
        await self._note(task, state=ImageTaskState.SUCCESS.value, done=done, total=done)

    async def _import(self, task: ImageTask) -> None:
        if self._options.import_folder is None:
            raise Refused("`images.import_folder` is not configured any more")
        folder = folder_of(self._options.import_folder, task.bucket, task.path)
        batch = await asyncio.to_thread(read_batch, folder, task.instance)
        await self._note(task, done=0, failed=0, total=len(batch.lines))
        failed = 0
        self._folder.mkdir(parents=True, exist_ok=True)
        with self.file(task.id).open("w", encoding="utf-8") as faults:
            for done, line in enumerate(batch.lines, 1):
                fault = await self._take(batch, line, task.instance)
                if fault is not None:
                    failed += 1
                    faults.write(json.dumps(fault, ensure_ascii=False) + "\n")
                if done % _NOTE_EVERY == 0:
                    await self._note(task, done=done, failed=failed)
        if failed == len(batch.lines):
            raise Refused("no picture could be taken; the file at ErrorUrl says why")
        await self._note(
            task, state=ImageTaskState.SUCCESS.value, done=len(batch.lines), failed=failed
        )

    async def _take(self, batch: Batch, line: Line, instance: str) -> dict[str, str] | None:
        """Carry out one line; returns what went wrong."""
        try:
            wanted = await asyncio.to_thread(batch.asked, line, instance)
            if isinstance(wanted, asked.DeleteItems):
                await self._changes.delete_unhurried(wanted, asker=ASKER)
            else:
                await self._changes.add_unhurried(wanted, asker=ASKER)
        except (Refused, OSError) as error:
            code = _code(error)
            return {"line": line.shown[:500], "code": code, "message": str(error)}
        return None

    async def _note(self, task: ImageTask, **values: int | str) -> None:
        async with self._parts.store.transaction() as tx:
            await note_task(tx, task.id, self._parts.clock.now_ms(), values)


def _dumped(item: ImageItem) -> str:
    names = ("", "2", "3", "4")
    ints = {f"IntAttr{one}": value for one, value in zip(names, item.ints, strict=True)}
    texts = {f"StrAttr{one}": value for one, value in zip(names, item.texts, strict=True)}
    told = {
        "ProductId": item.product,
        "PicName": item.name,
        "CategoryId": item.category,
        "CustomContent": item.custom,
        **ints,
        **texts,
        "Region": None if item.region is None else str(item.region),
        "AddedMs": item.added_ms,
    }
    kept = {name: value for name, value in told.items() if value is not None}
    return json.dumps(kept, ensure_ascii=False) + "\n"


def _code(error: AgentError | OSError) -> str:
    if isinstance(error, ImageRefused):
        return error.problem.value
    if isinstance(error, NotFound | OSError):
        return ImageProblem.NOT_THERE.value
    return error.code
