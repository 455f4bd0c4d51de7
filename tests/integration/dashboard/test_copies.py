"""A clip that somebody filmed off a screen is sent in a real browser, and its origin is drawn."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.integration.rest_api.house import TOKEN, House
from tests.integration.rest_api.test_fingerprints import printed, working
from tests.support.browser import opened, serious
from tests.support.clips import remembered
from tests.support.walking import walk, write_walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def test_a_clip_is_sent_and_its_pieces_are_drawn_and_played(
    browser: Browser, address: str, house: House, tmp_path: Path
) -> None:
    path, phone = house.store.clips / "till.mp4", tmp_path / "phone.mp4"
    await asyncio.to_thread(write_walk, path, walk(2, 20))
    await asyncio.to_thread(write_walk, phone, walk(2, 20)[50:150])
    await remembered(house.store, path, "h264", camera="till", length_ms=20_000)
    async with asyncio.TaskGroup() as group, working(house), opened(browser) as page:
        thumbnails = group.create_task(house.parts.playback.run())
        await printed(house, 2)
        await page.goto(f"{address}/#/copies?token={TOKEN}")
        await expect(page.get_by_text("Nothing has been looked for")).to_be_visible()
        await page.get_by_label("choose one").set_input_files(phone)
        await expect(page.get_by_role("heading", name="1 found")).to_be_visible(timeout=40_000)
        await expect(page.get_by_role("heading", name="till")).to_be_visible()
        drawn = page.get_by_role("img", name="Piece 1: ")
        await expect(drawn).to_be_visible()
        assert await drawn.locator(".band").count() == 1
        row = page.get_by_role("row").nth(1)
        await expect(row).to_contain_text(re.compile(r"0:0(4.9|5\.\d) "))
        assert await serious(page) == []

        await page.get_by_role("button", name="Play clip").click()
        await page.wait_for_function("() => document.querySelector('video')?.currentTime > 3")
        await page.keyboard.press("Escape")
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await page.evaluate(OVERFLOW) == 0
        await page.get_by_role("button", name="中文").click()
        await expect(page.get_by_role("heading", name="找到 1 个来源")).to_be_visible()

        await page.get_by_role("button", name="删除").click()
        await page.locator("dialog").get_by_role("button", name="删除").click()
        await expect(page.get_by_text("暂无查询")).to_be_visible()
        assert await serious(page) == []
        assert await page.evaluate(OVERFLOW) == 0
        thumbnails.cancel()
