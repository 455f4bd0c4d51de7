"""Times of the clock in a text: points, ranges, and stretches up to now."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from edge_agent.words.concepts import Span
from edge_agent.words.numbers import NUMBER_EN, NUMBER_ZH, number

ABOUT_HOUR, ABOUT_MINUTE = timedelta(minutes=30), timedelta(minutes=10)
"""What is taken on either side of a full hour that is named alone, and of other times."""

_LAST_MORNING_HOUR, _HOURS, _MINUTES = 6, 24, 60
_NOON = 12


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of the clock as it was said.

    Attributes:
        hours: since midnight, 0 to 24.
        sure: whether morning or afternoon was said, or the hour is above 12.
        exact: whether minutes were said.
    """

    hours: float
    sure: bool
    exact: bool

    def said(self, *, afternoon: bool | None) -> float:
        """Hours since midnight.

        Args:
            afternoon: whether the text speaks of the afternoon or evening; None where it does not
                say: then 1 to 6 o'clock are in the afternoon.
        """
        if self.sure or self.hours >= _NOON:
            return self.hours
        later = (
            self.hours <= _LAST_MORNING_HOUR and self.hours > 0 if afternoon is None else afternoon
        )
        return self.hours + _NOON if later else self.hours


@dataclass(frozen=True, slots=True)
class Clock:
    """A time or a range of the clock; an end that is None is open.

    Attributes:
        point: one moment was named, and what is around it is meant.
    """

    span: Span
    since: Hour | None
    until: Hour | None
    point: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time up to now, or around a moment before now.

    Attributes:
        length: of it, or how long ago.
        ago: whether a moment is meant.
    """

    span: Span
    length: timedelta
    ago: bool = False


_EN = r"(?P<h{0}>\d{{1,2}})(?:[:.](?P<m{0}>\d\d))?(?: ?o'?clock)? ?(?P<x{0}>a\.?m\.?|p\.?m\.?)?"
_ZH = (
    r"(?P<h{0}>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})(?:[点时](?P<half{0}>半)?|:(?P<c{0}>\d\d))"
    r"(?:(?P<m{0}>\d{{1,2}}|[一二三四五十]{{1,3}})分?)?钟?"
)
_PART_BEFORE = r"(?P<p{0}>上午|下午|早上|晚上|凌晨|中午|傍晚)?"
_TO = r" ?(?:to|and|until|till|-|\u2013|~) ?"
_TO_ZH = r" ?(?:到|至|-|\u2013|~|和) ?"
_PLAIN = r"(?P<h1>\d{{1,2}}|[一二两三四五六七八九十]{{1,3}})[点时]?"

_RANGES = (
    rf"\b(?:between|from) {_EN.format(1)}{_TO}{_EN.format(2)}(?![\w:])",
    rf"(?<![\w:.-]){_EN.format(1)}(?:-| to |\u2013){_EN.format(2)}(?![\w:-])",
    rf"{_PART_BEFORE.format(1)}{_ZH.format(1)}{_TO_ZH}{_PART_BEFORE.format(2)}{_ZH.format(2)}",
    rf"{_PART_BEFORE.format(1)}{_PLAIN.format()}{_TO_ZH}{_PART_BEFORE.format(2)}{_ZH.format(2)}",
)
_POINTS = (
    (r"\b(?:after|since|from) ", _EN.format(1) + r"(?![\w:])", "", "since"),
    (r"\b(?:before|until|till|by) ", _EN.format(1) + r"(?![\w:])", "", "until"),
    (_PART_BEFORE.format(1), _ZH.format(1), r"(?:以后|之后|过后|后|起|开始)", "since"),
    (_PART_BEFORE.format(1), _ZH.format(1), r"(?:以前|之前|前)", "until"),
    (r"\b(?:at|around|about) ", _EN.format(1) + r"(?![\w:])", "", "point"),
    (
        r"(?<![\w:.-])",
        r"(?P<h1>\d{1,2})(?::(?P<m1>\d\d))? ?(?P<x1>a\.?m\.?|p\.?m\.?)(?!\w)",
        "",
        "point",
    ),
    (r"(?<![\w:.-])", r"(?P<h1>\d{1,2}):(?P<m1>\d\d)(?![\d:])", "", "point"),
    (_PART_BEFORE.format(1), _ZH.format(1), r"(?:左右|前后|钟)?", "point"),
)
_UNITS = {
    "minute": 1 / 60, "min": 1 / 60, "hour": 1, "day": 24, "week": 168,
    "分": 1 / 60, "小": 1, "钟": 1, "天": 24, "日": 24, "周": 168, "星": 168,
}  # fmt: skip
_LAST = (
    (
        rf"\b(?:in |within |during |over |for )?(?:the )?(?:last|past) (?:(?P<n>{NUMBER_EN})"
        r"(?: an?)? )?(?P<unit>minute|min|hour|day|week(?=s))s?\b"
    ),
    (
        rf"(?:最近|过去|近|刚才)(?:的)?(?P<n>{NUMBER_ZH})?个?(?:半)?(?P<unit>分钟|小时|钟头|天|日|周|星期)"
        r"(?:以?内|里|之内)?"
    ),
    rf"(?P<n>{NUMBER_ZH})个?(?P<unit>分钟|小时|钟头)(?:以内|之内|内)",
)
_AGO = (
    rf"\b(?P<n>{NUMBER_EN})(?: an?)? (?P<unit>minute|min|hour)s? ago\b",
    rf"(?P<n>{NUMBER_ZH})个?(?P<unit>分钟|小时|钟头)(?:以|之)?前",
)
_JUST = r"\bjust now\b|刚刚|刚才|\brecently\b|最近(?!的?[\d一二两三四五六七八九十半几])"
_JUST_HOURS = {"recently": 24, "最近": 24}


def find_stretches(text: str) -> Iterator[Stretch]:
    """Every "in the last two hours" and "ten minutes ago" in a text of lower-case letters."""
    for patterns, ago in ((_LAST, False), (_AGO, True)):
        for pattern in patterns:
            for found in re.finditer(pattern, text):
                count = number(found["n"]) if found["n"] else 1.0
                if count:
                    hours = count * next(_UNITS[u] for u in _UNITS if found["unit"].startswith(u))
                    yield Stretch(Span(*found.span()), timedelta(hours=hours), ago)
    for found in re.finditer(_JUST, text):
        yield Stretch(Span(*found.span()), timedelta(hours=_JUST_HOURS.get(found[0], 0.5)))


def find_clocks(text: str) -> Iterator[Clock]:
    """Every time and range of the clock in a text of lower-case letters; longest first."""
    for pattern in _RANGES:
        for found in re.finditer(pattern, text):
            clock = _range(found)
            if clock is not None:
                yield clock
    for before, time, after, end in _POINTS:
        for found in re.finditer(before + time + after, text):
            hour = _hour(found, "1")
            if hour is not None:
                since, until = (hour if end != "until" else None, hour if end != "since" else None)
                yield Clock(Span(*found.span()), since, until, point=end == "point")


def _range(found: re.Match[str]) -> Clock | None:
    since, until = _hour(found, "1"), _hour(found, "2")
    if since is None or until is None:
        return None
    if until.sure and not since.sure and since.hours < _NOON <= until.hours:
        # "3 to 5 pm" speaks of the afternoon both times, "9 to 5 pm" does not
        later = Hour(since.hours + _NOON, sure=True, exact=since.exact)
        since = later if later.hours < until.hours else replace(since, sure=True)
    elif since.sure and not until.sure and until.hours < since.hours:
        until = Hour(until.hours + _NOON, sure=True, exact=until.exact)
    return Clock(Span(*found.span()), since, until)


_AFTERNOON, _MORNING = frozenset({"下午", "晚上", "傍晚"}), frozenset({"上午", "早上", "凌晨"})


def _hour(found: re.Match[str], which: str) -> Hour | None:
    given = found.groupdict()
    hours = number(given[f"h{which}"])
    said = given.get(f"m{which}") or given.get(f"c{which}")
    minutes = number(said) if said else 0.0
    if given.get(f"half{which}"):
        minutes = 30.0
    if hours is None or minutes is None or hours > _HOURS or minutes >= _MINUTES:
        return None
    mark, part = (given.get(f"x{which}") or "")[:1], given.get(f"p{which}")
    sure = hours > _NOON or hours == 0 or bool(mark or part in _AFTERNOON | _MORNING)
    if hours < _NOON and (mark == "p" or part in _AFTERNOON):
        hours += _NOON
    elif hours == _NOON and (mark == "a" or part == "凌晨"):
        hours = 0.0
    exact = bool(said) or bool(given.get(f"half{which}"))
    return Hour(hours + minutes / _MINUTES, sure, exact)
