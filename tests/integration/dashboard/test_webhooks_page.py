"""Hosts that are told by HTTP, added, tried and removed in a real browser."""

import pytest
from playwright.async_api import Browser, expect

from tests.integration.rest_api.house import TOKEN, House
from tests.support.browser import opened, serious
from tests.support.receiver import Receiver, receiving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


async def test_a_webhook_is_added_shows_its_secret_once_takes_a_test_and_is_removed(
    browser: Browser, address: str, house: House
) -> None:
    await house.parts.webhooks.name_targets()
    async with receiving(Receiver(b""), None) as host, opened(browser) as page:
        await page.goto(f"{address}/#/webhooks?token={TOKEN}")
        await expect(page.get_by_text("Nobody is told yet")).to_be_visible()
        await page.get_by_role("button", name="Add webhook").click()
        dialog = page.locator("dialog")
        await dialog.get_by_label("Name").fill("desk")
        await dialog.get_by_label("Address").fill(
            f"http://127.0.0.1:{host.port}/hooks/store?shop=7"
        )
        await dialog.get_by_label("box.alarm").check()
        await dialog.get_by_text("In the store's own network").click()
        await dialog.get_by_label("Allowed networks").fill("127.0.0.0/8")
        await dialog.get_by_label("Plain http").check()
        assert await serious(page) == []
        await dialog.get_by_role("button", name="Add webhook").click()

        secret = await page.locator("code.secret").inner_text()
        assert secret.startswith("whsec_")
        await page.get_by_role("button", name="I have kept it").click()
        await expect(page.locator("code.secret")).to_have_count(0)
        row = page.get_by_role("row", name="desk")
        await expect(row).to_contain_text(f"http://127.0.0.1:{host.port}")
        assert await page.get_by_text("shop=7").count() == 0
        assert secret not in await page.content()

        await row.get_by_role("button", name="Test").click()
        await expect(page.get_by_role("alert")).to_contain_text("answered 401")  # another key
        assert host.forged == 1
        assert await serious(page) == []
        await row.get_by_role("button", name="Remove").click()
        await dialog.get_by_role("button", name="Remove").click()
        await expect(page.get_by_text("Nobody is told yet")).to_be_visible()
