"""Every fault that a caller of Image Search can make: what is asked, and the code that comes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from tests.support.image_sdks import Ask, ask, base64_of
from tests.support.things import drawn, encoded, picture


class Row(NamedTuple):
    """A fault."""

    code: str
    asked: Ask
    status: int = 400


GOODS: Final = {"InstanceName": "goods"}
CONTENT: Final = base64_of(picture(1))
ITEM: Final = {**GOODS, "ProductId": "p", "PicName": "n"}
PICTURE: Final = {**GOODS, "PicContent": CONTENT}
ADDED: Final = {**ITEM, "PicContent": CONTENT}
TURNED: Final = (
    picture(1)[:2] + b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06"
    + bytes(7) + picture(1)[2:]
)  # fmt: skip

REQUIRED: Final[Mapping[str, Mapping[str, Any]]] = {
    "AddImage": ADDED,
    "SearchImageByPic": PICTURE,
    "SearchImageByName": ITEM,
    "SearchImageByText": {**GOODS, "Text": "a bottle"},
    "SearchImageByFilter": {**GOODS, "Filter": "int_attr=1"},
    "UpdateImage": {**GOODS, "ProductId": "p"},
    "DeleteImage": {**GOODS, "ProductId": "p"},
    "CheckImageExists": ITEM,
    "CompareSimilarByImage": {
        **GOODS, "PrimaryPicContent": CONTENT, "SecondaryPicContent": CONTENT,
    },
    "Detail": GOODS,
    "DumpMeta": GOODS,
    "DumpMetaList": GOODS,
    "IncreaseInstance": {**GOODS, "BucketName": "shelf", "Path": "/new"},
    "IncreaseList": GOODS,
}  # fmt: skip
"""What each operation cannot do without."""

WITH_PICTURE: Final = ("AddImage", "SearchImageByPic")
PAGED: Final = (
    "SearchImageByPic", "SearchImageByName", "SearchImageByText", "SearchImageByFilter",
)  # fmt: skip
FILTERED: Final = PAGED
WITH_ATTRIBUTES: Final = ("AddImage", "UpdateImage")
LISTS: Final = ("DumpMetaList", "IncreaseList")
WITH_REGION: Final = WITH_PICTURE
WITH_CATEGORY: Final = ("AddImage", "SearchImageByPic", "SearchImageByName")


def whole(operation: str, /, **changed: Any) -> Ask:
    """A call that has what it needs, some of it changed."""
    return ask(operation, **{**REQUIRED[operation], **changed})


def each(operations: Iterable[str], code: str, /, **changed: Any) -> list[Row]:
    """The same fault in several operations."""
    return [Row(code, whole(operation, **changed)) for operation in operations]


MISSING: Final = [
    Row(f"Missing{name}", ask(operation, **{k: v for k, v in needed.items() if k != name}))
    for operation, needed in REQUIRED.items()
    for name in needed
]
INSTANCES: Final = [
    *each(REQUIRED, "InvalidInstance", InstanceName="nowhere"),
    *each(REQUIRED, "InvalidInstance", InstanceName="x" * 21),
]
PAGING: Final = [
    *each(PAGED, "OverflowMaxReturnNum", Num=101),
    *each(PAGED, "InvalidNumParameter", Num=0),
    *each(PAGED, "InvalidStartParameter", Start=-1),
    *each(PAGED, "OverflowMaxResultNum", Start=500),
    *each(PAGED, "OverflowMaxResultNum", Start=491),
    *each(FILTERED, "InvalidFilterClause", Filter="a=b"),
    *each(FILTERED, "InvalidFilterClause", Filter="x" * 4097),
    *each(LISTS, "InvalidPageSize", PageSize=31),
    *each(LISTS, "InvalidPageNumber", PageNumber=0),
    *each(LISTS, "InvalidId", Id=-1),
]
PICTURES: Final = [
    *each(WITH_PICTURE, "UnsupportedPicFormat", PicContent=base64_of(b"no picture")),
    *each(WITH_PICTURE, "UnsupportedPicFormat", PicContent="***"),
    *each(WITH_PICTURE, "UnsupportedPicPixels", PicContent=base64_of(encoded(drawn(1)[:99]))),
    *each(WITH_PICTURE, "IncorrectOrientation", PicContent=base64_of(TURNED)),
    *each(WITH_PICTURE, "InvalidPicContent", PicContent=base64_of(bytes(4 * 1024 * 1024 + 1))),
    *each(WITH_PICTURE, "InvalidPicUrl", PicContent="http://127.0.0.1:9/x.jpg"),
    *each(WITH_PICTURE, "InvalidPicUrl", PicContent="http://10.0.0.1/x.jpg"),
    *each(WITH_PICTURE, "InvalidPicUrl", PicContent="http://h/" + "x" * 2048),
    *each(["CompareSimilarByImage"], "UnsupportedPicFormat", SecondaryPicContent="***"),
    *each(WITH_REGION, "InvalidRegion", Region="1,2,3"),
    *each(WITH_REGION, "InvalidRegion", Region="0,999,0,999"),
    *each(WITH_REGION, "InvalidRegion", Region="9,9,0,100"),
    *each(WITH_CATEGORY, "InvalidCategory", CategoryId=4711),
    *each(WITH_PICTURE, "InvalidCrop", Crop="perhaps"),
]
ATTRIBUTES: Final = [
    *each(WITH_ATTRIBUTES, "InvalidIntAttr", IntAttr="x"),
    *each(WITH_ATTRIBUTES, "InvalidIntAttr", IntAttr4=10**19),
    *each(WITH_ATTRIBUTES, "InvalidStrAttr", StrAttr="a$b"),
    *each(WITH_ATTRIBUTES, "InvalidStrAttr", StrAttr2="x" * 129),
    *each(WITH_ATTRIBUTES, "InvalidCustomContent", CustomContent="x" * 4097),
    *each(
        ["AddImage", "SearchImageByName", "UpdateImage", "DeleteImage", "CheckImageExists"],
        "InvalidProductId", ProductId="x" * 513,
    ),
    *each(
        ["AddImage", "SearchImageByName", "UpdateImage", "DeleteImage", "CheckImageExists"],
        "InvalidPicName", PicName="x" * 513,
    ),
]  # fmt: skip
MATTER: Final = [
    Row("PicNotExist", whole("SearchImageByName")),
    Row("PicNotExist", whole("UpdateImage", IntAttr=1)),
    Row("PicNotExist", whole("UpdateImage", PicName="n", IntAttr=1)),
    Row("InvalidText", whole("SearchImageByText", Text="包" * 513)),
    *each(PAGED[:3], "InvalidScoreThreshold", ScoreThreshold="2"),
    *each(PAGED[:3], "InvalidDistinctProductId", DistinctProductId="perhaps"),
    Row("MissingFilter", ask("DeleteImage", **GOODS, IsDeleteByFilter=True)),
    Row(
        "InvalidFilterClause",
        ask("DeleteImage", **GOODS, IsDeleteByFilter=True, Filter="int_attr in (1)"),
    ),
    Row("InvalidPath", whole("IncreaseInstance", Path="no/slash")),
    Row("InvalidPath", whole("IncreaseInstance", Path="/up/../..")),
    Row("InvalidBucketName", whole("IncreaseInstance", BucketName="..")),
    Row("InvalidCallbackAddress", whole("IncreaseInstance", CallbackAddress="h" * 2049)),
]
OF_2019: Final = [
    *(
        Row(one.code, ask(_2019[one.asked.operation], **one.asked.parameters))
        for _2019 in ({"AddImage": "AddImage", "SearchImageByPic": "SearchImage",
                       "DeleteImage": "DeleteImage"},)
        for rows in (MISSING, INSTANCES, PAGING, PICTURES, ATTRIBUTES)
        for one in rows
        if one.asked.operation in _2019 and "http" not in str(one.asked.parameters)
    ),
    Row("InvalidType", ask("SearchImage", **GOODS, Type="SearchByMagic")),
    Row("MissingPicName", ask("SearchImage", **GOODS, Type="SearchByName", ProductId="p")),
    Row("PicNotExist", ask("SearchImage", **ITEM, Type="SearchByName")),
]  # fmt: skip

MESSAGES: Final = {
    "InvalidInstance": "The specified instance name is invalid.",
    "OverflowMaxReturnNum": (
        "The specified number of results for each request exceeds the maximum of 100."
    ),
    "OverflowMaxResultNum": "The specified number of total results exceeds the maximum of 500.",
    "InvalidNumParameter": "The specified parameter num is invalid.",
    "InvalidStartParameter": "The specified parameter start is inavlid.",
    "InvalidFilterClause": "The specified filtering condition is invalid.",
    "UnsupportedPicFormat": "The specified image format is invalid.",
    "UnsupportedPicPixels": "The specified pixels is not supported.",
    "IncorrectOrientation": "The image contains incorrect rotation flags in the meta data.",
    "InvalidPicContent": (
        "The specified parameter PicContent length greater than 4 * 1024 * 1024."
    ),
    "InvalidPicUrl": "The search picture does not exist at the specific url.",
    "InvalidRegion": "The specific region is illegal.",
    "InvalidCategory": "The specified category is invalid.",
    "InvalidIntAttr": "The specified int_attr field is invalid.",
    "InvalidStrAttr": "The specified parameter StrAttr is not valid.",
    "InvalidProductId": "The specified parameter ProductId is not valid.",
    "InvalidPicName": "The specified parameter PicName is not valid.",
    "InvalidCustomContent": "The specified parameter CustomContent is not valid.",
    "PicNotExist": "The search picture does not exist.",
    "NoPermission": "You are not authorized to perform this operation.",
    "DeniedRequest": "Your request was denied due to instance flow control.",
    "InstanceStatusError": "Your instance is unavailable.",
}
"""What is documented to stand beside the code."""
