"""Whatever is wrong with a request, it is refused in one shape and with the right code."""

# ruff: noqa: E501 - a table reads by line

import base64
import json
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from edge_agent.domain.errors import Unavailable
from edge_agent.rest_api.guard import SECURITY_HEADERS
from tests.integration.rest_api.house import BEARER, House, a_jpeg

NOBODY = "0" * 32
SEARCH = "/v1/picture-searches"
JSON = {"Content-Type": "application/json"}
JPEG = {"Content-Type": "image/jpeg"}


def chunk(kind: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + crc


@dataclass(frozen=True)
class Wrong:
    name: str
    method: str
    path: str
    status: int
    code: str
    where: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None
    token: bool = True


def body(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


# A PNG that says it has 60,000 x 60,000 pixels.
BOMB = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0))
BOMB += chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")

A_PICTURE = base64.b64encode(a_jpeg(1)).decode()

WRONG = [
    Wrong("no token", "GET", "/v1/tracks", 401, "not_authorised", token=False),
    Wrong("no token on the api's description", "GET", "/openapi.json", 401, "not_authorised", token=False),
    Wrong("another token", "GET", "/v1/tracks", 401, "not_authorised", headers={"Authorization": "Bearer x"}, token=False),
    Wrong("another scheme", "GET", "/v1/tracks", 401, "not_authorised", headers={"Authorization": "Basic eDp4"}, token=False),
    Wrong("no key", "GET", "/metrics", 401, "not_authorised", token=False),
    Wrong("another key", "GET", "/metrics?key=x", 401, "not_authorised", token=False),
    Wrong("no token, a body", "POST", SEARCH, 401, "not_authorised", headers=JSON, content=b"{", token=False),
    Wrong("no such page", "GET", "/v2/tracks", 404, "not_found"),
    Wrong("wrong method", "PUT", "/v1/tracks", 405, "bad_request"),
    Wrong("wrong method for a search", "PATCH", SEARCH, 405, "bad_request"),
    Wrong("not JSON", "POST", SEARCH, 400, "bad_request", headers=JSON, content=b"picture=1"),
    Wrong("not UTF-8", "POST", SEARCH, 400, "bad_request", headers=JSON, content=b'{"url": "\xff"}'),
    Wrong("no object", "POST", SEARCH, 400, "bad_request", headers=JSON, content=b"[]"),
    Wrong("nested without end", "POST", SEARCH, 400, "bad_request", headers=JSON, content=b'{"a":' + b"[" * 100_000),
    Wrong("nothing asked", "POST", SEARCH, 400, "bad_request", "picture", JSON, b"{}"),
    Wrong("unknown field", "POST", SEARCH, 400, "bad_request", "camera", JSON, body(track=NOBODY, camera="door")),
    Wrong("not base64", "POST", SEARCH, 400, "bad_request", "picture", JSON, body(picture="%%%")),
    Wrong("two sources", "POST", SEARCH, 400, "bad_request", "track", JSON, body(url="http://a/b", track=NOBODY)),
    Wrong("a file", "POST", SEARCH, 400, "bad_request", "url", JSON, body(url="file:///etc/passwd")),
    Wrong("one picture as several", "POST", SEARCH, 400, "bad_request", "pictures", JSON, body(pictures=["/9j/"])),
    Wrong("nine pictures", "POST", SEARCH, 400, "bad_request", "pictures", JSON, body(pictures=["/9j/"] * 9)),
    Wrong("pictures beside a picture", "POST", SEARCH, 400, "bad_request", "pictures", JSON, body(picture="/9j/", pictures=["/9j/"] * 2)),
    Wrong("a region of several pictures", "POST", SEARCH, 400, "bad_request", "region", JSON, body(pictures=[A_PICTURE] * 2, region=[0, 0, 9, 9])),
    Wrong("nobody who is not meant", "POST", SEARCH, 404, "not_found", "not_tracks", JSON, body(picture=A_PICTURE, not_tracks=[NOBODY])),
    Wrong("the asking track is not meant", "POST", SEARCH, 400, "bad_request", "not_tracks", JSON, body(track=NOBODY, not_tracks=[NOBODY])),
    Wrong("two regions of one picture", "POST", "/v1/staff", 400, "bad_request", "regions", JSON, body(pictures=[A_PICTURE], regions=[None, None])),
    Wrong("reversed time", "POST", SEARCH, 400, "bad_request", "end_ms", JSON, body(track=NOBODY, start_ms=2, end_ms=1)),
    Wrong("a form", "POST", SEARCH, 400, "bad_request", "content-type", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--"),
    Wrong("no content type", "POST", SEARCH, 400, "bad_request", "content-type", {}, b"{}"),
    Wrong("no picture in the body", "POST", SEARCH, 400, "bad_request", "picture", JPEG, b""),
    Wrong("a track beside a picture", "POST", f"{SEARCH}?track={NOBODY}", 400, "bad_request", "track", JPEG, a_jpeg(1)),
    Wrong("unknown parameter beside a picture", "POST", f"{SEARCH}?kind=face", 400, "bad_request", "kind", JPEG, a_jpeg(1)),
    Wrong("an unknown part", "POST", f"{SEARCH}?kinds=hand", 400, "bad_request", "kinds.0", JPEG, a_jpeg(1)),
    Wrong("picture of 5 MB", "POST", SEARCH, 413, "too_large", "picture", JPEG, b"\xff\xd8\xff" + bytes(5 << 20)),
    Wrong("body of 50 MB", "POST", SEARCH, 413, "too_large", None, JPEG, bytes(50 << 20)),
    Wrong("idempotency key with blanks", "POST", SEARCH, 400, "bad_request", "idempotency-key", {**JPEG, "Idempotency-Key": "a b"}, a_jpeg(1)),
    Wrong("text as picture", "POST", SEARCH, 400, "bad_request", "picture", JPEG, b"just some words " * 9),
    Wrong("a bomb", "POST", SEARCH, 413, "too_large", "picture", {"Content-Type": "image/png"}, BOMB),
    Wrong("a region outside", "POST", f"{SEARCH}?region=1000,1000,1010,1010", 400, "bad_request", "region", JPEG, a_jpeg(1)),
    Wrong("camera of nobody", "POST", f"{SEARCH}?cameras=roof", 404, "not_found", "cameras", JPEG, a_jpeg(1)),
    Wrong("track of nobody", "POST", SEARCH, 404, "not_found", "track", JSON, body(track=NOBODY)),
    Wrong("no such job", "GET", f"{SEARCH}/{NOBODY}", 404, "not_found", "job"),
    Wrong("no such job to cancel", "DELETE", f"{SEARCH}/{NOBODY}", 404, "not_found", "job"),
    Wrong("no job's id", "GET", f"{SEARCH}/1", 400, "bad_request", "job"),
    Wrong("limit of nothing", "GET", f"{SEARCH}?limit=0", 400, "bad_request", "limit"),
    Wrong("limit without end", "GET", "/v1/tracks?limit=100000", 400, "bad_request", "limit"),
    Wrong("limit that is no number", "GET", "/v1/tracks?limit=ten", 400, "bad_request", "limit"),
    Wrong("limit twice", "GET", "/v1/tracks?limit=1&limit=2", 400, "bad_request", "limit"),
    Wrong("misspelt filter", "GET", "/v1/tracks?camera=door", 400, "bad_request", "camera"),
    Wrong("unknown camera", "GET", "/v1/tracks?cameras=roof", 404, "not_found", "cameras"),
    Wrong("reversed time of tracks", "GET", "/v1/tracks?start_ms=2&end_ms=1", 400, "bad_request", "end_ms"),
    Wrong("no such place", "GET", "/v1/tracks?after=nowhere", 400, "bad_request", "after"),
    Wrong("no such track", "GET", f"/v1/tracks/{NOBODY}", 404, "not_found", "track"),
    Wrong("no track's id", "GET", "/v1/tracks/..%2F..%2Fedge.db", 404, "not_found"),
    Wrong("no such clip", "GET", f"/v1/fragments/{NOBODY}", 404, "not_found", "fragment"),
    Wrong("picture without link", "GET", f"/media/pictures/{NOBODY}", 401, "not_authorised", token=False),
    Wrong("picture with a made-up link", "GET", f"/media/pictures/{NOBODY}?e=9999999999999&s={'0' * 64}", 403, "not_authorised", token=False),
    Wrong("half a link", "GET", f"/media/pictures/{NOBODY}?e=9999999999999", 403, "not_authorised"),
    Wrong("picture that is gone", "GET", f"/media/pictures/{NOBODY}", 404, "not_found", "id"),
    Wrong("clip that is gone", "GET", f"/media/clips/{NOBODY}", 404, "not_found", "id"),
    Wrong("query picture of nobody", "GET", f"/media/queries/{NOBODY}", 404, "not_found", "id"),
    Wrong("a path for an id", "GET", "/media/pictures/..%2f..%2fedge.db", 404, "not_found"),
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
async def test_it_is_refused(client: httpx.AsyncClient, wrong: Wrong) -> None:
    headers = {**(BEARER if wrong.token else {}), **wrong.headers}
    answer = await client.request(wrong.method, wrong.path, headers=headers, content=wrong.content)
    assert answer.status_code == wrong.status
    told = answer.json()
    assert told["error"]["code"] == wrong.code
    assert told["error"]["message"]
    assert told["error"].get("field") == wrong.where
    assert told["request_id"] == answer.headers["x-request-id"]
    assert (
        SECURITY_HEADERS.items()
        <= {name: answer.headers[name] for name in SECURITY_HEADERS}.items()
    )
    if wrong.status == 401:
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_full_queue_says_try_again(client: httpx.AsyncClient) -> None:
    for _ in range(4):
        await client.post(SEARCH, headers={**BEARER, **JPEG}, content=a_jpeg(1))
    answer = await client.post(SEARCH, headers={**BEARER, **JPEG}, content=a_jpeg(1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "busy")
    assert answer.headers["retry-after"] == "1"


async def test_a_fault_of_the_box_shows_nothing_of_it(
    client: httpx.AsyncClient, house: House
) -> None:
    async def broken() -> None:
        raise KeyError("secret inside")

    house.app.add_api_route("/broken", broken)
    answer = await client.get("/broken")
    assert answer.status_code == 500
    assert answer.json()["error"]["code"] == "internal"
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_what_is_away_is_unavailable(client: httpx.AsyncClient, house: House) -> None:
    async def away() -> None:
        raise Unavailable("the disk is full")

    house.app.add_api_route("/away", away)
    answer = await client.get("/away")
    assert answer.status_code == 503
    assert answer.json()["error"] == {"code": "unavailable", "message": "the disk is full"}
