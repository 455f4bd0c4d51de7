"""The REST door and the dashboard's, as an application: requests with anything in them."""

import asyncio
import base64
import dataclasses
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from edge_agent import dashboard
from edge_agent.domain.ids import new_id
from edge_agent.domain.risk_task import RiskCriteria
from edge_agent.domain.user import Role
from edge_agent.domain.vector import Part, StoredVector, Vector
from edge_agent.images import ImageAnswers, ImageSearch
from edge_agent.rest_api.access import COOKIE, CSRF
from edge_agent.rest_api.app import make_app
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage.tracks import add_vector_ref
from edge_agent.tasks import NewTask
from tests.fuzz.draw import Draw
from tests.fuzz.filled import filled_images, filled_library, small_picture
from tests.fuzz.rest_requests import Headers, RestRequests
from tests.fuzz.shaped import Known
from tests.fuzz.target import Judge, Target
from tests.integration.rest_api.house import (
    BEARER,
    METRICS_KEY,
    PACK,
    TOKEN,
    House,
    a_jpeg,
    open_house,
    remember_clip,
    remember_track,
    write_clip,
)
from tests.support.painted import vector_of

Exchange = tuple[int, dict[str, str], bytes]
PASSWORD = "a long pass phrase"
WORDS = ["a man with a backpack at the till", "红色上衣的人昨天下午", "nobody"]
_DAY_MS = 86_400_000


async def ask(app: FastAPI, scope: dict[str, Any], body: bytes) -> Exchange:
    """One request through the whole application: status, headers, body."""
    status, headers, answer = 0, dict[str, str](), b""
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, headers, answer
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        else:
            answer += message.get("body", b"")

    await app(scope, receive, send)
    return status, headers, answer


def judge_exchange(exchange: Exchange, method: str) -> None:
    """An answer is one, is no fault of the box, and what calls itself JSON is JSON."""
    status, headers, body = exchange
    assert 200 <= status < 500 or status == 503, exchange
    if "json" in headers.get("content-type", "") and method != "HEAD":
        json.loads(body)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Judge]:
    """A door with something behind each of its routes."""
    async with (
        open_house(folder / "state", patience_s=0.2) as house,
        filled_images(house.store) as images,
    ):
        app = _door(house, images)
        known, askers = await _furnish(house, app)
        requests = RestRequests(app, known, askers)

        async def judge(data: bytes) -> None:
            scope, body = requests.scope(Draw(data))
            judge_exchange(await ask(app, scope, body), scope["method"])

        async with asyncio.TaskGroup() as group:
            erasing = group.create_task(house.parts.erasure.run())
            yield judge
            erasing.cancel()


def _door(house: House, images: ImageSearch) -> FastAPI:
    parts = dataclasses.replace(
        house.parts, images=ImageAnswers(images, "box-1"), image_tasks=images.tasks.file
    )
    app = make_app(parts, house.options)
    app.router.routes.extend(dashboard.routes())
    return app


async def _furnish(house: House, app: FastAPI) -> tuple[Known, list[Headers]]:
    """Remember something of everything; returns what requests may name, and who may ask."""
    now_ms = SystemClock().now_ms()
    clip = house.store.clips / "fuzz.mp4"
    write_clip(clip, seconds=1)
    fragment = await remember_clip(house, clip, now_ms - 60_000)
    for camera in ("door", "till"):
        await remember_track(house, camera, now_ms - 50_000, face=a_jpeg(1), body=a_jpeg(2))
        await _give_a_face(house, house.tracks[-1], now_ms)
    await house.parts.tasks.create(NewTask(id="case", criteria=RiskCriteria()), asker="fuzz")
    library, job = await filled_library(house.parts.fingerprints, house.store)
    await _called(app, *_requests(house, now_ms))
    rows = await house.store.rows("SELECT id FROM picture")
    links = house.parts.links
    pictures = [str(row["id"]) for row in rows]
    anything = [
        *house.tracks, fragment, *pictures, links.picture(pictures[0]), links.clip(fragment),
        "case", "door", "till", "face", "body", "open", METRICS_KEY, str(now_ms), "10", "goods",
        library, job, "banned", "li", "x", "r1", "hook", "root", "p0", "front", *WORDS,
    ]  # fmt: skip
    known = _known(house, now_ms) | {
        "": anything,
        "library_id": [library, "recordings"],
        "library": [library, "recordings"],
        "job_id": [job],
        "fragment_id": [fragment],
    }
    return known, await _askers(house)


def _known(house: House, now_ms: int) -> dict[str, Sequence[str]]:
    """What means something, by the names of fields and of places in an address."""
    shown = base64.b64encode(small_picture(1)).decode()
    return {
        "picture": [base64.b64encode(a_jpeg(1)).decode(), shown],
        "PicContent": [shown, "http://127.0.0.1:9/a.jpg"],
        "instance": ["goods", "notices", "small", "slow"],
        "list_id": ["banned"],
        "entry_id": ["x"],
        "staff_id": ["li"],
        "order_id": ["r1"],
        "task_id": ["case"],
        "track_id": house.tracks,
        "tracks": house.tracks,
        "camera": ["door", "till"],
        "cameras": ["door", "till"],
        "till": ["till"],
        "name": ["root", "anna", "hook"],
        "password": [PASSWORD, "another good phrase", "short"],
        "new_password": [PASSWORD, "another good phrase", "short"],
        "token": [TOKEN],
        "text": WORDS,
        "url": ["https://127.0.0.1:9/", "http://192.0.2.7/", "https://nobody.test/a?b=c"],
        "networks": ["127.0.0.0/8", "::1/128", "no network"],
        "ProductId": ["p0", "p1", "p2"],
        "PicName": ["front"],
        "Filter": ["int_attr>1", 'str_attr="x" AND int_attr2 IN (1,2)', "("],
        "expires_ms": [str(now_ms + _DAY_MS)],
    }


def _requests(house: House, now_ms: int) -> list[tuple[str, str, dict[str, Any]]]:
    """What is asked before anything else, so that it is there."""
    track, at = house.tracks[0], now_ms - 45_000
    listed = {"id": "banned", "name": "Banned", "owner": "desk", "reason": "theft"}
    return [
        ("POST", "/v1/watchlists", {**listed, "expires_ms": now_ms + _DAY_MS}),
        ("POST", "/v1/watchlists/banned/entries", {"id": "x", "name": "X", "tracks": [track]}),
        ("POST", "/v1/staff", {"id": "li", "name": "Li", "tracks": [house.tracks[1]]}),
        ("PUT", "/v1/orders/r1", {"till": "till", "at_ms": at}),
        ("POST", "/v1/webhooks", {"name": "hook", "url": "https://127.0.0.1:9/"}),
    ]


async def _called(app: FastAPI, *requests: tuple[str, str, dict[str, Any]]) -> None:
    headers = [(name.lower().encode(), value.encode()) for name, value in BEARER.items()]
    for method, path, asked in requests:
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
            "scheme": "https", "path": path, "raw_path": path.encode(), "query_string": b"",
            "root_path": "", "headers": [*headers, (b"content-type", b"application/json")],
            "client": ("192.0.2.1", 1), "server": ("box", 443),
        }  # fmt: skip
        status, _, body = await ask(app, scope, json.dumps(asked).encode())
        assert 200 <= status < 300, (method, path, status, body)


async def _give_a_face(house: House, track: str, at_ms: int) -> None:
    values = vector_of(Part.FACE, 1)
    stored = StoredVector(
        id=new_id(at_ms), track=track, camera="door", at_ms=at_ms - 45_000, quality=0.8,
        vector=Vector(Part.FACE, PACK.face_model, values),
    )  # fmt: skip
    await house.store.vectors.write([stored])
    async with house.store.transaction() as tx:
        await add_vector_ref(tx, stored)


async def _askers(house: House) -> list[Headers]:
    """The token, people who are signed in with and without a page's word, and nobody."""
    await house.parts.users.add("root", Role.ADMINISTRATOR, PASSWORD, asker="fuzz")
    await house.parts.users.add("anna", Role.VIEWER, PASSWORD, asker="fuzz")
    found: list[Headers] = [*[BEARER] * 10, {"Authorization": "Bearer wrong"}]
    for name in ("root", "anna"):
        login = await house.parts.logins.sign_in(name, PASSWORD, address="192.0.2.9")
        cookie = {"cookie": f"{COOKIE}={login.cookie}"}
        found += [{**cookie, CSRF: login.csrf}, cookie]
    return found


TARGET = Target("rest", opened, renew_after=1000)
