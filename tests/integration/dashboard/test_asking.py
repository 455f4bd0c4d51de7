"""Asking with several pictures, and again without those who are not meant."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from edge_agent.storage.jobs import get_question, unfinished_jobs
from tests.integration.rest_api.house import TOKEN, House, a_jpeg, finish_with
from tests.support.browser import opened, serious

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


async def _search_page(page: Page, address: str) -> None:
    await page.goto(f"{address}/#/search?token={TOKEN}")
    await expect(page.get_by_role("heading", name="Search", exact=True)).to_be_visible()


async def _files(folder: Path, *numbers: int) -> list[Path]:
    made = [folder / f"{number}.jpg" for number in numbers]
    for number, path in zip(numbers, made, strict=True):
        await asyncio.to_thread(path.write_bytes, a_jpeg(number))
    return made


async def test_pictures_of_one_person_are_added_removed_and_asked_with_together(
    browser: Browser, address: str, house: House, tmp_path: Path
) -> None:
    one, two, three = await _files(tmp_path, 1, 2, 3)
    async with opened(browser) as page:
        await _search_page(page, address)
        await page.get_by_label("choose a picture").set_input_files(one)
        await expect(page.locator(".region-stage")).to_be_visible()
        await page.get_by_label("Add a picture of the same person").set_input_files([two, three])
        await expect(page.locator(".query-picture img")).to_have_count(3)
        assert await serious(page) == []
        await page.get_by_role("button", name="Remove picture 2").click()
        await expect(page.locator(".query-picture img")).to_have_count(2)
        await page.get_by_role("button", name="Search", exact=True).click()
        await expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
        await expect(page.get_by_alt_text("Query picture")).to_have_count(2)
    [asked] = await unfinished_jobs(house.store)
    question = await get_question(house.store, asked.job.id)
    assert question is not None
    assert [question.picture, *question.more_pictures] == [a_jpeg(1), a_jpeg(3)]


async def test_one_picture_left_may_have_a_region_again(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    async with opened(browser) as page:
        await _search_page(page, address)
        chooser = page.get_by_label("choose a picture")
        await chooser.set_input_files(await _files(tmp_path, 1, 2))
        await page.get_by_role("button", name="Remove picture 1").click()
        await expect(page.locator(".region-stage")).to_be_visible()
        await chooser.set_input_files(await _files(tmp_path, *range(9)))
        await expect(page.get_by_role("alert")).to_contain_text("8 pictures at the most")
        await expect(page.locator(".query-picture img")).to_have_count(8)
        await page.get_by_role("button", name="Start over").click()
        await expect(page.locator(".query-picture")).to_have_count(0)


async def test_hits_who_are_not_meant_are_left_out_of_the_next_search(
    browser: Browser, address: str, house: House, tmp_path: Path
) -> None:
    [picture] = await _files(tmp_path, 1)
    async with opened(browser) as page:
        await _search_page(page, address)
        await page.get_by_label("choose a picture").set_input_files(picture)
        await page.get_by_role("button", name="Search", exact=True).click()
        await expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
        [first] = await unfinished_jobs(house.store)
        await finish_with(house.store, first.job.id, house.tracks[:3])
        wrong = page.get_by_role("button", name="Not this one")
        await wrong.nth(0).click()
        await wrong.nth(1).click()
        await wrong.nth(1).click()
        await expect(page.get_by_text("Marked as somebody else: 1")).to_be_visible()
        assert await serious(page) == []
        await page.get_by_role("button", name="Search again without them").click()
        await expect(page.get_by_role("heading", name="Not meant")).to_be_visible()
        [second] = await unfinished_jobs(house.store)
        assert second.picture == a_jpeg(1)
        assert second.job.question.not_tracks == {house.tracks[0]}

        # Who is marked now is left out as well as who was before.
        await finish_with(house.store, second.job.id, house.tracks[1:3])
        await wrong.nth(0).click()
        await page.get_by_role("button", name="Search again without them").click()
        await expect(page.locator(".not-meant-one")).to_have_count(2)
        [third] = await unfinished_jobs(house.store)
        assert third.job.question.not_tracks == set(house.tracks[:2])


async def test_a_search_by_a_person_is_asked_again_after_a_reload_too(
    browser: Browser, address: str, house: House
) -> None:
    async with opened(browser) as page:
        await page.goto(f"{address}/#/people?token={TOKEN}")
        await page.locator(".person").first.get_by_role("button", name="More like this").click()
        await expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
        [first] = await unfinished_jobs(house.store)
        await finish_with(house.store, first.job.id, house.tracks[:2])
        await page.reload()
        await page.get_by_role("button", name="Not this one").first.click()
        await page.get_by_role("button", name="Search again without them").click()
        await expect(page.get_by_role("heading", name="Waiting")).to_be_visible()
    [second] = await unfinished_jobs(house.store)
    assert second.job.question.track == house.tracks[-1]
    assert second.job.question.not_tracks == {house.tracks[0]}
