"""The page in a real browser, in front of a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from edge_agent import dashboard
from tests.integration.rest_api.house import (
    House,
    a_jpeg,
    open_house,
    remember_clip,
    remember_track,
    write_clip,
)
from tests.support.browser import chromium
from tests.support.https import own_certificate, serving


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Seven people and a clip."""
    async with open_house(tmp_path) as opened:
        now_ms = opened.parts.clock.now_ms()
        clip = opened.store.clips / "one.mp4"
        await asyncio.to_thread(write_clip, clip)
        await remember_clip(opened, clip, now_ms - 60_000)
        for number in range(7):
            camera = "till" if number % 3 else "door"
            face = a_jpeg(number, 96, 96) if number % 2 else None
            start_ms = now_ms - 60_000 + number * 1000
            await remember_track(opened, camera, start_ms, face=face, body=a_jpeg(number))
        opened.app.router.routes.extend(dashboard.routes())
        yield opened


@pytest.fixture
async def address(house: House) -> AsyncIterator[str]:
    async with serving(house.app, house.options, house.certificate) as port:
        yield f"https://127.0.0.1:{port}"


@pytest.fixture
async def browser(house: House) -> AsyncIterator[Browser]:
    async with chromium(own_certificate(house.store.folder)) as started:
        yield started
