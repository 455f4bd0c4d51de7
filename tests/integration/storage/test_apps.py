"""Apps and their devices."""

from dataclasses import replace

from edge_agent.domain.ids import new_id
from edge_agent.domain.search_app import SearchApp
from edge_agent.storage import Store
from edge_agent.storage.apps import (
    bind_devices,
    bound_devices,
    get_app,
    insert_app,
    list_apps,
    list_devices,
    unbind_devices,
    update_app,
)
from tests.integration.storage.builders import NOON_MS


def an_app(number: int) -> SearchApp:
    at_ms = NOON_MS + number
    return SearchApp(
        id=new_id(at_ms),
        name=f"app {number}",
        description="",
        created_ms=at_ms,
        modified_ms=at_ms,
    )


async def test_apps_are_listed_newest_first_and_changed(store: Store) -> None:
    apps = [an_app(number) for number in range(5)]
    async with store.transaction() as tx:
        for app in apps:
            await insert_app(tx, app)
        changed = await update_app(tx, apps[1].id, name="new", description="d", at_ms=NOON_MS + 99)
        assert changed
        assert not await update_app(tx, "none", name="new", description="d", at_ms=1)
    page = await list_apps(store, offset=1, limit=2)
    assert (page.total, page.rows) == (5, (apps[3], apps[2]))
    assert await get_app(store, apps[1].id) == replace(
        apps[1], name="new", description="d", modified_ms=NOON_MS + 99
    )
    assert await get_app(store, "none") is None


async def test_devices_are_bound_once_and_unbound(store: Store) -> None:
    async with store.transaction() as tx:
        await bind_devices(tx, "app", ["door", "till"], 1)
        await bind_devices(tx, "app", ["till", "yard"], 2)
        await bind_devices(tx, "other", ["attic"], 3)
        await unbind_devices(tx, "app", ["door", "nowhere"])
    assert await bound_devices(store, "app") == {"till", "yard"}
    page = await list_devices(store, "app", offset=0, limit=1)
    assert (page.total, page.rows) == (2, ("yard",))
