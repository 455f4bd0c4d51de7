"""The tracks of an investigation by picture, as clients of the cloud get them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from edge_agent.domain.job import PictureQuestion
from edge_agent.domain.risk_task import RiskCriteria, TaskSearchState
from edge_agent.domain.vector import Part
from edge_agent.tasks import NewTask
from edge_agent.wire.cloud.top import GET_BY_TASK
from tests.integration.cloud_api.test_signed_requests import get, top
from tests.integration.tasks.conftest import picture_of
from tests.support.cloud_box import CloudBox, call_node, node_with_sdks
from tests.support.painted import vector_of


@asynccontextmanager
async def by_picture(cloud: CloudBox) -> AsyncIterator[dict[str, str]]:
    """An investigation of person 7 at the door that keeps up while the block runs."""
    criteria = RiskCriteria(cameras=frozenset({"door"}))
    looks = PictureQuestion(picture=picture_of(7), cameras=criteria.cameras)
    task = await cloud.tasks.create(NewTask(criteria=criteria, looks=looks), asker="test")
    async with asyncio.TaskGroup() as group:
        working = group.create_task(cloud.tasks.run())
        store = cloud.box.store
        while True:
            version = store.version("risk_task")
            task = await cloud.tasks.get(task.id)
            if task.search is not None and task.search.state is TaskSearchState.COMPLETE:
                break
            await store.changed("risk_task", version)
        yield {"risk_task_id": task.id, "tenant_code": "acme", "poi_id": "harbour"}
        working.cancel()


async def test_tracks_that_look_like_the_picture_are_given_and_new_ones_too(
    cloud: CloudBox,
) -> None:
    async with by_picture(cloud) as asked:
        answer = await get(cloud, top(asked, simplify="true"), "/router/rest")
        assert [track["track_id"] for track in answer.json()["result"]] == ["t7"]
        await cloud.box.remember("t70", {Part.FACE: vector_of(Part.FACE, 7, 0.9)})
        await cloud.tasks.keep_up()
        answer = await get(cloud, top(asked, simplify="true"), "/router/rest")
        found = [track["track_id"] for track in answer.json()["result"]]
    assert sorted(found) == ["t7", "t70"]


@pytest.mark.skipif(node_with_sdks() is None, reason="Node or its SDKs are not there")
async def test_topsdk(cloud: CloudBox) -> None:
    async with by_picture(cloud) as asked:
        parameters = {"param": json.dumps(asked)}
        (found,) = await call_node(
            cloud, {"sdk": "top", "operation": GET_BY_TASK, "parameters": parameters}
        )
    assert [track["track_id"] for track in found["body"]["result"]["datas"]] == ["t7"]
