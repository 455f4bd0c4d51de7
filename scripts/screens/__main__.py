"""Start the box with real cameras, let people come, and make a picture of every page.

The pictures show whoever is in the footage: look at them, do not publish them.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.progress import track as with_bar

from scripts.demonstration.cast import cast_from_packages, cast_from_test_data
from scripts.demonstration.footage import from_source, hall, scenes_of
from scripts.demonstration.stage import (
    ROOT,
    Stage,
    StageError,
    start_broker,
    start_cameras,
    start_daemon,
)
from scripts.screens.story import INSTANCES, PASSWORD, USER, Told, tell

CHROMIUM = Path(os.environ.get("EDGE_AGENT_CHROMIUM", "/usr/bin/chromium"))
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}
SETTLE_S = 1.2


def main() -> int:
    """Make the pictures; 0 when all are there."""
    options = _options()
    console = Console(highlight=False)
    try:
        with Stage(options.folder / "run") as stage:
            address = _start(options, stage, console)
            told = tell(address, (stage.folder / "state" / "secrets" / "token").read_text().strip())
            count = asyncio.run(_shoot(options, address, told))
    except StageError as error:
        console.print(f"no pictures: {error}")
        return 1
    console.print(f"{count} pictures are in {options.folder / 'pages'}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--source", help="footage: a file, a folder or an rtsp:// address")
    parser.add_argument("--pack", default="open", help="model pack: open or core")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--size", choices=[*SIZES, ""], default="")
    parser.add_argument("--language", choices=[*LANGUAGES, ""], default="")
    parser.add_argument("--theme", choices=["light", "dark", ""], default="")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    return options


def _start(options: argparse.Namespace, stage: Stage, console: Console) -> str:
    """Start broker, cameras and daemon, make a user; returns the address of the page."""
    scenes = options.folder / "scenes"
    data = os.environ.get("EDGE_AGENT_TESTDATA")
    test_data = Path(data) if data else None
    if options.source:
        cameras = from_source(options.source, scenes, console)
    else:
        cast = (cast_from_test_data(test_data) if test_data else None) or cast_from_packages()
        cameras = dict(scenes_of(cast, scenes, console))
        walking = hall(test_data, scenes, console)
        cameras |= {"hall": walking} if walking else {}
    clips = {name: place for name, place in cameras.items() if isinstance(place, Path)}
    port = start_daemon(
        stage,
        cameras=start_cameras(stage, clips),
        broker=start_broker(stage),
        pack=options.pack,
        models=options.folder / "models",
        more=INSTANCES,
    )
    for name, role in ((USER, "administrator"), ("chen", "investigator"), ("front-desk", "viewer")):
        _add_user(stage, name, role)
    return f"https://127.0.0.1:{port}"


def _add_user(stage: Stage, name: str, role: str) -> None:
    command = [sys.executable, "-m", "edge_agent", "users", "add", name, "--role", role]
    command += ["--password-file", "-", "--config", str(stage.folder / "edge-agent.yaml")]
    subprocess.run(command, input=PASSWORD.encode(), check=True, cwd=ROOT, capture_output=True)


async def _shoot(options: argparse.Namespace, address: str, told: Told) -> int:
    target = options.folder / "pages"
    target.mkdir(parents=True, exist_ok=True)
    count = 0
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for size, language, theme in with_bar(list(_looks(options)), "pages"):
            name = f"{size}-{language}-{theme}"
            count += await _pages(browser, address, told, target / name, options.only)
        await browser.close()
    return count


def _looks(options: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    for size, language, theme in product(SIZES, LANGUAGES, ("light", "dark")):
        wanted = ((options.size, size), (options.language, language), (options.theme, theme))
        if all(asked in {"", there} for asked, there in wanted):
            yield size, language, theme


async def _pages(browser: Browser, address: str, told: Told, look: Path, only: str) -> int:
    size, language, theme = look.name.split("-")
    look.mkdir(exist_ok=True)  # noqa: ASYNC240 - once a look
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        locale=LANGUAGES[language],
        color_scheme="dark" if theme == "dark" else "light",
        ignore_https_errors=True,
        device_scale_factor=2 if size == "phone" else 1,
    )
    page = await context.new_page()
    await page.goto(address)
    await _shot(page, look / "sign-in.png")
    await page.locator("[name=name]").fill(USER)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.locator(".places").wait_for()
    count = 1
    for name, route in told.pages.items():
        if only in name:
            await page.goto(f"{address}/#{route}")
            await _shot(page, look / f"{name}.png")
            count += 1
    await context.close()
    return count


async def _shot(page: Page, path: Path) -> None:
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        await asyncio.sleep(SETTLE_S)
        loaded = "() => ![...document.images].some((one) => one.src && !one.complete)"
        if await page.evaluate(loaded) and not await page.locator(".bone").count():
            break
    await page.screenshot(path=path)


sys.exit(main())
