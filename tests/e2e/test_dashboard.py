"""The whole story in a real browser, in front of the running box and a real camera."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytest
from playwright.async_api import Page, expect
from rich.console import Console
from typer.testing import CliRunner

from edge_agent.cli import app
from scripts.demonstration.cast import cast_from_packages
from scripts.demonstration.footage import scenes_of
from scripts.demonstration.stage import ROOT, Stage, start_broker, start_cameras, start_daemon
from tests.support.browser import chromium, opened, serious
from tests.support.https import own_certificate

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.broker, pytest.mark.rtsp,
              pytest.mark.timeout(180)]  # fmt: skip

WITHIN_MS = 45_000
"""After which something that should appear is given up; a hang, not a slow machine."""

PASSWORD = "a pass phrase of the store"
PLAYS = "() => document.querySelector('video')?.currentTime > 0.2"
ALL_RECORDED = """async (track) => {
  const { fragments } = await (await fetch(`/v1/tracks/${track}`)).json();
  const asked = fragments.map(async (id) => (await fetch(`/v1/fragments/${id}`)).json());
  return (await Promise.all(asked)).every(({ state }) => state !== "recording");
}"""
ROUTES = ("/", "/people", "/search", "/jobs", "/risk-tasks", "/watchlists", "/things", "/copies",
          "/staff", "/webhooks", "/system", "/audit", "/users")  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """The running box.

    Attributes:
        picture: JPEG of somebody whom its camera shows again and again.
    """

    address: str
    config: Path
    certificate: Path
    picture: bytes


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("dashboard")
    cast = cast_from_packages()
    clips = scenes_of(cast, folder / "scenes", Console(quiet=True))
    with pytest.MonkeyPatch.context() as patch, Stage(folder / "run") as stage:
        patch.setenv("EDGE_AGENT_FRAGMENTS__LONGEST", "5 s")  # somebody is always in view
        port = start_daemon(
            stage,
            cameras=start_cameras(stage, clips),
            broker=start_broker(stage),
            pack="core",
            models=folder / "models",
        )
        config = stage.folder / "edge-agent.yaml"
        for name, role in (("root", "administrator"), ("desk", "viewer")):
            command = [sys.executable, "-m", "edge_agent", "users", "add", name, "--role", role,
                       "--password-file", "-", "--config", str(config)]  # fmt: skip
            subprocess.run(command, input=PASSWORD.encode(), check=True, cwd=ROOT)
        yield Box(
            address=f"https://127.0.0.1:{port}",
            config=config,
            certificate=own_certificate(stage.folder / "state"),
            picture=cv2.imencode(".jpg", cast.face.picture)[1].tobytes(),
        )


async def sign_in(page: Page, box: Box, name: str) -> None:
    page.set_default_timeout(WITHIN_MS)
    expect.set_options(timeout=WITHIN_MS)
    await page.goto(box.address)
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()


async def found(page: Page, box: Box) -> None:
    """Drop the picture and search until the person has been seen."""
    for _ in range(10):
        await page.goto(f"{box.address}/#/search")
        # The page before takes pictures too, and stands until the next one is there.
        await expect(page.get_by_role("heading", name="Search", exact=True)).to_be_visible()
        await page.get_by_label("choose a picture").set_input_files(
            {"name": "who.jpg", "mimeType": "image/jpeg", "buffer": box.picture}
        )
        await page.get_by_role("button", name="Search", exact=True).click()
        await page.locator(".foot > .hint, .foot > .empty").first.wait_for()
        if await page.locator(".hit").count():
            return


async def test_the_whole_story(box: Box, tmp_path: Path) -> None:
    async with chromium(box.certificate) as browser, opened(browser) as page:
        await sign_in(page, box, "root")
        await page.get_by_role("link", name="People", exact=True).click()
        await page.locator(".person img").first.wait_for()
        await found(page, box)

        await page.locator(".hit .hit-where").first.click()
        await expect(page.get_by_role("heading", name="Person at")).to_be_visible()
        person = page.url
        await page.get_by_role("button", name="Play clip").first.click()
        await page.wait_for_function(PLAYS)
        await page.keyboard.press("Escape")
        assert await serious(page) == []

        await page.get_by_role("button", name="Add to risk task").click()
        await page.get_by_label("Name").fill("case-1")
        await page.locator("dialog").get_by_role("button", name="Add to risk task").click()
        await expect(page.get_by_text("Added to case-1.")).to_be_visible()
        await page.goto(f"{box.address}/#/risk-tasks/case-1")
        await expect(page.locator(".person")).to_have_count(1)
        assert await serious(page) == []
        await page.get_by_role("button", name="Export evidence").click()
        async with page.expect_download() as coming:
            await page.get_by_role("link", name="Save zip").click()
        taken = tmp_path / "case-1.zip"
        await (await coming.value).save_as(taken)
        checked = CliRunner().invoke(app, ["export", "verify", str(taken)])
        assert checked.exit_code == 0, checked.output
        assert "whole" in checked.output

        await erased(page, person)
        await page.goto(f"{box.address}/#/audit")
        for action in ("track.erase", "risk-task.export", "clip.view", "track.view"):
            await expect(page.locator("code", has_text=action).first).to_be_visible()
        await page.get_by_role("button", name="Check the chain").click()
        await expect(page.get_by_text("The log is whole")).to_be_visible()
    verify = ["audit", "verify", "--config", str(box.config)]
    verified = await asyncio.to_thread(CliRunner().invoke, app, verify)
    assert "whole" in verified.output


async def erased(page: Page, person: str) -> None:
    await page.goto(person)
    # A clip that is still being recorded is refused, and the browser's console would tell of it.
    track = person.rpartition("/")[2]
    async with asyncio.timeout(WITHIN_MS / 1000):
        while not await page.evaluate(ALL_RECORDED, track):
            await page.wait_for_timeout(500)
    await page.get_by_role("button", name="Erase").click()
    await page.locator("dialog").get_by_role("button", name="Erase").click()
    await expect(page.get_by_text("Erased: 1 sightings")).to_be_visible()


async def test_axe_finds_nothing_serious_on_any_page(box: Box) -> None:
    async with chromium(box.certificate) as browser, opened(browser, dark=True) as page:
        page.set_default_timeout(WITHIN_MS)
        await page.goto(box.address)
        await page.get_by_label("Name").wait_for()
        found = await serious(page)
        await sign_in(page, box, "root")
        for route in ROUTES:
            await page.goto(f"{box.address}/#{route}")
            await page.wait_for_function("() => !document.querySelector('.bone')")
            found += [f"{route} {one}" for one in await serious(page)]
        assert found == []


async def test_a_viewer_sees_and_is_offered_only_what_viewers_may(box: Box) -> None:
    async with chromium(box.certificate) as browser, opened(browser) as page:
        await sign_in(page, box, "desk")
        names = await page.get_by_role("navigation").get_by_role("link").all_inner_texts()
        assert names == ["Overview", "People", "Things", "System"]
        for route in ("/search", "/risk-tasks", "/staff", "/webhooks", "/audit", "/users"):
            await page.goto(f"{box.address}/#{route}")
            await expect(page.get_by_text("Your role does not open this page.")).to_be_visible()
        await page.goto(f"{box.address}/#/people")
        await page.locator(".person-link").first.click()
        await expect(page.get_by_role("heading", name="Person at")).to_be_visible()
        assert await page.get_by_role("button", name="Erase").count() == 0
        assert await page.get_by_role("button", name="More like this").count() == 0
