"""Whatever fails in the server itself, a cloud client hears it in its own dialect."""

import asyncio
import json
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from edge_agent.cloud_api.entrance import Entrance
from edge_agent.domain.errors import Unavailable
from edge_agent.wire.cloud.top import GET_BY_TASK
from tests.integration.cloud_api.test_signed_requests import rpc, top
from tests.support.cloud_box import CloudBox, cloud_box
from tests.support.remembering import Box

ACS3 = {"authorization": "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=b"}
ROA = {"authorization": "acs LTAItestfull:c2lnbmF0dXJl", "x-acs-version": "2019-03-25"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
TRACKS = {"risk_task_id": "0" * 32, "tenant_code": "acme", "poi_id": "harbour"}
Asked = tuple[str, str, dict[str, str], dict[str, str]]
"""Method, path, query, headers."""

WAYS: dict[str, Asked] = {
    "rpc json": ("POST", "/", {"Action": "QueryPictureSearchApps", "Format": "JSON"}, FORM),
    "rpc xml": ("POST", "/", {"Action": "QueryPictureSearchApps"}, FORM),
    "acs3": ("POST", "/", {}, {**ACS3, "x-acs-action": "QueryPictureSearchApps"}),
    "roa": ("POST", "/v2/image/search", {}, ROA),
    "top json": ("POST", "/router/rest", {"method": GET_BY_TASK, "format": "json"}, FORM),
    "top xml": ("POST", "/router/rest", {"method": GET_BY_TASK}, FORM),
}


def code_of(way: str, status: int, kind: str, body: bytes) -> str:
    """The code of a refusal, which must have the form that was asked for."""
    if "xml" in way:
        root = ET.fromstring(body)  # noqa: S314 - the box's own
        assert kind.lower() == "text/xml;charset=utf-8"
        name = "code" if way.startswith("top") else "Code"
        assert root.tag == ("error_response" if way.startswith("top") else "Error")
        found = root.findtext(name)
    elif way.startswith("top"):
        found = str(json.loads(body)["error_response"]["code"])
    else:
        content = json.loads(body)
        assert set(content) == {"RequestId", "HostId", "Code", "Message"}
        found = content["Code"]
    assert status == 200 if way.startswith("top") else status >= 400
    assert found is not None
    return str(found)


async def refused(cloud: CloudBox, way: str, **changed: Any) -> str:
    method, path, query, headers = WAYS[way]
    async with httpx.AsyncClient() as client:
        answer = await client.request(
            changed.pop("method", method), f"http://{cloud.endpoint}{path}", params=query,
            headers=headers, **changed,
        )  # fmt: skip
    return code_of(way, answer.status_code, answer.headers["content-type"], answer.content)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large(box: Box, way: str, announced: bool) -> None:  # noqa: FBT001
    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 1000

    async with cloud_box(box, body_bytes=10_000) as cloud:
        content = b"x" * 20_000 if announced else pieces()
        code = await refused(cloud, way, content=content)
    assert code == ("50" if way.startswith("top") else "InvalidParameter")


@pytest.mark.parametrize("way", WAYS)
async def test_more_than_the_server_takes(box: Box, way: str) -> None:
    async with cloud_box(box, in_flight=0) as cloud:
        code = await refused(cloud, way)
    assert code == ("7" if way.startswith("top") else "Throttling.User")


@pytest.mark.parametrize("way", WAYS)
async def test_a_body_that_does_not_come(box: Box, way: str) -> None:
    method, path, query, headers = WAYS[way]
    async with cloud_box(box, request_s=0.2) as cloud:
        host, _, port = cloud.endpoint.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        target = httpx.URL(path, params=query)
        told = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: box\r\n{told}".encode())
        writer.write(b"Content-Length: 10\r\n\r\nhalf")
        answer = await reader.read()
        writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    kind = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-type"))
    code = code_of(way, int(head.split()[1]), kind.split(b": ")[1].decode(), body)
    assert code == ("10" if way.startswith("top") else "ServiceUnavailable")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_another_method(cloud: CloudBox, method: str) -> None:
    assert await refused(cloud, "top json", method=method) == "9"
    assert await refused(cloud, "roa", method=method) == "MissingTimestamp"
    values = rpc(method=method)
    async with httpx.AsyncClient() as client:
        answer = await client.request(method, f"http://{cloud.endpoint}/", params=values)
    assert (answer.status_code, answer.json()["Code"]) == (404, "InvalidAction.NotFound")


@pytest.mark.parametrize("error", [Unavailable("the disk is away"), RuntimeError("a bug")])
async def test_what_fails_behind_the_door(
    cloud: CloudBox, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(cloud.box.store, "at_once", fails)
    expected = isinstance(error, Unavailable)
    async with httpx.AsyncClient() as client:
        for shape, way in (("JSON", "rpc json"), ("XML", "rpc xml")):
            query = rpc({"Format": shape})
            answer = await client.get(f"http://{cloud.endpoint}/", params=query)
            assert answer.status_code == (503 if expected else 500)
            code = code_of(way, answer.status_code, answer.headers["content-type"], answer.content)
            assert code == ("ServiceUnavailable" if expected else "InternalError")
            assert b"bug" not in answer.content
        for shape in ("json", "xml"):
            query = top(TRACKS, format=shape)
            answer = await client.get(f"http://{cloud.endpoint}/router/rest", params=query)
            kind = answer.headers["content-type"]
            code = code_of(f"top {shape}", answer.status_code, kind, answer.content)
            assert code == ("10" if expected else "15")


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "takes"),
    [
        ("GET", "/", b"", [], False),
        ("GET", "/", b"v=1", [], False),
        ("POST", "/", b"", [], True),
        ("GET", "/", b"Action=x", [], True),
        ("GET", "/", b"", [(b"x-acs-action", b"x")], True),
        ("GET", "/router/rest", b"", [], True),
        ("GET", "/v1/tracks", b"Action=x", [(b"authorization", b"Bearer t")], False),
        ("POST", "/v2/image/add", b"", [(b"authorization", b"acs a:b")], True),
        ("POST", "/elsewhere", b"", [(b"authorization", b"ACS3-HMAC-SHA256 x")], True),
    ],
)
def test_whose_requests_are_taken(
    method: str,
    path: str,
    query: bytes,
    headers: list[tuple[bytes, bytes]],
    takes: bool,  # noqa: FBT001
) -> None:
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(),
        "query_string": query, "headers": headers,
    }  # fmt: skip
    assert Entrance(None).takes(scope) is takes  # type: ignore[arg-type] # nobody is asked
