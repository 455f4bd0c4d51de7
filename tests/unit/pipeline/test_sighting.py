"""The people of one camera become updates for memory."""

from dataclasses import replace

import numpy as np
import pytest

from edge_agent.domain.detection import Bodies, Faces, Image, Seen
from edge_agent.domain.track import TrackState
from edge_agent.domain.vector import Part
from edge_agent.pipeline.sighting import REFRESH_MS, Sight, Sightings
from edge_agent.tracking.best import BestShotOptions
from edge_agent.tracking.tracker import LiveTrack, TrackerStep

FACE = [100.0, 100.0, 140.0, 150.0]
BODY = [80.0, 90.0, 180.0, 400.0]


def picture() -> Image:
    rows, columns = np.mgrid[0:480, 0:640]
    return np.stack([rows % 256, columns % 256, (rows + columns) % 256], axis=2).astype(np.uint8)


def sight(
    at_ms: int, *, face: float | None = None, body: float | None = None, fragment: str | None = None
) -> Sight:
    faces, bodies = Faces.none(), Bodies.none()
    if face is not None:
        landmarks = np.array([[[110, 115], [130, 115], [120, 125], [112, 138], [128, 138]]])
        faces = Faces(
            np.array([FACE], np.float32), np.ones(1, np.float32), landmarks.astype(np.float32)
        )
    if body is not None:
        bodies = Bodies(np.array([BODY], np.float32), np.ones(1, np.float32))
    return Sight(
        picture(),
        at_ms,
        Seen(faces, bodies),
        np.array([] if face is None else [face], np.float32),
        np.array([] if body is None else [body], np.float32),
        fragment,
    )


def live(at: Sight, number: int = 1, start_ms: int = 1000) -> LiveTrack:
    return LiveTrack(
        number=number,
        start_ms=start_ms,
        last_ms=at.at_ms,
        face_row=0 if len(at.seen.faces) else None,
        body_row=0 if len(at.seen.bodies) else None,
        xyxy=np.array(BODY, np.float32),
        confirmed=True,
    )


@pytest.fixture
def sightings() -> Sightings:
    options = BestShotOptions(good=0.5, better=0.05, much_better=0.2, least=0.1)
    return Sightings("door", dict.fromkeys(Part, options))


def test_the_first_good_view_is_remembered_at_once(sightings: Sightings) -> None:
    at = sight(2000, face=0.7)
    (update,) = sightings.take(at, TrackerStep((live(at),), ()))
    assert update.track.state is TrackState.OPEN
    assert (update.track.camera, update.track.start_ms, update.track.end_ms) == ("door", 1000, 2000)
    (look,) = update.looks
    assert look.part is Part.FACE
    assert look.quality == pytest.approx(0.7)


def test_a_look_is_a_copy_with_its_box_and_landmarks_in_its_own_pixels(
    sightings: Sightings,
) -> None:
    at = sight(2000, face=0.7)
    (update,) = sightings.take(at, TrackerStep((live(at),), ()))
    look = update.looks[0]
    at.image[:] = 0  # the slot of shared memory is given away
    left, top = int(look.xyxy[0]), int(look.xyxy[1])
    assert look.crop[top, left].tolist() == picture()[100, 100].tolist()
    assert look.landmarks is not None
    nose = look.landmarks[2].astype(int)
    assert look.crop[nose[1], nose[0]].tolist() == picture()[125, 120].tolist()


def test_crops_come_from_the_close_up_with_box_and_landmarks_in_its_pixels(
    sightings: Sightings,
) -> None:
    at = sight(2000, face=0.7)
    large = np.repeat(np.repeat(picture(), 3, axis=0), 3, axis=1)
    close = replace(at, close_up=large.copy())
    (update,) = sightings.take(close, TrackerStep((live(close),), ()))
    (look,) = update.looks
    width, height = look.xyxy[2:] - look.xyxy[:2]
    assert (width, height) == (pytest.approx(120), pytest.approx(150))
    left, top = look.xyxy[:2].astype(int)
    assert look.crop[top, left].tolist() == large[300, 300].tolist()
    assert look.landmarks is not None
    nose = look.landmarks[2].astype(int)
    assert look.crop[nose[1], nose[0]].tolist() == large[375, 360].tolist()


def test_a_close_up_is_wanted_only_where_a_crop_of_it_would_be_kept(sightings: Sightings) -> None:
    poor, good, same = sight(2000, face=0.05), sight(2001, face=0.7), sight(2002, face=0.7)
    assert not sightings.wants(poor, TrackerStep((live(poor),), ()))
    assert sightings.wants(good, TrackerStep((live(good),), ()))
    sightings.take(good, TrackerStep((live(good),), ()))
    assert not sightings.wants(same, TrackerStep((live(same),), ()))
    better = sight(2003, face=0.8)
    assert sightings.wants(better, TrackerStep((live(better),), ()))


def test_a_poor_view_waits_for_the_end_and_is_not_lost(sightings: Sightings) -> None:
    at = sight(2000, face=0.3)
    assert sightings.take(at, TrackerStep((live(at),), ())) == []
    (update,) = sightings.take(sight(6000), TrackerStep((), (live(at),)))
    assert update.track.state is TrackState.ENDED
    assert [look.quality for look in update.looks] == [pytest.approx(0.3)]
    assert len(sightings) == 0


def test_only_a_much_better_view_is_remembered_again_and_the_best_one_at_the_end(
    sightings: Sightings,
) -> None:
    qualities = [0.55, 0.65, 0.9, 0.97]
    remembered = []
    for step, quality in enumerate(qualities):
        at = sight(2000 + step, body=quality)
        for update in sightings.take(at, TrackerStep((live(at),), ())):
            remembered += [look.quality for look in update.looks]
    assert remembered == [pytest.approx(0.55), pytest.approx(0.9)]
    (last,) = sightings.end([live(sight(2003, body=0.97))])
    assert [look.quality for look in last.looks] == [pytest.approx(0.97)]


def test_the_fragment_is_the_one_with_the_best_view_and_all_of_them_are_linked(
    sightings: Sightings,
) -> None:
    for quality, fragment in ((0.6, "a"), (0.9, "b"), (0.3, "c")):
        at = sight(2000, face=quality, fragment=fragment)
        sightings.take(at, TrackerStep((live(at),), ()))
    (update,) = sightings.end([live(sight(2100))])
    assert update.track.fragment == "b"
    assert update.fragments == {"a", "b", "c"}


def test_somebody_who_stays_is_written_down_again_now_and_then(sightings: Sightings) -> None:
    at = sight(2000, face=0.7)
    first = sightings.take(at, TrackerStep((live(at),), ()))[0].track.id
    soon, later = sight(2500, face=0.7), sight(2000 + REFRESH_MS, face=0.7)
    assert sightings.take(soon, TrackerStep((live(soon),), ())) == []
    (update,) = sightings.take(later, TrackerStep((live(later),), ()))
    assert (update.track.id, update.track.end_ms) == (first, 2000 + REFRESH_MS)
    assert not update.looks


def test_a_person_at_the_rim_of_the_picture_is_cut_to_it(sightings: Sightings) -> None:
    at = sight(2000, body=0.8)
    at.seen.bodies.xyxy[0] = [-30, 300, 60, 520]
    (update,) = sightings.take(at, TrackerStep((live(at),), ()))
    height, width = update.looks[0].crop.shape[:2]
    assert 0 < width <= 70
    assert 0 < height <= 480 - 280


def test_only_views_that_may_be_better_are_worth_measuring(sightings: Sightings) -> None:
    first = sight(1000, face=0.3, body=0.6)
    step = TrackerStep((live(first),), ())
    bounds = {Part.FACE: np.array([0.34], np.float32), Part.BODY: np.array([0.66], np.float32)}
    assert sightings.open_to(step, bounds) == {Part.FACE: [0], Part.BODY: [0]}
    sightings.take(first, step)
    assert sightings.open_to(step, bounds) == {Part.FACE: [], Part.BODY: [0]}
