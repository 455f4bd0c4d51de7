import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.domain.detection import Bodies, Seen
from edge_agent.tracking.people import TieOptions, people_in
from tests.support.sightings import Box, boxes, face_of, faces, seen, standing

TIE = TieOptions()


def test_a_face_is_tied_to_the_body_it_sits_on() -> None:
    left, right = standing(100), standing(300)
    people = people_in(seen(body=[left, right], face=[face_of(right), face_of(left)]), TIE)
    assert people.face.tolist() == [1, 0]
    assert people.body.tolist() == [0, 1]


def test_somebody_in_front_and_somebody_behind_keep_their_faces() -> None:
    near, far = standing(200, y=90, height=300), standing(240, y=100, height=160)
    people = people_in(seen(body=[far, near], face=[face_of(near), face_of(far)]), TIE)
    assert people.face.tolist() == [1, 0]


def test_a_face_goes_to_the_sure_body_not_to_a_doubtful_box_around_the_same_person() -> None:
    body = standing(200)
    left, top, right, _ = body
    half: Box = (left, top, right, top + 90)
    found = Bodies(boxes([half, body]), np.array([0.2, 0.9], np.float32))
    people = people_in(Seen(faces([face_of(body)]), found), TIE)
    assert people.face.tolist() == [-1, 0]
    alone = people_in(Seen(faces([face_of(body)]), found[np.array([0])]), TIE)
    assert alone.face.tolist() == [0]


def test_a_face_and_a_body_known_to_be_two_people_are_not_tied() -> None:
    body = standing(200)
    apart = np.array([[True]])
    people = people_in(seen(body=[body], face=[face_of(body)]), TIE, apart)
    assert (people.face.tolist(), people.body.tolist()) == ([-1, 0], [0, -1])


def test_a_portrait_is_one_person() -> None:
    # A photograph of head and shoulders: the face takes a third of the body.
    people = people_in(seen(body=[[20, 30, 230, 250]], face=[[85, 70, 165, 180]]), TIE)
    assert (people.face.tolist(), people.body.tolist()) == ([0], [0])


def test_a_face_without_a_body_and_a_body_without_a_face_are_people() -> None:
    people = people_in(seen(body=[standing(100)], face=[[400, 50, 440, 100]]), TIE)
    assert people.face.tolist() == [-1, 0]
    assert people.body.tolist() == [0, -1]
    assert len(people) == 2


def test_a_face_on_the_knees_or_too_small_or_too_wide_is_somebody_elses() -> None:
    body = standing(100)
    knees: Box = (90, 230, 110, 255)
    print_on_shirt: Box = (98, 104, 102, 109)
    too_wide: Box = (40, 100, 160, 200)
    for face in (knees, print_on_shirt, too_wide):
        assert people_in(seen(body=[body], face=[face]), TIE).face.tolist() == [-1, 0]


def test_people_are_counted_from_left_to_right() -> None:
    people = people_in(
        seen(body=[standing(300), standing(100)], face=[[200, 50, 240, 100]]), TIE
    ).left_to_right()
    assert people.body.tolist() == [1, -1, 0]
    assert people.xyxy[1].tolist() == [200, 50, 240, 100]


def test_nobody() -> None:
    people = people_in(seen(), TIE)
    assert len(people) == 0
    assert people.xyxy.shape == (0, 4)


SIDE = st.integers(0, 60)
BOX = st.tuples(SIDE, SIDE, SIDE, SIDE)


@settings(max_examples=100, deadline=None)
@given(bodies=st.lists(BOX, max_size=6), faces=st.lists(BOX, max_size=6))
def test_everything_seen_belongs_to_exactly_one_person(bodies: list[Box], faces: list[Box]) -> None:
    people = people_in(seen(body=bodies, face=faces), TIE)
    assert sorted(people.body[people.body >= 0].tolist()) == list(range(len(bodies)))
    assert sorted(people.face[people.face >= 0].tolist()) == list(range(len(faces)))
    assert bool(np.all((people.face >= 0) | (people.body >= 0)))
