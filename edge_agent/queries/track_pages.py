"""The statement behind a page of tracks.

Tracks are shown newest start first, and a time range asks for those that overlap it. The longest
track there is, which an index tells at once, bounds how long before the range one may have begun;
so every page is one stretch of one index, however many tracks there are. Several cameras are one
stretch each, merged.
"""

# ruff: noqa: S608 - statements are put together from constants; values are parameters

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from edge_agent.domain.action import ActionType
from edge_agent.domain.track import TrackState
from edge_agent.domain.worn import parse_worn
from edge_agent.storage.staff import IS_STAFF
from edge_agent.storage.tracks import TRACK_COLUMNS
from edge_agent.wire.picture_search import TrackQuery

LONGEST = "SELECT max(end_ms - start_ms) FROM track"
_NEWEST_FIRST = "ORDER BY start_ms DESC, id DESC LIMIT ?"
_EARLIEST, _LATEST = -(1 << 62), 1 << 62

Statement = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackFilter:
    """Which tracks are asked for; the default is all.

    Attributes:
        start_ms: only tracks seen at or after this time.
        end_ms: only tracks seen before this time.
        cameras: only of these; empty means all.
        ids: only these, None means all.
        state: only open or only ended ones, None means both.
        action: only of people who did this.
        place: only of people who did something in the zone or at the line of this name.
        order: only those tied to this order.
        session: only those of this visit.
        task: only those of this risk task, staff among them.
        include_staff: also people on the list of staff.
        worn: only people of whom all of this is said, as key and value.
    """

    start_ms: int | None = None
    end_ms: int | None = None
    cameras: frozenset[str] = frozenset()
    ids: frozenset[str] | None = None
    state: TrackState | None = None
    action: ActionType | None = None
    place: str | None = None
    order: str | None = None
    session: str | None = None
    task: str | None = None
    include_staff: bool = False
    worn: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, wanted: TrackQuery) -> Self:
        """From what was sent to a door."""
        return cls(
            start_ms=wanted.start_ms,
            end_ms=wanted.end_ms,
            cameras=frozenset(wanted.cameras),
            state=None if wanted.state is None else TrackState(wanted.state),
            action=None if wanted.action is None else ActionType(wanted.action),
            place=wanted.place,
            order=wanted.order,
            session=wanted.session,
            task=wanted.task,
            include_staff=wanted.include_staff,
            worn=frozenset(parse_worn(one) for one in wanted.attributes),
        )


def track_statements(
    wanted: TrackFilter,
    *,
    longest_ms: int,
    last: tuple[int, str] | None,
    limit: int,
    rare: Collection[tuple[str, str]] = (),
) -> list[Statement]:
    """Statements whose rows together hold the first `limit` tracks behind `last`.

    Args:
        wanted: the filter.
        longest_ms: no track lasts longer.
        last: start and id of the last track that was shown.
        limit: rows per statement.
        rare: those of `wanted.worn` that few people have: they are looked up, while of the others
            every track is asked, the newest first.
    """
    where, values = _conditions(wanted, longest_ms, last)
    worn, said = _worn(wanted, rare)
    where, values = where + worn, [*values, *said]
    if wanted.ids is not None:
        where += " AND id IN (SELECT value FROM json_each(?))"
        if wanted.cameras:
            where += " AND camera IN (SELECT value FROM json_each(?))"
        lists = [wanted.ids, wanted.cameras] if wanted.cameras else [wanted.ids]
        values += [json.dumps(sorted(each)) for each in lists]
        return [(_select(where), (*values, limit))]
    if not wanted.cameras:
        return [(_select(where), (*values, limit))]
    statement = _select(f"camera = ? AND {where}")
    return [(statement, (camera, *values, limit)) for camera in sorted(wanted.cameras)]


def _select(where: str) -> str:
    return f"SELECT {TRACK_COLUMNS} FROM track WHERE {where} {_NEWEST_FIRST}"


def _conditions(
    wanted: TrackFilter, longest_ms: int, last: tuple[int, str] | None
) -> tuple[str, list[object]]:
    end_ms = _LATEST if wanted.end_ms is None else wanted.end_ms
    where, values = "(start_ms, id) < (?, ?)", list[object]((end_ms, ""))
    if last is not None and last < (end_ms, ""):
        values = list(last)
    if wanted.start_ms is not None:
        where += " AND start_ms >= ? AND end_ms >= ?"
        values += [max(wanted.start_ms - longest_ms, _EARLIEST), wanted.start_ms]
    if wanted.state is not None:
        # the partial index of open tracks needs the value in the statement
        where += f" AND state = '{wanted.state.value}'"
    belongs, ids = _belongings(wanted)
    return where + belongs, [*values, *ids]


FEW = 2_000
"""Looking these up costs about as much as asking every track until a page is full."""

COUNT_FEW = "SELECT count(*) FROM (SELECT 1 FROM worn WHERE key = ? AND value = ? LIMIT ?)"
_LOOKED_UP = " AND id IN (SELECT track FROM worn WHERE key = ? AND value = ?)"
_ASKED = " AND EXISTS (SELECT 1 FROM worn WHERE worn.track = track.id AND key = ? AND value = ?)"

_BELONGS = {
    "order": "SELECT track FROM order_track WHERE order_id = ?",
    "session": "SELECT track FROM session_track WHERE session = ?",
    "task": "SELECT track FROM risk_task_track WHERE task = ? AND how <> 'left_out'",
}


def _worn(wanted: TrackFilter, rare: Collection[tuple[str, str]]) -> tuple[str, list[object]]:
    where, values = "", list[object]()
    for said in sorted(wanted.worn):
        where += _LOOKED_UP if said in rare else _ASKED
        values += said
    return where, values


def _belongings(wanted: TrackFilter) -> tuple[str, list[object]]:
    """Conditions on what tracks did and belong to."""
    where, values = "", list[object]()
    for name, belonging in _BELONGS.items():
        value = getattr(wanted, name)
        if value is not None:
            where += f" AND id IN ({belonging})"
            values.append(value)
    if not wanted.include_staff and wanted.task is None:
        where += f" AND NOT {IS_STAFF}"
    did = {"type": wanted.action and wanted.action.value, "place": wanted.place}
    given = {column: value for column, value in did.items() if value is not None}
    if given:
        same = " AND ".join(f"action.{column} = ?" for column in given)
        where += f" AND EXISTS (SELECT 1 FROM action WHERE action.track = track.id AND {same})"
        values += given.values()
    return where, values
