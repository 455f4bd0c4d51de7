"""Instances of pictures of things, and the list of staff, in a real browser."""

import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from playwright.async_api import Browser, expect

from edge_agent import dashboard
from edge_agent.domain.user import Role
from edge_agent.images import ImageAnswers
from edge_agent.rest_api.app import make_app
from tests.integration.rest_api.house import BEARER, TOKEN, House
from tests.support.browser import opened, serious
from tests.support.https import own_certificate, serving, trusting
from tests.support.things import GOODS, NOTICES, image_search, picture

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
PASSWORD = "a pass phrase of the store"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def address(house: House) -> AsyncIterator[str]:
    """A box with five things in its instance of goods."""
    async with image_search(house.store, instances=(GOODS, NOTICES)) as service:
        parts = replace(
            house.parts,
            images=ImageAnswers(service, "box-1"),
            image_tasks=service.tasks.file,
            item_pictures=house.store.images,
        )
        app = make_app(parts, house.options)
        app.router.routes.extend(dashboard.routes())
        async with serving(app, house.options, house.certificate) as port:
            box = f"https://127.0.0.1:{port}"
            trust = trusting(own_certificate(house.store.folder))
            async with httpx.AsyncClient(base_url=box, headers=BEARER, verify=trust) as client:
                for number in range(5):
                    encoded = base64.b64encode(picture(number)).decode()
                    item = {"ProductId": f"p{number}", "PicName": "front", "PicContent": encoded}
                    (await client.post("/v1/images/goods/add", json=item)).raise_for_status()
            yield box


async def test_things_are_added_found_by_a_picture_and_deleted(
    browser: Browser, address: str
) -> None:
    async with opened(browser) as page:
        await page.goto(f"{address}/#/things?token={TOKEN}")
        await expect(page.locator(".instance")).to_have_count(2)
        await page.get_by_role("link", name="goods").click()
        await expect(page.locator(".item")).to_have_count(5)
        assert await serious(page) == []

        sent = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture(3)}
        await page.get_by_label("By picture").set_input_files(sent)  # type: ignore[arg-type]
        await expect(page.locator(".item strong").first).to_have_text("p3")
        await expect(page.locator(".item").first).to_contain_text("1.00")

        await page.get_by_role("button", name="Add item").click()
        await page.get_by_label("Picture", exact=True).set_input_files(sent)  # type: ignore[arg-type]
        await page.get_by_label("Product or thing").fill("umbrella of the porter")
        await page.locator("dialog").get_by_role("button", name="Add item").click()
        await expect(page.locator(".item")).to_have_count(6)
        await expect(page.locator(".item strong").first).to_have_text("umbrella of the porter")

        await page.get_by_role("button", name="Delete").first.click()
        await page.locator("dialog").get_by_role("button", name="Delete").click()
        await expect(page.locator(".item")).to_have_count(5)
        await page.goto(f"{address}/#/things/notices")
        await expect(page.get_by_text("Nothing in it yet")).to_be_visible()


async def test_a_viewer_finds_things_on_a_phone_in_chinese_and_may_not_change_them(
    browser: Browser, address: str, house: House
) -> None:
    await house.parts.users.add("desk", Role.VIEWER, PASSWORD, asker="test")
    async with opened(browser, width=360, locale="zh-CN", dark=True) as page:
        await page.goto(address)
        await page.get_by_label("用户名").fill("desk")
        await page.get_by_label("密码").fill(PASSWORD)
        await page.keyboard.press("Enter")
        await page.get_by_role("link", name="物品图库").click()
        await page.get_by_role("link", name="goods").click()
        await expect(page.locator(".item")).to_have_count(5)
        await page.get_by_role("button", name="查找相似").nth(1).click()
        await expect(page.locator(".item strong").first).to_have_text("p3")
        assert await page.get_by_role("button", name="删除").count() == 0
        assert await page.get_by_role("button", name="添加条目").count() == 0
        assert await page.evaluate(OVERFLOW) == 0
        assert await serious(page) == []


async def test_staff_are_listed_and_a_picture_without_a_face_is_refused_in_words(
    browser: Browser, address: str, house: House
) -> None:
    page = await browser.new_page(locale="en-GB")  # its console tells of the refusal
    await page.goto(f"{address}/#/staff?token={TOKEN}")
    await expect(page.get_by_text("Nobody is on the list")).to_be_visible()
    await page.get_by_role("button", name="Add person").click()
    await page.locator("dialog").get_by_label("Name").fill("Li")
    sent = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": picture(1)}
    await page.get_by_label("Pictures of the face").set_input_files(sent)  # type: ignore[arg-type]
    await page.locator("dialog").get_by_role("button", name="Add person").click()
    await expect(page.get_by_role("alert").filter(has_text="looks at")).to_be_visible()
    await page.keyboard.press("Escape")
    async with house.store.transaction() as tx:
        await tx.execute(
            "INSERT INTO staff (id, name, created_ms) VALUES ('clerk-1', 'Li', 1760000000000)"
        )
    await page.reload()
    await expect(page.get_by_role("row", name="Li")).to_be_visible()
    await page.get_by_role("button", name="Change").click()
    await page.locator("dialog").get_by_label("Name").fill("Li of the till")
    await page.locator("dialog").get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row", name="Li of the till")).to_be_visible()
    assert await serious(page) == []
    await page.get_by_role("button", name="Remove").click()
    await page.locator("dialog").get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("Nobody is on the list")).to_be_visible()
