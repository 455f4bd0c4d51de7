"""A real browser, and pages of it that may neither complain nor ask strangers for anything."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.support.https import pin_of

CHROMIUM = Path(os.environ.get("EDGE_AGENT_CHROMIUM", "/usr/bin/chromium"))
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def chromium(certificate: Path) -> AsyncIterator[Browser]:
    """Start Chromium; skips the test where there is none.

    Args:
        certificate: of the box; its key is the only one without an authority that is accepted.
    """
    if not CHROMIUM.exists():  # noqa: ASYNC240 - one look
        pytest.skip(f"no Chromium at {CHROMIUM}; EDGE_AGENT_CHROMIUM names another place")
    async with async_playwright() as playwright:
        pinned = f"--ignore-certificate-errors-spki-list={pin_of(certificate)}"
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, pinned])
        yield started
        await started.close()


@asynccontextmanager
async def opened(
    browser: Browser, *, width: int = 1280, locale: str = "en-GB", dark: bool = False
) -> AsyncIterator[Page]:
    """A page of its own that may not complain and may not ask another host for anything."""
    context = await browser.new_context(
        viewport={"width": width, "height": 800},
        locale=locale,
        color_scheme="dark" if dark else "light",
    )
    page = await context.new_page()
    complaints: list[str] = []
    hosts: set[str | None] = set()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname))
    yield page
    await context.close()
    assert complaints == []
    assert hosts <= {"127.0.0.1", None}


AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"


async def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical on a page; skips where it is not installed."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed; scripts/setup --test installs it where npm is")
    # Through the debugger: the page's own policy lets no foreign script in.
    await page.evaluate(await asyncio.to_thread(AXE.read_text, "utf-8"))
    found = await page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
