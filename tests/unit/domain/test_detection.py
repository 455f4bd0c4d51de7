import numpy as np
import pytest

from edge_agent.domain.detection import Bodies, Faces, Floats, Seen


def zeros(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


@pytest.mark.parametrize(
    ("xyxy", "score", "wrong"),
    [
        (zeros(2, 5), zeros(2), r"xyxy must have shape \(None, 4\), got \(2, 5\)"),
        (zeros(4), zeros(1), r"xyxy must have shape .* got \(4,\)"),
        (zeros(2, 4), zeros(3), r"score must have shape \(2,\), got \(3,\)"),
        (zeros(2, 4), zeros(2, 1), r"score must have shape \(2,\), got \(2, 1\)"),
    ],
)
def test_bodies_of_a_wrong_shape_say_what_was_expected_and_what_came(
    xyxy: Floats, score: Floats, wrong: str
) -> None:
    with pytest.raises(ValueError, match=wrong):
        Bodies(xyxy, score)
    with pytest.raises(ValueError, match=wrong):
        Faces(xyxy, score, zeros(len(xyxy), 5, 2))


@pytest.mark.parametrize("landmarks", [zeros(1, 5, 2), zeros(2, 5), zeros(2, 5, 3), zeros(2, 10)])
def test_every_face_has_five_landmarks(landmarks: Floats) -> None:
    with pytest.raises(ValueError, match=r"landmarks must have shape \(2, 5, 2\)"):
        Faces(zeros(2, 4), zeros(2), landmarks)


def test_rows_are_taken_by_mask_and_by_index() -> None:
    xyxy = np.arange(12, dtype=np.float32).reshape(3, 4)
    score = np.array([0.9, 0.1, 0.5], np.float32)
    landmarks = np.arange(30, dtype=np.float32).reshape(3, 5, 2)
    faces, bodies = Faces(xyxy, score, landmarks), Bodies(xyxy, score)

    sure = bodies[bodies.score > 0.4]
    assert len(sure) == 2
    np.testing.assert_array_equal(sure.xyxy, xyxy[[0, 2]])
    turned = faces[np.array([2, 0])]
    np.testing.assert_array_equal(turned.score, score[[2, 0]])
    np.testing.assert_array_equal(turned.landmarks, landmarks[[2, 0]])
    assert isinstance(turned, Faces)


def test_nobody_is_an_empty_value_of_the_right_shape() -> None:
    nobody = Seen(Faces.none(), Bodies.none())
    assert (len(nobody.faces), len(nobody.bodies)) == (0, 0)
    assert nobody.faces.landmarks.shape == (0, 5, 2)
    assert nobody.bodies.xyxy.dtype == np.float32
    assert len(nobody.bodies[nobody.bodies.score > 0]) == 0
