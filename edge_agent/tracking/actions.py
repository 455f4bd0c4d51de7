"""What followed people do in the zones and at the lines of their camera.

Decided from one point of a person, feet or head, and only in frames in which that point is known:
while it is not, nothing begins and nothing ends. A border has two sides and a strip between them,
as wide as `ActionOptions.margin` of the person's height on each side; somebody is inside or
outside only beyond the strip, and only after `ActionOptions.sights` frames agree, or where nothing
more is seen of them. So neither the trembling of boxes at a border nor one wrong box in between
makes an action, and whoever goes out of the picture right behind a line has crossed it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edge_agent.domain.action import ActionType
from edge_agent.domain.detection import Floats, Seen
from edge_agent.domain.place import Line, Mark, Places, Zone, ZoneKind
from edge_agent.tracking.outline import Outline, Stroke
from edge_agent.tracking.tracker import LiveTrack

_FACES_TALL = 7.0
"""Heights of a face box in a standing adult; measures the strip where no body is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOptions:
    """How sure one has to be.

    Attributes:
        margin: half the width of the undecided strip along a border, in heights of the person.
        sights: frames that have to agree.
        cut_off: a body that comes as close to the picture's upper or lower edge, in heights of
            the picture, is cut off by it.
        unseen_ms: a line crossed between two sights further apart than this is told with
            `unseen_ms`, because the way between them is a guess.
    """

    margin: float = 0.05
    sights: int = 2
    cut_off: float = 0.01
    unseen_ms: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Something a person did.

    Attributes:
        number: of the track, as the tracker counts.
        place: name of the zone or line.
        extra: JSON values; see docs/visits.md.
    """

    number: int
    type: ActionType
    place: str
    at_ms: int
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Stand:
    """Where a person stands in one frame.

    Attributes:
        marks: (2,) float32 pixels of each point that is known.
        height: of the person in pixels, or about so.
    """

    marks: Mapping[Mark, Floats]
    height: float


def stand_of(live: LiveTrack, seen: Seen, picture_height: int, cut_off: float) -> Stand:
    """Find the points of a person that one frame tells.

    Args:
        live: somebody after this frame.
        seen: what the detectors found in it.
        picture_height: pixels.
        cut_off: as in `ActionOptions`.
    """
    marks: dict[Mark, Floats] = {}
    height = 0.0
    edge = cut_off * picture_height
    if live.face_row is not None:
        left, top, right, bottom = seen.faces.xyxy[live.face_row]
        marks[Mark.HEAD] = np.asarray(((left + right) / 2, top), np.float32)
        height = float(bottom - top) * _FACES_TALL
    if live.body_row is not None:
        left, top, right, bottom = seen.bodies.xyxy[live.body_row]
        if top > edge:
            marks[Mark.HEAD] = np.asarray(((left + right) / 2, top), np.float32)
        if bottom < picture_height - edge:
            marks[Mark.FEET] = np.asarray(((left + right) / 2, bottom), np.float32)
        height = float(bottom - top)
    return Stand(marks, height)


class ActionWatch:
    """Watches the people of one camera; no clock, no I/O, one owner."""

    def __init__(self, places: Places, options: ActionOptions | None = None) -> None:
        self._places = places
        self._options = options or ActionOptions()
        self._size = (0, 0)
        self._outlines: dict[str, Outline] = {}
        self._strokes: dict[str, Stroke] = {}
        self._people: dict[int, list[_InZone | _AtLine]] = {}

    def take(
        self, live: Iterable[LiveTrack], seen: Seen, at_ms: int, size: tuple[int, int]
    ) -> list[Done]:
        """Take in one frame; returns what has been done, each thing once.

        Args:
            live: everybody who is followed after this frame.
            seen: what the detectors found in it.
            at_ms: when it was taken.
            size: width and height of the frame in pixels.
        """
        if not self._places:
            return []
        self._scale(size)
        done: list[Done] = []
        for each in live:
            watchers = self._people.setdefault(each.number, self._watchers())
            if each.seen:
                stand = stand_of(each, seen, size[1], self._options.cut_off)
                done += self._moved(each.number, watchers, stand, at_ms)
        return done

    def end(self, live: LiveTrack) -> list[Done]:
        """Somebody is gone: what was seen last holds, and whoever was in a zone has left it."""
        watchers = self._people.pop(live.number, [])
        return [
            done for watcher in watchers for done in watcher.vanished(live.number, live.last_ms)
        ]

    def _watchers(self) -> "list[_InZone | _AtLine]":
        return [
            *(_InZone(zone, self._options) for zone in self._places.zones),
            *(_AtLine(line, self._options) for line in self._places.lines),
        ]

    def _scale(self, size: tuple[int, int]) -> None:
        if size != self._size:
            self._size = size
            self._outlines = {z.name: Outline(z.corners, size) for z in self._places.zones}
            self._strokes = {n.name: Stroke(n.start, n.end, size) for n in self._places.lines}

    def _moved(
        self, number: int, watchers: "list[_InZone | _AtLine]", stand: Stand, at_ms: int
    ) -> Iterable[Done]:
        strip = self._options.margin * stand.height
        for watcher in watchers:
            point = stand.marks.get(watcher.mark)
            if point is None:
                continue
            if isinstance(watcher, _InZone):
                yield from watcher.moved(number, point, self._outlines[watcher.name], strip, at_ms)
            else:
                yield from watcher.moved(number, point, self._strokes[watcher.name], strip, at_ms)


@dataclass(slots=True)
class _Opinion:
    """What the latest frames say, until enough of them agree."""

    value: bool
    since_ms: int
    sights: int


class _Settled:
    """A yes or no that changes only after several frames agree."""

    def __init__(self, sights: int) -> None:
        self._sights = sights
        self._opinion: _Opinion | None = None
        self.value: bool | None = None

    def hear(self, value: bool | None, at_ms: int) -> int | None:  # noqa: FBT001 - what is settled
        """Take in what one frame says, None where it is undecided.

        Returns:
            Since when the new value holds, where it has just changed; else None.
        """
        if value is None:
            return None
        if value is self.value:
            self._opinion = None
            return None
        if self._opinion is None or self._opinion.value is not value:
            self._opinion = _Opinion(value, at_ms, sights=0)
        self._opinion.sights += 1
        if self._opinion.sights < self._sights:
            return None
        since_ms, self._opinion, self.value = self._opinion.since_ms, None, value
        return since_ms

    def last_word(self) -> int | None:
        """Nothing more will be heard: let what was said last hold, if it was not agreed yet.

        Returns:
            Since when the new value holds, where it has changed.
        """
        if self._opinion is None or self.value is None:
            return None
        since_ms, self.value = self._opinion.since_ms, self._opinion.value
        self._opinion = None
        return since_ms


class _InZone:
    """One person and one zone."""

    def __init__(self, zone: Zone, options: ActionOptions) -> None:
        self.name, self.mark = zone.name, zone.mark
        self._zone = zone
        self._inside = _Settled(options.sights)
        self._since_ms = 0
        self._known_ms = 0
        self._stayed = False

    def moved(
        self, number: int, point: Floats, outline: Outline, strip: float, at_ms: int
    ) -> Iterable[Done]:
        inside = outline.inside(point)
        strip = min(strip, outline.depth / 2)
        said = True if inside >= strip else False if inside <= -strip else None
        appeared = self._inside.value is None
        if appeared and said is False:
            self._inside.value, appeared = False, False
        changed_ms = self._inside.hear(said, at_ms)
        if changed_ms is not None and self._inside.value:
            self._since_ms, self._stayed = changed_ms, False
            how = "appeared" if appeared else "walked"
            yield self._done(number, ActionType.ENTER, changed_ms, {"how": how})
        elif changed_ms is not None:
            yield self._left(number, changed_ms, {"how": "walked"})
        if said and self._inside.value:
            self._known_ms = at_ms
            yield from self._stays(number, at_ms)

    def vanished(self, number: int, at_ms: int) -> Iterable[Done]:
        was_inside = self._inside.value
        left_ms = self._inside.last_word() if was_inside else None
        if left_ms is not None:
            yield self._left(number, left_ms, {"how": "walked", "sights": 1})
        elif was_inside:
            extra: dict[str, Any] = {"how": "vanished"}
            if self._known_ms < at_ms:
                extra["known_ms"] = self._known_ms
            yield self._left(number, at_ms, extra)

    def _stays(self, number: int, at_ms: int) -> Iterable[Done]:
        after = self._zone.stay_after_ms
        if after is not None and not self._stayed and at_ms - self._since_ms >= after:
            self._stayed = True
            kind = ActionType.TILL if self._zone.kind is ZoneKind.TILL else ActionType.STAY
            yield self._done(number, kind, at_ms, {"since_ms": self._since_ms})

    def _left(self, number: int, at_ms: int, extra: dict[str, Any]) -> Done:
        stayed = {"since_ms": self._since_ms}
        return self._done(number, ActionType.LEAVE, at_ms, {**extra, **stayed})

    def _done(self, number: int, kind: ActionType, at_ms: int, extra: dict[str, Any]) -> Done:
        if self._zone.kind is not ZoneKind.PLAIN:
            extra = {**extra, "zone_kind": self._zone.kind.value}
        return Done(number=number, type=kind, place=self.name, at_ms=at_ms, extra=extra)


class _AtLine:
    """One person and one line.

    The line counts as crossed where the side has changed for good and the way between led an odd
    number of times between its two ends: whoever walks around an end has not crossed it.
    """

    def __init__(self, line: Line, options: ActionOptions) -> None:
        self.name, self.mark = line.name, line.mark
        self._options = options
        self._right = _Settled(options.sights)
        self._before: tuple[Floats, int] | None = None
        self._passes = 0
        self._passed_ms = 0
        self._unseen_ms = 0

    def moved(
        self, number: int, point: Floats, stroke: Stroke, strip: float, at_ms: int
    ) -> Iterable[Done]:
        self._walk(point, stroke, at_ms)
        away = stroke.right(point)
        said = None if abs(away) < max(strip, 1e-9) else away > 0
        first = self._right.value is None
        changed_ms = self._right.hear(said, at_ms)
        if changed_ms is not None and not first and self._passes % 2:
            yield self._crossed(number, {})
        if said is not None and said is self._right.value:
            self._passes, self._unseen_ms = 0, 0

    def vanished(self, number: int, _: int) -> Iterable[Done]:
        """Whoever was seen beyond the line once, and never again, has crossed it."""
        if self._right.last_word() is not None and self._passes % 2:
            yield self._crossed(number, {"sights": 1})

    def _crossed(self, number: int, extra: dict[str, Any]) -> Done:
        told = {"direction": "forward" if self._right.value else "backward", **extra}
        if self._unseen_ms > self._options.unseen_ms:
            told["unseen_ms"] = self._unseen_ms
        return Done(
            number=number,
            type=ActionType.CROSS,
            place=self.name,
            at_ms=self._passed_ms,
            extra=told,
        )

    def _walk(self, point: Floats, stroke: Stroke, at_ms: int) -> None:
        if self._before is not None and stroke.between_ends(self._before[0], point):
            self._passes += 1
            self._passed_ms = at_ms
            self._unseen_ms = max(self._unseen_ms, at_ms - self._before[1])
        self._before = (point, at_ms)
