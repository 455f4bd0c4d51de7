"""Words for days and for parts of them.

Every function takes `today` and gives whole days; `moments` puts them into a timezone. Written out
because what is asked for are ranges ("between 3 and 5", 上周, "this morning"), each with its place
in the text: `dateparser` reads points in time, and brings four more packages.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from edge_agent.words.concepts import Span
from edge_agent.words.numbers import NUMBER_EN, NUMBER_ZH, number

_ONE = timedelta(days=1)
_WEEK = timedelta(days=7)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS_ZH = "一二三四五六日天"
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days that a text names.

    Attributes:
        span: the words.
        first: the first of them.
        after: the day behind the last.
    """

    span: Span
    first: date
    after: date


Read = Callable[[re.Match[str], date], tuple[date, date] | None]


def _one(back: int) -> Read:
    return lambda _, today: (today - back * _ONE, today - (back - 1) * _ONE)


def _this_week(back: int) -> Read:
    def read(_: re.Match[str], today: date) -> tuple[date, date]:
        monday = today - today.weekday() * _ONE - back * _WEEK
        return monday, monday + _WEEK

    return read


def _weekend(back: int) -> Read:
    def read(_: re.Match[str], today: date) -> tuple[date, date]:
        saturday = today - ((today.weekday() - 5) % 7) * _ONE - back * _WEEK
        return saturday, saturday + 2 * _ONE

    return read


def _month(back: int) -> Read:
    def read(_: re.Match[str], today: date) -> tuple[date, date]:
        after = (today.replace(day=1) + 32 * _ONE).replace(day=1)
        for _step in range(back):
            after = (after - _ONE).replace(day=1)
        return (after - _ONE).replace(day=1), after

    return read


def _latest_weekday(found: re.Match[str], today: date) -> tuple[date, date]:
    """The latest such day up to today; with `last` up to yesterday."""
    name = found["day"]
    wanted = next(at for at, day in enumerate(WEEKDAYS) if day.startswith(name[:3]))
    last = today - _ONE if found["which"] == "last" else today
    day = last - ((last.weekday() - wanted) % 7) * _ONE
    return day, day + _ONE


def _chinese_weekday(found: re.Match[str], today: date) -> tuple[date, date]:
    """上周五 is Friday of the calendar week before; 周五 alone the latest up to today."""
    wanted = min(_WEEKDAYS_ZH.index(found["day"]), 6)
    which = found["which"] or ""
    monday = today - today.weekday() * _ONE
    if which:
        day = monday + wanted * _ONE - which.count("上") * _WEEK
    else:
        day = today - ((today.weekday() - wanted) % 7) * _ONE
    return day, day + _ONE


def _calendar(found: re.Match[str], today: date) -> tuple[date, date] | None:
    given = found.groupdict()
    month, name = given.get("month"), given.get("name")
    if name:
        month = str(next(at for at, one in enumerate(MONTHS, 1) if one.startswith(name[:3])))
    year = int(given.get("year") or today.year)
    try:
        day = date(year, int(month or today.month), int(found["day"]))
        if day > today and not given.get("year"):
            day = _before(day, by_year=month is not None)
    except ValueError:
        return None
    return day, day + _ONE


def _before(day: date, *, by_year: bool) -> date:
    if by_year:
        return day.replace(year=day.year - 1)
    return (day.replace(day=1) - _ONE).replace(day=day.day)


def _ago(found: re.Match[str], today: date) -> tuple[date, date] | None:
    count = number(found["count"])
    if count is None:
        return None
    days = int(count * (7 if found["unit"][0] in "w周星" else 1))
    return today - days * _ONE, today - (days - 1) * _ONE


_MONTH_NAME = r"(?P<name>" + "|".join(rf"{m[:3]}(?:{m[3:]})?" for m in MONTHS) + r")\.?"
_DAY_NAME = "(?P<day>" + "|".join(WEEKDAYS) + r"|(?:mon|tue|wed|thu|fri)(?![a-z]))"
"""Not `sat` and `sun`, which are other words as well."""

_PATTERNS: tuple[tuple[str, Read], ...] = (
    (r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?!\d)", _calendar),
    (r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?", _calendar),
    (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH_NAME}\b(?: (?P<year>\d{{4}}))?",
        _calendar,
    ),
    (
        rf"\b{_MONTH_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,? (?P<year>\d{{4}}))?",
        _calendar,
    ),
    (r"(?<!\d)(?P<day>\d{1,2})[日号](?!楼|线|店|门|机|柜)", _calendar),
    (r"\b(?:the )?day before yesterday\b|前天|前日", _one(2)),
    (r"\byesterday\b|昨天|昨日|昨(?=[早晚夜])", _one(1)),
    (r"\btoday\b|今天|今日|今(?=[早晚夜晨])", _one(0)),
    (r"\b(?:last|previous) weekend\b|上个?周末", _weekend(1)),
    (r"\b(?:this |the )?weekend\b|这?个?周末", _weekend(0)),
    (r"\b(?:last|previous) week\b|上个?(?:周|星期|礼拜)(?![一二三四五六日天])", _this_week(1)),
    (r"\bthis week\b|[本这]个?(?:周|星期|礼拜)(?![一二三四五六日天])", _this_week(0)),
    (r"\b(?:last|previous) month\b|上个?月", _month(1)),
    (r"\bthis month\b|[本这]个?月", _month(0)),
    (rf"\b(?:(?P<which>last|this|on) )?{_DAY_NAME}", _latest_weekday),
    (
        r"(?P<which>上上个?|上个?|本|这个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])",
        _chinese_weekday,
    ),
    (rf"\b(?P<count>{NUMBER_EN}) (?P<unit>days?|weeks?) ago\b", _ago),
    (rf"(?P<count>{NUMBER_ZH})个?(?P<unit>天|周|星期)(?:以|之)?前", _ago),
)
_COMPILED = tuple((re.compile(pattern), read) for pattern, read in _PATTERNS)


def find_days(text: str, today: date) -> Iterator[Days]:
    """Every naming of days in a text of lower-case letters."""
    for pattern, read in _COMPILED:
        for found in pattern.finditer(text):
            days = read(found, today)
            if days is not None:
                yield Days(Span(*found.span()), *days)


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """Hours of a day; `until` may lie behind midnight.

    Attributes:
        span: the words.
        since: the first hour, 0 to 24.
        until: the hour it ends at.
        before_today: whether it is the night that began the day before.
        today: whether the day is today.
    """

    span: Span
    since: float
    until: float
    before_today: bool = False
    today: bool = False


_PARTS = (
    (r"\bearly (?:in the )?morning\b|清晨|清早|一大早", 5, 9),
    (r"凌晨", 0, 5),
    (r"\bmorning\b|上午", 6, 12),
    (r"早上|早晨|早间|(?<=[今昨])早|(?<=今)晨", 6, 12),
    (r"\bforenoon\b", 8, 12),
    (r"\b(?:noon|midday|lunchtime)\b|中午|正午|午间", 11, 14),
    (r"\bafternoon\b|下午|午后", 12, 18),
    (r"\bevening\b|傍晚", 17, 22),
    (r"晚上|晚间|夜里|夜间|深夜|夜晚|(?<=[今昨])[晚夜]", 18, 30),
    (r"\b(?:at |during the )?night\b", 20, 30),
)
_TODAYS = (
    (r"\blast night\b", PartOfDay(Span(0, 0), 18, 30, before_today=True)),
    (r"\btonight\b", PartOfDay(Span(0, 0), 18, 30, today=True)),
    (r"\bthis (?:early )?morning\b", PartOfDay(Span(0, 0), 5, 12, today=True)),
    (r"\bthis afternoon\b", PartOfDay(Span(0, 0), 12, 18, today=True)),
    (r"\bthis evening\b", PartOfDay(Span(0, 0), 17, 22, today=True)),
)
_COMPILED_PARTS = tuple((re.compile(p), since, until) for p, since, until in _PARTS)
_COMPILED_TODAYS = tuple((re.compile(p), part) for p, part in _TODAYS)


def find_parts(text: str) -> Iterator[PartOfDay]:
    """Every naming of a part of the day in a text of lower-case letters."""
    for pattern, part in _COMPILED_TODAYS:
        for found in pattern.finditer(text):
            span = Span(*found.span())
            yield PartOfDay(span, part.since, part.until, part.before_today, part.today)
    for pattern, since, until in _COMPILED_PARTS:
        for found in pattern.finditer(text):
            yield PartOfDay(Span(*found.span()), since, until)
