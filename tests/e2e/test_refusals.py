"""Whatever is wrong with a question: the running daemon says so, writes nothing, and goes on.

The table is `tests/support/refusals.py`, the same for both doors; what it promises stands in
`docs/errors.md`. No test asserts how long something took: the limits here only end a hang.
"""

import asyncio
import json
import os
import secrets
import socketserver
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml
from typing_extensions import override

from scripts.demonstration.stage import Stage, free_port, port_open
from tests.support.broker import LocalBroker, Peer, local_broker
from tests.support.https import own_certificate, trusting
from tests.support.refusals import (
    BUSY,
    CREATE,
    HELPFUL,
    REPEATED,
    SEARCHES,
    Case,
    Mqtt,
    Rest,
    cases,
    nobody_there,
    rows,
)
from tests.support.rtsp import numbered_clip, rtsp_cameras

pytestmark = [pytest.mark.e2e, pytest.mark.broker, pytest.mark.rtsp, pytest.mark.timeout(120)]

ROOT = "edge/v1/acme/store-1/box-1"
TOKEN = secrets.token_hex(16)
HOST_PORT = free_port()
CASES = [(door, case) for case in cases(HOST_PORT) for door in ("mqtt", "rest")
         if getattr(case, door) is not None]  # fmt: skip
WITHIN = 60.0
"""Seconds after which an answer is given up; a hang, not a slow machine."""
ENDED = ("succeeded", "no_data", "failed", "cancelled")
PAGE = rows()


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of either door.

    Attributes:
        status: of HTTP; 0 at the MQTT door.
        code: None where it is no refusal.
    """

    status: int
    code: str | None
    message: str
    data: dict[str, Any]


class PictureHost(socketserver.ThreadingTCPServer):
    """A host of pictures as strangers run them: it hangs, leads on, or has something else."""

    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def __init__(self, address: tuple[str, int]) -> None:
        self.over = threading.Event()
        super().__init__(address, _Answer)


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, PictureHost)
        if self.path == "/hang":
            self.server.over.wait()
        elif self.path == "/inward":
            self.send_response(302)
            self.send_header("Location", f"http://127.0.0.1:{HOST_PORT}/")
            self.end_headers()
        elif self.path == "/words":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"just some words " * 99)
        else:
            self.send_response(404)
            self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module", autouse=True)
def host() -> Iterator[str]:
    with PictureHost((HELPFUL, HOST_PORT)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://{HELPFUL}:{HOST_PORT}"
        server.over.set()
        server.shutdown()
        thread.join()


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon and what is around it."""

    stage: Stage
    broker: LocalBroker
    port: int


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("refusals")
    clip = numbered_clip(folder / "door.mp4")
    with (
        local_broker(folder / "broker") as broker,
        rtsp_cameras({"door": clip}) as cameras,
        Stage(folder / "run") as stage,
    ):
        port = _start(stage, broker, cameras.urls["door"])
        asyncio.run(_listening(broker))
        yield Running(stage, broker, port)


def _start(stage: Stage, broker: LocalBroker, camera: str) -> int:
    port = free_port()
    configuration = {
        "box": {"id": "box-1", "tenant": "acme", "store": "store-1"},
        "paths": {"state": str(stage.folder / "state")},
        "vision": {"pack": "core"},
        "cameras": [{"id": "door", "url": camera}],
        "mqtt": {"port": broker.port, "username": broker.username, "password": broker.password},
        "search": {
            "fetch_networks": [f"{HELPFUL}/32"],
            "fetch_timeout": "2 s",
            "most_unfinished": 3,
        },
        "http": {"port": port, "token": TOKEN},
    }
    path = stage.folder / "edge-agent.yaml"
    path.write_text(yaml.safe_dump(configuration))
    stage.start("edge-agent", [sys.executable, "-m", "edge_agent", "run", "-c", str(path)])
    stage.wait_for("edge-agent", lambda: port_open(port), WITHIN)
    return port


async def _listening(broker: LocalBroker) -> None:
    """Wait until the box has subscribed: what is sent before its first session reaches nobody."""
    async with Peer(broker) as peer:
        await peer.subscribe(f"{ROOT}/state")
        while not (await peer.get_json(within=WITHIN))["online"]:
            pass


class Doors:
    """A client at both doors."""

    def __init__(self, peer: Peer, http: httpx.AsyncClient) -> None:
        self._peer = peer
        self._http = http
        self._number = 0

    async def ask(self, case: Case, door: str) -> Said:
        """Ask a question at one of the doors."""
        if door == "mqtt":
            assert case.mqtt is not None
            return await self.mqtt(case.mqtt)
        assert case.rest is not None
        return await self.rest(case.rest)

    async def mqtt(self, question: Mqtt, request_id: str = "") -> Said:
        """Send a request and wait for the answer that carries its correlation data."""
        self._number += 1
        correlation = f"{os.getpid()}-{self._number}-{id(self)}".encode()
        beside = {"UserProperty": [("request-id", request_id)]} if request_id else {}
        await self._peer.publish(
            f"{ROOT}/cmd/{question.operation}",
            question.body,
            retain=question.retain,
            ResponseTopic="me/answers",
            CorrelationData=correlation,
            **beside,
        )
        while True:
            message = await self._peer.get(within=WITHIN)
            if getattr(message.properties, "CorrelationData", None) == correlation:
                break
        body = json.loads(message.payload)
        error = body.get("error", {})
        return Said(0, error.get("code"), error.get("message", ""), body.get("data", {}))

    async def rest(self, question: Rest, request_id: str = "") -> Said:
        """Send a request and read the answer."""
        headers = {"Content-Type": "application/json"} if question.body is not None else {}
        if question.token is not None:
            token = TOKEN if question.token == "right" else question.token
            headers["Authorization"] = f"Bearer {token}"
        if request_id:
            headers["Idempotency-Key"] = request_id
        answer = await self._http.request(
            question.method, question.path, headers=headers, content=question.body
        )
        body = answer.json()
        error = body["error"] if answer.is_error else {}
        return Said(answer.status_code, error.get("code"), error.get("message", ""), body)

    async def search(self, door: str, values: dict[str, Any], request_id: str = "") -> Said:
        """Ask a picture search at one of the doors."""
        body = json.dumps(values).encode()
        if door == "mqtt":
            return await self.mqtt(Mqtt(CREATE, body), request_id)
        return await self.rest(Rest("POST", SEARCHES, body), request_id)

    async def jobs(self) -> int:
        """How many jobs the box holds; it must be well to say so, at both doors."""
        over_http = (await self.rest(Rest("GET", "/v1/status"))).data
        over_mqtt = (await self.mqtt(Mqtt("box.status"))).data
        assert over_mqtt["epoch"] == over_http["epoch"]
        assert over_mqtt["started_ms"] == over_http["started_ms"]
        return int(over_mqtt["counts"]["jobs"])

    async def ended(self, job: str) -> dict[str, Any]:
        """Wait for a job's end and return it."""
        async with asyncio.timeout(WITHIN):
            while True:
                found = (await self.rest(Rest("GET", f"{SEARCHES}/{job}"))).data
                if found["state"] in ENDED:
                    return found
                await asyncio.sleep(0.1)


@asynccontextmanager
async def entered(running: Running) -> AsyncIterator[Doors]:
    base = f"https://127.0.0.1:{running.port}"
    trust = trusting(own_certificate(running.stage.folder / "state"))
    async with (
        Peer(running.broker) as peer,
        httpx.AsyncClient(base_url=base, timeout=WITHIN, verify=trust) as http,
    ):
        await peer.subscribe("me/answers")
        yield Doors(peer, http)


@pytest_asyncio.fixture
async def doors(running: Running) -> AsyncIterator[Doors]:
    async with entered(running) as both:
        yield both
    assert running.stage.ended() is None


@pytest.mark.parametrize(("door", "case"), CASES, ids=lambda part: getattr(part, "name", part))
async def test_it_is_told_and_nothing_is_written(doors: Doors, door: str, case: Case) -> None:
    before = await doors.jobs()
    said = await doors.ask(case, door)
    assert said.code == case.code, said.message
    if door == "rest":
        assert said.status == case.status
    message = said.message
    if case.state is None:
        assert await doors.jobs() == before
    else:
        job = await doors.ended(said.data["id"])
        assert job["state"] == case.state
        assert (job["error"] or {}).get("code") == case.job_code
        message = (job["error"] or {}).get("message", "")
        assert await doors.jobs() == before + 1
    if door == "mqtt" or case.mqtt is None:
        assert PAGE[case.name].fits(message), message


async def test_a_picture_without_people_has_none(doors: Doors) -> None:
    said = await doors.search("rest", {"picture": nobody_there()})
    job = await doors.ended(said.data["id"])
    assert (job["state"], job["people"], job["hits"]) == ("no_data", 0, [])


@pytest.mark.parametrize("door", ["mqtt", "rest"])
async def test_a_request_id_is_for_one_question_only(doors: Doors, door: str) -> None:
    first = await doors.search(door, {"picture": nobody_there()}, f"once-{door}")
    await doors.ended(first.data["id"])
    before = await doors.jobs()
    again = await doors.search(door, {"picture": nobody_there()}, f"once-{door}")
    assert again.data["id"] == first.data["id"]
    other = await doors.search(door, {"picture": nobody_there(), "limit": 7}, f"once-{door}")
    assert other.code == "bad_request"
    assert PAGE[REPEATED].fits(other.message), other.message
    assert await doors.jobs() == before


@pytest.mark.parametrize("door", ["mqtt", "rest"])
async def test_more_unfinished_searches_than_allowed_are_refused(
    doors: Doors, door: str, host: str
) -> None:
    before = await doors.jobs()
    said, waiting = await doors.search(door, {"url": f"{host}/hang"}), []
    while said.code is None:
        waiting.append(said.data["id"])
        said = await doors.search(door, {"url": f"{host}/hang"})
    assert said.code == "busy"
    assert said.status in (0, 429)
    assert PAGE[BUSY].fits(said.message), said.message
    assert await doors.jobs() == before + len(waiting)
    for job in waiting:
        await doors.rest(Rest("DELETE", f"{SEARCHES}/{job}"))
    # Room again, once what was being fetched has run out of time.
    said = await doors.search(door, {"picture": nobody_there()})
    assert (await doors.ended(said.data["id"]))["state"] == "no_data"
