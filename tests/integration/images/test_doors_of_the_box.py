"""The same operations over MQTT and REST, in the names and shapes of the cloud's API."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from edge_agent.commands.call import Call
from edge_agent.domain.errors import Refused
from edge_agent.images import ImageAnswers
from edge_agent.rest_api.app import make_app
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.wire.schemas import schemas
from tests.integration.rest_api.house import BEARER, open_house
from tests.support.things import image_operations, image_search, picture

PICTURE = base64.b64encode(picture(1)).decode()
GOODS = {"InstanceName": "goods"}


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


async def test_over_mqtt(store: Store) -> None:
    async with image_search(store) as service:
        table, shapes = image_operations(store, service).table, schemas()

        async def ask(name: str, **parameters: Any) -> dict[str, Any]:
            jsonschema.validate(parameters, shapes[f"{name}.request.json"])
            answer = await table[name].handle(Call(parameters=parameters))
            told: dict[str, Any] = json.loads(answer.model_dump_json(exclude_none=True))
            return told

        item = {"ProductId": "p", "PicName": "n"}
        added = await ask("image.add", **GOODS, **item, PicContent=PICTURE, IntAttr=4, Crop=False)
        assert added["PicInfo"]["Region"] == "0,240,0,200"
        found = await ask("image.search-by-picture", **GOODS, PicContent=PICTURE,
                          Filter="int_attr=4", ScoreThreshold=0.9)  # fmt: skip
        assert found["Auctions"][0]["ProductId"] == "p"
        assert (await ask("image.search-by-name", **GOODS, **item))["Head"]["DocsFound"] == 1
        filtered = await ask("image.search-by-filter", **GOODS, Filter="int_attr in (4)")
        assert len(filtered["Auctions"]) == 1
        await ask("image.update", **GOODS, ProductId="p", StrAttr2="new")
        assert (await ask("image.exists", **GOODS, **item))["Auctions"]["StrAttr2"] == "new"
        compared = await ask("image.compare", **GOODS, PrimaryPicContent=PICTURE,
                             SecondaryPicContent=PICTURE)  # fmt: skip
        assert compared["Score"] == pytest.approx(1.0)
        detail = (await ask("image.detail", **GOODS))["Instance"]
        assert (detail["TotalCount"], detail["Model"]) == (1, "built/in@00000001+grid1")
        started = await ask("image.dump", **GOODS)
        assert started["Data"]["DumpMetaStatus"] == "PROCESSING"
        assert (await ask("image.dump-list", **GOODS))["Data"]["TotalCount"] == 1
        assert (await ask("image.import-list", **GOODS))["Data"]["TotalCount"] == 0
        gone = await ask("image.delete", **GOODS, ProductId="p")
        assert gone["Data"]["PicNames"] == ["n"]
        for name, wrong, said in (
            ("image.search-by-filter", {"Filter": "int_attr ~ 4"}, "not understood"),
            ("image.search-by-picture", {"PicContent": PICTURE, "Num": 101}, "OverflowMaxReturn"),
            ("image.delete", {}, "MissingProductId"),
            ("image.import", {"BucketName": "b", "Path": "/"}, "import_folder"),
        ):
            with pytest.raises(Refused, match=said):
                await ask(name, **GOODS, **wrong)


@asynccontextmanager
async def rest(store: Store, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The REST door in front of instances."""
    async with image_search(store) as service, open_house(tmp_path / "house") as house:
        parts = replace(
            house.parts,
            images=ImageAnswers(service, "box-1"),
            image_tasks=service.tasks.file,
            item_pictures=store.images,
        )
        transport = httpx.ASGITransport(app=make_app(parts, house.options))
        async with httpx.AsyncClient(
            transport=transport, base_url="https://box", headers=BEARER
        ) as client:
            yield client


async def test_over_rest(store: Store, tmp_path: Path) -> None:
    async with rest(store, tmp_path) as client:
        item = {"ProductId": "p", "PicName": "n"}
        added = await client.post("/v1/images/goods/add", json={**item, "PicContent": PICTURE})
        assert added.status_code == 200, added.text
        found = await client.post(
            "/v1/images/goods/search-by-picture", json={"PicContent": PICTURE}
        )
        (hit,) = found.json()["Auctions"]
        assert (hit["ProductId"], hit["CategoryId"]) == ("p", 88888888)
        assert "IntAttr" not in hit
        shown = await client.get(hit["PictureUrl"], headers={"Authorization": ""})
        assert (shown.status_code, shown.content[:2]) == (200, b"\xff\xd8")
        missing = await client.post("/v1/images/nowhere/detail", json={})
        assert missing.status_code == 400
        assert missing.json()["error"]["field"] == "instance"
        strange = await client.post("/v1/images/goods/detail", json={"InstanceName": "goods"})
        assert strange.status_code == 400


async def test_what_lies_in_an_instance_is_listed_with_its_pictures(
    store: Store, tmp_path: Path
) -> None:
    async with rest(store, tmp_path) as client:
        for number in range(3):
            item = {"ProductId": "p", "PicName": str(number), "PicContent": PICTURE}
            added = await client.post("/v1/images/goods/add", json={**item, "IntAttr2": number})
            assert added.status_code == 200, added.text
        listed = {one["name"]: one for one in (await client.get("/v1/images")).json()["instances"]}
        assert (listed["goods"]["items"], listed["goods"]["ready"]) == (3, True)
        assert listed["notices"]["items"] == 0
        first = (await client.get("/v1/images/goods/items?limit=2")).json()
        assert [one["name"] for one in first["items"]] == ["2", "1"]
        assert first["items"][0]["ints"] == [None, 2, None, None]
        link = first["items"][0]["picture_url"]
        assert (await client.get(link, headers={"Authorization": ""})).status_code == 200
        rest_of = await client.get(f"/v1/images/goods/items?limit=2&after={first['next']}")
        assert [one["name"] for one in rest_of.json()["items"]] == ["0"]
        assert rest_of.json()["next"] is None
        assert (await client.get("/v1/images/notices/items")).json() == {"items": [], "next": None}
        assert (await client.get("/v1/images/nowhere/items")).status_code == 400
