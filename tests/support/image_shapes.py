"""What each operation of Image Search answers: members by name, with the types of the cloud's
metadata. SDKs neither check nor convert, so a wrong type would reach the caller."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

Shape = Any
"""A type; a list of one shape; members by name, those that end with `?` may be absent."""

NUMBER: Final = (int, float)
_DONE: Final = {"RequestId": str, "Success": bool, "Code": int}
_BEGUN: Final = {"RequestId": str, "Success?": bool, "Code?": int}
"""Of tasks; typed SDKs have no Code there, and of their lists no Success."""
_MESSAGE: Final = {**_DONE, "Message": str}
_MSG: Final = {**_DONE, "Msg": str}
_CATEGORIES: Final = [{"Id": int, "Name": str}]
_ATTRIBUTES: Final = {
    "ProductId": str,
    "PicName": str,
    "CategoryId": int,
    "CustomContent?": str,
    **{f"IntAttr{one}?": int for one in ("", "2", "3", "4")},
    **{f"StrAttr{one}?": str for one in ("", "2", "3", "4")},
}
_COMPARED: Final = {**_ATTRIBUTES, "Score": NUMBER}
_AUCTION: Final = {**_COMPARED, "SortExprValues": str}
_HEAD: Final = {"DocsFound": int, "DocsReturn": int, "SearchTime": int}
_NAMED: Final = {"Region?": str, "CategoryId": int, "AllCategories": _CATEGORIES}
_REGIONS: Final = [{"Region": str}]
_SEEN: Final = {**_NAMED, "Region": str, "MultiRegion": _REGIONS}
_MAYBE_SEEN: Final = {**_NAMED, "MultiRegion?": _REGIONS}
"""Of an item the box sends none, where Tea for Python has an empty list."""
_TASK: Final = {
    "Id": int, "Status": str, "Code": str, "Msg": str, "UtcCreate": str, "UtcModified": int,
}  # fmt: skip
_PAGE: Final = {"PageNumber": int, "PageSize": int, "TotalCount": int}
_DUMP: Final = {**_TASK, "MetaUrl?": str}
_IMPORT: Final = {
    **_TASK, "BucketName": str, "Path": str, "CallbackAddress?": str, "ErrorUrl?": str,
}  # fmt: skip

SHAPES: Final[Mapping[str, Shape]] = {
    "AddImage": {**_MESSAGE, "PicInfo": _SEEN},
    "SearchImageByPic": {**_MSG, "Head": _HEAD, "Auctions": [_AUCTION], "PicInfo": _SEEN},
    "SearchImageByName": {**_MSG, "Head": _HEAD, "Auctions": [_AUCTION], "PicInfo": _MAYBE_SEEN},
    "SearchImageByText": {
        **_MSG, "Head": _HEAD, "Auctions": [_COMPARED],
        "PicInfo": {"AllCategories": _CATEGORIES},
    },
    "SearchImageByFilter": {**_MSG, "Auctions": [_ATTRIBUTES]},
    "SearchImage": {
        **_MSG, "Head": _HEAD, "Auctions": [_AUCTION], "PicInfo": _MAYBE_SEEN,
    },
    "UpdateImage": _MESSAGE,
    "DeleteImage": {**_MESSAGE, "Data": {"PicNames": [str]}},
    "CheckImageExists": {**_MSG, "Exists": bool, "Auctions?": _ATTRIBUTES},
    "CompareSimilarByImage": {**_MSG, "Score": NUMBER},
    "Detail": {
        "RequestId": str,
        "Instance": {
            "Name": str, "Region": str, "Capacity": int, "Qps": int, "ServiceType": int,
            "TotalCount": int, "UtcCreate": str, "UtcExpireTime": str,
            # The box's own; typed SDKs drop what they do not know.
            "Model?": str, "LookedAt?": NUMBER,
        },
    },
    "DumpMeta": {**_BEGUN, "Data": {"Id": str, "DumpMetaStatus": str}},
    "DumpMetaList": {**_BEGUN, "Data": {**_PAGE, "DumpMetaList": [_DUMP]}},
    "IncreaseInstance": {**_BEGUN, "Data": {"Id": str, "IncrementStatus": str}},
    "IncreaseList": {**_BEGUN, "Data": {**_PAGE, "Increments": {"Instance": [_IMPORT]}}},
}  # fmt: skip


def misfits(shape: Shape, value: Any, at: str = "") -> list[str]:
    """What of a value has another shape, each with where it stands."""
    if isinstance(shape, Mapping):
        return _members(shape, value, at) if isinstance(value, Mapping) else [f"{at}: no object"]
    if isinstance(shape, Sequence) and isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at}: no list"]
        return [one for n, each in enumerate(value) for one in misfits(shape[0], each, f"{at}.{n}")]
    wrong = not isinstance(value, shape) or (isinstance(value, bool) and shape is not bool)
    return [f"{at}: {value!r}"] if wrong else []


def _members(shape: Mapping[str, Shape], value: Mapping[str, Any], at: str) -> list[str]:
    known = {name.removesuffix("?"): each for name, each in shape.items()}
    wrong = [f"{at}.{name}: unknown" for name in value.keys() - known.keys()]
    for name, each in shape.items():
        bare = name.removesuffix("?")
        if bare in value:
            wrong += misfits(each, value[bare], f"{at}.{bare}")
        elif bare == name:
            wrong.append(f"{at}.{name}: absent")
    return wrong
