"""Reading JSON that comes from strangers."""

import json
import math
from typing import Any

from edge_agent.domain.errors import Refused, TooLarge

PAYLOAD_LIMIT = 6 * 1024 * 1024
"""Bytes of one message: a picture of the permitted size as base64, and room for the rest."""

DEPTH_LIMIT = 16
"""How deep objects and lists may be nested."""


def read_object(payload: bytes) -> dict[str, Any]:
    """Read one JSON object.

    Stricter than the json module where it guesses: UTF-8 only, no NaN or infinity in any
    spelling, no name twice in an object, no half surrogate pairs (which no database can store).

    Raises:
        Refused: it is not such an object.
        TooLarge: it has more than `PAYLOAD_LIMIT` bytes.
    """
    if len(payload) > PAYLOAD_LIMIT:
        raise TooLarge(f"the message has {len(payload)} bytes, the limit is {PAYLOAD_LIMIT}")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(f"the message is not UTF-8: byte {error.start}") from None
    try:
        value = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once_each)
    except RecursionError:
        raise Refused(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise Refused(f"the message is not JSON: {error}") from None
    except ValueError:  # an integer of thousands of digits
        raise Refused("the message holds a number that is too long") from None
    if not isinstance(value, dict):
        raise Refused("the message must be a JSON object: {…}")
    _check(value, DEPTH_LIMIT)
    return value


_TOO_DEEP = f"the message is nested deeper than {DEPTH_LIMIT} levels"


def _no_constant(name: str) -> float:
    raise Refused(f"the message is not JSON: {name} is not a number")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Refused("the message names a field twice")
    return made


def _check(value: object, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, float) and not math.isfinite(value):
        raise Refused("the message holds a number that is too large")
    elif isinstance(value, dict):
        _check_all([*value, *value.values()], depth)
    elif isinstance(value, list):
        _check_all(value, depth)


def _check_all(values: list[Any], depth: int) -> None:
    if depth == 0:
        raise Refused(_TOO_DEEP)
    for value in values:
        _check(value, depth - 1)


def _check_text(text: str) -> None:
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Refused("the message holds half a surrogate pair") from None
