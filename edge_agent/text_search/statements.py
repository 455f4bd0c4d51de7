"""The SQL behind a text search: filters first, then what is said of each track, then the best.

Ids of tracks sort by their start (`domain.ids.new_id`), so the index of who wears what is at the
same time in the order of time: a range of time is one stretch of it per attribute. Tracks that
have everything are found from the rarest attribute's stretch, and all of them are looked at. Those
that lack something are looked for among the newest of each attribute only, and only where there is
room for them.

Of each concept a statement yields one number: 1 + p where what is said fits, with the model's
probability p; p below 1 where something else is said; NULL where nothing is.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from edge_agent.domain.attributes import COLOURS
from edge_agent.domain.worn import LOWER, UPPER
from edge_agent.text_search.asked import Asked, Part
from edge_agent.words import AskedPlace

NEWEST = 20_000
"""Tracks per concept among which those are looked for that lack another one."""

UNSAID = 0.1
"""What counts for a concept that nothing is said about."""

_OTHERS = {UPPER: len(COLOURS) - 1, LOWER: len(COLOURS) - 1}
_NOT_STAFF = (
    "NOT EXISTS (SELECT 1 FROM staff_track WHERE staff_track.track = c.track AND how <> 'left_out')"
)
_LAST_ID = "g"
"""Behind every hexadecimal id."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of a statement and its parameters."""

    text: str
    values: tuple[object, ...] = ()


def counting(asked: Asked, part: Part, longest_ms: int) -> Sql:
    """Counts who fits a concept within the time; stops at `NEWEST`."""
    arm = _postings(asked, part, longest_ms)
    return Sql(f"SELECT count(*) FROM ({arm.text} LIMIT {NEWEST})", arm.values)


def among(asked: Asked, tracks: Collection[str]) -> Sql:
    """Those of some tracks that pass the filters, with what is said of them."""
    source = Sql("SELECT value AS track FROM json_each(?)", (json.dumps(sorted(tracks)),))
    return _ranked(replace(asked, limit=len(tracks)), source, drive=None, whole=False)


def filtered(asked: Asked, longest_ms: int) -> Sql:
    """The newest tracks that pass the filters."""
    return anybody(replace(asked, concepts=(), limit=NEWEST), longest_ms)


def whole_matches(asked: Asked, drive: int, longest_ms: int) -> Sql:
    """The best tracks that have everything, found from the concept of part `drive`."""
    arm = _postings(asked, asked.parts[drive], longest_ms)
    grouped = len(asked.parts[drive].means) > 1
    best = "SELECT track, max(confidence) AS confidence FROM ({}) GROUP BY track"
    source = Sql(best.format(arm.text) if grouped else arm.text, arm.values)
    return _ranked(asked, source, drive=drive, whole=True)


def partial_matches(asked: Asked, longest_ms: int) -> Sql:
    """The best among the newest tracks of each concept, whether they have the others or not."""
    arms = [
        _postings(asked, asked.parts[number], longest_ms)
        for number in asked.concepts
        if not asked.parts[number].negated
    ]
    newest = " UNION ".join(
        f"SELECT track FROM (SELECT track FROM ({arm.text}) ORDER BY track DESC LIMIT {NEWEST})"
        for arm in arms
    )
    values = tuple(value for arm in arms for value in arm.values)
    return _ranked(asked, Sql(newest, values), drive=None, whole=False)


def anybody(asked: Asked, longest_ms: int) -> Sql:
    """The newest tracks that pass the filters, for questions without a concept to look up."""
    low, high = _id_range(asked, longest_ms)
    everybody = "SELECT id AS track FROM track WHERE id >= ? AND id < ?"
    if asked.concepts:
        newest = Sql(f"{everybody} ORDER BY id DESC LIMIT {NEWEST}", (low, high))
        return _ranked(asked, newest, drive=None, whole=True)
    joined, filters = _filters(asked)
    text = f"SELECT c.track AS track FROM ({everybody}) AS c{joined} WHERE {filters.text}"
    values = (low, high, *filters.values, asked.limit)
    return Sql(f"{text} ORDER BY c.track DESC LIMIT ?", values)


def _postings(asked: Asked, part: Part, longest_ms: int) -> Sql:
    low, high = _id_range(asked, longest_ms)
    arm = (
        "SELECT track, confidence FROM worn INDEXED BY worn_by_value"
        " WHERE key = ? AND value = ? AND track >= ? AND track < ?"
    )
    values = [value for key, one in part.means for value in (key, one, low, high)]
    return Sql(" UNION ALL ".join(arm for _ in part.means), tuple(values))


def _id_range(asked: Asked, longest_ms: int) -> tuple[str, str]:
    """Ids of tracks that may have been seen in the time: none lasts longer than the longest."""
    earliest = max(asked.start_ms - longest_ms, 0)
    high = _LAST_ID if asked.end_ms >= 1 << 48 else f"{max(asked.end_ms, 0):012x}"
    return f"{min(earliest, (1 << 48) - 1):012x}", high


def _ranked(asked: Asked, source: Sql, *, drive: int | None, whole: bool) -> Sql:
    numbers = asked.concepts
    said = [
        Sql("1 + c.confidence") if number == drive else _said(asked.parts[number])
        for number in numbers
    ]
    columns = "".join(f", {one.text} AS v{n}" for n, one in zip(numbers, said, strict=True))
    joined, filters = _filters(asked)
    every = " AND ".join(f"v{n} >= 1" for n in numbers) if whole and numbers else "TRUE"
    matched = " + ".join(f"(coalesce(v{n}, 0) >= 1)" for n in numbers) or "NULL"
    score = " * ".join(f"coalesce(v{n} - (v{n} >= 1), {UNSAID})" for n in numbers) or "NULL"
    text = (
        f"WITH scored AS MATERIALIZED (SELECT c.track AS track{columns} FROM ({source.text}) AS c"
        f"{joined} WHERE {filters.text})"
        f" SELECT * FROM scored WHERE {every}"
        f" ORDER BY {matched} DESC, {score} DESC, track DESC LIMIT ?"
    )
    values = [value for one in said for value in one.values]
    return Sql(text, (*values, *source.values, *filters.values, asked.limit))


def _said(part: Part) -> Sql:
    keys = sorted({key for key, _ in part.means})
    fits = " OR ".join("(key = ? AND value = ?)" for _ in part.means)
    pairs = tuple(value for pair in part.means for value in pair)
    named = ", ".join("?" for _ in keys)
    where = f"FROM worn WHERE worn.track = c.track AND key IN ({named})"
    if part.negated:
        # what must not be is denied by each of the keys: the surest of what is said instead counts
        case = f"min(CASE WHEN {fits} THEN 1 - confidence ELSE 1 + confidence END)"
    else:
        others = max(_OTHERS.get(key, 1) for key in keys)
        case = f"max(CASE WHEN {fits} THEN 1 + confidence ELSE (1 - confidence) / {others} END)"
    return Sql(f"(SELECT {case} {where})", (*pairs, *keys))


def _filters(asked: Asked) -> tuple[str, Sql]:
    conditions, values = ["TRUE" if asked.include_staff else _NOT_STAFF], list[object]()
    joined = ""
    if asked.cameras or asked.places or asked.start_ms > 0 or asked.end_ms < 1 << 48:
        joined = " JOIN track ON track.id = c.track"
        conditions.append("track.start_ms < ? AND track.end_ms >= ?")
        values += [min(asked.end_ms, 1 << 62), asked.start_ms]
    if asked.cameras:
        conditions.append("track.camera IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(sorted(asked.cameras)))
    for places in _alternatives(asked.places):
        conditions.append(places.text)
        values += places.values
    for kind, denied in asked.actions:
        did = "EXISTS (SELECT 1 FROM action WHERE action.track = c.track AND action.type = ?)"
        conditions.append(f"NOT {did}" if denied else did)
        values.append(kind)
    return joined, Sql(" AND ".join(conditions), tuple(values))


def _alternatives(places: Sequence[AskedPlace]) -> list[Sql]:
    """One condition for all places that are asked for, and one for each that is denied."""
    meant = [place for place in places if not place.negated]
    conditions = [_at(meant)] if meant else []
    denied = [_at([place]) for place in places if place.negated]
    return conditions + [Sql(f"NOT {one.text}", one.values) for one in denied]


def _at(places: Sequence[AskedPlace]) -> Sql:
    cameras = sorted({camera for place in places for camera in place.cameras})
    zones = sorted({zone for place in places for zone in place.zones})
    there = "track.camera IN (SELECT value FROM json_each(?))"
    did = (
        "EXISTS (SELECT 1 FROM action JOIN json_each(?) AS zone"
        " ON action.place = json_extract(zone.value, '$[1]')"
        " AND track.camera = json_extract(zone.value, '$[0]') WHERE action.track = c.track)"
    )
    return Sql(f"({there} OR {did})", (json.dumps(cameras), json.dumps(zones)))
