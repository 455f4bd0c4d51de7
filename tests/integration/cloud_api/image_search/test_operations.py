"""Every operation by every official SDK, unchanged, with the types of its answers."""

import asyncio
from typing import Any

import pytest

from edge_agent.storage.image_tasks import unfinished_task
from tests.integration.cloud_api.image_search.conftest import Served
from tests.support.image_sdks import ALL, OLD, Ask, ask, base64_of, bodies, has, sdks
from tests.support.image_shapes import SHAPES
from tests.support.things import drawn, encoded, picture

GOODS = {"InstanceName": "goods"}
FIRST = {**GOODS, "ProductId": "product-1", "PicName": "1.jpg"}
SOME = {"CustomContent": "k:v", "IntAttr": 7, "StrAttr": "红"}
MORE = {**SOME, "IntAttr4": 9, "StrAttr3": "x"}
PIECE = encoded(drawn(1)[20:180, 24:216])


async def answered(served: Served, sdk: str, asked: dict[str, Ask]) -> dict[str, Any]:
    """The answers to those calls that an SDK has, by their names."""
    kept = {name: one for name, one in asked.items() if has(sdk, one)}
    return dict(zip(kept, await bodies(served.cloud, sdk, *kept.values()), strict=True))


@pytest.mark.parametrize("sdk", sdks(ALL))
async def test_items_are_added_found_and_deleted(served: Served, sdk: str) -> None:
    third = {"ProductId": "product-3", "PicName": "3.jpg"}
    told = await answered(served, sdk, {
        "first": served.add(1, **SOME),
        "second": served.add(2, CategoryId=3, Region="20,120,30,130"),
        "third": served.add(3, Crop=False, IntAttr=8),
        "found": ask("SearchImageByPic", **GOODS, PicContent=base64_of(PIECE)),
        "region": ask("SearchImageByPic", **GOODS, PicContent=base64_of(picture(2)), Num=1,
                      Region="20,120,30,130", Filter='int_attr=8 OR str_attr in ("红","蓝")'),
        "named": ask("SearchImageByName", **GOODS, **third, Filter="int_attr = 8"),
        "gone": ask("DeleteImage", **GOODS, ProductId="product-2"),
        "nothing": ask("DeleteImage", **GOODS, ProductId="product-2"),
    })  # fmt: skip
    added = told["first"]
    assert (added["Code"], added["Success"], added["Message"]) == (0, True, "success")
    assert added["PicInfo"]["CategoryId"] == 88888888
    assert added["PicInfo"]["Region"] == "0,240,0,200"
    assert sdk == "old" or len(added["PicInfo"]["AllCategories"]) == 14
    assert told["second"]["PicInfo"]["Region"] == "20,120,30,130"
    assert told["second"]["PicInfo"]["CategoryId"] == 3
    best = told["found"]["Auctions"][0]
    assert (best["ProductId"], best["PicName"], best["IntAttr"]) == ("product-1", "1.jpg", 7)
    assert (best["StrAttr"], best.get("CustomContent")) == ("红", "k:v")
    assert "IntAttr2" not in best
    assert 0.3 < best["Score"] <= 1
    assert best["SortExprValues"].endswith(";0")
    assert told["found"]["Head"]["DocsFound"] == told["found"]["Head"]["DocsReturn"] == 3
    region = told["region"]
    assert [one["ProductId"] for one in region["Auctions"]] in (["product-1"], ["product-3"])
    assert (region["Head"]["DocsFound"], region["Head"]["DocsReturn"]) == (2, 1)
    (named,) = told["named"]["Auctions"]
    assert (named["ProductId"], named["Score"]) == ("product-3", pytest.approx(1.0, abs=1e-3))
    if sdk != "old":  # whose type does not have them
        assert told["gone"]["Data"]["PicNames"] == ["2.jpg"]
        assert told["nothing"]["Data"]["PicNames"] == []


@pytest.mark.parametrize("sdk", sdks(one for one in ALL if one != "old"))
async def test_what_version_3_did_not_have(served: Served, sdk: str) -> None:
    same = base64_of(picture(1))
    told = await answered(served, sdk, {
        "first": served.add(1, **MORE),
        "third": served.add(3, IntAttr=8),
        "near": ask("SearchImageByName", **FIRST, ScoreThreshold="0.99", DistinctProductId=True),
        "filtered": ask("SearchImageByFilter", **GOODS, Filter="int_attr >= 7", Num=5),
        "worded": ask("SearchImageByText", **GOODS, Text="红色的瓶子", Filter="int_attr = 7"),
        "updated": ask("UpdateImage", **GOODS, ProductId="product-1", IntAttr=70, IntAttr3=3,
                       StrAttr4="late", CustomContent="other"),
        "there": ask("CheckImageExists", **FIRST),
        "absent": ask("CheckImageExists", **GOODS, ProductId="nobody", PicName="1.jpg"),
        "alike": ask("CompareSimilarByImage", **GOODS, PrimaryPicContent=same,
                     SecondaryPicContent=same),
        "detail": ask("Detail", **GOODS),
        "gone": ask("DeleteImage", **GOODS, IsDeleteByFilter=True, Filter="int_attr=70"),
    })  # fmt: skip
    assert [one["ProductId"] for one in told["near"]["Auctions"]] == ["product-1"]
    listed = [one["ProductId"] for one in told["filtered"]["Auctions"]]
    assert listed == ["product-1", "product-3"]
    assert told["worded"]["Auctions"] == []  # no network, no things
    assert len(told["worded"]["PicInfo"]["AllCategories"]) == 14
    changed = told["there"]["Auctions"]
    assert (changed["IntAttr"], changed["IntAttr3"], changed["StrAttr4"]) == (70, 3, "late")
    assert (changed["StrAttr"], changed["StrAttr3"], changed["IntAttr4"]) == ("红", "x", 9)
    assert changed["CustomContent"] == "other"
    assert (told["there"]["Exists"], told["absent"]["Exists"]) == (True, False)
    assert told["alike"]["Score"] == pytest.approx(1.0)
    detail = told["detail"]["Instance"]
    assert (detail["Name"], detail["Capacity"], detail["TotalCount"]) == ("goods", 2, 2)
    assert detail["UtcCreate"].isdecimal()
    assert told["gone"]["Data"]["PicNames"] == ["1.jpg"]


@pytest.mark.parametrize("sdk", sdks(one for one in ALL if one != "old"))
async def test_imports_and_dumps(served: Served, sdk: str) -> None:
    called = {"CallbackAddress": "http://example.org/done"}
    told = await answered(served, sdk, {
        "ordered": ask("IncreaseInstance", **GOODS, BucketName="shelf", Path="/new", **called),
        "others": ask("IncreaseList", **GOODS, BucketName="elsewhere"),
    })  # fmt: skip
    assert told["ordered"]["Data"]["IncrementStatus"] == "PROCESSING"
    assert told["others"]["Data"]["TotalCount"] == 0
    task = told["ordered"]["Data"]["Id"]
    one = (await ended(served, sdk, "IncreaseList", task))["Increments"]["Instance"][0]
    assert (one["BucketName"], one["Path"], one["Status"]) == ("shelf", "/new", "SUCCESS")
    assert (str(one["Id"]), one["CallbackAddress"]) == (task, called["CallbackAddress"])
    content = base64_of(picture(101))
    told = await answered(served, sdk, {
        "found": ask("SearchImageByPic", **GOODS, PicContent=content),
        "dumped": ask("DumpMeta", **GOODS),
    })  # fmt: skip
    assert told["found"]["Auctions"][0]["PicName"] == "p1.jpg"
    assert told["dumped"]["Data"]["DumpMetaStatus"] == "PROCESSING"
    (dump,) = (await ended(served, sdk, "DumpMetaList", told["dumped"]["Data"]["Id"]))[
        "DumpMetaList"
    ]
    assert dump["Status"] == "SUCCESS"
    assert dump["MetaUrl"].startswith("http://127.0.0.1:")
    lines = await asyncio.to_thread(served.images.tasks.file(dump["Id"]).read_text)
    assert len(lines.splitlines()) == 3


async def ended(served: Served, sdk: str, operation: str, task: str) -> Any:
    """What is listed of a task that has ended."""
    store = served.cloud.box.store
    while await unfinished_task(store) is not None:
        await store.changed("image_task", store.version("image_task"))
    (listed,) = await bodies(served.cloud, sdk, ask(operation, **GOODS, Id=task, PageSize=30))
    assert listed["Data"]["TotalCount"] == 1
    return listed["Data"]


@pytest.mark.parametrize("sdk", sdks(["tea"]))
async def test_an_import_that_fails_says_why(served: Served, sdk: str) -> None:
    (served.folder / "shelf" / "new" / "broken.png").write_bytes(b"no picture")
    absent, damaged = await bodies(
        served.cloud, sdk,
        ask("IncreaseInstance", **GOODS, BucketName="shelf", Path="/nowhere"),
        ask("IncreaseInstance", **GOODS, BucketName="shelf", Path="/new"),
    )  # fmt: skip
    (one,) = (await ended(served, sdk, "IncreaseList", absent["Data"]["Id"]))["Increments"][
        "Instance"
    ]
    assert (one["Status"], one["Code"], "ErrorUrl" in one) == ("FAIL", "PicNotExist", False)
    assert "nowhere" in one["Msg"]
    (one,) = (await ended(served, sdk, "IncreaseList", damaged["Data"]["Id"]))["Increments"][
        "Instance"
    ]
    assert one["ErrorUrl"].startswith("http://127.0.0.1:")
    (line,) = served.images.tasks.file(one["Id"]).read_text().splitlines()
    assert "broken.png" in line
    assert "UnsupportedPicFormat" in line


@pytest.mark.parametrize("sdk", sdks(["tea"]))
async def test_pages_reach_500(served: Served, sdk: str) -> None:
    """The last page there is, and the first that there is not."""
    await bodies(served.cloud, sdk, *(served.add(number) for number in range(3)))
    pages = [
        ask("SearchImageByName", **GOODS, ProductId="product-0", PicName="0.jpg", Start=at, Num=2)
        for at in (0, 2)
    ]
    far = ask("SearchImageByFilter", **GOODS, Filter="int_attr<1", Start=400, Num=100)
    first, second, last = await bodies(served.cloud, sdk, *pages, far)
    names = [one["PicName"] for page in (first, second) for one in page["Auctions"]]
    assert sorted(names) == ["0.jpg", "1.jpg", "2.jpg"]
    assert last["Auctions"] == []


@pytest.mark.parametrize("sdk", sdks(["core-2019"]))
async def test_the_three_operations_of_2019(served: Served, sdk: str) -> None:
    content, item = base64_of(picture(1)), {**GOODS, "ProductId": "p", "PicName": "n"}
    added, found, named, gone = await bodies(
        served.cloud, sdk,
        ask("AddImage", **item, PicContent=content, IntAttr=4),
        ask("SearchImage", **GOODS, PicContent=content),
        ask("SearchImage", **item, Type="SearchByName", Filter="int_attr=4"),
        ask("DeleteImage", **item),
    )  # fmt: skip
    assert added["Success"] is True
    assert found["Auctions"][0]["PicName"] == named["Auctions"][0]["PicName"] == "n"
    assert gone["Data"]["PicNames"] == ["n"]


def test_these_are_all_operations() -> None:
    assert len(SHAPES) - 1 == 14  # one is of 2019
    assert SHAPES.keys() > OLD
