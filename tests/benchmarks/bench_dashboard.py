"""Server time and bytes of every page with 100,000 tracks, and the first page in a browser.

The daemon runs as it is installed, with a state folder filled through its own storage functions, as
for `bench http`. A page's server time is that of everything it asks before it is usable, one after
the other over one connection, https included. The first page is timed in Chromium, from the address
to people on the wall, with an empty cache.
"""

import asyncio
import contextlib
import ssl
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx
from playwright.async_api import async_playwright

from tests.benchmarks.bench_http import PACK, PLACE, TENANT, _box, _pack
from tests.benchmarks.cloud_filling import TRACKS, Filled, fill
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting
from tests.support.browser import CHROMIUM, QUIET

ROUNDS = 40
OPENINGS = 5


def run(setting: Setting) -> Report:
    """Fill a box, start it, ask what every page asks, open the first one."""
    report = Report("dashboard")
    report.fact("pack", PACK)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder:
        state = Path(folder) / "state"
        with setting.console.status(f"storing {TRACKS:,} tracks"):
            filled = asyncio.run(fill(state, pack=_pack(setting), tenant=TENANT, place=PLACE))
        with setting.console.status("starting the box"), _box(state) as server:
            token = (state / "secrets" / "token").read_text("ascii").strip()
            address = f"https://127.0.0.1:{server.port}"
            _pages(report, address, token, filled)
            if CHROMIUM.exists():
                took = asyncio.run(_first_page(address, token))
                report.target("first page usable", statistics.median(took), "s", "<= 1")
    return report


def _pages(report: Report, address: str, token: str, filled: Filled) -> None:
    with contextlib.closing(_signed_in(address, token)) as box:
        for page, asked in _asked(box, filled).items():
            took, sent = list[float](), 0
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                answers = [box.get(path) for path in asked]
                took.append((time.perf_counter() - begun) * 1000)
                if any(answer.status_code != httpx.codes.OK for answer in answers):
                    raise SystemExit(f"{page}: {[answer.status_code for answer in answers]}")
                sent = sum(len(answer.content) for answer in answers)
            report.fact(f"{page}: p50 ms", statistics.median(took))
            report.fact(f"{page}: bytes", sent)
            report.target(f"{page}: server time p95", quantile(took, 0.95), "ms", "<= 200")


def _signed_in(address: str, token: str) -> httpx.Client:
    box = httpx.Client(base_url=address, verify=_anybody(), timeout=60)
    box.post("/v1/session", json={"token": token}).raise_for_status()
    return box


def _anybody() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _asked(box: httpx.Client, filled: Filled) -> Mapping[str, Sequence[str]]:
    tracks = box.get("/v1/tracks?limit=200").json()
    one, cameras = tracks["tracks"][0]["id"], box.get("/v1/cameras").json()["cameras"]
    newest = [f"/v1/cameras/{camera['id']}/newest" for camera in cameras]
    deep = tracks["next"]
    for _ in range(20):
        deep = box.get(f"/v1/tracks?limit=200&after={deep}").json()["next"]
    camera = cameras[0]["id"]
    return {
        "overview": ["/v1/status", "/v1/system", "/v1/tracks?limit=12", *newest],
        "people": ["/v1/status", "/v1/tracks?limit=48"],
        "people, of one camera": [f"/v1/tracks?limit=48&cameras={camera}"],
        "people, 4,000 further": [f"/v1/tracks?limit=48&after={deep}"],
        "a person": [f"/v1/tracks/{one}"],
        "searches": ["/v1/picture-searches?limit=50"],
        "a search": [f"/v1/picture-searches/{filled.jobs[0]}?limit=50"],
        "risk tasks": ["/v1/risk-tasks?limit=100"],
        "a risk task": [f"/v1/risk-tasks/{filled.tasks[0]}?limit=60"],
        "system": ["/v1/status", "/v1/system"],
        "audit": ["/v1/audit?limit=50"],
        "users": ["/v1/users"],
    }


async def _first_page(address: str, token: str) -> list[float]:
    took = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for _ in range(OPENINGS):
            context = await browser.new_context(ignore_https_errors=True)
            page = await context.new_page()
            begun = time.perf_counter()
            await page.goto(f"{address}/#/people?token={token}")
            await page.locator(".person").first.wait_for()
            took.append(time.perf_counter() - begun)
            await context.close()
        await browser.close()
    return took
