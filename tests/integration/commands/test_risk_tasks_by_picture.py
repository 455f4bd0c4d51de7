"""Investigations by picture, asked for over a real broker."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from edge_agent.domain.vector import Part
from tests.integration.commands.test_door import Box, box
from tests.integration.tasks.conftest import picture_of
from tests.support.broker import LocalBroker
from tests.support.painted import vector_of

pytestmark = pytest.mark.broker

LARGEST = 4 * 1024 * 1024


def encoded(picture: bytes) -> str:
    return base64.b64encode(picture).decode()


async def searched(here: Box, task: str) -> dict[str, Any]:
    """Poll as a client would until the search has ended."""
    async with asyncio.timeout(20):
        while True:
            version = here.store.version("risk_task")
            found: dict[str, Any] = (await here.ask("risk-task.get", {"id": task}))["data"]
            if found["search"]["state"] not in ("waiting", "running"):
                return found
            await here.store.changed("risk_task", version)


async def test_the_largest_picture_is_searched_for_once_per_request(
    broker: LocalBroker, tmp_path: Path
) -> None:
    small = picture_of(7)
    picture = small + bytes(LARGEST - len(small))
    body = {"criteria": {"picture": encoded(picture), "kinds": ["face"], "cameras": ["door"]}}
    async with box(broker, tmp_path / "s") as here:
        here.memory.index_complete.set()
        await here.memory.remember("a" * 32, {Part.FACE: vector_of(Part.FACE, 7, 0.8)})
        begun = await here.ask("risk-task.create", body, "r1")
        assert begun["data"]["search"] == {"state": "waiting", "people": None, "error": None}
        assert begun["data"]["criteria"]["picture"]["kinds"] == ["face"]
        assert await here.ask("risk-task.create", body, "r1") == begun
        assert len(await here.store.rows("SELECT * FROM risk_task")) == 1
        async with asyncio.TaskGroup() as group:
            working = group.create_task(here.tasks.run())
            found = await searched(here, begun["data"]["id"])
            working.cancel()
        assert (found["search"]["state"], found["search"]["people"]) == ("complete", 1)
        assert [track["id"] for track in found["tracks"]] == ["a" * 32]
        # by now the search has ended, and still the first answer is given
        assert await here.ask("risk-task.create", body, "r1") == begun
        change = {"id": found["id"], "criteria": {"track": "a" * 32}}
        changed = await here.ask("risk-task.change", change, "r2")
        assert changed["data"]["criteria"]["picture"]["track"] == "a" * 32
        assert await here.ask("risk-task.change", change, "r2") == changed
        deleted = await here.ask("risk-task.delete", {"id": found["id"]}, "r3")
        assert await here.ask("risk-task.delete", {"id": found["id"]}, "r3") == deleted
        here.memory.index_thread.close()


async def test_a_picture_that_cannot_be_used_costs_nothing(
    broker: LocalBroker, tmp_path: Path
) -> None:
    async with box(broker, tmp_path / "s") as here:
        for criteria, code, field in (
            ({"picture": encoded(bytes(LARGEST + 1))}, "too_large", "criteria.picture"),
            ({"picture": encoded(b"no picture")}, "bad_request", "criteria.picture"),
            ({"url": "http://10.0.0.1/a.jpg"}, "bad_request", "criteria.url"),
            ({"kinds": ["face"]}, "bad_request", "criteria.kinds"),
            ({"orders": [""]}, "bad_request", "criteria.orders.0"),
            ({"actions": [{"place": "shelf"}]}, "bad_request", "criteria.actions.0.type"),
        ):
            error = (await here.ask("risk-task.create", {"criteria": criteria}))["error"]
            assert (error["code"], error["field"]) == (code, field)
        for table in ("risk_task", "risk_picture", "audit"):
            assert await here.store.rows(f"SELECT * FROM {table}") == []  # noqa: S608
