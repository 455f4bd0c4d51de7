"""Reading single parameters of the aliyun products, which are text on the wire."""

import re
from collections.abc import Mapping

from edge_agent.wire.cloud.errors import invalid, missing

Parameters = Mapping[str, str]

_INTEGER = re.compile(r"[0-9]{1,18}")
_DECIMAL = re.compile(r"[0-9]{1,18}(\.[0-9]{0,18})?([eE][-+]?[0-9]{1,2})?")


def required(values: Parameters, name: str) -> str:
    """Take a parameter that must be there and not be empty.

    Raises:
        GatewayRefusal: `Missing…`.
    """
    value = values.get(name)
    if not value:
        raise missing(name)
    return value


def integer(values: Parameters, name: str, least: int, most: int) -> int:
    """Take a required integer between `least` and `most`, both included.

    Raises:
        GatewayRefusal: `Missing…` or `Invalid…`.
    """
    text = required(values, name)
    if not _INTEGER.fullmatch(text) or not least <= int(text) <= most:
        raise invalid(name)
    return int(text)


def optional(values: Parameters, name: str, least: int, most: int) -> int | None:
    """Take an integer that may be absent or empty; None then.

    Raises:
        GatewayRefusal: `Invalid…`.
    """
    return integer(values, name, least, most) if values.get(name) else None


def decimal(values: Parameters, name: str, least: float, most: float) -> float:
    """Take a required number between `least` and `most`, both included.

    Raises:
        GatewayRefusal: `Missing…` or `Invalid…`.
    """
    text = required(values, name)
    if not _DECIMAL.fullmatch(text) or not least <= float(text) <= most:
        raise invalid(name)
    return float(text)


def boolean(values: Parameters, name: str) -> bool:
    """Take a required truth value; SDKs write it with a capital letter or without.

    Raises:
        GatewayRefusal: `Missing…` or `Invalid…`.
    """
    text = required(values, name).lower()
    if text not in {"true", "false"}:
        raise invalid(name)
    return text == "true"


def listed(values: Parameters, name: str, most: int) -> tuple[str, ...]:
    """Take a required list, which comes as `name.1`, `name.2` and so on.

    Args:
        values: all parameters.
        name: of the list.
        most: items that it may have.

    Raises:
        GatewayRefusal: `Missing…` without any item, `Invalid…` with too many or an empty one.
    """
    place = re.compile(re.escape(name) + r"\.([0-9]{1,4})")
    found = {int(match[1]): values[match[0]] for match in map(place.fullmatch, values) if match}
    if not any(found.values()):
        raise missing(name)
    if len(found) > most or not all(found.values()):
        raise invalid(name)
    return tuple(found[number] for number in sorted(found))
