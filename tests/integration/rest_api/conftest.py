"""The door in front of a real store, asked without a socket."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.integration.rest_api.house import (
    House,
    a_jpeg,
    open_house,
    remember_clip,
    remember_track,
    write_clip,
)

START_MS = 1_760_000_000_000


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(house.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://box") as asking:
        yield asking


@pytest.fixture
async def people(house: House) -> House:
    """Five people at two cameras, and a clip that shows them."""
    clip = house.store.clips / "one.mp4"
    write_clip(clip)
    await remember_clip(house, clip, START_MS)
    for number in range(5):
        camera = "door" if number % 2 else "till"
        start_ms = START_MS + number * 1000
        await remember_track(
            house, camera, start_ms, face=a_jpeg(number, 96, 96), body=a_jpeg(number)
        )
    return house
