"""Picture-search apps and the cameras bound to them, as LinkVisual shows them."""

import hashlib
from typing import Any

from edge_agent.cloud_api.caller import Caller
from edge_agent.cloud_api.pages import offset
from edge_agent.cloud_api.ports import Place
from edge_agent.domain.ids import new_id
from edge_agent.domain.search_app import SearchApp
from edge_agent.runtime.clock import Clock
from edge_agent.storage import Reads, Store, Transaction
from edge_agent.storage.apps import (
    Numbered,
    bind_devices,
    bound_devices,
    get_app,
    insert_app,
    list_apps,
    list_devices,
    unbind_devices,
    update_app,
)
from edge_agent.storage.audit import append_audit
from edge_agent.wire.cloud import linkvisual_data as data
from edge_agent.wire.cloud import picture_search as asking
from edge_agent.wire.cloud.errors import DEVICE_LIST, TENANT_ERROR, BusinessRefusal

_TEMPLATE = hashlib.sha256(b"picture search").hexdigest()[:32]
"""All apps are made after the one template that there is."""

_Devices = asking.BindDevices | asking.UnbindDevices


class Apps:
    """The operations on apps.

    An app without bound cameras asks all of the box; one with bound cameras asks those alone.

    Args:
        store: the truth.
        place: the box and its cameras.
        clock: tells the time.
    """

    def __init__(self, store: Store, place: Place, clock: Clock) -> None:
        self._store = store
        self._place = place
        self._clock = clock

    async def cameras(self, app: str) -> frozenset[str]:
        """The cameras that an app's searches are limited to; empty means all.

        Raises:
            BusinessRefusal: there is no such app, or none of its cameras is on this box any more.
        """
        bound = await self._store.at_once(lambda reads: _bound(reads, app))
        usable = bound & self._place.cameras.keys()
        if bound and not usable:
            # An empty set would ask everything, which is what the binding forbids.
            raise BusinessRefusal(*DEVICE_LIST)
        return usable

    async def create(self, asked: asking.CreateApp, caller: Caller) -> str:
        """CreatePictureSearchApp: the id of a new app."""
        now_ms = self._clock.now_ms()
        app = SearchApp(
            id=new_id(now_ms),
            name=asked.name,
            description=asked.description,
            created_ms=now_ms,
            modified_ms=now_ms,
        )
        async with self._store.transaction() as tx:
            await insert_app(tx, app)
            await append_audit(tx, caller.asker, "search-app.create", {"app": app.id}, now_ms)
        return app.id

    async def update(self, asked: asking.UpdateApp, caller: Caller) -> None:
        """UpdatePictureSearchApp: another name and description."""
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            found = await update_app(
                tx, asked.app, name=asked.name, description=asked.description, at_ms=now_ms
            )
            if not found:
                raise BusinessRefusal(*TENANT_ERROR)
            await append_audit(tx, caller.asker, "search-app.update", {"app": asked.app}, now_ms)

    async def list(self, asked: asking.QueryApps, _caller: Caller) -> dict[str, Any]:
        """QueryPictureSearchApps: newest first."""
        paging = asked.paging
        found = await self._store.at_once(
            lambda reads: list_apps(reads, offset=offset(paging), limit=paging.size)
        )
        return data.page(paging, found.total, [_shown(app) for app in found.rows])

    async def bind(self, asked: asking.BindDevices, caller: Caller) -> None:
        """BindPictureSearchAppWithDevices: limit an app to these cameras, too."""
        if not set(asked.devices) <= self._place.cameras.keys():
            raise BusinessRefusal(*DEVICE_LIST)
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await check_app(tx, asked.app)
            await bind_devices(tx, asked.app, asked.devices, now_ms)
            await _note(tx, caller, "search-app.bind", asked, now_ms)

    async def unbind(self, asked: asking.UnbindDevices, caller: Caller) -> None:
        """UnbindPictureSearchAppWithDevices: the reverse; what is not bound is passed over."""
        now_ms = self._clock.now_ms()
        async with self._store.transaction() as tx:
            await check_app(tx, asked.app)
            await unbind_devices(tx, asked.app, asked.devices)
            await _note(tx, caller, "search-app.unbind", asked, now_ms)

    async def devices(self, asked: asking.QueryDevices, _caller: Caller) -> dict[str, Any]:
        """QueryPictureSearchDevices: the cameras bound to an app, last bound first."""
        paging = asked.paging

        async def read(reads: Reads) -> Numbered[str]:
            await check_app(reads, asked.app)
            return await list_devices(reads, asked.app, offset=offset(paging), limit=paging.size)

        found = await self._store.at_once(read)
        return data.page(paging, found.total, [self._device(device) for device in found.rows])

    async def boxes(self, asked: asking.QueryAiboxes, _caller: Caller) -> dict[str, Any]:
        """QueryPictureSearchAiboxes: this box, where one of its cameras is bound to the app."""
        devices = await self._store.at_once(lambda reads: _bound(reads, asked.app))
        bound = devices & self._place.cameras.keys()
        boxes = [data.device(self._place.box, self._place.box)] if bound else []
        first = offset(asked.paging)
        return data.page(asked.paging, len(boxes), boxes[first : first + asked.paging.size])

    def _device(self, device: str) -> dict[str, Any]:
        return data.device(device, self._place.cameras.get(device))


async def check_app(reads: Reads, app: str) -> None:
    """Refuse an app that is not there.

    Raises:
        BusinessRefusal: it is not.
    """
    if await get_app(reads, app) is None:
        raise BusinessRefusal(*TENANT_ERROR)


async def _bound(reads: Reads, app: str) -> frozenset[str]:
    await check_app(reads, app)
    return await bound_devices(reads, app)


async def _note(tx: Transaction, caller: Caller, action: str, asked: _Devices, now_ms: int) -> None:
    detail = {"app": asked.app, "cameras": sorted(asked.devices)}
    await append_audit(tx, caller.asker, action, detail, now_ms)


def _shown(app: SearchApp) -> dict[str, Any]:
    return data.app(
        app.id,
        name=app.name,
        description=app.description,
        created_ms=app.created_ms,
        modified_ms=app.modified_ms,
        template=_TEMPLATE,
    )
