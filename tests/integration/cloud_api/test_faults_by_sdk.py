"""Every fault that a client can cause, as each official SDK shows it to its user."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from typing_extensions import override

from edge_agent.cloud_api.pace import PaceOptions
from edge_agent.domain.access_key import Rate
from edge_agent.runtime.clock import SystemClock
from edge_agent.tasks import NewTask
from edge_agent.wire.cloud.top import GET_BY_TASK
from tests.support.cloud_box import (
    READER,
    CloudBox,
    call_node,
    call_python,
    cloud_box,
    node_with_sdks,
    python_with_sdks,
)
from tests.support.remembering import Box

PYTHON = ("tea", "tea-v2", "core")
SDKS = [
    *(
        pytest.param(
            sdk, marks=pytest.mark.skipif(python_with_sdks() is None, reason="no Python SDKs")
        )
        for sdk in PYTHON
    ),
    pytest.param("pop", marks=pytest.mark.skipif(node_with_sdks() is None, reason="no Node SDKs")),
]
APP = {"AppInstanceId": "a" * 32}
FIRST = {"PageSize": 10, "CurrentPage": 1}
QUESTION = {
    **APP, "SearchPicUrl": "http://h/a.jpg", "StartTime": 1, "EndTime": 2, "Threshold": 0.5,
}  # fmt: skip
SEARCH = {**QUESTION, **FIRST, "ContainPicUrl": True}
LONG = "n" * 65
Fault = tuple[str, str, dict[str, Any]]


def but(values: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    """The same parameters, some changed; None leaves one out."""
    return {name: each for name, each in {**values, **changed}.items() if each is not None}


def absent(operation: str, whole: Mapping[str, Any]) -> list[Fault]:
    """Each required parameter left out."""
    return [(f"Missing{name}", operation, but(whole, **{name: None})) for name in whole]


MISSING: list[Fault] = [
    *absent("CreatePictureSearchApp", {"Name": "n", "Desc": "d"}),
    *absent("UpdatePictureSearchApp", {**APP, "Name": "n", "Description": "d"}),
    *absent("QueryPictureSearchApps", FIRST),
    *absent("BindPictureSearchAppWithDevices", {**APP, "DeviceIotIds": ["door"]}),
    *absent("UnbindPictureSearchAppWithDevices", {**APP, "DeviceIotIds": ["door"]}),
    *absent("QueryPictureSearchDevices", {**APP, **FIRST}),
    *absent("QueryPictureSearchAiboxes", {**APP, **FIRST}),
    *absent("CreatePictureSearchJob", QUESTION),
    *absent("GetPictureSearchJobStatus", {**APP, "JobId": "b" * 32}),
    *absent("QueryPictureSearchJob", {**APP, **FIRST}),
    *absent("QueryPictureSearchJobResult", {**APP, "JobId": "b" * 32, **FIRST}),
    *absent("PictureSearchPicture", SEARCH),
]
INVALID: list[Fault] = [
    ("InvalidName", "CreatePictureSearchApp", {"Name": LONG, "Desc": "d"}),
    ("InvalidName", "UpdatePictureSearchApp", {**APP, "Name": "a b", "Description": "d"}),
    ("InvalidDesc", "CreatePictureSearchApp", {"Name": "n", "Desc": "d" * 1025}),
    ("InvalidDescription", "UpdatePictureSearchApp",
     {**APP, "Name": "n", "Description": "d" * 1025}),
    ("InvalidPageSize", "QueryPictureSearchApps", but(FIRST, PageSize=0)),
    ("InvalidPageSize", "QueryPictureSearchJob", but({**APP, **FIRST}, PageSize=51)),
    ("InvalidPageSize", "PictureSearchPicture", but(SEARCH, PageSize=21)),
    ("InvalidCurrentPage", "QueryPictureSearchDevices", but({**APP, **FIRST}, CurrentPage=0)),
    ("InvalidCurrentPage", "QueryPictureSearchAiboxes", but({**APP, **FIRST}, CurrentPage=101)),
    ("InvalidCurrentPage", "QueryPictureSearchApps", but(FIRST, CurrentPage=10_001)),
    ("InvalidDeviceIotIds", "BindPictureSearchAppWithDevices",
     {**APP, "DeviceIotIds": [str(number) for number in range(21)]}),
    ("InvalidSearchPicUrl", "CreatePictureSearchJob", but(QUESTION, SearchPicUrl="ftp://h/a.jpg")),
    ("InvalidSearchPicUrl", "CreatePictureSearchJob", but(QUESTION, SearchPicUrl="http://h/图.jpg")),
    ("InvalidStartTime", "CreatePictureSearchJob", but(QUESTION, StartTime=10**13)),
    ("InvalidEndTime", "PictureSearchPicture", but(SEARCH, EndTime="soon")),
    ("InvalidThreshold", "CreatePictureSearchJob", but(QUESTION, Threshold=1.01)),
    ("InvalidBodyThreshold", "CreatePictureSearchJob", but(QUESTION, BodyThreshold=-1)),
    ("InvalidPictureSearchType", "CreatePictureSearchJob", but(QUESTION, PictureSearchType=11)),
    ("InvalidContainPicUrl", "PictureSearchPicture", but(SEARCH, ContainPicUrl="perhaps")),
    ("InvalidJobStatus", "QueryPictureSearchJob", {**APP, **FIRST, "JobStatus": 11}),
]  # fmt: skip
FOREIGN: list[tuple[str, dict[str, Any]]] = [
    ("UpdatePictureSearchApp", {**APP, "Name": "n", "Description": "d"}),
    ("BindPictureSearchAppWithDevices", {**APP, "DeviceIotIds": ["door"]}),
    ("UnbindPictureSearchAppWithDevices", {**APP, "DeviceIotIds": ["door"]}),
    ("QueryPictureSearchDevices", {**APP, **FIRST}),
    ("QueryPictureSearchAiboxes", {**APP, **FIRST}),
    ("CreatePictureSearchJob", QUESTION),
    ("GetPictureSearchJobStatus", {**APP, "JobId": "b" * 32}),
    ("QueryPictureSearchJob", {**APP, **FIRST}),
    ("QueryPictureSearchJobResult", {**APP, "JobId": "b" * 32, **FIRST}),
    ("PictureSearchPicture", SEARCH),
]
BUSINESS: list[tuple[str, str, str, dict[str, Any]]] = [
    *(("403", "tenant auth error.", operation, values) for operation, values in FOREIGN),
    ("460", "iotIdList is error", "BindPictureSearchAppWithDevices",
     {**APP, "DeviceIotIds": ["?"]}),
    ("460", "beginTime can not bigger or equal endTime.", "CreatePictureSearchJob",
     but(QUESTION, StartTime=2)),
    ("460", "picture type error.", "CreatePictureSearchJob", but(QUESTION, PictureSearchType=2)),
]  # fmt: skip


async def outcomes(
    cloud: CloudBox, sdk: str, calls: list[tuple[str, dict[str, Any]]], **around: Any
) -> list[dict[str, Any]]:
    """What came of each call."""
    if sdk == "pop":
        flat = [(operation, _flat(values)) for operation, values in calls]
        return await call_node(cloud, *(_call(sdk, *each, **around) for each in flat))
    return await call_python(cloud, *(_call(sdk, *each, **around) for each in calls))


def _call(sdk: str, operation: str, values: dict[str, Any], **around: Any) -> dict[str, Any]:
    return {"sdk": sdk, "operation": operation, "parameters": values, **around}


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Lists as this SDK's users write them."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, list):
            flat |= {f"{name}.{number}": each for number, each in enumerate(value, 1)}
        else:
            flat[name] = value
    return flat


def shown(outcome: dict[str, Any]) -> tuple[str, str]:
    """Class and code of what was raised."""
    return outcome.get("error", ""), str(outcome.get("code"))


def raised(sdk: str, code: str, *, server: bool = False) -> tuple[str, str]:
    """What an SDK raises for a code of the gateway."""
    if sdk == "pop":
        return f"{code}Error", code
    if sdk == "core":
        return "ServerException", code
    return "ServerException" if server else "ClientException", code


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("faults", [MISSING, INVALID], ids=["missing", "invalid"])
async def test_parameters(cloud: CloudBox, sdk: str, faults: list[Fault]) -> None:
    calls = [(operation, values) for _, operation, values in faults]
    found = [shown(each) for each in await outcomes(cloud, sdk, calls)]
    assert found == [raised(sdk, code) for code, *_ in faults]


@pytest.mark.parametrize("sdk", SDKS)
async def test_business_refusals(cloud: CloudBox, sdk: str) -> None:
    calls = [(operation, values) for _, _, operation, values in BUSINESS]
    found = await outcomes(cloud, sdk, calls)
    if sdk == "pop":
        assert [each["code"] for each in found] == [code for code, *_ in BUSINESS]
        return
    told = [each["body"]["map"] for each in found]
    assert [(each["Success"], each["Code"], each["ErrorMessage"]) for each in told] == [
        (False, code, message) for code, message, *_ in BUSINESS
    ]


@pytest.mark.parametrize("sdk", SDKS)
async def test_keys(cloud: CloudBox, sdk: str) -> None:
    look = [("QueryPictureSearchApps", dict(FIRST))]
    (unknown,) = await outcomes(cloud, sdk, look, key="LTAInobody")
    (wrong,) = await outcomes(cloud, sdk, look, secret="another-secret-than-that")
    change = [("CreatePictureSearchApp", {"Name": "n", "Desc": "d"})]
    (forbidden,) = await outcomes(cloud, sdk, change, key=READER.id, secret=READER.secret)
    mismatch = "InvalidAccessKeySecret" if sdk == "core" else "SignatureDoesNotMatch"
    assert [shown(each) for each in (unknown, wrong, forbidden)] == [
        raised(sdk, code) for code in ("InvalidAccessKeyId.NotFound", mismatch, "Forbidden.RAM")
    ]


@pytest.mark.parametrize("sdk", SDKS)
async def test_a_temporary_key_signs_its_token_along(cloud: CloudBox, sdk: str) -> None:
    (looked,) = await outcomes(
        cloud, sdk, [("QueryPictureSearchApps", dict(FIRST))], token="token/of+a=visitor"
    )
    assert "body" in looked, looked


@pytest.mark.parametrize("sdk", ["core", "pop"])
async def test_what_is_not_offered(cloud: CloudBox, sdk: str) -> None:
    if (node_with_sdks() if sdk == "pop" else python_with_sdks()) is None:
        pytest.skip("the SDK is not there")
    (action,) = await outcomes(cloud, sdk, [("DeletePictureSearchApp", {})], version="2018-01-20")
    (version,) = await outcomes(cloud, sdk, [("QueryPictureSearchApps", {})], version="1999-09-09")
    (product,) = await outcomes(cloud, sdk, [("DeleteInstance", {})], version="2020-12-14")
    assert [shown(each) for each in (action, version, product)] == [
        raised(sdk, code)
        for code in ("InvalidAction.NotFound", "InvalidVersion", "InvalidAction.NotFound")
    ]


class _AnHourAhead(SystemClock):
    @override
    def now_ms(self) -> int:
        return super().now_ms() + 3_600_000


@pytest.mark.parametrize("sdk", SDKS)
async def test_a_clock_that_is_wrong(box: Box, sdk: str) -> None:
    async with cloud_box(box, clock=_AnHourAhead()) as cloud:
        (late,) = await outcomes(cloud, sdk, [("QueryPictureSearchApps", dict(FIRST))])
    assert shown(late) == raised(sdk, "InvalidTimeStamp.Expired")


@pytest.mark.parametrize("sdk", SDKS)
async def test_who_asks_too_often_is_told_when_to_come_again(box: Box, sdk: str) -> None:
    pace = PaceOptions(rate=Rate(per_second=0.001, burst=1))
    async with cloud_box(box, pace) as cloud:
        look = ("QueryPictureSearchApps", dict(FIRST))
        first, again = await outcomes(cloud, sdk, [look, look])
    assert "body" in first
    assert again["code"] == "Throttling.User"
    if sdk in {"tea", "tea-v2"}:
        assert again["error"] == "ThrottlingException"
        assert 900_000 < again["retry_after"] <= 1_000_000


@pytest.mark.parametrize("sdk", SDKS)
async def test_a_box_that_cannot_take_more(box: Box, sdk: str) -> None:
    async with cloud_box(box, in_flight=0) as cloud:
        (busy,) = await outcomes(cloud, sdk, [("QueryPictureSearchApps", dict(FIRST))])
    assert busy["code"] == "Throttling.User"


TOP_FAULTS: list[tuple[int, dict[str, Any], dict[str, Any]]] = [
    (40, {"risk_task_id": ""}, {}),
    (40, {"tenant_code": None}, {}),
    (50, {"tenant_code": "another"}, {}),
    (50, {"poi_id": "another"}, {}),
    (50, {"risk_task_id": "0" * 32}, {}),
    (50, {"risk_task_id": 7}, {}),
    (22, {}, {"operation": "taobao.time.get"}),
    (25, {}, {"secret": "another-secret"}),
    (29, {}, {"key": "99999999"}),
]


@pytest.mark.skipif(node_with_sdks() is None, reason="no Node SDKs")
async def test_faults_of_top(cloud: CloudBox) -> None:
    task = await cloud.tasks.create(NewTask(tracks=frozenset({"t7"})), asker="test")
    asked = {"risk_task_id": task.id, "tenant_code": "acme", "poi_id": "harbour"}
    calls = [
        {
            "sdk": "top", "operation": GET_BY_TASK,
            "parameters": {"param": json.dumps(but(asked, **wrong))}, **around,
        }
        for _, wrong, around in TOP_FAULTS
    ]  # fmt: skip
    found = await call_node(cloud, *calls)
    assert [(each.get("error"), each.get("code")) for each in found] == [
        ("TOPClientError", code) for code, *_ in TOP_FAULTS
    ]


@pytest.mark.skipif(node_with_sdks() is None, reason="no Node SDKs")
async def test_top_without_a_parameter_and_too_often(box: Box) -> None:
    async with cloud_box(box, PaceOptions(rate=Rate(per_second=0.001, burst=1))) as cloud:
        call = {"sdk": "top", "operation": GET_BY_TASK, "parameters": {}}
        missing, limited = await call_node(cloud, call, call)
    assert (missing["code"], limited["code"]) == (40, 7)
