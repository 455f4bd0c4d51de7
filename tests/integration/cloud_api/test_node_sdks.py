"""The official Node SDKs, unchanged, pointed at the door."""

import asyncio
import json
from typing import Any

import pytest

from edge_agent.tasks import NewTask
from edge_agent.wire.cloud.top import GET_BY_TASK
from tests.integration.cloud_api.conftest import START_MS
from tests.support.cloud_box import CloudBox, call_node, node_with_sdks

pytestmark = pytest.mark.skipif(
    node_with_sdks() is None,
    reason="Node or its SDKs are not there: npm ci in tests/node, or EDGE_AGENT_SDK_NODE",
)


FIRST: dict[str, Any] = {"PageSize": 10, "CurrentPage": 1}


def pop(operation: str, /, method: str = "POST", **parameters: Any) -> dict[str, Any]:
    return {"sdk": "pop", "operation": operation, "parameters": parameters, "method": method}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_pop_core(cloud: CloudBox, pictures: str, method: str) -> None:
    created, refused, wrong = await call_node(
        cloud,
        pop("CreatePictureSearchApp", method, Name="收银台", Desc="d"),
        pop("QueryPictureSearchDevices", method, AppInstanceId="0" * 32, PageSize=1, CurrentPage=1),
        {**pop("QueryPictureSearchApps", method, PageSize=1, CurrentPage=1), "secret": "another"},
    )
    app = created["body"]["Data"]
    assert refused["code"] == "403"
    assert wrong["code"] == "SignatureDoesNotMatch"
    devices = {"DeviceIotIds.1": "till"}
    bound, found = await call_node(
        cloud,
        pop("BindPictureSearchAppWithDevices", method, AppInstanceId=app, **devices),
        pop(
            "PictureSearchPicture", method, AppInstanceId=app, Threshold=0.5, ContainPicUrl=True,
            SearchPicUrl=f"{pictures}/seven.png", StartTime=START_MS, EndTime=START_MS + 600_000,
            PageSize=10, CurrentPage=1,
        ),
    )  # fmt: skip
    assert bound["body"]["Success"] is True
    assert [hit["IotId"] for hit in found["body"]["Data"]["PageData"]] == ["till"]


async def test_pop_core_drives_all_twelve_operations(cloud: CloudBox, pictures: str) -> None:
    made, apps = await call_node(
        cloud,
        pop("CreatePictureSearchApp", Name="till", Desc="d"),
        pop("QueryPictureSearchApps", **FIRST),
    )
    app: dict[str, Any] = {"AppInstanceId": made["body"]["Data"]}
    assert apps["body"]["Data"]["PageData"][0]["AppTemplateId"]
    both: dict[str, Any] = {"DeviceIotIds.1": "till", "DeviceIotIds.2": "door"}
    one: dict[str, Any] = {"DeviceIotIds.1": "till"}
    asked = {
        **app, "SearchPicUrl": f"{pictures}/seven.png", "Threshold": 0.5, "StartTime": START_MS,
        "EndTime": START_MS + 600_000,
    }  # fmt: skip
    renamed, bound, devices, boxes, unbound, left, job, searched = await call_node(
        cloud,
        pop("UpdatePictureSearchApp", **app, Name="n", Description="second"),
        pop("BindPictureSearchAppWithDevices", **app, **both),
        pop("QueryPictureSearchDevices", **app, **FIRST),
        pop("QueryPictureSearchAiboxes", **app, **FIRST),
        pop("UnbindPictureSearchAppWithDevices", **app, **one),
        pop("QueryPictureSearchDevices", **app, **FIRST),
        pop("CreatePictureSearchJob", **asked),
        pop("PictureSearchPicture", **asked, **FIRST, ContainPicUrl=True),
    )
    assert [each["body"]["Code"] for each in (renamed, bound, unbound)] == ["200"] * 3
    assert {each["IotId"] for each in devices["body"]["Data"]["PageData"]} == {"till", "door"}
    assert boxes["body"]["Data"]["PageData"] == [{"IotId": "box-1", "NickName": "box-1"}]
    assert left["body"]["Data"]["PageData"] == [{"IotId": "door", "NickName": "Front door"}]
    (hit,) = searched["body"]["Data"]["PageData"]
    assert (hit["IotId"], hit["VectorType"]) == ("door", 1)
    of_job = {**app, "JobId": job["body"]["Data"]}
    while True:
        (status,) = await call_node(cloud, pop("GetPictureSearchJobStatus", **of_job))
        if status["body"]["Data"]["JobStatus"] not in {0, 2}:
            break
        await asyncio.sleep(0.05)
    jobs, results = await call_node(
        cloud,
        pop("QueryPictureSearchJob", **app, **FIRST, JobStatus=3),
        pop("QueryPictureSearchJobResult", **of_job, **FIRST),
    )
    assert jobs["body"]["Data"]["PageData"] == [status["body"]["Data"]]
    (found,) = results["body"]["Data"]["PageData"]
    assert (found["VectorId"], found["DeviceNickName"]) == (hit["VectorId"], "Front door")
    assert isinstance(found["EventTime"], int)
    assert isinstance(found["Threshold"], float | int)  # longer ones would be texts


async def test_topsdk(cloud: CloudBox) -> None:
    task = await cloud.tasks.create(NewTask(tracks=frozenset({"t7"})), asker="test")
    asked = {"risk_task_id": task.id, "tenant_code": "acme", "poi_id": "harbour"}

    def fragments(**changed: str) -> dict[str, Any]:
        parameters = {"param": json.dumps({**asked, **changed})}
        return {"sdk": "top", "operation": GET_BY_TASK, "parameters": parameters}

    found, foreign, unsigned = await call_node(
        cloud, fragments(), fragments(tenant_code="another"), {**fragments(), "secret": "another"}
    )
    (track,) = found["body"]["result"]["datas"]
    assert track["track_id"] == "t7"
    assert (foreign["error"], foreign["code"]) == ("TOPClientError", 50)
    assert unsigned["code"] == 25


async def test_over_https(cloud: CloudBox) -> None:
    task = await cloud.tasks.create(NewTask(tracks=frozenset({"t7"})), asker="test")
    asked = {"risk_task_id": task.id, "tenant_code": "acme", "poi_id": "harbour"}
    made, found = await call_node(
        cloud,
        pop("CreatePictureSearchApp", Name="till", Desc="d"),
        {"sdk": "top", "operation": GET_BY_TASK, "parameters": {"param": json.dumps(asked)}},
        protocol="https",
    )
    assert len(made["body"]["Data"]) == 32
    (track,) = found["body"]["result"]["datas"]
    assert track["face_image"].startswith(f"https://{cloud.endpoint}/media/pictures/")
