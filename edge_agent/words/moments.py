"""From the words for times in a text to one range of time in the store's timezone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

from edge_agent.words.clocks import (
    ABOUT_HOUR,
    ABOUT_MINUTE,
    Clock,
    Stretch,
    find_clocks,
    find_stretches,
)
from edge_agent.words.concepts import AskedTime, Span
from edge_agent.words.days import Days, PartOfDay, find_days, find_parts

P = TypeVar("P", Days, PartOfDay, Clock, Stretch)
_DAY = timedelta(days=1)
_NOON = 12
_BEFORE = (
    ("since ", True), ("from ", True), ("自", True), ("从", True),
    ("until ", False), ("before ", False), ("up to ", False),
)  # fmt: skip
_BEHIND = (
    ("以来", True), ("之后", True), ("以后", True), ("起", True), ("之前", False), ("以前", False),
)  # fmt: skip
"""Words beside a day, and whether they open the end of the range, else its beginning."""


@dataclass(frozen=True, slots=True)
class _Range:
    since: datetime
    until: datetime


def find_time(text: str, now_ms: int, zone: tzinfo) -> AskedTime | None:
    """The time that a text speaks of; None where it speaks of none.

    A day, a part of a day and a time of the clock are put together. Two days are from the first
    to the second. What is further named beyond that is left for the caller to report.

    Args:
        text: of lower-case letters, as long as what was given.
        now_ms: the moment it is asked.
        zone: of the store.
    """
    now = datetime.fromtimestamp(now_ms / 1e3, UTC).astimezone(zone)
    stretches = _apart(find_stretches(text), ())
    if stretches:
        return _asked([stretches[0].span], _stretch(stretches[0], now))
    clocks = _apart(find_clocks(text), ())
    days = _apart(find_days(text, now.date()), [one.span for one in clocks])
    parts = _apart(find_parts(text), [one.span for one in days])
    if not (days or parts or clocks):
        return None
    days, parts, clocks = days[:2], parts[:1], clocks[:1]
    first, after, fixed = _days_meant(days, parts, now)
    found = _within(first, after, parts, clocks, zone)
    if not fixed and found.since > now:
        found = _Range(found.since - _DAY, found.until - _DAY)
    found, beside = _open_ended(text, days, clocks, found, now)
    named: list[Days | PartOfDay | Clock] = [*days, *parts, *clocks]
    spans = [*(one.span for one in named), *beside]
    return _asked(spans, found)


def _asked(spans: Iterable[Span], found: _Range) -> AskedTime | None:
    start, end = (round(at.timestamp() * 1e3) for at in (found.since, found.until))
    return (
        AskedTime(spans=tuple(sorted(set(spans))), start_ms=start, end_ms=end)
        if start < end
        else None
    )


def _apart(found: Iterable[P], taken: Sequence[Span]) -> list[P]:
    """Those that do not overlap others: the longest first, of equals the first; then in order."""
    kept: list[P] = []
    for one in sorted(found, key=lambda each: each.span.start - each.span.end):
        others = [*taken, *(each.span for each in kept)]
        if all(one.span.end <= other.start or other.end <= one.span.start for other in others):
            kept.append(one)
    return sorted(kept, key=lambda each: each.span)


def _stretch(stretch: Stretch, now: datetime) -> _Range:
    if stretch.ago:
        about = max(stretch.length / 4, timedelta(minutes=5))
        return _Range(now - stretch.length - about, now - stretch.length + about)
    return _Range(now - stretch.length, now)


def _days_meant(
    days: Sequence[Days], parts: Sequence[PartOfDay], now: datetime
) -> tuple[date, date, bool]:
    """The first day, the day behind the last, and whether the text says so itself."""
    today = now.date()
    if days:
        return min(one.first for one in days), max(one.after for one in days), True
    if any(part.before_today for part in parts):
        return today - _DAY, today, True
    return today, today + _DAY, any(part.today for part in parts)


def _within(
    first: date,
    after: date,
    parts: Sequence[PartOfDay],
    clocks: Sequence[Clock],
    zone: tzinfo,
) -> _Range:
    last = after - _DAY
    since, until = 0.0, 24.0
    for part in parts:
        since, until = part.since, part.until
    for clock in clocks:
        since, until = _by_clock(clock, since, until, in_part=bool(parts))
    return _Range(_at(first, since, zone), _at(last, until, zone))


def _by_clock(clock: Clock, since: float, until: float, *, in_part: bool) -> tuple[float, float]:
    afternoon = since >= _NOON if in_part else None
    start = None if clock.since is None else clock.since.said(afternoon=afternoon)
    end = None if clock.until is None else clock.until.said(afternoon=afternoon)
    if clock.point and start is not None and clock.since is not None:
        about = (ABOUT_MINUTE if clock.since.exact else ABOUT_HOUR) / timedelta(hours=1)
        return start - about, start + about
    if start is not None and end is not None and end <= start:
        end += 24
    return since if start is None else start, until if end is None else end


def _at(day: date, hours: float, zone: tzinfo) -> datetime:
    """The wall clock's time, also on days that are an hour longer or shorter."""
    whole, rest = divmod(hours, 24)
    minutes = round(rest * 60)
    clock = datetime.combine(day, time.min) + whole * _DAY + timedelta(minutes=minutes)
    return clock.replace(tzinfo=zone)


def _open_ended(
    text: str, days: Sequence[Days], clocks: Sequence[Clock], found: _Range, now: datetime
) -> tuple[_Range, list[Span]]:
    """`since Monday` and `before yesterday`: the word beside a lone day opens the range."""
    if len(days) != 1 or clocks:
        return found, []
    beside, opens_end = _beside(text, days[0].span)
    if beside is None:
        return found, []
    if opens_end:
        return _Range(found.since, max(now, found.until)), [beside]
    return _Range(datetime.fromtimestamp(0, UTC), found.since), [beside]


def _beside(text: str, span: Span) -> tuple[Span | None, bool]:
    """The word before or behind a day that opens the range, and whether it opens its end."""
    for word, opens_end in _BEFORE:
        if text.endswith(word, 0, span.start):
            return Span(span.start - len(word), span.start), opens_end
    for word, opens_end in _BEHIND:
        if text.startswith(word, span.end):
            return Span(span.end, span.end + len(word)), opens_end
    return None, False
