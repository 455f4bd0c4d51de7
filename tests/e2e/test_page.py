"""Somebody opens the page of the running box: people arrive, one is searched for, a clip plays."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import httpx
import pytest
from playwright.async_api import expect
from rich.console import Console

from edge_agent.domain.detection import Image
from scripts.demonstration.cast import cast_from_packages
from scripts.demonstration.footage import scenes_of
from scripts.demonstration.stage import Stage, start_broker, start_cameras, start_daemon
from tests.support.browser import chromium, opened
from tests.support.https import own_certificate, trusting

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.broker, pytest.mark.rtsp,
              pytest.mark.timeout(120)]  # fmt: skip

WITHIN_MS = 45_000
"""After which something that should appear is given up; a hang, not a slow machine."""

METRICS = Path(__file__).parents[2] / "docs" / "metrics.md"
VIDEO = "document.querySelector('video')"


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """The running box.

    Attributes:
        address: of its HTTP door.
        token: who shows it may ask everything.
        portrait: a picture of somebody whom its camera shows again and again.
        certificate: of its own making.
    """

    address: str
    token: str
    portrait: Image
    certificate: Path


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    folder = tmp_path_factory.mktemp("page")
    cast = cast_from_packages()
    clips = scenes_of(cast, folder / "scenes", Console(quiet=True))
    with pytest.MonkeyPatch.context() as patch, Stage(folder / "run") as stage:
        patch.setenv("EDGE_AGENT_FRAGMENTS__LONGEST", "5 s")  # somebody is always in view
        patch.setenv("EDGE_AGENT_HTTP__LINKS_VALID", "3 d")
        port = start_daemon(
            stage,
            cameras=start_cameras(stage, clips),
            broker=start_broker(stage),
            pack="core",
            models=folder / "models",
        )
        token = (stage.folder / "state" / "secrets" / "token").read_text().strip()
        certificate = own_certificate(stage.folder / "state")
        yield Box(f"https://127.0.0.1:{port}", token, cast.face.picture, certificate)


async def test_from_the_printed_address_to_the_moving_clip(box: Box) -> None:
    _, jpeg = cv2.imencode(".jpg", box.portrait)
    async with chromium(box.certificate) as browser, opened(browser) as page:
        page.set_default_timeout(WITHIN_MS)
        await page.goto(f"{box.address}/#/system?token={box.token}")
        await expect(page.get_by_text("for research only").first).to_be_visible()
        await page.goto(f"{box.address}/#/people")
        await page.locator(".person img").first.wait_for()

        hits = page.locator(".hit")
        for _ in range(10):  # who is asked for may still be on the way
            await page.get_by_label("choose a picture").set_input_files(
                {"name": "who.jpg", "mimeType": "image/jpeg", "buffer": jpeg.tobytes()}
            )
            await page.locator(".foot > .hint, .foot > .empty").wait_for()
            if await hits.count():
                break
            await page.get_by_role("link", name="People", exact=True).click()
        await expect(hits.first).to_contain_text("matched")
        await expect(page.get_by_alt_text("Query picture")).to_be_visible()

        await hits.first.get_by_role("button", name="Play clip").first.click()
        await page.wait_for_function(f"() => {VIDEO}?.readyState >= 2")
        before = await page.evaluate(f"() => {VIDEO}.currentTime")
        await page.wait_for_function(f"(before) => {VIDEO}.currentTime > before + 0.2", arg=before)
        assert await page.evaluate(f"() => {VIDEO}.error") is None
        await page.keyboard.press("Escape")
        expiry = re.search(
            r"\be=(\d+)", await page.locator(".hit img").first.get_attribute("src") or ""
        )
        assert expiry is not None
        lasts_ms = int(expiry[1]) - await page.evaluate("() => Date.now()")
        assert lasts_ms > 2.9 * 86_400_000  # http.links_valid

        job = page.url
        await page.reload()
        assert page.url == job
        await expect(hits.first).to_contain_text("matched")


def test_every_metric_is_explained(box: Box) -> None:
    trust = trusting(box.certificate)
    answer = httpx.get(f"{box.address}/metrics", params={"key": box.token}, verify=trust)
    told = re.findall(r"^# HELP (\w+) (.*)\n# TYPE \w+ (\w+)$", answer.text, re.MULTILINE)
    rows = sorted(f"| `{name}` | {kind} | {meaning} |" for name, meaning, kind in told)
    page = [line for line in METRICS.read_text("utf-8").splitlines() if line.startswith("| `")]
    missing = [row for row in rows if row not in page]
    assert not missing, "docs/metrics.md lacks\n" + "\n".join(missing)
    assert page == rows
