import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.detection import Bodies, Floats, Seen
from edge_agent.tracking import LiveTrack, Tracker, TrackerOptions, TrackerStep
from tests.support.sightings import Box, boxes, face_of, seen, standing

AT_ONCE = TrackerOptions(confirm_hits=1)


def numbers(tracks: tuple[LiveTrack, ...]) -> list[int]:
    return [track.number for track in tracks]


def who(step: TrackerStep, row: int) -> int:
    """The number of the track that body `row` was given to."""
    (track,) = [track for track in step.live if track.body_row == row]
    return track.number


def test_a_walk_at_three_frames_a_second_is_one_track() -> None:
    tracker = Tracker(TrackerOptions())
    steps = [
        tracker.update(seen(body=[standing(100 + 0.15 * at)]), at) for at in range(0, 4000, 333)
    ]
    assert [numbers(step.live) for step in steps[:4]] == [[], [], [1], [1]]
    assert numbers(steps[-1].live) == [1]
    assert steps[-1].live[0].start_ms == 0
    assert tracker.vanished == 0


def test_two_people_who_cross_keep_their_numbers() -> None:
    tracker = Tracker(AT_ONCE)
    step = TrackerStep((), ())
    for at in range(0, 4000, 100):
        x = 100 + 0.1 * at
        step = tracker.update(seen(body=[standing(x), standing(500 - x + 100, y=106)]), at)
    assert (who(step, 0), who(step, 1)) == (1, 2)


def test_a_row_of_people_who_take_their_first_step_keep_their_numbers() -> None:
    # Everybody but the first now stands nearly where the one ahead stood.
    tracker = Tracker(AT_ONCE)
    row = (100, 130, 160)
    tracker.update(seen(body=[standing(x) for x in row]), 0)
    step = tracker.update(seen(body=[standing(x + 28) for x in row]), 320)
    assert [who(step, at) for at in range(3)] == [1, 2, 3]


def test_somebody_hidden_for_a_second_comes_back_as_the_same() -> None:
    tracker = Tracker(AT_ONCE)
    for at in range(0, 1500, 100):
        tracker.update(seen(body=[standing(100 + 0.1 * at)]), at)
    for at in range(1500, 2500, 100):
        step = tracker.update(seen(), at)
        assert numbers(step.live) == [1]
        assert not step.live[0].seen
    step = tracker.update(seen(body=[standing(350)]), 2500)
    assert who(step, 0) == 1


def test_a_long_gap_ends_a_track_at_its_last_sight_and_only_once() -> None:
    tracker = Tracker(AT_ONCE)
    for at in range(0, 1000, 100):
        tracker.update(seen(body=[standing(100)]), at)
    step = tracker.update(seen(), 20_000)
    assert numbers(step.ended) == [1]
    assert (step.ended[0].start_ms, step.ended[0].last_ms) == (0, 900)
    assert step.live == ()
    again = tracker.update(seen(body=[standing(100)]), 20_100)
    assert again.ended == ()
    assert numbers(again.live) == [2]


def test_a_doubtful_detection_keeps_a_track_and_begins_none() -> None:
    tracker = Tracker(AT_ONCE)
    tracker.update(seen(body=[standing(100)]), 0)
    step = tracker.update(seen(body=[standing(102), standing(500)], score=0.3), 100)
    assert numbers(step.live) == [1]
    assert step.live[0].body_row == 0


def test_flicker_vanishes_uncounted_as_a_track() -> None:
    tracker = Tracker(TrackerOptions(confirm_hits=3, tentative_ms=500))
    tracker.update(seen(body=[standing(100)]), 0)
    for at in range(100, 2000, 100):
        step = tracker.update(seen(), at)
        assert (step.live, step.ended) == ((), ())
    assert tracker.vanished == 1


def test_a_face_alone_is_followed_and_its_body_joins_the_track() -> None:
    tracker = Tracker(AT_ONCE)
    body = standing(200, y=300, height=600)
    step = TrackerStep((), ())
    for at in range(0, 1000, 200):
        step = tracker.update(seen(face=[face_of(body)]), at)
    assert numbers(step.live) == [1]
    assert (step.live[0].face_row, step.live[0].body_row) == (0, None)
    step = tracker.update(seen(face=[face_of(body)], body=[body]), 1000)
    assert numbers(step.live) == [1]
    assert (step.live[0].face_row, step.live[0].body_row) == (0, 0)
    step = tracker.update(seen(body=[body]), 1200)
    assert numbers(step.live) == [1]


def test_a_body_right_after_a_face_alone_is_the_same_person() -> None:
    tracker = Tracker(AT_ONCE)
    body = standing(200, y=300, height=600)
    tracker.update(seen(face=[face_of(body)]), 0)
    assert numbers(tracker.update(seen(body=[body]), 200).live) == [1]
    assert numbers(tracker.update(seen(face=[face_of(body)]), 400).live) == [1]


def test_faces_walking_at_three_frames_a_second_hardly_overlap_and_are_followed() -> None:
    tracker = Tracker(AT_ONCE)
    step = TrackerStep((), ())
    for at in range(0, 3000, 333):
        body = standing(100 + 0.25 * at, height=400)
        step = tracker.update(seen(face=[face_of(body)]), at)
    assert numbers(step.live) == [1]


def test_people_replaced_at_other_places_are_new_tracks() -> None:
    tracker = Tracker(AT_ONCE)
    for at in range(0, 1000, 200):
        tracker.update(seen(body=[standing(100), standing(300)]), at)
    step = tracker.update(seen(body=[standing(700), standing(900)]), 1000)
    assert {track.number for track in step.live if track.seen} == {3, 4}


def looks(*rows: int) -> Floats:
    """Looks that are alike only where the number is the same."""
    return np.eye(8, dtype=np.float32)[list(rows)]


def test_somebody_else_at_the_same_place_is_a_new_track() -> None:
    tracker = Tracker(AT_ONCE)
    portrait: Box = (80, 70, 170, 185)
    for at in range(0, 1000, 200):
        tracker.update(seen(face=[portrait]), at, face_looks=looks(0))
    step = tracker.update(seen(face=[portrait]), 1000, face_looks=looks(1))
    assert [track.number for track in step.live if track.seen] == [2]
    step = tracker.update(seen(face=[portrait]), 1200, face_looks=looks(0))
    assert [track.number for track in step.live if track.seen] == [1]


def test_looks_decide_between_two_who_fit_by_place() -> None:
    tracker = Tracker(AT_ONCE)
    tracker.update(seen(body=[standing(100), standing(140)]), 0, body_looks=looks(0, 1))
    step = tracker.update(seen(body=[standing(118), standing(122)]), 300, body_looks=looks(1, 0))
    assert (who(step, 0), who(step, 1)) == (2, 1)


def test_who_was_in_view_a_moment_ago_comes_before_who_is_out_of_sight() -> None:
    tracker = Tracker(AT_ONCE)
    for at in range(0, 1000, 100):
        tracker.update(seen(body=[standing(300), standing(400)]), at, body_looks=looks(0, 0))
    for at in range(1000, 2000, 100):  # the second one is hidden, the first one walks there
        there = standing(300 + 0.1 * (at - 1000))
        step = tracker.update(seen(body=[there]), at, body_looks=looks(0))
        assert who(step, 0) == 1


def test_a_doubtful_box_in_other_clothes_does_not_continue_a_track() -> None:
    tracker = Tracker(AT_ONCE)
    tracker.update(seen(body=[standing(100)]), 0, body_looks=looks(0))
    step = tracker.update(seen(body=[standing(100)], score=0.3), 100, body_looks=looks(1))
    assert not step.live[0].seen


def test_a_doubtful_box_does_not_change_how_somebody_is_remembered() -> None:
    tracker = Tracker(AT_ONCE)
    mixed = np.array([[0.8, 0.6, 0, 0, 0, 0, 0, 0]], np.float32)
    tracker.update(seen(body=[standing(100)]), 0, body_looks=looks(0))
    for at in range(100, 3000, 100):
        tracker.update(seen(body=[standing(100)], score=0.3), at, body_looks=mixed)
    step = tracker.update(seen(body=[standing(100)]), 3000, body_looks=looks(1))
    assert [track.number for track in step.live if track.seen] == [2]


def test_a_face_keeps_to_its_body_while_somebody_passes_in_front() -> None:
    tracker = Tracker(AT_ONCE)
    tall, step = standing(300, y=60, height=300), TrackerStep((), ())
    for at in range(0, 2400, 100):
        passer = standing(60 + 0.2 * at, y=62, height=310)
        hides = abs(passer[0] - tall[0]) < 60
        # Whoever passes has shown her face at first and looks away since.
        shown = [face_of(tall)] if at >= 600 else [face_of(tall), face_of(passer)]
        step = tracker.update(
            seen(body=[passer] if hides else [passer, tall], face=shown),
            at,
            body_looks=looks(1) if hides else looks(1, 0),
            face_looks=looks(2, 3)[: len(shown)],
        )
        (with_face,) = [track for track in step.live if track.face_row == 0]
        assert with_face.number == 2
        assert who(step, 0) == 1
    assert numbers(step.live) == [1, 2]


def test_the_young_are_told_as_well_until_they_are_believed() -> None:
    tracker = Tracker(TrackerOptions(confirm_hits=3))
    steps = [tracker.update(seen(body=[standing(100)]), at) for at in (0, 100, 200)]
    assert [numbers(step.young) for step in steps] == [[1], [1], []]
    assert [numbers(step.live) for step in steps] == [[], [], [1]]
    assert numbers(tracker.update(seen(), 300).young) == []


def test_a_cut_ends_everybody() -> None:
    tracker = Tracker(AT_ONCE)
    tracker.update(seen(body=[standing(100)]), 0)
    step = tracker.update(seen(body=[standing(100)]), 200, cut=True)
    assert numbers(step.ended) == [1]
    assert numbers(step.live) == [2]


def test_a_clock_set_back_ends_everybody_at_their_last_sight() -> None:
    tracker = Tracker(AT_ONCE)
    tracker.update(seen(body=[standing(100)]), 5_000_000)
    step = tracker.update(seen(body=[standing(100)]), 1_000)
    assert [(track.number, track.last_ms) for track in step.ended] == [(1, 5_000_000)]
    assert [(track.number, track.start_ms) for track in step.live] == [(2, 1_000)]


def test_the_end_of_a_camera_ends_the_believed_and_counts_the_rest() -> None:
    tracker = Tracker(TrackerOptions(confirm_hits=2))
    tracker.update(seen(body=[standing(100)]), 0)
    tracker.update(seen(body=[standing(100), standing(600)]), 100)
    ended = tracker.end_all()
    assert numbers(ended) == [1]
    assert not ended[0].seen
    assert tracker.vanished == 1
    assert tracker.end_all() == ()


def test_more_people_than_are_followed_are_counted() -> None:
    tracker = Tracker(TrackerOptions(confirm_hits=1, most=3))
    crowd = [standing(200 * number) for number in range(5)]
    assert len(tracker.update(seen(body=crowd), 0).live) == 3
    assert tracker.unfollowed == 2


def test_looks_of_the_wrong_length_are_refused() -> None:
    tracker = Tracker(AT_ONCE)
    with pytest.raises(ValueError, match=r"body looks must have shape \(1, d\)"):
        tracker.update(seen(body=[standing(100)]), 0, body_looks=looks(0, 1))


@st.composite
def scenes(draw: st.DrawFn) -> list[tuple[int, Seen, bool]]:
    frames, at_ms = [], 0
    for _ in range(draw(st.integers(1, 14))):
        at_ms += draw(st.sampled_from([0, 40, 100, 333, 1000, 5000, -200]))
        places = draw(st.lists(st.integers(0, 5), max_size=4))
        people = [standing(place * 60.0 + draw(st.integers(-9, 9))) for place in places]
        scores = draw(
            st.lists(st.sampled_from([0.05, 0.3, 0.9]), min_size=len(people), max_size=len(people))
        )
        body = Bodies(boxes(people), np.array(scores, np.float32))
        heads = [face_of(one) for one in people if draw(st.booleans())]
        frames.append((at_ms, Seen(seen(face=heads).faces, body), draw(st.integers(0, 9)) == 0))
    return frames


@settings(max_examples=150, deadline=None)
@given(frames=scenes(), hits=st.integers(1, 3))
def test_whatever_is_seen_tracks_are_unique_believed_and_end_once(
    frames: list[tuple[int, Seen, bool]], hits: int
) -> None:
    tracker = Tracker(TrackerOptions(confirm_hits=hits, lost_ms=1500))
    live_before: set[int] = set()
    ended: set[int] = set()
    for at_ms, frame, cut in frames:
        step = tracker.update(frame, at_ms, cut=cut)
        live = numbers(step.live)
        assert live == sorted(set(live))
        assert all(track.confirmed for track in step.live + step.ended)
        assert not ended & set(live)
        gone = numbers(step.ended)
        assert len(gone) == len(set(gone))
        assert not ended & set(gone)
        assert live_before <= set(live) | set(gone)
        for rows, most in (
            ([track.face_row for track in step.live], len(frame.faces)),
            ([track.body_row for track in step.live], len(frame.bodies)),
        ):
            given_rows = [row for row in rows if row is not None]
            assert len(given_rows) == len(set(given_rows))
            assert all(0 <= row < most for row in given_rows)
        assert all(track.start_ms <= track.last_ms <= at_ms for track in step.live)
        ended |= set(gone)
        live_before = set(live)
    assert set(numbers(tracker.end_all())) == live_before
