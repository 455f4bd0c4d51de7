"""Image Search: reading single parameters of its operations.

What is wrong is said by raising `GatewayRefusal`: absent or empty where it is required, `Missing…`;
what the product judges itself, in its own codes (`image_errors`).
"""

import base64
import binascii
import re
from typing import Final

from edge_agent.domain import image_asked as asked
from edge_agent.domain.image_item import Category, Ints, Region, Texts
from edge_agent.domain.item_filter import Filter, parse_filter
from edge_agent.wire.cloud.errors import invalid, missing
from edge_agent.wire.cloud.image_errors import product
from edge_agent.wire.cloud.values import Parameters, decimal, required

NAME_LIMIT: Final = 512
"""Of ProductId and PicName: 256 today, 512 in older documents."""

CUSTOM_LIMIT: Final = 4096
ATTRIBUTE_LIMIT: Final = 128
FILTER_LIMIT: Final = 4096
INSTANCE_LIMIT: Final = 20
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


def instance_of(values: Parameters) -> str:
    """Take InstanceName, at most 20 characters."""
    name = required(values, "InstanceName")
    if len(name) > INSTANCE_LIMIT:
        raise product("InvalidInstance")
    return name


def name_of(values: Parameters, parameter: str) -> str:
    """Take ProductId or PicName, which must be there."""
    name = required(values, parameter)
    if len(name) > NAME_LIMIT or "\0" in name:
        raise product(f"Invalid{parameter}")
    return name


def custom_of(values: Parameters) -> str | None:
    """Take CustomContent."""
    text = values.get("CustomContent")
    if text is not None and len(text) > CUSTOM_LIMIT:
        raise product("InvalidCustomContent")
    return text or None


def ints_of(values: Parameters) -> Ints:
    """Take IntAttr to IntAttr4."""
    first, second, third, fourth = (_int(values.get(f"IntAttr{one}")) for one in _SUFFIXES)
    return first, second, third, fourth


def _int(text: str | None) -> int | None:
    if not text:
        return None
    if not _INTEGER.fullmatch(text) or int(text).bit_length() > _INTEGER_BITS:
        raise product("InvalidIntAttr")
    return int(text)


def texts_of(values: Parameters) -> Texts:
    """Take StrAttr to StrAttr4."""
    first, second, third, fourth = (_attribute(values.get(f"StrAttr{one}")) for one in _SUFFIXES)
    return first, second, third, fourth


def _attribute(text: str | None) -> str | None:
    if text and (len(text) > ATTRIBUTE_LIMIT or _NOT_IN_ATTRIBUTES.search(text)):
        raise product("InvalidStrAttr")
    return text or None


def category_of(values: Parameters) -> int | None:
    """Take CategoryId."""
    text = values.get("CategoryId")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 8 or int(text) not in _CATEGORIES:  # noqa: PLR2004
        raise product("InvalidCategory")
    return int(text)


def flag(values: Parameters, name: str, *, default: bool) -> bool:
    """Take a parameter that is true or false, in any case."""
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


def picture_of(values: Parameters, parameter: str = "PicContent") -> asked.PictureSource:
    """Take a picture: its bytes from base64, or the address of one."""
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


def asked_picture(values: Parameters, picture: bytes | None = None) -> asked.PictureAsked:
    """Take a picture, or the one given, and what of it counts."""
    return asked.PictureAsked(
        picture=picture_of(values) if picture is None else picture,
        category=category_of(values),
        crop=flag(values, "Crop", default=True),
        region=_region(values),
    )


def filter_of(values: Parameters, *, lists: bool = True) -> Filter | None:
    """Take Filter; None where there is none. Without `lists` it may not use `in`."""
    text = values.get("Filter", "")
    if not text.strip():
        return None
    if len(text) > FILTER_LIMIT:
        raise product("InvalidFilterClause")
    return parse_filter(text, lists=lists)


def required_filter(values: Parameters, *, lists: bool = True) -> Filter:
    """Take a Filter that must be there."""
    found = filter_of(values, lists=lists)
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


def paging_of(values: Parameters) -> asked.Paging:
    """Take what limits a page of results."""
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
        filter=filter_of(values),
        distinct=flag(values, "DistinctProductId", default=False),
        least=decimal(values, "ScoreThreshold", 0, 1) if values.get("ScoreThreshold") else 0.0,
    )
