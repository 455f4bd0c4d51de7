"""Qualities of real pictures fall when the pictures are made worse, each way and step by step."""

from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge_agent.domain.detection import Bodies, Faces, Floats, Image
from edge_agent.vision import Vision

pytestmark = [pytest.mark.models, pytest.mark.testdata]

Worse = Callable[[Image, float], Image]
NOISE = 0.02
"""Landmarks and boxes of a worse picture lie a little elsewhere."""


def blurred(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def shrunk(image: Image, scale: float) -> Image:
    small = cv2.resize(image, None, fx=1 / scale, fy=1 / scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def darkened(image: Image, by: float) -> Image:
    return np.asarray(image / by, np.uint8)


def overexposed(image: Image, by: float) -> Image:
    return np.asarray(np.clip(image * by, 0, 255), np.uint8)


WAYS = pytest.mark.parametrize(
    ("worse", "steps"),
    [
        (blurred, (1.0, 2.0, 4.0)),
        (shrunk, (2.0, 4.0, 8.0)),
        (darkened, (4.0, 10.0, 20.0)),
        (overexposed, (2.5, 4.0, 8.0)),
    ],
    ids=["blurred", "shrunk", "darkened", "overexposed"],
)


@pytest.fixture(scope="module")
def portraits(labelled: Path) -> list[Image]:
    files = sorted(labelled.glob("*/images/*/*.jpg"))[::40]
    assert len(files) >= 20
    return [read(file) for file in files]


@pytest.fixture(scope="module")
def stages(labelled: Path) -> list[Image]:
    files = sorted(labelled.glob("*/frames/*.jpg"))
    assert len(files) >= 10
    return [read(file) for file in files]


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.asarray(image, np.uint8)


def middle_face(vision: Vision, image: Image) -> Faces:
    """The face in the middle of a portrait, or none."""
    faces = vision.detect(image).faces
    middle = np.array([image.shape[1], image.shape[0]]) / 2
    away = np.abs((faces.xyxy[:, :2] + faces.xyxy[:, 2:]) / 2 - middle).sum(axis=1)
    return faces[np.argsort(away)[:1]]


def of_face(vision: Vision, image: Image) -> float:
    """Its quality as the box would measure it; who is not found at all has none."""
    face = middle_face(vision, image)
    return float(vision.face_quality(image, face)[0]) if len(face) else 0.0


def largest_body(vision: Vision, image: Image) -> Bodies:
    bodies = vision.detect(image).bodies
    height = bodies.xyxy[:, 3] - bodies.xyxy[:, 1]
    whole = vision.body_quality(image, bodies) > 0
    return bodies[np.argsort(np.where(whole, -height, 0))[:1]]


def falls(curves: Floats, *, at_least: float) -> None:
    """Each row is one picture, from as it is to the worst: none rises, all of them fall."""
    assert (np.diff(curves, axis=1) <= NOISE).mean() >= 0.95, curves
    assert (np.diff(curves.mean(axis=0)) < 0).all(), curves.mean(axis=0)
    assert curves[:, -1].mean() <= (1 - at_least) * curves[:, 0].mean(), curves.mean(axis=0)


@WAYS
def test_a_worse_picture_of_a_face_is_worth_less(
    worse: Worse, steps: tuple[float, ...], open_vision: Vision, portraits: list[Image]
) -> None:
    curves = [
        [of_face(open_vision, image), *(of_face(open_vision, worse(image, by)) for by in steps)]
        for image in portraits
    ]
    falls(np.array(curves, np.float32), at_least=0.3)


@WAYS
def test_a_worse_picture_of_a_body_is_worth_less(
    worse: Worse, steps: tuple[float, ...], open_vision: Vision, stages: list[Image]
) -> None:
    curves = []
    for image in stages:
        body = largest_body(open_vision, image)
        row = [float(open_vision.body_quality(image, body)[0])]
        for step in steps:
            by = 2 * step if worse is blurred else step  # bodies are larger than faces
            scale = 1 / by if worse is shrunk else 1.0
            there = Bodies((body.xyxy * scale).astype(np.float32), body.score)
            row.append(float(open_vision.body_quality(worse(image, by), there)[0]))
        curves.append(row)
    falls(np.array(curves, np.float32), at_least=0.3)


def cover(image: Image, box: tuple[float, float, float, float]) -> Image:
    left, top, right, bottom = (max(round(side), 0) for side in box)
    covered = image.copy()
    covered[top:bottom, left:right] = (90, 90, 90)
    return covered


@pytest.mark.parametrize("part", ["mouth", "eyes", "half"])
def test_a_covered_face_is_worth_less(
    part: str, open_vision: Vision, portraits: list[Image]
) -> None:
    before, after = [], []
    for image in portraits:
        face = middle_face(open_vision, image)
        left, top, right, bottom = (float(side) for side in face.xyxy[0])
        eyes, apart = face.landmarks[0, :2], float(np.ptp(face.landmarks[0, :2, 0]))
        nose = float(face.landmarks[0, 2, 1])
        places = {
            "mouth": (left, nose + 0.1 * apart, right, bottom + 5),
            "eyes": (
                float(eyes[0, 0]) - 0.45 * apart, float(eyes[:, 1].min()) - 0.25 * apart,
                float(eyes[1, 0]) + 0.45 * apart, float(eyes[:, 1].max()) + 0.3 * apart,
            ),
            "half": (left, top - 5, float(eyes[:, 0].mean()), bottom + 5),
        }  # fmt: skip
        before.append(of_face(open_vision, image))
        after.append(of_face(open_vision, cover(image, places[part])))
    lower = np.array(after) <= np.array(before) + NOISE
    assert lower.mean() >= 0.9
    assert np.mean(after) <= 0.85 * np.mean(before)


def test_a_face_cut_off_by_the_edge_is_worth_less(
    open_vision: Vision, portraits: list[Image]
) -> None:
    curves = []
    for image in portraits:
        face = middle_face(open_vision, image)
        left, _, right, _ = face.xyxy[0]
        row = []
        for share in (0.0, 0.25, 0.5):
            edge = round(float(left + share * (right - left))) if share else 0
            shift = np.array([edge, 0], np.float32)
            moved = Faces(face.xyxy - np.tile(shift, 2), face.score, face.landmarks - shift)
            cut = np.ascontiguousarray(image[:, edge:])
            row.append(float(open_vision.face_quality(cut, moved)[0]))
        curves.append(row)
    falls(np.array(curves, np.float32), at_least=0.3)


def test_a_body_cut_off_by_the_lower_edge_is_worth_less(
    open_vision: Vision, stages: list[Image]
) -> None:
    curves = []
    for image in stages:
        body = largest_body(open_vision, image)
        _, top, _, bottom = body.xyxy[0]
        row = [float(open_vision.body_quality(image, body)[0])]
        for share in (0.2, 0.5):
            cut = np.ascontiguousarray(image[: round(float(bottom - share * (bottom - top)))])
            row.append(float(open_vision.body_quality(cut, body)[0]))
        curves.append(row)
    falls(np.array(curves, np.float32), at_least=0.3)


def test_a_body_behind_others_is_worth_less(open_vision: Vision, stages: list[Image]) -> None:
    alone, hidden = [], []
    for image in stages:
        body = largest_body(open_vision, image)
        left, top, right, bottom = body.xyxy[0]
        before = np.array([[(left + right) / 2, top + 20, right + 40, bottom + 20]], np.float32)
        both = Bodies(np.concatenate([body.xyxy, before]), np.tile(body.score, 2))
        alone.append(float(open_vision.body_quality(image, body)[0]))
        hidden.append(float(open_vision.body_quality(image, both)[0]))
    assert (np.array(hidden) < np.array(alone)).all()


def test_a_face_that_turns_away_is_worth_less(open_vision: Vision, footage: Path) -> None:
    # Told by eye: towards the camera, turned to the left of the picture, to its right.
    towards, left, right = {10, 11, 19, 20}, {2, 3, 4, 5}, {14, 15}
    clip = footage / "intel_preview_head-pose-face-detection-female.mp4"
    if not clip.exists():
        pytest.skip(f"{clip.name} is not there")
    with av.open(str(clip)) as container:
        quality = {
            number: of_face(open_vision, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8))
            for number, frame in enumerate(container.decode(video=0), 1)
            if number in towards | left | right
        }
    worst = min(quality[number] for number in towards)
    assert max(quality[number] for number in left) < 0.5 * worst
    assert max(quality[number] for number in right) < worst


def test_ordinary_light_costs_nothing(open_vision: Vision, portraits: list[Image]) -> None:
    dimmer = [of_face(open_vision, darkened(image, 1.5)) for image in portraits]
    plain = [of_face(open_vision, image) for image in portraits]
    assert abs(np.mean(dimmer) - np.mean(plain)) < 0.03
