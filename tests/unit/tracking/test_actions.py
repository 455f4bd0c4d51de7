"""Zones and lines: what people do there, decided once, from what is really seen."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.action import ActionType
from edge_agent.domain.detection import Bodies, Faces, Seen
from edge_agent.domain.place import Line, Mark, Places, Zone, ZoneKind
from edge_agent.tracking.actions import ActionOptions, ActionWatch, Done
from edge_agent.tracking.tracker import LiveTrack

SIZE = (1000, 500)
TALL = 200.0
STRIP = ActionOptions().margin * TALL
SQUARE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.8), (0.4, 0.8))  # x 400 to 600, y 200 to 400
ZONE = Zone(name="shelf", kind=ZoneKind.PLAIN, corners=SQUARE)
TILL = Zone(name="till", kind=ZoneKind.TILL, corners=SQUARE, stay_after_ms=3000)
UPWARD = Line(name="door", start=(0.5, 0.9), end=(0.5, 0.1))  # at x 500; the right hand is at right

Feet = tuple[float, float]


def in_view(x: float, y: float, *, tall: float = TALL, number: int = 1) -> tuple[LiveTrack, Seen]:
    """Somebody whose feet are at (x, y)."""
    box = np.asarray([[x - 30, y - tall, x + 30, y]], np.float32)
    live = LiveTrack(
        number=number, start_ms=0, last_ms=0, face_row=None, body_row=0, xyxy=box[0], confirmed=True
    )
    return live, Seen(Faces.none(), Bodies(box, np.ones(1, np.float32)))


def only_face(x: float, y: float) -> tuple[LiveTrack, Seen]:
    """Somebody of whom only a face is seen, its upper edge in the middle at (x, y)."""
    box = np.asarray([[x - 10, y, x + 10, y + 28]], np.float32)
    live = LiveTrack(
        number=1, start_ms=0, last_ms=0, face_row=0, body_row=None, xyxy=box[0], confirmed=True
    )
    faces = Faces(box, np.ones(1, np.float32), np.zeros((1, 5, 2), np.float32))
    return live, Seen(faces, Bodies.none())


def walk(
    watch: ActionWatch, way: Iterable[Feet], *, step_ms: int = 200, at_ms: int = 0
) -> list[Done]:
    done: list[Done] = []
    for number, (x, y) in enumerate(way):
        live, seen = in_view(x, y)
        done += watch.take([live], seen, at_ms + number * step_ms, SIZE)
    return done


def told(done: Sequence[Done]) -> list[tuple[str, str]]:
    return [
        (each.type.value, each.extra.get("how") or each.extra.get("direction", "")) for each in done
    ]


def straight(start: Feet, end: Feet, steps: int = 30) -> list[Feet]:
    return [
        (start[0] + (end[0] - start[0]) * k / steps, start[1] + (end[1] - start[1]) * k / steps)
        for k in range(steps + 1)
    ]


def test_walking_through_a_zone_is_one_entering_and_one_leaving() -> None:
    done = walk(ActionWatch(Places(zones=(ZONE,))), straight((300, 300), (700, 300)))
    assert told(done) == [("enter", "walked"), ("leave", "walked")]
    enter, leave = done
    assert leave.extra["since_ms"] == enter.at_ms
    # 400 pixels in 6 s: the left border at 1.5 s, the right one at 4.5 s, and the strip beyond
    assert 1500 <= enter.at_ms <= 1500 + 400
    assert 4500 <= leave.at_ms <= 4500 + 400


def test_who_stands_at_a_till_has_stood_there_once() -> None:
    watch = ActionWatch(Places(zones=(TILL,)))
    done = walk(watch, [(350, 300)] * 3 + [(500, 300)] * 60 + [(700, 300)] * 3)
    assert [each.type for each in done] == [ActionType.ENTER, ActionType.TILL, ActionType.LEAVE]
    assert done[1].extra == {"since_ms": done[0].at_ms, "zone_kind": "till"}
    assert 0 <= done[1].at_ms - done[0].at_ms - 3000 < 200


def test_passing_a_till_is_not_standing_there() -> None:
    done = walk(ActionWatch(Places(zones=(TILL,))), straight((300, 300), (700, 300), 10))
    assert told(done) == [("enter", "walked"), ("leave", "walked")]


def gone(last_ms: int) -> LiveTrack:
    """Somebody who has just ended."""
    live, _ = in_view(500, 300)
    return replace(live, last_ms=last_ms, body_row=None)


def test_who_is_first_and_last_seen_inside_appeared_and_vanished() -> None:
    watch = ActionWatch(Places(zones=(ZONE,)))
    done = walk(watch, [(500, 300)] * 5)
    done += watch.end(gone(800))
    assert told(done) == [("enter", "appeared"), ("leave", "vanished")]
    assert done[1].at_ms == 800
    assert watch.end(gone(800)) == []


def test_a_line_is_crossed_forward_from_its_left_hand_to_its_right() -> None:
    watch = ActionWatch(Places(lines=(UPWARD,)))
    there = walk(watch, straight((300, 300), (700, 300)))
    back = walk(watch, straight((700, 300), (300, 300)), at_ms=10_000)
    assert told(there + back) == [("cross", "forward"), ("cross", "backward")]
    assert abs(there[0].at_ms - 3000) <= 200


def test_walking_around_the_end_of_a_line_is_not_crossing_it() -> None:
    short = Line(name="rope", start=(0.5, 0.7), end=(0.5, 0.5))
    around = [(400.0, 300.0), (400.0, 150.0), (600.0, 150.0), (600.0, 300.0)]
    way = [p for a, b in itertools.pairwise(around) for p in straight(a, b, 10)]
    watch = ActionWatch(Places(lines=(short,)))
    assert walk(watch, way) == []
    assert told(walk(watch, straight((600, 300), (400, 300)), at_ms=9000)) == [
        ("cross", "backward")
    ]


def test_one_wrong_box_makes_no_action() -> None:
    places = Places(zones=(ZONE,), lines=(UPWARD,))
    way = [(300.0, 300.0)] * 5 + [(550.0, 300.0)] + [(300.0, 300.0)] * 5
    assert walk(ActionWatch(places), way) == []


def test_who_goes_out_of_the_picture_right_behind_a_border_has_passed_it() -> None:
    watch = ActionWatch(Places(zones=(ZONE,), lines=(UPWARD,)))
    done = walk(watch, [(300.0, 300.0)] * 3 + [(450.0, 300.0)] * 3 + [(650.0, 300.0)])
    assert told(done) == [("enter", "walked")]
    ended = watch.end(gone(1200))
    assert told(ended) == [("leave", "walked"), ("cross", "forward")]
    assert [(each.at_ms, each.extra["sights"]) for each in ended] == [(1200, 1), (1200, 1)]
    assert watch.end(gone(1200)) == []


def test_feet_are_not_known_where_only_a_face_is_seen_or_the_body_is_cut_off() -> None:
    watch = ActionWatch(Places(zones=(ZONE,), lines=(UPWARD,)))
    assert walk(watch, [(300.0, 300.0)] * 3) == []
    for number, x in enumerate((450, 500, 550, 600, 650)):
        live, seen = only_face(x, 120)
        assert watch.take([live], seen, 1000 + number * 200, SIZE) == []
    low = Zone(name="low", kind=ZoneKind.PLAIN, corners=((0, 0.8), (1, 0.8), (1, 1), (0, 1)))
    assert walk(ActionWatch(Places(zones=(low,))), [(300.0, 499.0)] * 5) == []


def test_a_presence_outlasts_not_knowing_where_somebody_stands() -> None:
    watch = ActionWatch(Places(zones=(TILL,)))
    done = walk(watch, [(300.0, 300.0)] * 2 + [(500.0, 300.0)] * 3)
    for at_ms in range(1000, 6000, 200):
        live, seen = only_face(500, 120)
        done += watch.take([live], seen, at_ms, SIZE)
    assert told(done) == [("enter", "walked")]
    done += walk(watch, [(500.0, 300.0)], at_ms=6000)
    assert done[-1].type is ActionType.TILL
    (left,) = watch.end(gone(9000))
    assert (left.at_ms, left.extra["known_ms"]) == (9000, 6000)


def test_heads_are_known_where_only_faces_are_seen() -> None:
    zone = Zone(name="desk", kind=ZoneKind.PLAIN, corners=SQUARE, mark=Mark.HEAD)
    watch = ActionWatch(Places(zones=(zone,)))
    done: list[Done] = []
    for at_ms, x in enumerate((300, 350, 450, 500, 550, 600, 650, 700)):
        live, seen = only_face(x, 300)
        done += watch.take([live], seen, at_ms * 200, SIZE)
    assert told(done) == [("enter", "walked"), ("leave", "walked")]


def test_a_line_crossed_out_of_sight_says_how_long_nobody_looked() -> None:
    watch = ActionWatch(Places(lines=(UPWARD,)))
    done = walk(watch, [(300.0, 300.0)] * 3) + walk(watch, [(700.0, 300.0)] * 3, at_ms=2600)
    assert told(done) == [("cross", "forward")]
    assert done[0].extra["unseen_ms"] == 2200


def test_people_do_not_mix() -> None:
    watch = ActionWatch(Places(lines=(UPWARD,)))
    done: list[Done] = []
    for at_ms in range(0, 4000, 200):
        for number, x in ((1, 300 + at_ms / 10), (2, 700 - at_ms / 10)):
            live, seen = in_view(x, 300, number=number)
            done += watch.take([live], seen, at_ms, SIZE)
    assert sorted((each.number, each.extra["direction"]) for each in done) == [
        (1, "forward"),
        (2, "backward"),
    ]


inside_strip = st.floats(-0.95 * STRIP, 0.95 * STRIP)


@settings(deadline=None)
@given(st.lists(inside_strip, min_size=1, max_size=60))
def test_trembling_at_a_border_makes_at_most_one_action(offsets: list[float]) -> None:
    watch = ActionWatch(Places(zones=(ZONE,), lines=(UPWARD,)))
    way = [(300.0, 300.0)] * 2 + [(400 + offset, 300.0) for offset in offsets]
    assert walk(watch, way) == []
    line = [(300.0, 300.0)] * 2 + [(500 + offset, 300.0) for offset in offsets]
    done = walk(ActionWatch(Places(lines=(UPWARD,))), [*line, (700.0, 300.0), (700.0, 300.0)])
    assert told(done) == [("cross", "forward")]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 1000), st.floats(150, 480)), min_size=2, max_size=8),
    st.integers(1, 12),
)
def test_on_any_way_entering_and_leaving_alternate_and_crossings_do_so_too(
    corners: list[Feet], steps: int
) -> None:
    way = [p for a, b in itertools.pairwise(corners) for p in straight(a, b, steps)]
    whole = Line(name="all", start=(0.5, 1.0), end=(0.5, 0.0))
    done = walk(ActionWatch(Places(zones=(TILL,), lines=(whole,))), way)
    at_zone = [each.type for each in done if each.type in (ActionType.ENTER, ActionType.LEAVE)]
    assert at_zone == [(ActionType.ENTER, ActionType.LEAVE)[k % 2] for k in range(len(at_zone))]
    crossed = [each.extra["direction"] for each in done if each.type is ActionType.CROSS]
    assert all(a != b for a, b in itertools.pairwise(crossed))
    tills = [each for each in done if each.type is ActionType.TILL]
    assert len(tills) <= at_zone.count(ActionType.ENTER)


@settings(deadline=None, max_examples=40)
@given(st.floats(1.0, 4.0), st.booleans())
def test_the_size_of_the_picture_makes_no_difference(scale: float, turned: bool) -> None:  # noqa: FBT001
    way = straight((300, 300), (700, 300))
    way = way[::-1] if turned else way
    places = Places(zones=(TILL,), lines=(UPWARD,))
    plain = walk(ActionWatch(places), way)
    watch, scaled = ActionWatch(places), list[Done]()
    for number, (x, y) in enumerate(way):
        live, seen = in_view(x * scale, y * scale, tall=TALL * scale)
        size = (round(SIZE[0] * scale), round(SIZE[1] * scale))
        scaled += watch.take([live], seen, number * 200, size)
    assert told(scaled) == told(plain)
    assert all(abs(a.at_ms - b.at_ms) <= 200 for a, b in zip(plain, scaled, strict=True))


def test_nothing_is_watched_where_nothing_was_drawn() -> None:
    watch = ActionWatch(Places())
    assert walk(watch, straight((300, 300), (700, 300))) == []
    assert watch.end(in_view(1, 1)[0]) == []
