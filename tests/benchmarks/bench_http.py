"""Signed reads per second with 10,000 jobs and 100,000 tracks, beside a server of a constant.

The daemon runs as it is installed, with a state folder filled through its own storage functions.
The floor is the same server (uvicorn, h11) with the same limits, whose FastAPI route returns a
constant; one of Starlette alone is measured as well. All get the very same requests, signed
beforehand, over the same number of kept connections, in turns; every ratio is the median of turns.
Jobs, pages and investigations are drawn by chance, so that no answer is asked for over and over.
"""

import asyncio
import contextlib
import os
import re
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

from edge_agent.runtime.clock import SystemClock
from edge_agent.vision.vision import PackInfo
from tests.benchmarks.cloud_filling import CAMERAS, JOBS, TRACKS, Filled, fill
from tests.benchmarks.load import Load, send
from tests.benchmarks.report import Report, quantile
from tests.benchmarks.setting import Setting
from tests.support import cloud_signers

ROUNDS = 7
REQUESTS = 400
CONNECTIONS = 8
PAGE = 10
NEWEST = 50
"""Pages of the newest jobs that are turned; a client that waits looks at the first few."""
KEY = ("LTAIbench", "secret-of-the-bench-key")
APP_KEY = ("10000001", "secret-of-the-app-key")
PACK = "core"
TENANT, PLACE = "acme", "harbour"
TOP_METHOD = "alibaba.security.deepvision.proxy.smartmonitor.fragment.getbytask"
_LISTENING = re.compile(r"listening on \S+:(\d+)")


@dataclass(frozen=True, slots=True)
class Read:
    """One way of asking.

    Attributes:
        name: of the operation and of the signature.
        ask: makes a signed request of an HTTP port.
    """

    name: str
    ask: Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Server:
    """A process that listens."""

    port: int
    pid: int

    def busy_s(self) -> float:
        """Processor time of the process so far, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(setting: Setting) -> Report:
    """Fill a box, start it and the floors, and ask all of them in turns."""
    report = Report("http")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=setting.scratch()) as folder:
        state = Path(folder) / "state"
        with setting.console.status(f"storing {TRACKS:,} tracks and {JOBS:,} jobs"):
            filled = asyncio.run(fill(state, pack=_pack(setting), tenant=TENANT, place=PLACE))
        with ExitStack() as stack:
            with setting.console.status("starting the box and the floors"):
                servers = {
                    "ours": stack.enter_context(_box(state)),
                    "fastapi": stack.enter_context(_bare("fastapi")),
                    "starlette": stack.enter_context(_bare("starlette")),
                }
            for read in _reads(filled):
                with setting.console.status(read.name):
                    _measure(report, read, servers)
    return report


def _pack(setting: Setting) -> PackInfo:
    return replace(setting, pack=PACK).vision().info


def _measure(report: Report, read: Read, servers: Mapping[str, Server]) -> None:
    loads: dict[str, list[Load]] = {name: [] for name in servers}
    busy = dict.fromkeys(servers, 0.0)
    for turn in range(ROUNDS + 1):  # the first warms up
        for name, server in servers.items():
            # Signed for the box alone, but the floors get requests of the same length.
            requests = [read.ask(server.port) for _ in range(REQUESTS)]
            before = server.busy_s()
            load = asyncio.run(send(server.port, requests, CONNECTIONS))
            if load.bad:
                raise SystemExit(f"{read.name}: {load.bad} answers of {name} are refusals")
            if turn:
                loads[name].append(load)
                busy[name] += server.busy_s() - before
    for name, some in loads.items():
        took = [each for load in some for each in load.took]
        report.fact(f"{read.name}: {name}, per second", statistics.median(x.rate for x in some))
        report.fact(f"{read.name}: {name}, p50 ms", statistics.median(took) * 1000)
        report.fact(f"{read.name}: {name}, p99 ms", quantile(took, 0.99) * 1000)
        report.fact(f"{read.name}: {name}, processor ms", busy[name] / len(took) * 1000)
    spent = busy["fastapi"] / busy["ours"]
    report.fact(f"{read.name}: processor time, bare FastAPI / ours", spent)
    report.fact(f"{read.name}: bytes per answer", loads["ours"][0].bytes // REQUESTS)
    report.fact(f"{read.name}: ours / starlette", _ratio(loads["ours"], loads["starlette"]))
    ratio = _ratio(loads["ours"], loads["fastapi"])
    report.target(f"{read.name}: rate, ours / bare FastAPI", ratio, "", ">= 0.5")


def _ratio(ours: Sequence[Load], floor: Sequence[Load]) -> float:
    return statistics.median(one.rate / other.rate for one, other in zip(ours, floor, strict=True))


@contextlib.contextmanager
def _box(state: Path) -> Iterator[Server]:
    rate = {"requests_per_second": 100_000, "burst": 1_000_000}
    keys = [
        {"id": KEY[0], "secret": KEY[1]},
        {"id": APP_KEY[0], "secret": APP_KEY[1], "kind": "top"},
    ]
    configuration = {
        "box": {"tenant": TENANT, "store": PLACE},
        "paths": {"state": str(state)},
        "vision": {"pack": PACK},
        "mqtt": {"enabled": False},
        "http": {"port": 0},
        "cloud": rate,
        "cameras": [{"id": each, "url": "rtsp://192.0.2.7/", "enabled": False} for each in CAMERAS],
        "access_keys": keys,
    }
    path = state.parent / "edge-agent.yaml"
    path.write_text(yaml.safe_dump(configuration), "utf-8")
    path.chmod(0o600)
    command = [sys.executable, "-m", "edge_agent", "run", "-c", str(path)]
    with _started(command, state.parent / "box.log") as server:
        _wait_until_idle(server)
        yield server


@contextlib.contextmanager
def _bare(kind: str) -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.benchmarks.bare_server", kind]
    log = Path(tempfile.gettempdir()) / f"edge-agent-bench-{kind}-{os.getpid()}.log"
    try:
        with _started(command, log) as server:
            yield server
    finally:
        log.unlink(missing_ok=True)


@contextlib.contextmanager
def _started(command: Sequence[str], log: Path) -> Iterator[Server]:
    with log.open("wb") as errors, subprocess.Popen(command, stderr=errors) as process:
        try:
            while (match := _LISTENING.search(log.read_text("utf-8"))) is None:
                if process.poll() is not None:
                    raise SystemExit(f"{command[2]} ended: {log.read_text('utf-8')}")
                time.sleep(0.05)
            yield Server(int(match[1]), process.pid)
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_idle(server: Server) -> None:
    """Wait until the index has been filled and what the box does at its start is done."""
    quiet = 0
    while quiet < 3:
        before = server.busy_s()
        time.sleep(0.5)
        quiet = quiet + 1 if server.busy_s() - before < 0.05 else 0


def _reads(filled: Filled) -> list[Read]:
    chance = np.random.default_rng(3)

    def one_of(ids: Sequence[str]) -> str:
        return ids[int(chance.integers(len(ids)))]

    def page(pages: int) -> dict[str, str]:
        return {"PageSize": str(PAGE), "CurrentPage": str(1 + int(chance.integers(pages)))}

    app = {"AppInstanceId": filled.app}
    asked: dict[str, Callable[[], dict[str, str]]] = {
        "GetPictureSearchJobStatus": lambda: {**app, "JobId": one_of(filled.jobs)},
        "QueryPictureSearchJob": lambda: {**app, **page(NEWEST)},
        "QueryPictureSearchJobResult": lambda: {
            **app, "JobId": one_of(filled.jobs), "PageSize": str(PAGE), "CurrentPage": "1",
        },
        "QueryPictureSearchApps": lambda: page(2),
    }  # fmt: skip

    def linkvisual(dialect: str, operation: str) -> Read:
        def ask(port: int) -> bytes:
            sign = cloud_signers.rpc if dialect == "RPC" else cloud_signers.acs3
            request = sign(
                *KEY, asked[operation](), action=operation, at_ms=SystemClock().now_ms(),
                nonce=secrets.token_hex(16),
            )  # fmt: skip
            return _bytes(request, port)

        return Read(f"{operation} ({dialect})", ask)

    def tracks(port: int) -> bytes:
        param = (
            f'{{"risk_task_id":"{one_of(filled.tasks)}","tenant_code":"{TENANT}",'
            f'"poi_id":"{PLACE}"}}'
        )
        request = cloud_signers.top(
            *APP_KEY, {"param": param}, action=TOP_METHOD, at_ms=SystemClock().now_ms()
        )
        return _bytes(request, port)

    signed = [linkvisual(dialect, each) for each in asked for dialect in ("RPC", "ACS3")]
    return [*signed, Read("fragment.getbytask (TOP)", tracks)]


def _bytes(request: cloud_signers.Request, port: int) -> bytes:
    method, path, query, headers, body = request
    host = headers.get("host", f"127.0.0.1:{port}")
    lines = [
        f"{method} {path}{'?' if query else ''}{query} HTTP/1.1",
        f"host: {host}",
        "accept-encoding: identity",
        "user-agent: bench",
        "connection: keep-alive",
        f"content-length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items() if name != "host"),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
