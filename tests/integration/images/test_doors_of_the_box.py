"""The same operations over MQTT and REST, in the names and shapes of the cloud's API."""

import base64
import functools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from edge_agent.domain.ids import new_id
from edge_agent.images import ImageAnswers
from edge_agent.rest_api.app import make_app
from edge_agent.runtime.clock import SystemClock
from edge_agent.storage import Store
from edge_agent.storage.image_tasks import unfinished_task
from edge_agent.wire.schemas import schemas
from tests.integration.commands.test_door import box
from tests.integration.rest_api.house import BEARER, open_house
from tests.support.broker import LocalBroker
from tests.support.things import image_operations, image_search, picture

PICTURE = base64.b64encode(picture(1)).decode()
GOODS = {"InstanceName": "goods"}
Ask = Callable[..., Awaitable[dict[str, Any]]]
made_once = functools.cache(schemas)  # all of them take half a second


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "state", clock=SystemClock()) as opened:
        yield opened


async def every_operation(ask: Ask, store: Store) -> None:
    """Go through all of them, in an instance that a folder `shelf` can be imported into."""
    item = {"ProductId": "p", "PicName": "n"}
    added = await ask("image.add", **item, PicContent=PICTURE, IntAttr=4, Crop=False)
    assert added["PicInfo"]["Region"] == "0,240,0,200"
    found = await ask(
        "image.search-by-picture", PicContent=PICTURE, Filter="int_attr=4", ScoreThreshold=0.9
    )
    assert found["Auctions"][0]["ProductId"] == "p"
    assert "/media/items/" in found["Auctions"][0]["PictureUrl"]
    assert (await ask("image.search-by-name", **item))["Head"]["DocsFound"] == 1
    filtered = await ask("image.search-by-filter", Filter="int_attr in (4)")
    assert len(filtered["Auctions"]) == 1
    worded = await ask("image.search-by-text", Text="a bottle")
    assert (worded["Auctions"], worded["Msg"]) == ([], "success")  # no network, no things
    await ask("image.update", ProductId="p", StrAttr2="new")
    assert (await ask("image.exists", **item))["Auctions"]["StrAttr2"] == "new"
    both = {"PrimaryPicContent": PICTURE, "SecondaryPicContent": PICTURE}
    assert (await ask("image.compare", **both))["Score"] == pytest.approx(1.0)
    detail = (await ask("image.detail"))["Instance"]
    assert (detail["TotalCount"], detail["Model"]) == (1, "lib/rary@00000001+grid1")
    imported = await ask("image.import", BucketName="shelf", Path="/")
    assert imported["Data"]["IncrementStatus"] == "PROCESSING"
    assert (await ask("image.dump"))["Data"]["DumpMetaStatus"] == "PROCESSING"
    while await unfinished_task(store) is not None:
        await store.changed("image_task", store.version("image_task"))
    (done,) = (await ask("image.import-list"))["Data"]["Increments"]["Instance"]
    assert (done["Status"], done["BucketName"]) == ("SUCCESS", "shelf")
    (dumped,) = (await ask("image.dump-list"))["Data"]["DumpMetaList"]
    assert (dumped["Status"], "MetaUrl" in dumped) == ("SUCCESS", True)
    gone = await ask("image.delete", IsDeleteByFilter=True, Filter="int_attr=4")
    assert gone["Data"]["PicNames"] == ["n"]
    assert (await ask("image.detail"))["Instance"]["TotalCount"] == 1  # what was imported


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("image.search-by-filter", {"Filter": "int_attr ~ 4"}, "not understood"),
    ("image.search-by-picture", {"PicContent": PICTURE, "Num": 101}, "OverflowMaxReturn"),
    ("image.search-by-picture", {"PicContent": "***"}, "UnsupportedPicFormat"),
    ("image.add", {"ProductId": "p", "PicName": "n"}, "PicContent"),
    ("image.delete", {}, "MissingProductId"),
    ("image.search-by-name", {"ProductId": "p", "PicName": "gone"}, "no such picture"),
    ("image.dump-list", {"PageSize": 31}, "30"),
)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder to import from."""
    (tmp_path / "imports" / "shelf").mkdir(parents=True)
    (tmp_path / "imports" / "shelf" / "one.png").write_bytes(picture(7, ".png"))
    return tmp_path / "imports"


@pytest.mark.broker
async def test_over_mqtt(broker: LocalBroker, tmp_path: Path, shelf: Path) -> None:
    async with (
        box(broker, tmp_path / "box") as here,
        image_search(here.store, import_folder=shelf) as service,
    ):
        here.operations.table.update(image_operations(here.store, service).table)

        async def ask(name: str, **parameters: Any) -> dict[str, Any]:
            jsonschema.validate({**GOODS, **parameters}, made_once()[f"{name}.request.json"])
            answer = await here.ask(name, {**GOODS, **parameters}, new_id(here.clock.now_ms()))
            assert answer["ok"], answer
            told: dict[str, Any] = _without_none(answer["data"])
            return told

        await every_operation(ask, here.store)
        for name, wrong, said in REFUSED:
            refused = await here.ask(name, {**GOODS, **wrong})
            assert said in str(refused["error"]), refused
        await here.ask("image.import", {**GOODS, "BucketName": "shelf", "Path": "/"}, "twice")
        again = await here.ask(
            "image.import", {**GOODS, "BucketName": "shelf", "Path": "/"}, "twice"
        )
        assert again["data"]["Data"]["Id"]
        listed = await here.ask("image.import-list", GOODS)
        assert listed["data"]["Data"]["TotalCount"] == 2  # a repeat starts nothing


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_none(each) for name, each in value.items() if each is not None}
    return [_without_none(each) for each in value] if isinstance(value, list) else value


@asynccontextmanager
async def rest(
    store: Store, tmp_path: Path, shelf: Path | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """The REST door in front of instances."""
    async with (
        image_search(store, import_folder=shelf) as service,
        open_house(tmp_path / "house") as house,
    ):
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


async def test_every_operation_over_rest(store: Store, tmp_path: Path, shelf: Path) -> None:
    async with rest(store, tmp_path, shelf) as client:

        async def post(name: str, parameters: dict[str, Any]) -> httpx.Response:
            operation = name.removeprefix("image.")
            return await client.post(f"/v1/images/goods/{operation}", json=parameters)

        async def ask(name: str, **parameters: Any) -> dict[str, Any]:
            answer = await post(name, parameters)
            assert answer.status_code == 200, answer.text
            told: dict[str, Any] = answer.json()
            return told

        await every_operation(ask, store)
        for name, wrong, said in REFUSED:
            refused = await post(name, wrong)
            assert refused.status_code == 400
            assert said in refused.text, refused.text


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
