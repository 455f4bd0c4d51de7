import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.domain.detection import Bodies, Faces, Floats, Image
from edge_agent.vision.quality import (
    body_bound,
    body_quality,
    face_bound,
    face_quality,
    frontalness,
    head_and_shoulders,
)

FACE = np.array([[38, 51], [73, 51], [56, 71], [41, 92], [70, 92]], np.float32)


def textured(height: int, width: int) -> Image:
    noise = np.random.default_rng(3).integers(0, 256, (height // 4, width // 4, 3), np.uint8)
    resized = cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(resized, np.uint8)


def faces(landmarks: Floats, score: float = 0.9) -> Faces:
    low, high = landmarks.min(axis=0) - 20, landmarks.max(axis=0) + 20
    return Faces(
        np.array([[*low, *high]], np.float32), np.array([score], np.float32), landmarks[None]
    )


def bodies(*xyxy: tuple[float, float, float, float]) -> Bodies:
    return Bodies(np.array(xyxy, np.float32), np.full(len(xyxy), 0.8, np.float32))


def test_a_small_face_is_worth_less() -> None:
    image = textured(300, 300)
    near, far = faces(FACE + 100), faces(np.asarray(FACE / 5 + 100, np.float32))
    assert face_quality(image, near)[0] > face_quality(image, far)[0]


def test_a_blurred_face_is_worth_less() -> None:
    image = textured(300, 300)
    blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), 4), np.uint8)
    face = faces(FACE + 100)
    assert face_quality(image, face)[0] > face_quality(blurred, face)[0]


def test_brightness_does_not_pass_for_sharpness() -> None:
    image = textured(300, 300)
    face = faces(FACE + 100)
    dim = (image * 0.5).astype(np.uint8)
    assert abs(face_quality(image, face)[0] - face_quality(dim, face)[0]) < 0.1


def test_a_turned_face_is_worth_less() -> None:
    turned = FACE.copy()
    turned[2, 0] += 15
    assert frontalness(FACE[None])[0] > 0.9
    assert frontalness(turned[None])[0] < 0.2


def test_a_face_half_outside_is_worth_half() -> None:
    image = textured(300, 300)
    face = faces(FACE + 100)
    cut_off = Faces(face.xyxy - np.array([200, 0, 200, 0], np.float32), face.score, face.landmarks)
    assert face_quality(image, cut_off)[0] < face_quality(image, face)[0]


def test_a_body_that_touches_an_edge_is_worth_less() -> None:
    image = textured(400, 400)
    assert (
        body_quality(image, bodies((100, 20, 180, 260)))[0]
        > body_quality(image, bodies((100, 160, 180, 400)))[0]
    )


def test_a_body_that_a_nearer_one_hides_is_worth_less() -> None:
    image = textured(400, 400)
    behind, before = body_quality(image, bodies((100, 50, 180, 250), (130, 60, 210, 300)))
    alone = body_quality(image, bodies((100, 50, 180, 250)))[0]
    assert behind < alone
    assert before > behind


def test_a_large_face_in_it_shows_that_a_body_is_cut_off() -> None:
    seen = bodies((0, 0, 100, 200), (200, 0, 300, 200))
    near = Faces(
        np.array([[20, 10, 80, 80], [240, 10, 260, 40]], np.float32),
        np.ones(2, np.float32),
        np.zeros((2, 5, 2), np.float32),
    )
    assert head_and_shoulders(near, seen).tolist() == [True, False]
    assert head_and_shoulders(Faces.none(), seen).tolist() == [False, False]


def test_nobody_has_no_quality() -> None:
    image = textured(40, 40)
    assert face_quality(image, Faces.none()).shape == (0,)
    assert body_quality(image, Bodies.none()).shape == (0,)


@given(
    st.lists(st.tuples(*[st.floats(-100, 300)] * 4), min_size=1, max_size=4),
    st.floats(0, 1),
)
def test_every_quality_is_between_0_and_1(
    boxes: list[tuple[float, float, float, float]], score: float
) -> None:
    image = textured(120, 160)
    xyxy = np.array([[x, y, x + abs(w), y + abs(h)] for x, y, w, h in boxes], np.float32)
    scores = np.full(len(xyxy), score, np.float32)
    landmarks = np.tile(xyxy[:, None, :2], (1, 5, 1))
    for quality in (
        body_quality(image, Bodies(xyxy, scores)),
        face_quality(image, Faces(xyxy, scores, landmarks)),
    ):
        assert quality.dtype == np.float32
        assert ((quality >= 0) & (quality <= 1)).all()


@given(st.integers(0, 1000), st.floats(0.1, 1.0))
def test_quality_does_not_exceed_what_boxes_allow(seed: int, score: float) -> None:
    random = np.random.default_rng(seed)
    image = textured(200, 200)
    corners = random.uniform(-20, 200, (4, 2))
    xyxy = np.concatenate([corners, corners + random.uniform(1, 200, (4, 2))], axis=1)
    some = Bodies(xyxy.astype(np.float32), np.full(4, score, np.float32))
    assert (body_quality(image, some) <= body_bound(image, some)).all()
    face = faces(np.asarray(FACE * random.uniform(0.2, 1) + random.uniform(0, 150), np.float32))
    assert (face_quality(image, face) <= face_bound(image, face)).all()


def test_what_is_not_asked_for_is_not_measured() -> None:
    image = textured(300, 300)
    three = bodies((10, 10, 60, 160), (100, 20, 160, 200), (200, 30, 260, 180))
    whole = body_quality(image, three)
    assert (whole > 0).all()
    np.testing.assert_array_equal(body_quality(image, three, [1]), whole * [0, 1, 0])
    face = faces(FACE + 100)
    assert face_quality(image, face, []).tolist() == [0]
