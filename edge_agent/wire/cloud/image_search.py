"""Image Search 2020-12-14 and 2019-03-25: reading the parameters of its operations.

Absent or empty where it is required is `Missing…`; what the product judges itself has the product's
own codes (`image_errors`). Parameters that an operation does not know are ignored.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Final

from edge_agent.domain import image_asked as asked
from edge_agent.domain.image_item import Category, Ints, Region, Texts
from edge_agent.domain.item_filter import Filter, parse_filter
from edge_agent.wire.cloud.errors import gateway, invalid, missing
from edge_agent.wire.cloud.image_errors import product
from edge_agent.wire.cloud.values import Parameters, decimal, optional, required
from edge_agent.wire.json_body import read_object

VERSION: Final = "2020-12-14"
ROA_VERSION: Final = "2019-03-25"

NAME_LIMIT: Final = 512
"""Of ProductId and PicName: 256 today, 512 in older documents."""

CUSTOM_LIMIT: Final = 4096
TEXT_LIMIT: Final = 512
ATTRIBUTE_LIMIT: Final = 128
FILTER_LIMIT: Final = 4096
INSTANCE_LIMIT: Final = 20
PAGE_LIMIT: Final = 10_000
PAGE_SIZE_LIMIT: Final = 30
MOST_RETURNED: Final = 100
MOST_FOUND: Final = 500
PICTURE_LIMIT: Final = 4 * 1024 * 1024

_CATEGORIES: Final = frozenset(int(one) for one in Category)
_SUFFIXES: Final = ("", "2", "3", "4")
_INTEGER: Final = re.compile(r"-?[0-9]{1,19}")
_INTEGER_BITS: Final = 63
_NOT_IN_ATTRIBUTES: Final = re.compile(r"[\\¥$&%]")
_ADDRESS: Final = re.compile(r"https?://", re.IGNORECASE)
_ADDRESS_LIMIT: Final = 2048
_REGION: Final = re.compile(r"\s*,\s*".join([r"([0-9]{1,5})"] * 4))
_PATH: Final = re.compile(r"/([^/\0]+(/[^/\0]+)*)?")


def read_image_operation(action: str, parameters: Parameters) -> asked.ImageAsked:
    """Read what is asked in 2020-12-14.

    Args:
        action: name of the operation.
        parameters: of query and form together.

    Raises:
        ImageRefused, GatewayRefusal: there is no such operation, or a parameter is wrong.
    """
    reader = _READERS.get(action)
    if reader is None:
        raise gateway("InvalidAction.NotFound")
    return reader(parameters)


def read_image_path(path: str, parameters: Parameters) -> asked.ImageAsked:
    """Read what is asked in 2019-03-25, whose operations are paths; else as above."""
    reader = _PATHS.get(path)
    if reader is None:
        raise gateway("InvalidAction.NotFound")
    return reader(parameters)


def read_batch_line(
    line: bytes, instance: str
) -> tuple[str, Callable[[bytes], asked.AddItem] | asked.DeleteItems]:
    """Read one line of the `increment.meta` of an import: a JSON object.

    Args:
        line: with `OperationType` ADD or DELETE and the parameters of AddImage or DeleteImage.
        instance: whose import it is.

    Returns:
        The name of the picture's file, and what to do: with its content, where it is added.

    Raises:
        Refused: it is not understood.
    """
    said = read_object(line)
    values = {name: _as_sent(value) for name, value in said.items() if value is not None}
    values["InstanceName"] = instance
    kind = values.get("OperationType", "ADD").upper()
    if kind == "DELETE":
        return values.get("PicName", ""), _delete_one(values)
    if kind != "ADD":
        raise invalid("OperationType")
    name = _name(values, "PicName")
    _add(values, b"")  # what is wrong is told before the file is read
    return name, lambda picture: _add(values, picture)


def _as_sent(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _instance(values: Parameters) -> str:
    name = required(values, "InstanceName")
    if len(name) > INSTANCE_LIMIT:
        raise product("InvalidInstance")
    return name


def _name(values: Parameters, parameter: str) -> str:
    name = required(values, parameter)
    if len(name) > NAME_LIMIT or "\0" in name:
        raise product(f"Invalid{parameter}")
    return name


def _custom(values: Parameters) -> str | None:
    text = values.get("CustomContent")
    if text is not None and len(text) > CUSTOM_LIMIT:
        raise product("InvalidCustomContent")
    return text or None


def _ints(values: Parameters) -> Ints:
    first, second, third, fourth = (_int(values.get(f"IntAttr{one}")) for one in _SUFFIXES)
    return first, second, third, fourth


def _int(text: str | None) -> int | None:
    if not text:
        return None
    if not _INTEGER.fullmatch(text) or int(text).bit_length() > _INTEGER_BITS:
        raise product("InvalidIntAttr")
    return int(text)


def _texts(values: Parameters) -> Texts:
    first, second, third, fourth = (_attribute(values.get(f"StrAttr{one}")) for one in _SUFFIXES)
    return first, second, third, fourth


def _attribute(text: str | None) -> str | None:
    if text and (len(text) > ATTRIBUTE_LIMIT or _NOT_IN_ATTRIBUTES.search(text)):
        raise product("InvalidStrAttr")
    return text or None


def _category(values: Parameters) -> int | None:
    text = values.get("CategoryId")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 8 or int(text) not in _CATEGORIES:  # noqa: PLR2004
        raise product("InvalidCategory")
    return int(text)


def _flag(values: Parameters, name: str, *, default: bool) -> bool:
    text = values.get(name, "").lower()
    if text not in {"", "true", "false"}:
        raise invalid(name)
    return default if not text else text == "true"


def _region(values: Parameters) -> Region | None:
    text = values.get("Region")
    if not text:
        return None
    match = _REGION.fullmatch(text.strip())
    if match is None:
        raise product("InvalidRegion")
    region = Region(*map(int, match.groups()))
    if region.x1 >= region.x2 or region.y1 >= region.y2:
        raise product("InvalidRegion")
    return region


def _picture(values: Parameters, parameter: str = "PicContent") -> asked.PictureSource:
    text = required(values, parameter)
    if _ADDRESS.match(text):
        if len(text) > _ADDRESS_LIMIT:
            raise product("InvalidPicUrl")
        return text
    if len(text) > PICTURE_LIMIT * 4 // 3 + 4:
        raise product("InvalidPicContent")
    try:
        # An SDK that forgets to encode "+" sends blanks; base64 has none of its own.
        return base64.b64decode(text.replace(" ", "+"), validate=True)
    except (binascii.Error, ValueError):
        raise product("UnsupportedPicFormat") from None


def _asked_picture(values: Parameters, picture: bytes | None = None) -> asked.PictureAsked:
    return asked.PictureAsked(
        picture=_picture(values) if picture is None else picture,
        category=_category(values),
        crop=_flag(values, "Crop", default=True),
        region=_region(values),
    )


def _filter(values: Parameters, *, lists: bool = True) -> Filter | None:
    text = values.get("Filter", "")
    if not text.strip():
        return None
    if len(text) > FILTER_LIMIT:
        raise product("InvalidFilterClause")
    return parse_filter(text, lists=lists)


def _required_filter(values: Parameters, *, lists: bool = True) -> Filter:
    found = _filter(values, lists=lists)
    if found is None:
        raise missing("Filter")
    return found


def _count(values: Parameters, name: str, default: int, code: str) -> int:
    text = values.get(name)
    if not text:
        return default
    if not _INTEGER.fullmatch(text):
        raise product(code)
    return int(text)


def _paging(values: Parameters) -> asked.Paging:
    count = _count(values, "Num", 10, "InvalidNumParameter")
    start = _count(values, "Start", 0, "InvalidStartParameter")
    if count < 1:
        raise product("InvalidNumParameter")
    if count > MOST_RETURNED:
        raise product("OverflowMaxReturnNum")
    if start < 0:
        raise product("InvalidStartParameter")
    if start >= MOST_FOUND or start + count > MOST_FOUND:
        raise product("OverflowMaxResultNum")
    return asked.Paging(
        start=start,
        count=count,
        filter=_filter(values),
        distinct=_flag(values, "DistinctProductId", default=False),
        least=decimal(values, "ScoreThreshold", 0, 1) if values.get("ScoreThreshold") else 0.0,
    )


def _add(values: Parameters, picture: bytes | None = None) -> asked.AddItem:
    return asked.AddItem(
        instance=_instance(values),
        product=_name(values, "ProductId"),
        name=_name(values, "PicName"),
        picture=_asked_picture(values, picture),
        custom=_custom(values),
        ints=_ints(values),
        texts=_texts(values),
    )


def _by_picture(values: Parameters) -> asked.ImageAsked:
    instance = _instance(values)
    return asked.SearchByPicture(
        instance=instance, picture=_asked_picture(values), paging=_paging(values)
    )


def _by_name(values: Parameters) -> asked.ImageAsked:
    return asked.SearchByName(
        instance=_instance(values),
        product=_name(values, "ProductId"),
        name=_name(values, "PicName"),
        category=_category(values),
        paging=_paging(values),
    )


def _by_text(values: Parameters) -> asked.ImageAsked:
    instance, text = _instance(values), required(values, "Text")
    if len(text) > TEXT_LIMIT:
        raise invalid("Text")
    return asked.SearchByText(instance=instance, text=text, paging=_paging(values))


def _by_filter(values: Parameters) -> asked.ImageAsked:
    instance = _instance(values)
    _required_filter(values)
    return asked.SearchByFilter(instance=instance, paging=_paging(values))


def _update(values: Parameters) -> asked.ImageAsked:
    return asked.ChangeItems(
        instance=_instance(values),
        product=_name(values, "ProductId"),
        name=_name(values, "PicName") if values.get("PicName") else None,
        custom=_custom(values),
        ints=_ints(values),
        texts=_texts(values),
    )


def _delete(values: Parameters) -> asked.ImageAsked:
    if not _flag(values, "IsDeleteByFilter", default=False):
        return _delete_one(values)
    wanted = _required_filter(values, lists=False)
    return asked.DeleteItems(instance=_instance(values), filter=wanted)


def _delete_one(values: Parameters) -> asked.DeleteItems:
    return asked.DeleteItems(
        instance=_instance(values),
        product=_name(values, "ProductId"),
        name=_name(values, "PicName") if values.get("PicName") else None,
    )


def _look_up(values: Parameters) -> asked.ImageAsked:
    return asked.LookUpItem(
        instance=_instance(values),
        product=_name(values, "ProductId"),
        name=_name(values, "PicName"),
    )


def _compare(values: Parameters) -> asked.ImageAsked:
    return asked.ComparePictures(
        instance=_instance(values),
        first=_picture(values, "PrimaryPicContent"),
        second=_picture(values, "SecondaryPicContent"),
    )


def _detail(values: Parameters) -> asked.ImageAsked:
    return asked.DescribeInstance(instance=_instance(values))


def _dump(values: Parameters) -> asked.ImageAsked:
    return asked.DumpItems(instance=_instance(values))


def _dumps(values: Parameters) -> asked.ImageAsked:
    return _tasks(values, imports=False)


def _imports(values: Parameters) -> asked.ImageAsked:
    return _tasks(values, imports=True)


def _tasks(values: Parameters, *, imports: bool) -> asked.ImageAsked:
    return asked.ListTasks(
        instance=_instance(values),
        imports=imports,
        task=optional(values, "Id", 0, 10**15),
        bucket=values.get("BucketName", "") if imports else "",
        path=values.get("Path", "") if imports else "",
        page=optional(values, "PageNumber", 1, PAGE_LIMIT) or 1,
        size=optional(values, "PageSize", 1, PAGE_SIZE_LIMIT) or 10,
    )


def _import(values: Parameters) -> asked.ImageAsked:
    instance, bucket = _instance(values), required(values, "BucketName")
    path = required(values, "Path")
    if "/" in bucket or bucket.startswith("."):
        raise invalid("BucketName")
    if not _PATH.fullmatch(path) or ".." in path.split("/"):
        raise invalid("Path")
    callback = values.get("CallbackAddress", "")
    if len(callback) > _ADDRESS_LIMIT:
        raise invalid("CallbackAddress")
    return asked.ImportItems(instance=instance, bucket=bucket, path=path, callback=callback)


def _either_search(values: Parameters) -> asked.ImageAsked:
    kind = values.get("Type") or "SearchByPic"
    if kind not in {"SearchByPic", "SearchByName"}:
        raise product("InvalidType")
    return _by_picture(values) if kind == "SearchByPic" else _by_name(values)


_READERS: Final[Mapping[str, Callable[[Parameters], asked.ImageAsked]]] = {
    "AddImage": _add,
    "SearchImageByPic": _by_picture,
    "SearchImageByName": _by_name,
    "SearchImageByText": _by_text,
    "SearchImageByFilter": _by_filter,
    "UpdateImage": _update,
    "DeleteImage": _delete,
    "CheckImageExists": _look_up,
    "CompareSimilarByImage": _compare,
    "Detail": _detail,
    "DumpMeta": _dump,
    "DumpMetaList": _dumps,
    "IncreaseInstance": _import,
    "IncreaseList": _imports,
}

_PATHS: Final[Mapping[str, Callable[[Parameters], asked.ImageAsked]]] = {
    "/v2/image/search": _either_search,
    "/v2/image/add": _add,
    "/v2/image/delete": _delete_one,
}

IMAGE_ACTIONS: Final = tuple(_READERS)
"""Names of the operations of 2020-12-14."""
