"""Image Search 2020-12-14 and 2019-03-25: reading the parameters of its operations.

Absent or empty where it is required is `Missing…`; what the product judges itself has the product's
own codes (`image_errors`). Parameters that an operation does not know are ignored.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from edge_agent.domain import image_asked as asked
from edge_agent.wire.cloud.errors import gateway, invalid
from edge_agent.wire.cloud.image_errors import product
from edge_agent.wire.cloud.image_values import (
    asked_picture,
    category_of,
    custom_of,
    flag,
    instance_of,
    ints_of,
    name_of,
    paging_of,
    picture_of,
    required_filter,
    texts_of,
)
from edge_agent.wire.cloud.values import Parameters, optional, required
from edge_agent.wire.json_body import read_object

VERSION: Final = "2020-12-14"
ROA_VERSION: Final = "2019-03-25"

TEXT_LIMIT: Final = 512
PAGE_LIMIT: Final = 10_000
PAGE_SIZE_LIMIT: Final = 30

_ADDRESS_LIMIT: Final = 2048
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
    name = name_of(values, "PicName")
    _add(values, b"")  # what is wrong is told before the file is read
    return name, lambda picture: _add(values, picture)


def _as_sent(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _add(values: Parameters, picture: bytes | None = None) -> asked.AddItem:
    return asked.AddItem(
        instance=instance_of(values),
        product=name_of(values, "ProductId"),
        name=name_of(values, "PicName"),
        picture=asked_picture(values, picture),
        custom=custom_of(values),
        ints=ints_of(values),
        texts=texts_of(values),
    )


def _by_picture(values: Parameters) -> asked.ImageAsked:
    instance = instance_of(values)
    return asked.SearchByPicture(
        instance=instance, picture=asked_picture(values), paging=paging_of(values)
    )


def _by_name(values: Parameters) -> asked.ImageAsked:
    return asked.SearchByName(
        instance=instance_of(values),
        product=name_of(values, "ProductId"),
        name=name_of(values, "PicName"),
        category=category_of(values),
        paging=paging_of(values),
    )


def _by_text(values: Parameters) -> asked.ImageAsked:
    instance, text = instance_of(values), required(values, "Text")
    if len(text) > TEXT_LIMIT:
        raise invalid("Text")
    return asked.SearchByText(instance=instance, text=text, paging=paging_of(values))


def _by_filter(values: Parameters) -> asked.ImageAsked:
    instance = instance_of(values)
    required_filter(values)
    return asked.SearchByFilter(instance=instance, paging=paging_of(values))


def _update(values: Parameters) -> asked.ImageAsked:
    return asked.ChangeItems(
        instance=instance_of(values),
        product=name_of(values, "ProductId"),
        name=name_of(values, "PicName") if values.get("PicName") else None,
        custom=custom_of(values),
        ints=ints_of(values),
        texts=texts_of(values),
    )


def _delete(values: Parameters) -> asked.ImageAsked:
    if not flag(values, "IsDeleteByFilter", default=False):
        return _delete_one(values)
    wanted = required_filter(values, lists=False)
    return asked.DeleteItems(instance=instance_of(values), filter=wanted)


def _delete_one(values: Parameters) -> asked.DeleteItems:
    return asked.DeleteItems(
        instance=instance_of(values),
        product=name_of(values, "ProductId"),
        name=name_of(values, "PicName") if values.get("PicName") else None,
    )


def _look_up(values: Parameters) -> asked.ImageAsked:
    return asked.LookUpItem(
        instance=instance_of(values),
        product=name_of(values, "ProductId"),
        name=name_of(values, "PicName"),
    )


def _compare(values: Parameters) -> asked.ImageAsked:
    return asked.ComparePictures(
        instance=instance_of(values),
        first=picture_of(values, "PrimaryPicContent"),
        second=picture_of(values, "SecondaryPicContent"),
    )


def _detail(values: Parameters) -> asked.ImageAsked:
    return asked.DescribeInstance(instance=instance_of(values))


def _dump(values: Parameters) -> asked.ImageAsked:
    return asked.DumpItems(instance=instance_of(values))


def _dumps(values: Parameters) -> asked.ImageAsked:
    return _tasks(values, imports=False)


def _imports(values: Parameters) -> asked.ImageAsked:
    return _tasks(values, imports=True)


def _tasks(values: Parameters, *, imports: bool) -> asked.ImageAsked:
    return asked.ListTasks(
        instance=instance_of(values),
        imports=imports,
        task=optional(values, "Id", 0, 10**15),
        bucket=values.get("BucketName", "") if imports else "",
        path=values.get("Path", "") if imports else "",
        page=optional(values, "PageNumber", 1, PAGE_LIMIT) or 1,
        size=optional(values, "PageSize", 1, PAGE_SIZE_LIMIT) or 10,
    )


def _import(values: Parameters) -> asked.ImageAsked:
    instance, bucket = instance_of(values), required(values, "BucketName")
    path = required(values, "Path")
    if "/" in bucket or "\0" in bucket or bucket.startswith("."):
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
