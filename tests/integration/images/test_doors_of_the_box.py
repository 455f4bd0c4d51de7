"""The same operations over MQTT and REST, in the names and shapes of the cloud's API."""

import base64
import json
from collections.abc import AsyncIterator
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


async def test_over_rest(store: Store, tmp_path: Path) -> None:
    async with image_search(store) as service, open_house(tmp_path / "house") as house:
        parts = house.parts.__class__(
            **{
                name: getattr(house.parts, name)
                for name in house.parts.__slots__
                if name not in {"images", "image_tasks"}
            },
            images=ImageAnswers(service, "box-1"),
            image_tasks=service.tasks.file,
        )
        transport = httpx.ASGITransport(app=make_app(parts, house.options))
        async with httpx.AsyncClient(
            transport=transport, base_url="https://box", headers=BEARER
        ) as client:
            item = {"ProductId": "p", "PicName": "n"}
            added = await client.post("/v1/images/goods/add", json={**item, "PicContent": PICTURE})
            assert added.status_code == 200, added.text
            found = await client.post(
                "/v1/images/goods/search-by-picture", json={"PicContent": PICTURE}
            )
            (hit,) = found.json()["Auctions"]
            assert (hit["ProductId"], hit["CategoryId"]) == ("p", 88888888)
            assert "IntAttr" not in hit
            missing = await client.post("/v1/images/nowhere/detail", json={})
            assert missing.status_code == 400
            assert missing.json()["error"]["field"] == "instance"
            strange = await client.post("/v1/images/goods/detail", json={"InstanceName": "goods"})
            assert strange.status_code == 400
