"""When a request was made, and whether that is near enough to now."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from edge_agent.wire.cloud.errors import CloudRefusal, TopRefusal, gateway
from edge_agent.wire.cloud.received import Dialect
from edge_agent.wire.cloud.request import CloudRequest

WINDOW_MS: Final = 15 * 60_000
"""How far the clocks of box and client may be apart, in milliseconds."""

TOP_WINDOW_MS: Final = 10 * 60_000
"""The same for TOP, in milliseconds."""

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z", re.ASCII)
_LOCAL = re.compile(r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
_FIXDATE = re.compile(
    r"[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT", re.ASCII
)
_MONTHS: Final = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
_MILLISECONDS = re.compile(r"[0-9]{13}")
_BEIJING = timezone(timedelta(hours=8))


def made_ms(request: CloudRequest) -> int:
    """Read when a request says it was made, in milliseconds since 1970 (UTC).

    Raises:
        CloudRefusal: its time is not written as its dialect wants it.
    """
    text = request.timestamp
    if request.dialect is Dialect.TOP and _MILLISECONDS.fullmatch(text):
        return int(text)  # one official SDK sends this
    try:
        return _milliseconds(_read(text, request.dialect))
    except (ValueError, OverflowError):
        raise _malformed(request.dialect) from None


def check_moment(request: CloudRequest, now_ms: int) -> None:
    """Let a request pass that was made about now.

    Args:
        request: whose signature is good.
        now_ms: by the clock of the box.

    Raises:
        CloudRefusal: its time cannot be read or is too far away.
    """
    top = request.dialect is Dialect.TOP
    if abs(made_ms(request) - now_ms) <= (TOP_WINDOW_MS if top else WINDOW_MS):
        return
    raise TopRefusal(31) if top else gateway("InvalidTimeStamp.Expired")


def _read(text: str, dialect: Dialect) -> datetime:
    if dialect is Dialect.ROA:
        day, month, year, *time = _groups(_FIXDATE, text)
        return _moment(year, str(_MONTHS.index(month) + 1), day, time, UTC)
    top = dialect is Dialect.TOP
    year, month, day, *time = _groups(_LOCAL if top else _ISO, text)
    return _moment(year, month, day, time, _BEIJING if top else UTC)


def _groups(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return match.groups()


def _moment(year: str, month: str, day: str, time: list[str], zone: timezone) -> datetime:
    hour, minute, second = map(int, time)
    return datetime(int(year), int(month), int(day), hour, minute, second, tzinfo=zone)


def _milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _malformed(dialect: Dialect) -> CloudRefusal:
    return TopRefusal(31) if dialect is Dialect.TOP else gateway("InvalidTimeStamp.Format")
