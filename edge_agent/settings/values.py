"""The kinds of values a key may hold; each parses and checks itself.

Every parser takes what stands in the file and returns the value in the unit the house uses, or
raises ValueError with what would be allowed. The parsers know nothing of keys and lines.
"""

import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BeforeValidator, PlainValidator

from edge_agent.domain.errors import Refused
from edge_agent.domain.event import EventKind
from edge_agent.domain.ids import PLAIN_ID
from edge_agent.domain.polygon import Point, Polygon, check_polygon, polygons_of
from edge_agent.ingest.source import SCHEMES
from edge_agent.outbound.exchange import place_of
from edge_agent.rest_api.names import fit_names
from edge_agent.settings.secret import Secret
from edge_agent.upkeep.disk import Level

_EVENTS = sorted(kind.value for kind in EventKind if kind not in (EventKind.GAP, EventKind.VOID))
_QUANTITY = re.compile(r"\s*(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-z%]*)\s*")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_BYTES = {
    "B": 1,
    "kB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}


def _quantity(value: object, units: dict[str, float] | dict[str, int], example: str) -> float:
    text = str(value) if isinstance(value, (str, int, float)) else ""
    fits = _QUANTITY.fullmatch(text)
    if fits is None or isinstance(value, bool):
        raise ValueError(f"write a number and its unit, as in {example!r}")
    number, unit = float(fits["number"]), fits["unit"]
    if not unit and number == 0:
        return 0.0
    if unit not in units:
        named = f"{unit!r} is no unit here" if unit else "the unit is missing"
        raise ValueError(f"{named}; use one of {', '.join(units)}, as in {example!r}")
    return number * units[unit]


def parse_duration(value: object) -> float:
    """Read "5 s", "2 min", "30 d" as seconds.

    Raises:
        ValueError: no number, no unit or an unknown unit.
    """
    return _quantity(value, _SECONDS, "5 s")


def parse_size(value: object) -> int:
    """Read "20 GiB" or "500 MB" as bytes.

    Raises:
        ValueError: no number, no unit or an unknown unit.
    """
    return round(_quantity(value, _BYTES, "20 GiB"))


def parse_share(value: object) -> float:
    """Read "5 %" as 0.05.

    Raises:
        ValueError: no number, no percent sign, or more than a hundred.
    """
    share = _quantity(value, {"%": 0.01}, "5 %")
    if share > 1:
        raise ValueError("must not be more than 100 %")
    return share


@dataclass(frozen=True, slots=True)
class Within:
    """Parses a quantity and checks its bounds, both included.

    Attributes:
        unit: what the parsed number counts: "s", "B" or "" for a share.
    """

    parse: Callable[[object], float]
    at_least: str
    at_most: str
    unit: str

    def __call__(self, value: object) -> float:
        """Return the number.

        Raises:
            ValueError: it is none, or out of bounds.
        """
        parsed = self.parse(value)
        if not self.parse(self.at_least) <= parsed <= self.parse(self.at_most):
            raise ValueError(f"must be from {self.at_least} to {self.at_most}")
        return parsed


def duration(at_least: str, at_most: str) -> BeforeValidator:
    """Seconds, written with their unit, within these bounds."""
    return BeforeValidator(Within(parse_duration, at_least, at_most, "s"))


def size(at_least: str, at_most: str) -> BeforeValidator:
    """Bytes, written with their unit, within these bounds."""
    return BeforeValidator(Within(parse_size, at_least, at_most, "B"))


def share(at_least: str, at_most: str) -> BeforeValidator:
    """A share of a whole, 0 to 1, written in percent, within these bounds."""
    return BeforeValidator(Within(parse_share, at_least, at_most, ""))


def _parse_level(value: object) -> Level:
    if isinstance(value, Level):
        return value
    try:
        if isinstance(value, str) and value.strip().endswith("%"):
            return Level(share=parse_share(value))
        return Level(bytes=parse_size(value))
    except ValueError as error:
        raise ValueError(f"{error}; or a share of the disk, as in '5 %'") from error


_LEAST_BUDGET, _MOST_BUDGET = 0.05, 64.0

_STEP = 32
_INPUT = re.compile(r"(?P<width>\d{2,4})\s*x\s*(?P<height>\d{2,4})")


def _parse_input(value: object) -> tuple[int, int] | None:
    if value in (None, "auto"):
        return None
    if isinstance(value, tuple):
        return value
    fits = _INPUT.fullmatch(str(value))
    if fits is None or int(fits["width"]) % _STEP or int(fits["height"]) % _STEP:
        raise ValueError("must be 'auto' or width x height in multiples of 32, as in '640x384'")
    return int(fits["width"]), int(fits["height"])


def _parse_budget(value: object) -> float | None:
    if value in (None, "auto"):
        return None
    try:
        cores = float(str(value))
    except ValueError:
        cores = 0.0
    if not _LEAST_BUDGET <= cores <= _MOST_BUDGET:
        raise ValueError("must be 'auto' or a number of cores from 0.05 to 64, as in 1.5")
    return cores


def _parse_address(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be an address, as in 'rtsp://192.0.2.7/stream1'")
    try:
        parts = urlsplit(value)
    except ValueError as error:
        raise ValueError(f"is no address: {error}") from error
    if parts.scheme not in SCHEMES:
        known = ", ".join(scheme for scheme in SCHEMES if scheme)
        raise ValueError(f"must begin with one of {known}, or be the path of a file")
    if parts.scheme not in ("", "file") and not parts.hostname:
        raise ValueError("names no host; write it as in 'rtsp://192.0.2.7/stream1'")
    return value


def _parse_webhook_url(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be an address, as in 'https://desk.example/hooks/store'")
    try:
        place_of(value)
    except Refused as error:
        raise ValueError(str(error)) from error
    return value


def _parse_event(value: object) -> str:
    if value not in _EVENTS:
        raise ValueError(f"is no event; there are: {', '.join(_EVENTS)}")
    return str(value)


def _parse_network(value: object) -> str:
    try:
        return str(ipaddress.ip_network(str(value)))
    except ValueError as error:
        raise ValueError("is no network; write it as in '192.168.7.0/24'") from error


def _parse_host(value: object) -> str:
    if not isinstance(value, str) or not fit_names([value]):
        raise ValueError("is no host name and no address; write it as in 'box.example'")
    return value


def _parse_id(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is not text; put it in quotes")  # noqa: TRY004 - pydantic expects it
    if not PLAIN_ID.fullmatch(value):
        raise ValueError("may hold 1 to 64 letters, digits, dots, underscores and hyphens only")
    return value


_LONGEST_LABEL = 64


def _parse_label(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is not text; put it in quotes")  # noqa: TRY004 - pydantic expects it
    if not (0 < len(value) <= _LONGEST_LABEL and value.isprintable() and value == value.strip()):
        raise ValueError("must have 1 to 64 printable characters and no blanks at its ends")
    return value


def _parse_point(value: object) -> Point:
    pair = value if isinstance(value, (list, tuple)) else ()
    if len(pair) != 2 or any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in pair):  # noqa: PLR2004
        raise ValueError("must be a point as in [0.25, 0.8]: shares of the picture's width, height")
    return float(pair[0]), float(pair[1])


def _parse_timezone(value: object) -> str:
    try:
        return zoneinfo.ZoneInfo(str(value)).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            "is no time zone this machine knows; use a name such as UTC, Europe/Berlin or"
            " Asia/Shanghai (timedatectl list-timezones)"
        ) from error


def _parse_path(value: object) -> Path:
    if not isinstance(value, (str, Path)) or not str(value):
        raise ValueError("must be a path")
    return Path(value).expanduser()


def _parse_secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if not isinstance(value, str):
        raise ValueError("is not text; put it in quotes")  # noqa: TRY004 - pydantic expects it
    return Secret(value)


def _parse_polygon(value: object) -> Polygon:
    try:
        (corners,) = polygons_of([value])  # type: ignore[list-item] # that is the question
    except (TypeError, ValueError) as error:
        raise ValueError(
            "must be a list of corners [x, y], as in [[0, 0], [0.3, 0], [0.3, 1], [0, 1]]"
        ) from error
    check_polygon(corners)
    return corners


def _parse_pair(value: object) -> tuple[str, str]:
    names = list(value) if isinstance(value, (list, tuple)) else []
    if len(names) != 2 or names[0] == names[1]:  # noqa: PLR2004
        raise ValueError("must be two different cameras, as in [door, hall]")
    return _parse_id(names[0]), _parse_id(names[1])


_LONGEST_WAY = Within(parse_duration, "0 s", "1 h", "s")


def _parse_way(value: object) -> tuple[str, str, float]:
    parts = list(value) if isinstance(value, (list, tuple)) else []
    if len(parts) != 3:  # noqa: PLR2004
        raise ValueError("must be two cameras and a duration, as in [door, stock, 20 s]")
    took = parts[2] if isinstance(parts[2], float) else _LONGEST_WAY(parts[2])
    return *_parse_pair(parts[:2]), took


PAIR = PlainValidator(_parse_pair)
"""Two cameras."""

WAY = PlainValidator(_parse_way)
"""Two cameras and the least seconds from one's view to the other's."""

PLAIN = BeforeValidator(_parse_id)
"""An id that may be a topic level and a file name (domain.ids.PLAIN_ID)."""

LABEL = BeforeValidator(_parse_label)
"""What people call something."""

POINT = PlainValidator(_parse_point)
"""A point of a picture, in shares of its width and height."""

TIMEZONE = BeforeValidator(_parse_timezone)
"""The name of a time zone that exists here."""

FILE = BeforeValidator(_parse_path)
"""A path; `~` is the home folder."""

SECRET = PlainValidator(_parse_secret)
"""Text that is never printed."""

LEVEL = PlainValidator(_parse_level)
"""An amount of free space: a size, or a share of the disk."""

BUDGET = PlainValidator(_parse_budget)
"""Cores, as in 1.5, or `auto`."""

INPUT = PlainValidator(_parse_input)
"""Width and height in pixels, or `auto`."""

ADDRESS_OR_NONE = BeforeValidator(lambda value: None if value is None else _parse_address(value))
"""The same, or null."""

ADDRESS = BeforeValidator(_parse_address)
"""Where a camera is: rtsp, rtsps, http, https, or a file."""

POLYGON = PlainValidator(_parse_polygon)
"""Corners [x, y] of an area of the picture, in shares of its width and height."""

WEBHOOK_URL = BeforeValidator(_parse_webhook_url)
"""Where a webhook is told: https or http."""

EVENT = BeforeValidator(_parse_event)
"""A kind of event that means something to somebody who reads only some of them."""

NETWORK = BeforeValidator(_parse_network)
"""A network in CIDR form."""

HOST = BeforeValidator(_parse_host)
"""A host name or an IP address, without port."""
