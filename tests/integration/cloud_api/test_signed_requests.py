"""What SDKs cannot be made to send: copies, late requests, floods, XML, TOP in every format."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import pytest

from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.domain.access_key import Rate
from edge_agent.tasks import NewTask
from edge_agent.wire.cloud.signatures import (
    rpc_signature,
    rpc_string_to_sign,
    top_signature,
    top_string_to_sign,
)
from edge_agent.wire.cloud.top import GET_BY_TASK
from tests.integration.cloud_api.conftest import START_MS
from tests.support.cloud_box import APP_KEY, KEY, CloudBox, cloud_box
from tests.support.remembering import Box

LIST = {"Action": "QueryPictureSearchApps", "PageSize": "1", "CurrentPage": "1"}


def rpc(
    changed: dict[str, str] | None = None, *, late: timedelta = timedelta(), method: str = "GET"
) -> dict[str, str]:
    """Signed parameters of version 1.0."""
    values = {
        "Format": "JSON",
        "Version": "2018-01-20",
        "AccessKeyId": KEY.id,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": uuid.uuid4().hex,
        "Timestamp": (_now() - late).strftime("%Y-%m-%dT%H:%M:%SZ"),
        **LIST,
        **(changed or {}),
    }
    signature = rpc_signature(KEY.secret, rpc_string_to_sign(method, values.items()))
    return {**values, "Signature": signature}


def top(asked: dict[str, Any] | None, **changed: str) -> dict[str, str]:
    """Signed parameters of TOP."""
    values = {
        "method": GET_BY_TASK,
        "app_key": APP_KEY.id,
        "v": "2.0",
        "format": "json",
        "sign_method": "hmac-sha256",
        "timestamp": (_now() + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S"),
        **changed,
    }
    if asked is not None:
        values["param"] = json.dumps(asked)
    text = top_string_to_sign(values.items())
    return {**values, "sign": top_signature(values["sign_method"], APP_KEY.secret, text)}


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the client's own clock


async def get(cloud: CloudBox, values: dict[str, str], path: str = "/") -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"http://{cloud.endpoint}{path}", params=values)


async def test_a_copy_of_a_request_is_refused(cloud: CloudBox) -> None:
    values = rpc()
    assert (await get(cloud, values)).status_code == 200
    again = await get(cloud, values)
    assert (again.status_code, again.json()["Code"]) == (400, "SignatureNonceUsed")


@pytest.mark.parametrize("minutes", [-16, 16])
async def test_a_request_out_of_its_time_is_refused(cloud: CloudBox, minutes: int) -> None:
    answer = await get(cloud, rpc(late=timedelta(minutes=minutes)))
    assert answer.json()["Code"] == "InvalidTimeStamp.Expired"


async def test_one_changed_letter_breaks_the_signature(cloud: CloudBox) -> None:
    answer = await get(cloud, {**rpc(), "PageSize": "2"})
    assert answer.json()["Code"] == "SignatureDoesNotMatch"
    assert answer.json()["Message"].split(":")[1].startswith("GET&%2F&")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"Action": "DropEverything"}, 404, "InvalidAction.NotFound"),
        ({"Version": "1999-01-01"}, 400, "InvalidVersion"),
        ({"Timestamp": "yesterday"}, 400, "InvalidTimeStamp.Format"),
        ({"AccessKeyId": ""}, 400, "MissingAccessKeyId"),
        ({"AccessKeyId": APP_KEY.id}, 404, "InvalidAccessKeyId.NotFound"),
    ],
)
async def test_faults_of_the_request_itself(
    cloud: CloudBox, changed: dict[str, str], status: int, code: str
) -> None:
    answer = await get(cloud, rpc(changed))
    assert (answer.status_code, answer.json()["Code"]) == (status, code)


async def test_query_and_form_are_one(cloud: CloudBox) -> None:
    values = rpc(method="POST")
    form = {name: values.pop(name) for name in ("PageSize", "CurrentPage", "Signature")}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"http://{cloud.endpoint}/", params=values, data=form)
    assert answer.json()["Data"]["PageSize"] == 1


@pytest.mark.parametrize("changed", [{}, {"PageSize": "99"}])
async def test_xml(cloud: CloudBox, changed: dict[str, str]) -> None:
    answer = await get(cloud, rpc({"Format": "XML", **changed}))
    assert answer.headers["content-type"] == "text/xml;charset=utf-8"
    root = ET.fromstring(answer.text)  # noqa: S314 - the box's own
    if changed:
        assert (root.tag, root.findtext("Code")) == ("Error", "InvalidPageSize")
    else:
        assert root.tag == "QueryPictureSearchAppsResponse"
        assert root.findtext("Data/PageSize") == "1"


async def test_whoever_asks_too_often_is_told_when_to_come_again(box: Box) -> None:
    async with cloud_box(box, PaceOptions(rate=Rate(per_second=0.001, burst=2))) as cloud:
        answers = [await get(cloud, rpc()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert answers[2].json()["Code"] == "Throttling.User"
    assert int(answers[2].headers["x-acs-retry-after"]) > 1000


async def a_task(cloud: CloudBox) -> dict[str, str]:
    new = NewTask(tracks=frozenset({"t7", "t9"}))
    task = await cloud.tasks.create(new, asker="test")
    return {"risk_task_id": task.id, "tenant_code": "acme", "poi_id": "harbour"}


async def test_tracks_of_an_investigation(cloud: CloudBox) -> None:
    asked = await a_task(cloud)
    answer = await get(cloud, top({**asked, "request_id": "r1"}), "/router/rest")
    ((root, content),) = answer.json().items()
    assert root == GET_BY_TASK.replace(".", "_") + "_response"
    assert (content["resp_request_id"], content["resp_success"]) == ("r1", True)
    newest, oldest = content["result"]["datas"]
    assert (newest["track_id"], oldest["track_id"]) == ("t9", "t7")
    assert oldest["sensor_id"] == "door"
    assert (oldest["start_time"], oldest["end_time"]) == (START_MS, START_MS + 5000)
    assert (oldest["face_time"], oldest["body_time"]) == (START_MS + 1000, START_MS + 2000)
    assert (oldest["face_quality"], oldest["body_integrity"]) == ("0.750", "0.500")
    assert oldest["face_image"].startswith(f"http://{cloud.endpoint}/media/pictures/")
    assert (oldest["actions"], oldest["order_ids"]) == ({}, {})


@pytest.mark.parametrize("method", ["md5", "hmac", "hmac-sha256"])
async def test_xml_and_short_json(cloud: CloudBox, method: str) -> None:
    asked = await a_task(cloud)
    short = await get(cloud, top(asked, sign_method=method, simplify="true"), "/router/rest")
    assert [track["track_id"] for track in short.json()["result"]] == ["t9", "t7"]
    xml = await get(cloud, top(asked, sign_method=method, format="xml"), "/router/rest")
    root = ET.fromstring(xml.text)  # noqa: S314 - the box's own
    assert [each.text for each in root.iter("track_id")] == ["t9", "t7"]


@pytest.mark.parametrize(
    ("asked", "changed", "code"),
    [
        ({"tenant_code": "another"}, {}, 50),
        ({"poi_id": "another"}, {}, 50),
        ({"risk_task_id": "0" * 32}, {}, 50),
        ({"risk_task_id": ""}, {}, 40),
        ({}, {"method": "taobao.time.get"}, 22),
        ({}, {"app_key": "999"}, 29),
        ({}, {"v": "1.0"}, 34),
        ({}, {"timestamp": "2020-01-01 00:00:00"}, 31),
    ],
)
async def test_refusals_of_top(
    cloud: CloudBox, asked: dict[str, str], changed: dict[str, str], code: int
) -> None:
    answer = await get(cloud, top({**await a_task(cloud), **asked}, **changed), "/router/rest")
    assert (answer.status_code, answer.json()["error_response"]["code"]) == (200, code)
