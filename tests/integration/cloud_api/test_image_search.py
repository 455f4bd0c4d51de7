"""The official SDKs of Image Search, unchanged, pointed at the door: every operation."""

import base64
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge_agent.images import ImageSearch
from edge_agent.storage.image_tasks import unfinished_task
from tests.support.cloud_box import (
    READER,
    CloudBox,
    call_images,
    call_node_images,
    cloud_box,
    node_with_sdks,
    old_python_with_sdks,
    python_with_sdks,
)
from tests.support.remembering import opened_box
from tests.support.things import drawn, encoded, image_search, picture

pytestmark = pytest.mark.skipif(
    python_with_sdks() is None,
    reason="the official SDKs are not installed: scripts/setup --test, or EDGE_AGENT_SDK_PYTHON",
)
PLAIN = ("tea", "tea-v2")


@dataclass
class Served:
    """A door with instances behind it."""

    cloud: CloudBox
    images: ImageSearch
    silent: str


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    folder = tmp_path / "imports"
    (folder / "shelf" / "new").mkdir(parents=True)
    for number in range(3):
        (folder / "shelf" / "new" / f"p{number}.jpg").write_bytes(picture(100 + number))
    async with (
        opened_box(tmp_path / "state") as box,
        image_search(box.store, import_folder=folder) as images,
        cloud_box(box, images=images) as cloud,
    ):
        # Takes connections and never answers.
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            yield Served(cloud, images, f"http://127.0.0.1:{port}")


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def call(sdk: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
    return {"sdk": sdk, "operation": operation, "parameters": parameters}


def add(sdk: str, number: int, /, **parameters: Any) -> dict[str, Any]:
    values = {
        "InstanceName": "goods", "ProductId": f"product-{number}", "PicName": f"{number}.jpg",
        "PicContent": base64_of(picture(number)), **parameters,
    }  # fmt: skip
    return call(sdk, "AddImage", **values)


def done(outcomes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bodies of calls that have to succeed."""
    for outcome in outcomes:
        assert "error" not in outcome, outcome
    return [outcome["body"]["map"] for outcome in outcomes]


@pytest.mark.parametrize("sdk", PLAIN)
async def test_every_operation(served: Served, sdk: str) -> None:
    more = {"CustomContent": "k:v", "IntAttr": 7, "StrAttr": "红", "IntAttr4": 9, "StrAttr3": "x"}
    calls = [
        add(sdk, 1, **more),
        add(sdk, 2, CategoryId=3, Region="20,120,30,130"),
        add(sdk, 3, Crop=False, IntAttr=8),
        call(sdk, "SearchImageByPic", InstanceName="goods",
             PicContent=base64_of(encoded(drawn(1)[20:180, 24:216]))),
        call(sdk, "SearchImageByPic", InstanceName="goods", PicContent=base64_of(picture(2)),
             Region="20,120,30,130", Filter='int_attr=8 OR str_attr in ("红","蓝")', Num=1),
        call(sdk, "SearchImageByName", InstanceName="goods", ProductId="product-3",
             PicName="3.jpg", ScoreThreshold="0.99"),
        call(sdk, "SearchImageByFilter", InstanceName="goods", Filter="int_attr >= 7", Num=5),
        call(sdk, "SearchImageByText", InstanceName="goods", Text="红色的瓶子"),
        call(sdk, "UpdateImage", InstanceName="goods", ProductId="product-1", IntAttr=70,
             StrAttr4="late", CustomContent="other"),
        call(sdk, "CheckImageExists", InstanceName="goods", ProductId="product-1",
             PicName="1.jpg"),
        call(sdk, "CheckImageExists", InstanceName="goods", ProductId="nobody", PicName="1.jpg"),
        call(sdk, "CompareSimilarByImage", InstanceName="goods",
             PrimaryPicContent=base64_of(picture(1)), SecondaryPicContent=base64_of(picture(1))),
        call(sdk, "Detail", InstanceName="goods"),
        call(sdk, "DeleteImage", InstanceName="goods", ProductId="product-2"),
        call(sdk, "DeleteImage", InstanceName="goods", IsDeleteByFilter=True,
             Filter="int_attr=70"),
        call(sdk, "DeleteImage", InstanceName="goods", ProductId="product-2"),
    ]  # fmt: skip
    (first, second, _, found, region, named, filtered, worded, updated, there, absent, alike,
     detail, gone, by_filter, nothing) = done(await call_images(served.cloud, *calls))  # fmt: skip
    assert (first["Code"], first["Success"], first["Message"]) == (0, True, "success")
    assert first["PicInfo"]["CategoryId"] == 88888888
    assert first["PicInfo"]["Region"] == "0,240,0,200"
    assert len(first["PicInfo"]["AllCategories"]) == 14
    assert second["PicInfo"]["Region"] == "20,120,30,130"
    assert second["PicInfo"]["CategoryId"] == 3
    best = found["Auctions"][0]
    assert (best["ProductId"], best["PicName"], best["IntAttr"]) == ("product-1", "1.jpg", 7)
    assert (best["StrAttr"], best["IntAttr4"], best["StrAttr3"]) == ("红", 9, "x")
    assert "IntAttr2" not in best
    assert 0.3 < best["Score"] <= 1
    assert best["SortExprValues"].endswith(";0")
    assert found["Head"]["DocsFound"] == found["Head"]["DocsReturn"] == 3
    assert [one["ProductId"] for one in region["Auctions"]] in (["product-1"], ["product-3"])
    assert region["Head"] | {"SearchTime": 0} == {
        "DocsFound": 2, "DocsReturn": 1, "SearchTime": 0
    }  # fmt: skip
    assert [one["ProductId"] for one in named["Auctions"]] == ["product-3"]
    assert named["Auctions"][0]["Score"] == pytest.approx(1.0, abs=1e-3)
    assert [one["ProductId"] for one in filtered["Auctions"]] == ["product-1", "product-3"]
    assert "Score" not in filtered["Auctions"][0]
    assert "Head" not in filtered
    assert (worded["Msg"], worded["Auctions"]) == ("success", [])  # no network, no things
    assert len(worded["PicInfo"]["AllCategories"]) == 14
    assert updated["Message"] == "success"
    assert there["Exists"] is True
    changed = there["Auctions"]
    assert (changed["IntAttr"], changed["StrAttr4"], changed["StrAttr"]) == (70, "late", "红")
    assert changed["CustomContent"] == "other"
    assert absent["Exists"] is False
    assert alike["Score"] == pytest.approx(1.0)
    told = detail["Instance"]
    assert (told["Name"], told["Capacity"], told["TotalCount"]) == ("goods", 2, 3)
    assert told["UtcCreate"].isdecimal()
    assert gone["Data"]["PicNames"] == ["2.jpg"]
    assert by_filter["Data"]["PicNames"] == ["1.jpg"]
    assert nothing["Data"]["PicNames"] == []
    assert nothing["Success"] is True


async def test_imports_and_dumps(served: Served) -> None:
    ordered, listed_before = done(
        await call_images(
            served.cloud,
            call("tea", "IncreaseInstance", InstanceName="goods", BucketName="shelf", Path="/new",
                 CallbackAddress="http://example.org/done"),
            call("tea", "IncreaseList", InstanceName="goods", BucketName="elsewhere"),
        )
    )  # fmt: skip
    assert ordered["Data"]["Id"].isdecimal()
    assert ordered["Data"]["IncrementStatus"] == "PROCESSING"
    assert listed_before["Data"]["TotalCount"] == 0
    one = await ended(served, "IncreaseList")
    assert (one["BucketName"], one["Path"], one["Status"]) == ("shelf", "/new", "SUCCESS")
    assert one["Id"] == int(ordered["Data"]["Id"])
    assert one["CallbackAddress"] == "http://example.org/done"
    found, dumped = done(
        await call_images(
            served.cloud,
            call("tea", "SearchImageByPic", InstanceName="goods",
                 PicContent=base64_of(picture(101))),
            call("tea", "DumpMeta", InstanceName="goods"),
        )
    )  # fmt: skip
    assert found["Auctions"][0]["PicName"] == "p1.jpg"
    assert dumped["Data"]["DumpMetaStatus"] == "PROCESSING"
    dump = await ended(served, "DumpMetaList")
    assert dump["Status"] == "SUCCESS"
    assert dump["MetaUrl"].startswith("http://127.0.0.1:")
    lines = served.images.tasks.file(dump["Id"]).read_text().splitlines()
    assert len(lines) == 3


async def ended(served: Served, operation: str) -> dict[str, Any]:
    store = served.cloud.box.store
    while await unfinished_task(store) is not None:
        await store.changed("image_task", store.version("image_task"))
    (listed,) = done(await call_images(served.cloud, call("tea", operation, InstanceName="goods")))
    data = listed["Data"]
    (one,) = data.get("DumpMetaList") or data["Increments"]["Instance"]
    return dict(one)


async def test_pictures_are_uploaded_ahead_over_http_and_https(served: Served) -> None:
    """Versions 4 upload over https whatever the protocol is, version 3 over the client's own."""
    old = old_python_with_sdks() is not None
    content = base64_of(picture(1))
    calls = [
        call("tea", "AddImageAdvance", InstanceName="goods", ProductId="p", PicName="n",
             PicContentObject=content),
        call("tea", "SearchImageByPicAdvance", InstanceName="goods", PicContentObject=content),
    ]  # fmt: skip
    compared = call("tea", "CompareSimilarByImageAdvance", InstanceName="goods",
                    PrimaryPicContentObject=content, SecondaryPicContentObject=content)  # fmt: skip
    for protocol, is_old in (("http", False), ("https", False), ("http", True)):
        if is_old and not old:
            continue
        some = calls if is_old else [*calls, compared]
        outcomes = await call_images(served.cloud, *some, protocol=protocol, old=is_old)
        added, found, *score = done(outcomes)
        assert added["Success"] is True
        assert found["Auctions"][0]["ProductId"] == "p"
        assert all(one["Score"] == pytest.approx(1.0) for one in score)


@pytest.mark.skipif(old_python_with_sdks() is None, reason="version 3 of the SDK is not installed")
async def test_version_3_of_the_sdk(served: Served) -> None:
    calls = [
        add("tea", 1),
        call("tea", "SearchImageByPic", InstanceName="goods", PicContent=base64_of(picture(1))),
        call("tea", "SearchImageByName", InstanceName="goods", ProductId="product-1",
             PicName="1.jpg"),
        call("tea", "DeleteImage", InstanceName="goods", ProductId="product-1", PicName="1.jpg"),
    ]  # fmt: skip
    added, found, named, gone = done(await call_images(served.cloud, *calls, old=True))
    assert added["Success"] is True
    assert found["Auctions"][0]["ProductId"] == named["Auctions"][0]["ProductId"] == "product-1"
    assert gone["Success"] is True
    (refused,) = await call_images(
        served.cloud, call("tea", "DeleteImage", InstanceName="nowhere", ProductId="p"), old=True
    )
    assert refused["code"] == "InvalidInstance"


async def test_the_three_operations_of_2019(served: Served) -> None:
    content = base64_of(picture(1))
    calls = [
        call("core", "AddImage", InstanceName="goods", ProductId="p", PicName="n",
             PicContent=content, IntAttr=4),
        call("core", "SearchImage", InstanceName="goods", PicContent=content),
        call("core", "SearchImage", InstanceName="goods", Type="SearchByName", ProductId="p",
             PicName="n", Filter="int_attr=4"),
        call("core", "DeleteImage", InstanceName="goods", ProductId="p", PicName="n"),
    ]  # fmt: skip
    added, found, named, gone = done(await call_images(served.cloud, *calls))
    assert added["Success"] is True
    assert found["Auctions"][0]["PicName"] == named["Auctions"][0]["PicName"] == "n"
    assert gone["Code"] == 0
    strange, wrong = await call_images(
        served.cloud,
        call("core", "SearchImage", InstanceName="goods", Type="SearchByMagic"),
        call("core", "SearchImage", InstanceName="goods", PicContent=content)
        | {"secret": "not the secret of the key"},
    )
    assert (strange["error"], strange["code"], strange["status"]) == (
        "ServerException", "InvalidType", 400
    )  # fmt: skip
    assert wrong["code"] in {"SignatureDoesNotMatch", "InvalidAccessKeySecret"}


@pytest.mark.skipif(node_with_sdks() is None, reason="the Node SDKs or node are not installed")
async def test_the_node_sdk(served: Served) -> None:
    content = base64_of(picture(1))
    outcomes = await call_node_images(
        served.cloud,
        call("", "AddImageAdvance", InstanceName="goods", ProductId="p", PicName="n",
             PicContentObject=content, IntAttr=3),
        call("", "SearchImageByPic", InstanceName="goods", PicContent=content, Num=5,
             DistinctProductId=True),
        call("", "SearchImageByFilter", InstanceName="goods", Filter="int_attr=3"),
        call("", "UpdateImage", InstanceName="goods", ProductId="p", IntAttr=5),
        call("", "CheckImageExists", InstanceName="goods", ProductId="p", PicName="n"),
        call("", "Detail", InstanceName="goods"),
        call("", "DeleteImage", InstanceName="goods", ProductId="p"),
        call("", "Detail", InstanceName="nowhere"),
    )  # fmt: skip
    for outcome in outcomes[:-1]:
        assert "error" not in outcome, outcome
    added, found, filtered, _, there, detail, gone = [one["body"] for one in outcomes[:-1]]
    assert added["success"] is True
    assert found["auctions"][0]["productId"] == filtered["auctions"][0]["productId"] == "p"
    assert there["auctions"]["intAttr"] == 5
    assert detail["instance"]["totalCount"] == 1
    assert gone["data"]["picNames"] == ["n"]
    assert outcomes[-1]["code"] == "InvalidInstance"


async def test_every_error_that_a_client_can_cause(served: Served) -> None:
    goods = {"InstanceName": "goods"}
    content = base64_of(picture(1))
    search = {**goods, "PicContent": content}
    item = {**goods, "ProductId": "p", "PicName": "n"}
    reader = {"key": READER.id, "secret": READER.secret}
    turned_exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06" + bytes(7)
    turned = (
        picture(1)[:2] + b"\xff\xe1" + (len(turned_exif) + 2).to_bytes(2, "big") + turned_exif
        + picture(1)[2:]
    )  # fmt: skip
    small = base64_of(encoded(drawn(1)[:99]))
    rows: list[tuple[dict[str, Any], str, int]] = [
        (call("tea", "Detail"), "MissingInstanceName", 400),
        (call("tea", "Detail", InstanceName="nowhere"), "InvalidInstance", 400),
        (call("tea", "Detail", InstanceName="x" * 21), "InvalidInstance", 400),
        (call("tea", "SearchImageByPic", **goods), "MissingPicContent", 400),
        (call("tea", "SearchImageByPic", **search, Num=101), "OverflowMaxReturnNum", 400),
        (call("tea", "SearchImageByPic", **search, Num=0), "InvalidNumParameter", 400),
        (call("tea", "SearchImageByPic", **search, Num="ten"), "InvalidNumParameter", 400),
        (call("tea", "SearchImageByPic", **search, Start=-1), "InvalidStartParameter", 400),
        (call("tea", "SearchImageByPic", **search, Start=500), "OverflowMaxResultNum", 400),
        (call("tea", "SearchImageByPic", **search, Start=491), "OverflowMaxResultNum", 400),
        (call("tea", "SearchImageByPic", **search, Filter="a=b"), "InvalidFilterClause", 400),
        (call("tea", "SearchImageByPic", **search, Filter="x" * 4097), "InvalidFilterClause", 400),
        (call("tea", "SearchImageByPic", **search, CategoryId=4711), "InvalidCategory", 400),
        (call("tea", "SearchImageByPic", **search, Region="1,2,3"), "InvalidRegion", 400),
        (call("tea", "SearchImageByPic", **search, Region="0,999,0,999"), "InvalidRegion", 400),
        (call("tea", "SearchImageByPic", **search, ScoreThreshold="2"), "InvalidScoreThreshold",
         400),
        (call("tea", "SearchImageByPic", **goods, PicContent=base64_of(b"no picture")),
         "UnsupportedPicFormat", 400),
        (call("tea", "SearchImageByPic", **goods, PicContent="***"), "UnsupportedPicFormat", 400),
        (call("tea", "SearchImageByPic", **goods, PicContent=small), "UnsupportedPicPixels", 400),
        (call("tea", "SearchImageByPic", **goods, PicContent=base64_of(turned)),
         "IncorrectOrientation", 400),
        (call("tea", "SearchImageByPic", **goods, PicContent=base64_of(bytes(4 * 1024 * 1024 + 1))),
         "InvalidPicContent", 400),
        (call("tea", "SearchImageByPic", **goods, PicContent="http://127.0.0.1:9/x.jpg"),
         "InvalidPicUrl", 400),
        (call("tea", "SearchImageByPic", **goods, PicContent=f"{served.silent}/x.jpg"),
         "TimeoutForTransferImage", 400),
        (call("tea", "SearchImageByName", **item), "PicNotExist", 400),
        (call("tea", "SearchImageByName", **goods, PicName="n"), "MissingProductId", 400),
        (call("tea", "SearchImageByFilter", **goods), "MissingFilter", 400),
        (call("tea", "SearchImageByText", **goods, Text="包" * 513), "InvalidText", 400),
        (call("tea", "AddImage", **item, PicContent=content, IntAttr="x"), "InvalidIntAttr", 400),
        (call("tea", "AddImage", **item, PicContent=content, StrAttr="a$b"), "InvalidStrAttr", 400),
        (call("tea", "AddImage", **item, PicContent=content, StrAttr2="x" * 129), "InvalidStrAttr",
         400),
        (call("tea", "AddImage", **item, PicContent=content, CustomContent="x" * 4097),
         "InvalidCustomContent", 400),
        (call("tea", "AddImage", **{**item, "ProductId": "x" * 513}, PicContent=content),
         "InvalidProductId", 400),
        (call("tea", "AddImage", **{**item, "PicName": "x" * 513}, PicContent=content),
         "InvalidPicName", 400),
        (call("tea", "UpdateImage", **goods, ProductId="p", IntAttr=1), "PicNotExist", 400),
        (call("tea", "DeleteImage", **goods), "MissingProductId", 400),
        (call("tea", "DeleteImage", **goods, IsDeleteByFilter=True), "MissingFilter", 400),
        (call("tea", "DeleteImage", **goods, IsDeleteByFilter=True, Filter="int_attr in (1)"),
         "InvalidFilterClause", 400),
        (call("tea", "CompareSimilarByImage", **goods, PrimaryPicContent=content),
         "MissingSecondaryPicContent", 400),
        (call("tea", "DumpMetaList", **goods, PageSize=31), "InvalidPageSize", 400),
        (call("tea", "IncreaseList", **goods, PageNumber=0), "InvalidPageNumber", 400),
        (call("tea", "IncreaseInstance", **goods, BucketName="b", Path="no/slash"), "InvalidPath",
         400),
        (call("tea", "IncreaseInstance", **goods, BucketName="..", Path="/"), "InvalidBucketName",
         400),
        (add("tea", 1, InstanceName="small") | reader, "NoPermission", 403),
        (call("tea", "DumpMeta", **goods) | reader, "Console.NoPermission", 403),
    ]  # fmt: skip
    outcomes = await call_images(
        served.cloud,
        *(wrong for wrong, _, _ in rows),
        *(add("tea", number, InstanceName="small") for number in range(3)),
        *(add("tea", number, InstanceName="slow") for number in range(2)),
        call("tea", "SearchImageByFilter", **goods, Filter="int_attr=1") | reader,
    )
    for outcome, (wrong, code, status) in zip(outcomes, rows, strict=False):
        told = (outcome.get("error"), outcome.get("code"), outcome.get("status"))
        assert told == ("ClientException", code, status), (wrong["operation"], outcome)
    *_, full, _, often, looking = outcomes
    assert (full["code"], full["status"]) == ("InstanceOverQuota", 400)
    assert (often["code"], often["status"]) == ("DeniedRequest", 403)
    assert looking["body"]["map"]["Auctions"] == []
