"""The official Python SDKs, unchanged, pointed at the door; all three ways of signing."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from edge_agent.runtime.clock import SystemClock
from edge_agent.wire.links import LinkSigner
from tests.integration.cloud_api.conftest import START_MS
from tests.support.cloud_box import (
    LINKS_KEY,
    READER,
    CloudBox,
    call_python,
    python_with_sdks,
)

pytestmark = pytest.mark.skipif(
    python_with_sdks() is None,
    reason="the official SDKs are not installed: scripts/setup --test, or EDGE_AGENT_SDK_PYTHON",
)
SDKS = ("tea", "tea-v2", "core")
RANGE = {"StartTime": START_MS, "EndTime": START_MS + 600_000}
FIRST = {"PageSize": 10, "CurrentPage": 1}


def call(sdk: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
    return {"sdk": sdk, "operation": operation, "parameters": parameters}


async def done(cloud: CloudBox, *calls: dict[str, Any]) -> list[Any]:
    """Data of calls that have to succeed."""
    outcomes = await call_python(cloud, *calls)
    for outcome in outcomes:
        assert "error" not in outcome, outcome
        body = outcome["body"]["map"]
        assert body["Success"] is True
        assert body["Code"] == "200"
        assert body["RequestId"].isupper()
    return [outcome["body"]["map"].get("Data") for outcome in outcomes]


async def an_app(cloud: CloudBox, sdk: str) -> str:
    (app,) = await done(cloud, call(sdk, "CreatePictureSearchApp", Name="till_收银", Desc="d"))
    assert len(app) == 32
    return str(app)


async def finished(cloud: CloudBox, sdk: str, app: str, job: str) -> dict[str, Any]:
    while True:
        (shown,) = await done(
            cloud, call(sdk, "GetPictureSearchJobStatus", AppInstanceId=app, JobId=job)
        )
        if shown["JobStatus"] not in (0, 2):
            return dict(shown)
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("sdk", SDKS)
async def test_apps_and_their_devices(cloud: CloudBox, sdk: str) -> None:
    app = await an_app(cloud, sdk)
    of_app = {"AppInstanceId": app}
    devices = {"DeviceIotIds": ["till", "door"]}
    _, apps, _, bound, boxes, _, left = await done(
        cloud,
        call(sdk, "UpdatePictureSearchApp", Name="n", Description="second", **of_app),
        call(sdk, "QueryPictureSearchApps", **FIRST),
        call(sdk, "BindPictureSearchAppWithDevices", **of_app, **devices),
        call(sdk, "QueryPictureSearchDevices", **of_app, **FIRST),
        call(sdk, "QueryPictureSearchAiboxes", **of_app, **FIRST),
        call(sdk, "UnbindPictureSearchAppWithDevices", **of_app, DeviceIotIds=["till"]),
        call(sdk, "QueryPictureSearchDevices", **of_app, **FIRST),
    )
    (shown,) = apps["PageData"]
    assert (shown["AppInstanceId"], shown["Name"], shown["Description"]) == (app, "n", "second")
    assert shown["ModifiedTime"] >= shown["CreateTime"] > START_MS
    assert {each["IotId"] for each in bound["PageData"]} == {"door", "till"}
    assert [each["IotId"] for each in boxes["PageData"]] == ["box-1"]
    assert left["PageData"] == [{"IotId": "door", "NickName": "Front door"}]
    assert (left["Total"], left["PageCount"], left["CurrentPage"]) == (1, 1, 1)


@pytest.mark.parametrize("sdk", SDKS)
async def test_a_job_from_question_to_results(cloud: CloudBox, sdk: str, pictures: str) -> None:
    app = await an_app(cloud, sdk)
    url = f"{pictures}/seven.png"
    (job,) = await done(
        cloud,
        call(
            sdk, "CreatePictureSearchJob", AppInstanceId=app, SearchPicUrl=url, Threshold=0.5,
            PictureSearchType=1, **RANGE,
        ),
    )  # fmt: skip
    shown = await finished(cloud, sdk, app, job)
    assert shown["JobStatus"] == 3
    assert (shown["JobId"], shown["SearchPicUrl"], shown["Threshold"]) == (job, url, 0.5)
    assert (shown["StartTime"], shown["EndTime"]) == (RANGE["StartTime"], RANGE["EndTime"])
    of_app = {"AppInstanceId": app}
    jobs, failed, found, past = await done(
        cloud,
        call(sdk, "QueryPictureSearchJob", **of_app, JobStatus=3, **FIRST),
        call(sdk, "QueryPictureSearchJob", **of_app, JobStatus=4, **FIRST),
        call(sdk, "QueryPictureSearchJobResult", **of_app, JobId=job, **FIRST),
        call(sdk, "QueryPictureSearchJobResult", **of_app, JobId=job, PageSize=1, CurrentPage=3),
    )
    assert jobs["PageData"] == [shown]
    assert failed["PageData"] == []
    assert [(hit["IotId"], hit.get("DeviceNickName")) for hit in found["PageData"]] == [
        ("door", "Front door"),
        ("till", None),
    ]
    first = found["PageData"][0]
    assert first["Threshold"] == pytest.approx(0.95, abs=1e-3)
    assert first["EventTime"] == START_MS + 1000
    assert first["VectorId"] == "vectorIdt7-face"
    assert first["GatewayIotId"] == "box-1"
    link = urlsplit(first["PicUrl"])
    assert link.netloc == cloud.endpoint
    signed = parse_qs(link.query)
    signer = LinkSigner(LINKS_KEY, SystemClock())
    assert signer.check(link.path, signed["e"][0], signed["s"][0]) > 0
    assert (past["PageData"], past["Total"], past["PageCount"]) == ([], 2, 2)


@pytest.mark.parametrize("sdk", SDKS)
async def test_the_synchronous_search(cloud: CloudBox, sdk: str, pictures: str) -> None:
    app = await an_app(cloud, sdk)
    asked = {
        "AppInstanceId": app, "SearchPicUrl": f"{pictures}/seven.png", "Threshold": 0.5,
        "ContainPicUrl": True, **RANGE, **FIRST,
    }  # fmt: skip
    faces, bodies, jobs = await done(
        cloud,
        call(sdk, "PictureSearchPicture", **asked),
        call(sdk, "PictureSearchPicture", **asked, PictureSearchType=0),
        call(sdk, "QueryPictureSearchJob", AppInstanceId=app, **FIRST),
    )
    assert [hit["VectorType"] for hit in faces["PageData"]] == [1, 1]
    assert [hit["VectorType"] for hit in bodies["PageData"]] == [0, 0]
    assert bodies["PageData"][0]["EventTime"] == START_MS + 2000
    assert jobs["Total"] == 0


async def test_bound_devices_limit_a_search(cloud: CloudBox, pictures: str) -> None:
    app = await an_app(cloud, "tea")
    asked = {
        "AppInstanceId": app, "SearchPicUrl": f"{pictures}/seven.png", "Threshold": 0.5,
        "ContainPicUrl": True, **RANGE, **FIRST,
    }  # fmt: skip
    _, found = await done(
        cloud,
        call("tea", "BindPictureSearchAppWithDevices", AppInstanceId=app, DeviceIotIds=["till"]),
        call("tea", "PictureSearchPicture", **asked),
    )
    assert [hit["IotId"] for hit in found["PageData"]] == ["till"]


async def test_states_of_jobs_that_find_nobody(cloud: CloudBox, pictures: str) -> None:
    app = await an_app(cloud, "tea")
    asked = {"AppInstanceId": app, "Threshold": 0.5, **RANGE}
    jobs = await done(
        cloud,
        call("tea", "CreatePictureSearchJob", SearchPicUrl=f"{pictures}/nobody.png", **asked),
        call("tea", "CreatePictureSearchJob", SearchPicUrl=f"{pictures}/text.png", **asked),
    )
    states = [(await finished(cloud, "tea", app, job))["JobStatus"] for job in jobs]
    assert states == [1, 4]


FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "MissingName": ("CreatePictureSearchApp", {"Desc": "d"}),
    "InvalidName": ("CreatePictureSearchApp", {"Name": "a b", "Desc": "d"}),
    "MissingAppInstanceId": ("QueryPictureSearchDevices", FIRST),
    "InvalidPageSize": ("QueryPictureSearchApps", {"PageSize": 51, "CurrentPage": 1}),
    "InvalidCurrentPage": ("QueryPictureSearchApps", {"PageSize": 1, "CurrentPage": 0}),
    "InvalidThreshold": (
        "CreatePictureSearchJob",
        {"AppInstanceId": "a" * 32, "SearchPicUrl": "http://h/a.jpg", "Threshold": 1.5, **RANGE},
    ),
}


@pytest.mark.parametrize("sdk", SDKS)
async def test_over_https(cloud: CloudBox, sdk: str, pictures: str) -> None:
    app = await an_app(cloud, sdk)
    asked = {
        "AppInstanceId": app, "SearchPicUrl": f"{pictures}/seven.png", "Threshold": 0.5,
        "ContainPicUrl": True, **RANGE, **FIRST,
    }  # fmt: skip
    apps, found, wrong = await call_python(
        cloud,
        call(sdk, "QueryPictureSearchApps", **FIRST),
        call(sdk, "PictureSearchPicture", **asked),
        call(sdk, "QueryPictureSearchApps", PageSize=51, CurrentPage=1),
        protocol="https",
    )
    assert [each["AppInstanceId"] for each in apps["body"]["map"]["Data"]["PageData"]] == [app]
    links = [hit["PicUrl"] for hit in found["body"]["map"]["Data"]["PageData"]]
    assert len(links) == 2
    assert all(link.startswith(f"https://{cloud.endpoint}/media/pictures/") for link in links)
    assert (wrong["code"], wrong["status"]) == ("InvalidPageSize", 400)


@pytest.mark.parametrize("sdk", SDKS)
async def test_wrong_parameters_are_client_errors(cloud: CloudBox, sdk: str) -> None:
    calls = [call(sdk, operation, **asked) for operation, asked in FAULTS.values()]
    outcomes = await call_python(cloud, *calls)
    assert [outcome.get("code") for outcome in outcomes] == list(FAULTS)
    assert {outcome["status"] for outcome in outcomes} == {400}
    expected = "ServerException" if sdk == "core" else "ClientException"
    assert {outcome["error"] for outcome in outcomes} == {expected}
    assert all(outcome["request_id"] for outcome in outcomes)


@pytest.mark.parametrize("sdk", SDKS)
async def test_wrong_keys(cloud: CloudBox, sdk: str) -> None:
    asked = call(sdk, "QueryPictureSearchApps", **FIRST)
    change = call(sdk, "CreatePictureSearchApp", Name="n", Desc="d")
    unknown, unsigned, forbidden, looked = await call_python(
        cloud,
        {**asked, "key": "LTAInobody"},
        {**asked, "secret": "another"},
        {**change, "key": READER.id, "secret": READER.secret},
        {**asked, "key": READER.id, "secret": READER.secret},
    )
    assert (unknown["code"], unknown["status"]) == ("InvalidAccessKeyId.NotFound", 404)
    # The older SDK tells a wrong secret from a wrong string to sign.
    wrong = "InvalidAccessKeySecret" if sdk == "core" else "SignatureDoesNotMatch"
    assert (unsigned["code"], unsigned["status"]) == (wrong, 400)
    assert (forbidden["code"], forbidden["status"]) == ("Forbidden.RAM", 403)
    assert "body" in looked


@pytest.mark.parametrize("sdk", SDKS)
async def test_business_refusals_are_answers(cloud: CloudBox, sdk: str) -> None:
    app = await an_app(cloud, sdk)
    asked = {"SearchPicUrl": "http://127.0.0.1/a.jpg", "Threshold": 0.5}
    outcomes = await call_python(
        cloud,
        call(sdk, "GetPictureSearchJobStatus", AppInstanceId=app, JobId="0" * 32),
        call(sdk, "QueryPictureSearchDevices", AppInstanceId="0" * 32, **FIRST),
        call(sdk, "BindPictureSearchAppWithDevices", AppInstanceId=app, DeviceIotIds=["attic"]),
        call(sdk, "CreatePictureSearchJob", AppInstanceId=app, StartTime=2, EndTime=1, **asked),
    )
    told = [
        (body["Success"], body["Code"], body["ErrorMessage"])
        for body in (outcome["body"]["map"] for outcome in outcomes)
    ]
    assert told == [
        (False, "403", "tenant auth error."),
        (False, "403", "tenant auth error."),
        (False, "460", "iotIdList is error"),
        (False, "460", "beginTime can not bigger or equal endTime."),
    ]
